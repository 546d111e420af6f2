"""Carries out the plan of a run: pytest runs the suite, and what it leaves becomes reports and an exit code."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from counterfoil.contracts.cli.options import Stop
from counterfoil.contracts.phases import plan as plans
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.run_files import end
from counterfoil.contracts.run.verdict import Exit
from counterfoil.reports import render, results
from counterfoil.reports.annotations import render_annotations
from counterfoil.reports.terminal import summary

#: of what is printed into a pipe
_WIDTH = 100
SUITE = Path(__file__).parent.parent / "run" / "suite"

#: no configuration of the folder in which the command is given, ids as they are, and no assertions rewritten: the suite
#: makes its findings itself, and of Schemathesis, which is a plugin of pytest, all would be parsed again
_CONFIGURATION = (
    *("-c", os.devnull, "--rootdir", str(SUITE), "--confcutdir", str(SUITE), "--import-mode=importlib", "-s"),
    "--assert=plain",
    *("-o", "disable_test_id_escaping_and_forfeit_all_rights_to_community_support=true"),
)
#: plugins that are no part of the verdict, or that only take time: our fixtures for tests of others, Schemathesis' own,
#: and pytest's last look for garbage
_NO_PLUGINS = ("counterfoil", "schemathesis", "cacheprovider", "anyio", "unraisableexception")


def carried_out(plan: Plan, pytest_args: Sequence[str], form: str) -> Exit:
    """Run the suite, and write and print what came of it. Raises Stop."""
    plan.results.unlink(missing_ok=True)  # an older run's results must not be taken for this one's
    os.environ.pop("PYTEST_ADDOPTS", None)  # it is meant for the user's own tests
    with _written(plan) as path:
        pytest.main([*_arguments(pytest_args), "--plan", str(path), *pytest_args])
    end(Path(plan.out))
    try:
        run = results.read(plan.results)
    except results.InvalidResults as error:
        raise Stop(
            Exit.USAGE, f"the suite did not come to its end ({error}); is what stands after `--` right?"
        ) from error
    render(plan.results, Path(plan.out))
    click.echo(summary(run, shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH))
    if form == "github":
        click.echo(render_annotations(run))
    click.echo(f"The report, for a browser: {Path(plan.out) / 'report.html'}")
    click.echo(plan.out)
    return Exit(run.footer.exit_code)


def _arguments(pytest_args: Sequence[str]) -> Iterator[str]:
    yield from _CONFIGURATION
    yield str(SUITE)
    yield from ("-p", "counterfoil.contracts.run.plugin")
    for plugin in _NO_PLUGINS:
        yield from ("-p", f"no:{plugin}")
    if not any(argument.startswith(("-v", "--verbose", "--collect-only", "--co")) for argument in pytest_args):
        yield from ("-p", "no:terminal")


@contextmanager
def _written(plan: Plan) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="counterfoil-") as folder:
        path = Path(folder) / "plan.json"
        plans.write(plan, path)
        yield path
