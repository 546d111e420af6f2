"""Reports: everything that is made from a run's results.jsonl, and from nothing else."""

from pathlib import Path

from counterfoil.reports.html import render_html
from counterfoil.reports.junit import render_junit
from counterfoil.reports.markdown import render_markdown
from counterfoil.reports.reproduce import BEGINNING, FOLDER, render_reproductions
from counterfoil.reports.results import read
from counterfoil.reports.sarif import render_sarif

RESULTS = "results.jsonl"


class OtherRun(ValueError):
    """The folder already holds the results of another run; to render there would mix the two."""


def render(results_path: Path, out: Path) -> None:
    """Write junit.xml, summary.md, report.html, findings.sarif and reproduce/ beside the results they are made from.

    Raises:
        InvalidResults: the file is no complete results file.
        OtherRun: the folder holds the results of another run.
    """
    run = read(results_path)
    pages = {
        "junit.xml": render_junit(run.header, run.results, run.footer),
        "summary.md": render_markdown(run.header, run.results, run.footer),
        "report.html": render_html(run.header, run.results, run.footer),
        "findings.sarif": render_sarif(run.header, run.results, run.footer),
    }
    tests = render_reproductions(run.header, run.results)
    out.mkdir(parents=True, exist_ok=True)
    _keep(results_path.read_bytes(), out / RESULTS)
    for name, text in pages.items():
        _write(out / name, text)
    _forget(out / FOLDER, tests)
    for name, text in tests.items():
        (out / FOLDER).mkdir(exist_ok=True)
        _write(out / FOLDER / name, text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _keep(results: bytes, place: Path) -> None:
    if not place.exists():
        place.write_bytes(results)
    elif place.read_bytes() != results:
        raise OtherRun(f"{place} is another run. Choose another folder with --out, or remove it first.")


def _forget(folder: Path, tests: dict[str, str]) -> None:
    """Remove what an earlier run in this folder has left: its tests would reproduce findings that are no longer told."""
    for path in folder.glob("test_*.py"):
        if path.name not in tests and path.read_text(encoding="utf-8", errors="replace").startswith(BEGINNING):
            path.unlink()
