"""Reports: everything that is made from a run's results.jsonl, and from nothing else."""

from pathlib import Path

from contracts.results import read
from reports.html import render_html
from reports.junit import render_junit
from reports.markdown import render_markdown

RESULTS = "results.jsonl"


class OtherRun(ValueError):
    """The folder already holds the results of another run; to render there would mix the two."""


def render(results_path: Path, out: Path) -> None:
    """Write junit.xml, summary.md and report.html into a folder, beside the results that they are made from.

    Raises:
        InvalidResults: the file is no complete results file.
        OtherRun: the folder holds the results of another run.
    """
    run = read(results_path)
    pages = {
        "junit.xml": render_junit(run.header, run.results, run.footer),
        "summary.md": render_markdown(run.header, run.results, run.footer),
        "report.html": render_html(run.header, run.results, run.footer),
    }
    out.mkdir(parents=True, exist_ok=True)
    _keep(results_path.read_bytes(), out / RESULTS)
    for name, text in pages.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")


def _keep(results: bytes, place: Path) -> None:
    if not place.exists():
        place.write_bytes(results)
    elif place.read_bytes() != results:
        raise OtherRun(f"{place} is another run. Choose another folder with --out, or remove it first.")
