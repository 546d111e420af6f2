"""Each check catches the targets that are wrong in its way, and the honest mock is caught by none."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counterfoil.contracts.checks import response as checks
from counterfoil.reports.results import read

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import liars  # noqa: E402 - it lies beside this file, which is no package
from liars import LIES, Liar  # noqa: E402

RUN = ("test", "--mock", "--api", "shopscript", "--level", "smoke", "--out")


def caught(out: Path) -> set[str]:
    """Which checks found something, by the results of a run."""
    return {finding.check for result in read(out / "results.jsonl").results for finding in result.findings}


def test_the_honest_mock_is_caught_by_none(tmp_path: Path, counterfoil: Any, mount: Callable[..., str]) -> None:
    """No finding, exit code 0, and every report is there."""
    ended = counterfoil(*RUN, tmp_path, mount(Liar(liars.honest)))

    assert (0, set()) == (ended.code, caught(tmp_path)), ended.told
    assert ended.out.splitlines()[-1] == str(tmp_path)
    assert {"results.jsonl", "junit.xml", "report.html", "summary.md"} <= {path.name for path in tmp_path.iterdir()}
    read(tmp_path / "results.jsonl")


#: what is said of a target that may take no longer than it should for these tests to be quick
PATIENT = """
[shopscript]
credentials = {query = {access_token = "counterfoil-token"}}
limits = {answer_seconds = 0.3}
"""


@pytest.mark.parametrize("name", LIES)
def test_a_liar_is_caught_by_the_check_for_its_lie(
    name: str, tmp_path: Path, counterfoil: Any, mount: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with exit code 1 and prints the finding with a command that shows it again."""
    check, lie = LIES[name]
    more = []
    if check == "slow":
        (tmp_path / "patient.toml").write_text(PATIENT)
        monkeypatch.setattr(liars, "NAP", 0.4)
        more = ["--profile", tmp_path / "patient.toml"]

    ended = counterfoil(*RUN, tmp_path, mount(Liar(lie)), *more, "--", "-k", "witness")

    assert 1 == ended.code, ended.told
    assert check in caught(tmp_path)
    assert "curl " in ended.out
    assert "Traceback" not in ended.err


@pytest.mark.end_to_end
def test_a_liar_is_caught_by_a_run_in_a_process_of_its_own(tmp_path: Path) -> None:
    """As it is called in a shell: exit code 1, over a real connection, with all that a run does."""
    command = [sys.executable, str(HERE / "liars.py"), "miscalculates"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as target:
        try:
            url = target.stdout.readline().split()[-1]
            run = subprocess.run(
                [sys.executable, "-m", "counterfoil", *RUN, str(tmp_path), url],
                cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
        finally:
            target.terminate()

    assert 1 == run.returncode, run.stdout + run.stderr
    assert "wrong_fact" in caught(tmp_path)
    assert "curl " in run.stdout
    assert "Traceback" not in run.stderr


def test_every_check_has_its_liar() -> None:
    """A check that no target can fail would be no check.

    Headers are in neither contract: test_checks has theirs. What exists is answered to who writes only: see test_ownership.
    """
    elsewhere = {"documented_header", "answers_what_exists"}
    asked = {check.__name__ for check in checks.EVERY} - elsewhere | {"wrong_outcome", "wrong_fact"}

    assert asked == {check for check, _ in LIES.values()}
