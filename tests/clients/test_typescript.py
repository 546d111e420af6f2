"""A TypeScript client generated from the served contract walks a shop's whole way."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "typescript"


@pytest.fixture
def base() -> Iterator[str]:
    """A mock of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof", "--vendor", "whmcs"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield process.stdout.readline().split()[-1]
        process.terminate()


def test_a_generated_client_compiles_and_buys(base: str, tmp_path: Path) -> None:
    """It browses, checks a domain, fills a cart, promotes, logs in with a second factor, validates and checks out."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("node is not here, so no TypeScript client was generated")
    home = Path(shutil.copytree(HERE, tmp_path / "client"))
    environment = os.environ | {"BASE_URL": base}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [npm, "--silent", *arguments],
            cwd=home, env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    installed = run("install", "--no-audit", "--no-fund")
    if installed.returncode:
        pytest.skip(f"the packages of the client cannot be had here: {installed.stderr[-300:]}")
    for step in ("types", "compile", "walk"):
        done = run("run", step)
        assert 0 == done.returncode, f"{step}: {done.stdout[-2000:]}{done.stderr[-2000:]}"

    assert "walked" == done.stdout.splitlines()[-1]
