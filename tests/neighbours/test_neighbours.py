"""The suite finds nothing broken on servers that others have written from the documents, and finds there what it needs."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterfoil.reports.results import Results, read

HERE = Path(__file__).parent
NEIGHBOURS = ("shops", "whmcs")
#: of all cases, how many may be skipped since no id was found for them by reading
MOST_LACKING = 0.15

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def address(neighbour: str) -> Iterator[str]:
    """Where the neighbour answers: a process of its own, which ends when nobody holds its stdin any more."""
    command = [sys.executable, HERE / neighbour / "server.py", "--port", "0"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        said = server.stdout.readline()
        assert said.startswith("Serving at "), said
        yield said.split()[-1]
        server.stdin.close()
        server.wait(timeout=20)


@pytest.fixture
def run(neighbour: str, address: str, tmp_path: Path) -> Callable[..., tuple[int, Results, str]]:
    """Holds the neighbour to all of its contracts at once; gives the exit code, the results, and what was told."""

    def at(level: str, *more: str) -> tuple[int, Results, str]:
        out = tmp_path / "out"
        command = [sys.executable, "-m", "counterfoil", "test", address, "--level", level, "--out", out, *more]
        ended = subprocess.run(
            [*command, "--profile", HERE / neighbour / "profile.toml"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (out / "results.jsonl").exists(), ended.stderr
        return ended.returncode, read(out / "results.jsonl"), ended.stdout

    return at


def broken(run: Results) -> set[str]:
    """The ids of what counts as broken."""
    return {each.id for result in run.results for each in result.findings if each.severity == "broken"}


def lacking(run: Results) -> float:
    """Of all cases, how many were skipped for want of an id."""
    ids = [each for each in run.results if each.verdict == "skipped" and each.reason.startswith("needs the known id")]
    return len(ids) / len(run.results)


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_an_honest_server_of_others_keeps_its_contracts(
    neighbour: str, run: Callable[..., tuple[int, Results, str]]
) -> None:
    """Of every third case nothing is broken, and though no id is given, hardly one is skipped for want of one."""
    code, results, told = run("smoke", "--shard", "1/3")

    assert (0, set()) == (code, broken(results)), told
    assert lacking(results) <= MOST_LACKING, f"{neighbour} lacks ids for {lacking(results):.0%} of its cases"


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("level", ["smoke", "gate"])
@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_an_honest_server_of_others_keeps_all_of_its_contracts(
    neighbour: str, level: str, run: Callable[..., tuple[int, Results, str]]
) -> None:
    """Nothing is broken where everything is tried, either, for longer; the same for the ids."""
    code, results, told = run(level)

    assert (0, set()) == (code, broken(results)), f"{neighbour}: {told}"
    assert lacking(results) <= MOST_LACKING, f"{neighbour} lacks ids for {lacking(results):.0%} of its cases"
