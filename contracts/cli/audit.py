"""`counterfoil audit`: how much of a contract would be noticed if it broke."""

from pathlib import Path
from typing import Any

import click

from counterfoil.contracts.cli.options import Stop, UsageError
from counterfoil.contracts.run.verdict import Exit
from counterfoil.reports.printable import harmless
from counterfoil.specs import names

LEVELS = ("smoke", "gate")


@click.command()
@click.option("--api", "apis", multiple=True, metavar="CONTRACT", help="Audit this contract only. Can be given again.")
@click.option(
    "--level", default="gate", show_default=True, type=click.Choice(LEVELS), help="How hard to look for each mistake."
)
@click.option("--only", type=click.Choice(("clauses", "defects", "liberties")), help="A third of the audit.")
@click.option("--defect", "chosen", multiple=True, metavar="NAME", help="Make this mistake only. Can be given again.")
@click.option(
    "--as",
    "way",
    type=click.Choice(("mock", "deployment")),
    help="Make each mistake only where the mock can be told things, or only as a deployment makes it, of which the "
    "address and a full profile are known. The default is both.",
)
@click.option("--liberty", "taken", multiple=True, metavar="NAME", help="Take this liberty only. Can be given again.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Runs at a time. The default is one per core.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes up the same requests.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write everything there.",
)
@click.pass_context
def audit(context: click.Context, /, apis: tuple[str, ...], **options: Any) -> None:
    """Tell how much of a contract would be noticed if it broke.

    Every clause of every answer is broken once in an answer that an honest mock gave, and the checks are asked about it.
    Then the suite is sent against the mock with each of its known mistakes on, as to a mock and as to a deployment, which
    it has to notice, and with each of its known liberties taken, alone and together, which it must not notice: the
    documents allow them.

    Exit codes: 0 all was noticed that should be, and nothing else; 1 it was not; 2 wrong usage; 130 interrupted.
    """
    try:
        code = _audit(list(dict.fromkeys(apis)) or names(), **options)
    except Stop as stop:
        click.echo(harmless(f"counterfoil audit: {stop}"), err=True)
        code = stop.code
    except KeyboardInterrupt:
        click.echo("counterfoil audit: interrupted", err=True)
        code = Exit.INTERRUPTED
    context.exit(int(code))


def _audit(apis: list[str], **options: Any) -> Exit:
    unknown = [api for api in apis if api not in names()]
    if unknown:
        raise UsageError(f"there is no contract {unknown[0]!r}; there are: {', '.join(names())}")
    from counterfoil.contracts.cli.carry_out_audit import audited  # only now: it takes long to import

    return audited(apis, **options)
