"""What is installed: one package with all that it reads, which gets on with whatever lies beside it."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from counterfoil import __version__

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parents[1]
#: what git ignores, and what only a clone has
NOT_SOURCES = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "*.egg-info", "node_modules", "runs"
)
BUILD = "import sys, setuptools.build_meta as backend; print(getattr(backend, sys.argv[1])(sys.argv[2]))"


def _run(command: list[str | Path], folder: Path, **environ: str) -> str:
    """What a command prints; it has to end well."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    ended = subprocess.run(
        command, cwd=folder, env={**known, **environ}, capture_output=True, text=True, timeout=120, check=False
    )
    assert 0 == ended.returncode, ended.stdout + ended.stderr
    return ended.stdout


def _built(kind: str, source: Path, out: Path) -> Path:
    """A distribution of the sources, by the build backend and without the network."""
    out.mkdir(exist_ok=True)
    printed = _run([sys.executable, "-W", "ignore", "-c", BUILD, f"build_{kind}", out], source)
    return out / printed.splitlines()[-1]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone has, since a build leaves things behind."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("clone") / "counterfoil", ignore=NOT_SOURCES))


@pytest.fixture(scope="module")
def sdist(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, made from the sources as they are."""
    return _built("sdist", sources, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path) -> Path:
    """The folder that the source distribution holds."""
    with tarfile.open(sdist) as archive:
        archive.extractall(sdist.parent, filter="data")
    return sdist.parent / sdist.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from what the source distribution holds."""
    return _built("wheel", unpacked, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel; what it depends on is borrowed from ours."""
    home = tmp_path_factory.mktemp("home")
    venv.create(home, with_pip=False)
    programs = home / "bin"
    _run([sys.executable, "-m", "pip", "--python", programs / "python", "install", "-q", "--no-deps", wheel], home)
    packages = next((home / "lib").glob("python*/site-packages"))
    # A folder in a .pth file is searched last, and the .pth files in it (such as ours for the sources) are not read.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return programs


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A project whose own modules have the names of our folders, and whose test uses them."""
    (tmp_path / "mockserver.py").write_text("OURS = False\n")
    for name in ("contracts", "reports", "specs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("OURS = False\n")
    (tmp_path / "test_theirs.py").write_text(
        "import contracts, mockserver, reports, specs\n"
        "import counterfoil.laws, counterfoil.contracts, counterfoil.mockserver, counterfoil.reports, counterfoil.specs\n"
        "def test_theirs():\n"
        "    assert not any((contracts.OURS, mockserver.OURS, reports.OURS, specs.OURS))\n"
        "    assert 'whmcs-rest' in counterfoil.specs.names()\n"
    )
    return tmp_path


def test_the_wheel_has_one_top_level_name(wheel: Path) -> None:
    """Whatever else is installed, it cannot be in the way of it."""
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {"counterfoil", f"counterfoil-{__version__}.dist-info"} == names


def test_the_wheel_has_every_file_that_is_read(wheel: Path, sources: Path) -> None:
    """Every file of the packages but their pages in Markdown, and nothing of the tests."""
    written = {
        path.relative_to(sources).as_posix()
        for folder in ("counterfoil", "specs", "mockserver", "contracts", "reports")
        for path in (sources / folder).rglob("*")
        if path.is_file() and path.suffix != ".md"
    }
    expected = {name if name.startswith("counterfoil/") else f"counterfoil/{name}" for name in written}

    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert expected == packed
    assert "counterfoil/py.typed" in packed
    assert {".yaml", ".toml", ".json", ".j2", ".css", ".js"} <= {Path(name).suffix for name in packed}


def test_the_wheel_says_what_it_is_and_where_it_is_from(wheel: Path) -> None:
    """All three vendors, the project's addresses, and a readme without a link that leads nowhere on another page."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"counterfoil-{__version__}.dist-info/METADATA").decode()

    summary = next(line for line in metadata.splitlines() if line.startswith("Summary: "))
    assert all(vendor in summary for vendor in ("WHMCS", "BILLmanager", "Shop-Script"))
    for label in ("Homepage", "Documentation", "Changelog", "Issues"):
        assert f"Project-URL: {label}, https://github.com/counterfoil/counterfoil" in metadata
    assert "](docs/" not in metadata


@pytest.mark.parametrize("call", [["counterfoil"], ["python", "-m", "counterfoil"]], ids=" ".join)
def test_the_installed_command_runs_beside_a_project_with_the_same_names(
    installed: Path, beside: Path, call: list[str]
) -> None:
    """Also where the project's folder comes first on Python's path."""
    command: list[str | Path] = [installed / call[0], *call[1:]]

    assert f"counterfoil, version {__version__}\n" == _run([*command, "--version"], beside, PYTHONPATH=".")
    assert "whmcs-rest" in _run([*command, "specs", "list"], beside, PYTHONPATH=".")


RUN = ["test", "--api", "shopscript", "--level", "smoke", "--out", "run", "--", "-k", "add_order"]


def test_the_installed_suite_runs_beside_a_project_with_the_same_names(installed: Path, beside: Path) -> None:
    """It starts the mock, runs pytest, and writes its report: with the data files that the wheel has."""
    printed = _run([installed / "counterfoil", *RUN], beside, PYTHONPATH=".")

    assert "The contract holds at " in printed
    assert (beside / "run/report.html").is_file()


def test_the_installed_suite_runs_in_a_clone(installed: Path, sources: Path, tmp_path: Path) -> None:
    """As the README's first line does, where a folder of the package's name lies in the current one."""
    clone = Path(shutil.copytree(sources, tmp_path / "clone"))

    assert "whmcs-rest" in _run([installed / "python", "-m", "counterfoil", "specs", "list"], clone)
    assert "The contract holds at " in _run([installed / "counterfoil", *RUN], clone)


def test_a_project_with_the_same_names_is_tested_beside_the_installed_package(installed: Path, beside: Path) -> None:
    """Its tests import their own modules, and ours by their full names."""
    printed = _run([installed / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider"], beside, PYTHONPATH=".")

    assert "1 passed" in printed


def test_another_distribution_may_ship_reports(installed: Path, beside: Path) -> None:
    """Installed beside ours, each finds its own."""
    packages = next((installed.parent / "lib").glob("python*/site-packages"))
    shutil.move(beside / "reports", packages / "reports")
    try:
        told = _run([installed / "python", "-c", "import reports; print(reports.OURS)"], beside)
        help_ = _run([installed / "counterfoil", "report", "--help"], beside)
    finally:
        shutil.rmtree(packages / "reports")

    assert "False\n" == told
    assert "Render a run again" in help_


def test_the_source_distribution_has_tests_documentation_and_changelog(unpacked: Path, sources: Path) -> None:
    """What is in the repository for people to read and run."""
    for name in ("tests", "docs"):
        here = {path.relative_to(sources) for path in (sources / name).rglob("*") if path.is_file()}
        assert set() == {path for path in here if not (unpacked / path).is_file()}
    for name in ("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "mkdocs.yml", ".ci/run"):
        assert (unpacked / name).is_file()


def test_the_source_distribution_passes_its_own_tests(unpacked: Path, installed: Path) -> None:
    """All are collected, and those of the contracts pass, with the package that was made from it."""
    # With safe paths, what is installed is tested, and not the folder of its name that lies there.
    command: list[str | Path] = [installed / "python", "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    printed = _run([*command, "-k", "test_loading or test_sums"], unpacked)

    assert re.search(r"[0-9]{2,} passed, [0-9]{4} deselected", printed)
