"""`counterfoil report`: render a run again, or tell several runs as one."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from contracts.results import InvalidResults, Results, read
from reports import RESULTS, OtherRun, render
from reports.merge import Disagreement, merged, written
from reports.printable import counted
from reports.verdict import verdict_of

_WRONG_USAGE = 2


@click.command()
@click.argument("runs", metavar="DIR_OR_RESULTS...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write. One run: beside its results. Several: reports/runs/<start of the first>-merged.",
)
def report(runs: tuple[Path, ...], out: Path | None) -> None:
    """Render a run again, or merge several runs into one.

    Takes folders that hold a results.jsonl, or such files themselves, and writes results.jsonl, junit.xml,
    summary.md and report.html. The exit code is 0 if they were written, whatever verdict they tell.
    """
    files = list(dict.fromkeys(_results_in(path) for path in runs))
    try:
        read_back = {path: read(path) for path in files}
        run = merged(read_back)
        place = out or (files[0].parent if len(files) == 1 else _place_of(run))
        with TemporaryDirectory() as folder:
            source = files[0]
            if len(files) > 1:
                source = Path(folder) / RESULTS
                written(run, source)
            render(source, place)
    except (InvalidResults, Disagreement, OtherRun, OSError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_WRONG_USAGE)
    verdict = verdict_of(run.footer.exit_code)
    cases, sources = counted(len(run.results), "case"), counted(len(files), "results file")
    click.echo(f"{verdict.sign} {verdict.word}: {cases} from {sources}")
    click.echo(f"Reports written to {place}")


def _results_in(path: Path) -> Path:
    return path / RESULTS if path.is_dir() else path


def _place_of(run: Results) -> Path:
    return Path("reports", "runs", run.header.started[:19].replace(":", "-") + "-merged")
