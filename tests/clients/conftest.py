"""A served mock, and the packages of other people's projects, which are installed once and kept outside the repository."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "counterfoil-tests"

#: from a file that pins packages to the folder that has them
Installed = Callable[[Path], Path]
#: runs a command in the test's folder, with variables beside those of the environment, and gives what it prints
Ran = Callable[..., str]


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    """Where a mock of all vendors is served, as anybody starts it."""
    command = [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield next(line for line in process.stdout if line.startswith("Serving")).split()[-1]
        process.terminate()


@pytest.fixture(scope="session")
def node_modules() -> Installed:
    """Installs what a package-lock.json names, by one `npm ci`; the test is skipped where that cannot be."""

    def install(lock: Path) -> Path:
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("node is not here")

        def fill(folder: Path) -> list[str]:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(lock.with_name(name), folder)
            return [npm, "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]

        return _kept(lock, fill) / "node_modules"

    return install


@pytest.fixture(scope="session")
def site_packages() -> Installed:
    """Installs what a requirements.txt names, by one `pip install`; the test is skipped where that cannot be."""

    def install(requirements: Path) -> Path:
        def fill(folder: Path) -> list[str]:
            pip = [
                sys.executable,
                "-m",
                "pip",
                "--disable-pip-version-check",
                "--quiet",
                "install",
                "--no-warn-conflicts",
            ]
            return [*pip, "--target", str(folder), "--requirement", str(requirements)]

        return _kept(requirements, fill)

    return install


def _kept(pins: Path, fill: Callable[[Path], list[str]]) -> Path:
    """The folder of these pins in the cache; filled under another name first, so that it is whole or not there."""
    kept = _CACHE / f"{pins.parent.name}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        filling = Path(tempfile.mkdtemp(prefix=f"{kept.name}.", dir=kept.parent))  # also where a try before was cut off
        done = subprocess.run(fill(filling), cwd=filling, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            shutil.rmtree(filling)
            pytest.skip(f"the packages cannot be had here: {done.stderr[-300:]}")
        try:
            filling.rename(kept)
        except OSError:  # another worker was faster
            shutil.rmtree(filling)
    return kept


@pytest.fixture
def run(tmp_path: Path) -> Ran:
    """Runs a command that has to succeed."""

    def ran(*command: object, **variables: object) -> str:
        environment = os.environ | {name: str(value) for name, value in variables.items()}
        done = subprocess.run(
            [str(each) for each in command],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert 0 == done.returncode, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    return ran
