"""`counterfoil report`: render a run again, tell several runs as one, or compare two."""

import sys
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from counterfoil.reports import RESULTS, OtherRun, render
from counterfoil.reports.annotations import annotated, render_annotations
from counterfoil.reports.baseline import written as baseline
from counterfoil.reports.compare import compared
from counterfoil.reports.comparison import as_json, as_markdown, as_text
from counterfoil.reports.findings import findings_of
from counterfoil.reports.merge import Disagreement, merged, written
from counterfoil.reports.printable import counted, line
from counterfoil.reports.results import InvalidResults, Results, read
from counterfoil.reports.verdict import verdict_of

_WRONG_USAGE = 2
COMPARISON = "compare.md"
_LONGEST = 1_000


class Unclear(ValueError):
    """What is asked for cannot be done with these runs; the message says what can."""


@click.command()
@click.argument("runs", metavar="DIR_OR_RESULTS...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write. One run: beside its results. Several: reports/runs/<start of the first>-merged.",
)
@click.option("--merge", "way", flag_value="merge", help="Make one run of several, also where they share cases.")
@click.option("--compare", "way", flag_value="compare", help="Compare two runs, also where their cases differ.")
@click.option("--json", "as_data", is_flag=True, help="Print a comparison as JSON.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github: also print the findings as annotations of a workflow.",
)
@click.option("--verdict", "decides", is_flag=True, help="End with the exit code of the run, or of the merged one.")
@click.option(
    "--baseline-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what fails the run as a baseline, for `test --baseline`.",
)
def report(
    runs: tuple[Path, ...],
    out: Path | None,
    way: str | None,
    as_data: bool,
    form: str,
    decides: bool,
    baseline_out: Path | None,
) -> None:
    """Render a run again, merge several runs into one, or compare two.

    Takes folders that hold a results.jsonl, or such files themselves. One run is rendered again. Runs that share no case
    (shards, contracts) are merged into one, and rendered: the exit code is 0 if that was written, whatever verdict it
    tells, or with --verdict that of the run. Two runs over the same cases are compared, the older first: what is new, what is fixed, what is still there.
    The exit code is 0 if nothing is new and 1 if something is; with --out, DIR/compare.md is written.
    """
    try:
        files = list(dict.fromkeys(_results_in(path) for path in runs))
        read_back = {path: read(path) for path in files}
        way = way or _way_for(read_back)
        if baseline_out is not None and way == "compare":
            raise Unclear("--baseline-out is made of one run, and a comparison is of two.")
        if way == "compare":
            code = _compare(list(read_back.values()), out, as_data, form)
        elif as_data:
            raise Unclear("--json tells a comparison; results.jsonl is a run as data.")
        else:
            code = _render(read_back, out, form, decides=decides)
            if baseline_out is not None:
                _accept(merged(read_back), baseline_out)
    except (InvalidResults, Disagreement, OtherRun, Unclear, OSError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_WRONG_USAGE)
    sys.exit(code)


def _results_in(path: Path) -> Path:
    return path / RESULTS if path.is_dir() else path


def _way_for(runs: dict[Path, Results]) -> str:
    """Whether the runs are parts of one, or two of the same."""
    cases = {path: {result.id for result in run.results} for path, run in runs.items()}
    sharing = [(one, two) for one, two in combinations(cases, 2) if cases[one] & cases[two]]
    if not sharing:
        return "merge"
    one, two = sharing[0]
    if len(runs) == 2 and cases[one] == cases[two]:
        return "compare"
    raise Unclear(
        f"{one} and {two} have {counted(len(cases[one] & cases[two]), 'case')} in common, of {len(cases[one])} and "
        f"{len(cases[two])}: say --compare if they are two runs of the same, or --merge if they are parts of one."
    )


def _compare(runs: list[Results], out: Path | None, as_data: bool, form: str) -> int:
    if len(runs) != 2:
        raise Unclear(f"A comparison is of two runs, and there {'is' if len(runs) == 1 else 'are'} {len(runs)}.")
    comparison = compared(*runs)
    click.echo(as_json(comparison) if as_data else as_text(comparison))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / COMPARISON).write_text(as_markdown(comparison), encoding="utf-8", newline="\n")
    if not as_data:
        for told in annotated(comparison.now.header, comparison.new) if form == "github" else ():
            click.echo(told)
        if out is not None:
            click.echo(f"Comparison written to {out / COMPARISON}")
    return comparison.exit_code


def _render(runs: dict[Path, Results], out: Path | None, form: str, *, decides: bool) -> int:
    run = merged(runs)
    files = list(runs)
    place = out or (files[0].parent if len(files) == 1 else _place_of(run))
    with TemporaryDirectory() as folder:
        source = files[0]
        if len(files) > 1:
            source = Path(folder) / RESULTS
            written(run, source)
        render(source, place)
    verdict = verdict_of(run.footer.exit_code)
    cases, sources = counted(len(run.results), "case"), counted(len(files), "results file")
    click.echo(f"{verdict.sign} {verdict.word}: {cases} from {sources}")
    click.echo(line(run.footer.verdict, _LONGEST))
    annotations = render_annotations(run) if form == "github" else ""
    if annotations:
        click.echo(annotations)
    click.echo(f"Reports written to {place}")
    return run.footer.exit_code if decides else 0


def _accept(run: Results, path: Path) -> None:
    """Write the findings that fail the run, and those that a baseline accepts already."""
    every = [found.finding for found in findings_of(run.header, run.results).all]
    kept = [finding for finding in every if finding.accepted or finding.severity == "broken"]
    path.write_text(baseline(run.header, kept, datetime.now(UTC).date()), encoding="utf-8", newline="\n")
    click.echo(f"{counted(len(kept), 'finding')} written to {path}: say in each `reason` why it is accepted")


def _place_of(run: Results) -> Path:
    return Path("reports", "runs", run.header.started[:19].replace(":", "-") + "-merged")
