"""Each check catches the targets that are wrong in its way, and the honest mock is caught by none."""

import subprocess
import sys
from pathlib import Path

import pytest

from counterfoil.contracts.checks import response as checks
from counterfoil.reports.results import read

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from liars import LIES  # noqa: E402 - it lies beside this file, which is no package


def hold_to_the_contract(name: str, out: Path) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """The run of the suite against the named liar, and which checks found something."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "liars.py"), name], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as target:
        try:
            url = target.stdout.readline().split()[-1]
            command = [sys.executable, "-m", "counterfoil", "test", url, "--api", "shopscript", "--level", "smoke"]
            run = subprocess.run(
                [*command, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
            )
        finally:
            target.terminate()
    found = read(out / "results.jsonl")
    return run, {finding.check for result in found.results for finding in result.findings}


def test_the_honest_mock_is_caught_by_none(tmp_path: Path) -> None:
    """No finding, exit code 0, and every report is there."""
    run, caught = hold_to_the_contract("honest", tmp_path)

    assert (0, set()) == (run.returncode, caught), run.stdout
    assert run.stdout.splitlines()[-1] == str(tmp_path)
    assert {"results.jsonl", "junit.xml", "report.html", "summary.md"} <= {path.name for path in tmp_path.iterdir()}
    read(tmp_path / "results.jsonl")


@pytest.mark.parametrize("name", LIES)
def test_a_liar_is_caught_by_the_check_for_its_lie(name: str, tmp_path: Path) -> None:
    """The run ends with exit code 1 and prints the finding with a command that shows it again."""
    run, caught = hold_to_the_contract(name, tmp_path)

    assert 1 == run.returncode, run.stdout + run.stderr
    assert LIES[name][0] in caught
    assert "curl " in run.stdout
    assert "Traceback" not in run.stderr


def test_every_check_has_its_liar() -> None:
    """A check that no target can fail would be no check. Headers are in neither contract: test_checks has theirs."""
    asked = {check.__name__ for check in checks.EVERY} - {"documented_header"} | {"wrong_outcome", "wrong_fact"}

    assert asked == {check for check, _ in LIES.values()}
