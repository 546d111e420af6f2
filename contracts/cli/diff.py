"""`counterfoil diff`: the same requests to two targets, and every difference between their answers."""

import traceback
from pathlib import Path
from typing import Any

import click

from counterfoil.contracts.cli.diff_options import DiffOptions, contracts_of, profiles_of
from counterfoil.contracts.cli.options import Stop
from counterfoil.contracts.cli.safety_options import marked
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.profile.read import ProfileError
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.rules import per_second
from counterfoil.reports.printable import harmless
from counterfoil.specs import SpecError

LEVELS = ("smoke", "gate")


def _rate(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return per_second(value) if value else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("url_a")
@click.argument("url_b")
@click.option(
    "--api", "apis", multiple=True, metavar="CONTRACT", help="Only this contract: a name, or a folder of your own."
)
@click.option("--profile", type=click.Path(path_type=Path), metavar="FILE", help="Describes both targets.")
@click.option("--profile-a", type=click.Path(path_type=Path), metavar="FILE", help="Describes the first target.")
@click.option("--profile-b", type=click.Path(path_type=Path), metavar="FILE", help="Describes the second target.")
@click.option(
    "--overlay", "overlays", multiple=True, metavar="NAME", help="An overlay of the contract, by name or path."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes up the same requests.")
@click.option(
    "--level",
    default="gate",
    show_default=True,
    type=click.Choice(LEVELS),
    help="smoke: the witnesses and the examples. gate: variations of the examples, too.",
)
@click.option("--writes", is_flag=True, help="Also send a deployment what changes something; never what moves money.")
@click.option(
    "--max-orders",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="With --writes, how many things are created in a deployment at most.",
)
@click.option("--mock-a", is_flag=True, help="The first target is a Counterfoil mock, though it cannot prove it.")
@click.option("--mock-b", is_flag=True, help="The second target is a Counterfoil mock, though it cannot prove it.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and how many of each; send nothing.")
@marked
@click.option("--rate", metavar="RATE", callback=_rate, help="Send no more than this to either: 5/s, 300/m.")
@click.option("--only", default="", metavar="TEXT", help="Only cases and operations with this in their names.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write everything there.",
)
@click.option(
    "--html",
    "html_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a page for a browser there.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write diff.md and diff.json there, and what is created.",
)
@click.pass_context
def diff(context: click.Context, /, url_a: str, url_b: str, **options: Any) -> None:
    """Tell in what two targets differ.

    URL_A and URL_B are asked the same: a mock and a deployment, or two releases. A mock is asked in worlds of its own. A
    target that is no mock is only asked what changes nothing there, unless --writes allows more.

    Exit codes: 0 they do not differ, 1 they do, 2 wrong usage, 3 unreachable or credentials refused, 4 nothing was
    compared, 130 interrupted.
    """
    chosen, mask, urls = DiffOptions(**options), Mask({}), (url_a, url_b)
    try:
        profiles = profiles_of(urls, chosen)
        mask = Mask.of([entry for profile in profiles for entry in profile.entries.values()])
        contracts = contracts_of(urls, chosen, profiles)
        if chosen.dry_run:
            from counterfoil.contracts.cli.dry_run_diff import rehearsed

            click.echo(mask.text(rehearsed(profiles, contracts, chosen)))
            code = Exit.HOLDS
        else:
            from counterfoil.contracts.cli.carry_out_diff import compared  # only now: it takes long to import

            code = compared(urls, profiles, contracts, chosen)
    except Stop as stop:
        click.echo(harmless(mask.text(f"counterfoil diff: {stop}")), err=True)
        code = stop.code
    except (ProfileError, SpecError, OSError) as error:
        click.echo(harmless(mask.text(f"counterfoil diff: {error}")), err=True)
        code = Exit.USAGE
    except KeyboardInterrupt:
        click.echo("counterfoil diff: interrupted", err=True)
        code = Exit.INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, its message may hold anything
        click.echo(harmless(mask.text(traceback.format_exc())), err=True)
        code = Exit.USAGE
    context.exit(int(code))
