"""No output of a run tells a secret, whatever the target does with it."""

import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterfoil.reports.command import report
from counterfoil.reports.results import read

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parents[2]
SECRET = "counterfoil-token"


@pytest.fixture(scope="module")
def repeated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run against a target that repeats the token of its caller: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("run")
    command = [sys.executable, str(ROOT / "tests/contracts/liars.py"), "repeats_the_token"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as target:
        try:
            url = target.stdout.readline().split()[-1]
            test = [sys.executable, "-m", "counterfoil", "test", url, "--mock", "--api", "shopscript"]
            test += ["--level", "smoke"]
            run = subprocess.run(
                [*test, "--out", str(folder), "--format", "github", "--", "-v"],
                cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
        finally:
            target.terminate()
    return folder, run.stdout + run.stderr


def test_the_target_did_tell_it(repeated: tuple[Path, str]) -> None:
    """Or the search below would find nothing because there was nothing: findings show where it stood."""
    folder, printed = repeated
    findings = [finding for result in read(folder / "results.jsonl").results for finding in result.findings]

    assert any("$ACCESS_TOKEN" in finding.answer.body for finding in findings)
    assert any("$ACCESS_TOKEN" in finding.request.url for finding in findings)
    assert "::error" in printed


def test_no_file_and_no_line_tells_it(repeated: tuple[Path, str], tmp_path: Path) -> None:
    """Not in the results, nor in anything that is made of them or of two of them, in no writing."""
    folder, printed = repeated
    results = str(folder / "results.jsonl")
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes((folder / "results.jsonl").read_bytes())
    typed = [
        CliRunner().invoke(report, words)
        for words in (
            [results, "--format", "github"],
            [results, str(copy), "--out", str(folder / "compared")],
            [results, str(copy), "--json"],
            [results, str(copy), "--merge", "--out", str(folder / "merged")],
        )
    ]
    told = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told |= {Path(str(number)): said.output.encode() for number, said in enumerate(typed)}
    told[Path("printed")] = printed.encode()
    written = [SECRET.encode(), b64encode(SECRET.encode()), SECRET.encode("utf-16-le"), SECRET.encode().hex().encode()]

    assert [said.exit_code for said in typed] == [0, 0, 0, 0]
    assert len(told) > 20
    assert [] == [str(path) for path, text in told.items() if any(secret in text for secret in written)]
