"""`counterfoil test`: holds a target, or the mock that it starts itself, to its contracts.

What sends requests and what runs tests is imported when the arguments have been found good: a wrong one is told at once.
"""

import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

import click

from counterfoil.contracts.cli.options import Choice, Options, Stop
from counterfoil.contracts.cli.safety_options import careful, rules_of
from counterfoil.contracts.profile.read import ProfileError
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports import RESULTS
from counterfoil.reports.printable import harmless
from counterfoil.reports.results import read
from counterfoil.reports.terminal import for_programs
from counterfoil.specs import SpecError


def _shard(value: str | None) -> tuple[int, int]:
    """Which part of how many; all of it, if nothing is said. Raises BadParameter."""
    number, _, of = (value or "1/1").partition("/")
    if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise click.BadParameter(f"{value!r} is no part: write it as in 2/8, the second of eight")


class _Command(click.Command):
    """A command of which what stands after `--` belongs to pytest, whether a URL stands before it or not."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        rest = super().parse_args(ctx, args[:at])
        ctx.params["pytest_args"] = tuple(args[at + 1 :])
        return rest


def _one(context: click.Context, argument: click.Parameter, urls: tuple[str, ...]) -> str | None:
    """The URL, if there is one. Raises UsageError."""
    if len(urls) > 1:
        raise click.UsageError(
            f"one URL at a time, and {urls[1]!r} is a second one; `counterfoil diff` compares two targets, and what "
            "pytest is to get stands after --"
        )
    return urls[0] if urls else None


@click.command(cls=_Command)
@click.argument("url", nargs=-1, callback=_one, metavar="[URL] [-- PYTEST_ARGS]")
@click.option(
    "--api", "apis", multiple=True, metavar="CONTRACT", help="Only this contract: a name, or a folder of your own."
)
@click.option(
    "--level", default="gate", metavar="LEVEL", help="smoke (seconds), gate (about a minute), deep (--max-time)."
)
@click.option(
    "--profile", "profile_path", type=click.Path(path_type=Path), metavar="FILE", help="Describes the target."
)
@click.option(
    "--overlay", "overlays", multiple=True, metavar="NAME", help="An overlay of the contract, by name or path."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes up the same requests.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where the results and the reports are written."
)
@click.option("--strict/--no-strict", default=None, help="Every finding fails. The default for a mock.")
@click.option(
    "--max-time",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Ends the run after this; what was not begun is told.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "json"]),
    default="text",
    help="github: annotate the workflow, too. json: for programs, on stdout; all else on stderr.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Findings that are accepted for a while; `report --baseline-out` makes one.",
)
@click.option(
    "--shard",
    callback=lambda _context, _option, value: _shard(value),
    metavar="N/M",
    help="The Nth of M parts of the run.",
)
@click.option(
    "--case",
    "cases",
    multiple=True,
    metavar="ID",
    help="Only this case, by the id that reports show. Can be given again.",
)
@careful
@click.pass_context
def test(context: click.Context, /, url: str | None, pytest_args: tuple[str, ...], form: str, **options: Any) -> None:
    """Hold a target to its contract.

    URL is where it answers, as in https://staging.example.com; without it, a mock is started, tested and stopped. What
    stands after `--` goes to pytest: `-- -k order -x -n 2`.

    Exit codes: 0 the contract holds, 1 broken, 2 wrong usage, 3 unreachable, credentials refused or nothing accepted,
    4 nothing was tested, 130 interrupted.
    """
    rules, dry_run = rules_of(options), options["dry_run"]
    say = _Discreet()
    try:
        say.choice = _chosen(url, Options(**options))
        say.beginning()
        if dry_run:
            code = _rehearse(say.choice, rules)
        else:
            with redirect_stdout(sys.stderr) if form == "json" else nullcontext():
                code, folder = _hold(say.choice, rules, pytest_args, form)
            if form == "json":
                click.echo(for_programs(read(folder / RESULTS), folder))
    except Stop as stop:
        say(f"counterfoil test: {stop}")
        code = stop.code
    except KeyboardInterrupt:
        say("counterfoil test: interrupted before the first case")
        code = Exit.INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, its message may hold anything
        say(traceback.format_exc())
        code = Exit.USAGE
    context.exit(int(code))


class _Discreet:
    """Says on stderr what there is to say, without the secrets of the profile once it is read."""

    choice: Choice | None = None

    def __call__(self, text: str) -> None:
        """Say it."""
        click.echo(harmless(self.choice.mask.text(text) if self.choice else text), err=True)

    def beginning(self) -> None:
        """Tell which profile is used, and what there is to know of it."""
        assert self.choice is not None
        for remark in self.choice.remarks:
            self(f"counterfoil test: {remark}")
        if self.choice.profile_path:
            click.echo(f"Profile: {self.choice.profile_path}")


def _chosen(url: str | None, options: Options) -> Choice:
    try:
        return Choice(url, options)
    except (ProfileError, SpecError) as error:
        raise Stop(Exit.USAGE, str(error)) from error


def _rehearse(choice: Choice, rules: Rules) -> Exit:
    from counterfoil.contracts.cli.dry_run import rehearsed
    from counterfoil.contracts.cli.prepare import usable

    with usable():
        click.echo(rehearsed(choice.contracts, choice.urls, choice.profile, rules, choice.options.level))
    return Exit.HOLDS


def _hold(choice: Choice, rules: Rules, pytest_args: Sequence[str], form: str) -> tuple[Exit, Path]:
    """The exit code of the run, and where its results are. Raises Stop."""
    from counterfoil.contracts.cli.carry_out import carried_out
    from counterfoil.contracts.cli.prepare import prepared

    with prepared(choice, rules) as plan:
        return carried_out(plan, pytest_args, form), Path(plan.out)
