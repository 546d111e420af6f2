"""`counterfoil diff`: the same requests to two targets, and every difference between their answers."""

import sys
import time
import traceback
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import click
import msgspec

from counterfoil.contracts.cli.diff_options import Options, profiles_of, sides_of
from counterfoil.contracts.cli.options import UsageError
from counterfoil.contracts.diff.comparer import Comparer
from counterfoil.contracts.diff.scripts import Sides, scripts
from counterfoil.contracts.diff.sides import Side
from counterfoil.contracts.diff.tally import ordered
from counterfoil.contracts.http.client import CredentialsRefused, Uncooperative, Unreachable
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.phases.cases import CaseError
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.profile.model import Profile
from counterfoil.contracts.profile.read import ProfileError
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.rules import Rules, per_second
from counterfoil.reports.difference import FORMAT, ComparedTarget, DiffReport
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
    chosen, mask = Options(**options), Mask({})
    try:
        profiles = profiles_of((url_a, url_b), chosen)
        mask = Mask.of([entry for profile in profiles for entry in profile.entries.values()])
        code = _diff((url_a, url_b), profiles, chosen)
    except (UsageError, ProfileError, SpecError, CaseError, Uncooperative, OSError) as error:
        click.echo(mask.text(f"counterfoil diff: {error}"), err=True)
        code = Exit.USAGE
    except (Unreachable, CredentialsRefused) as error:
        click.echo(mask.text(f"counterfoil diff: {error}"), err=True)
        code = Exit.UNREACHABLE
    except KeyboardInterrupt:
        click.echo("counterfoil diff: interrupted", err=True)
        code = Exit.INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, its message may hold anything
        click.echo(mask.text(traceback.format_exc()), err=True)
        code = Exit.USAGE
    context.exit(int(code))


def _diff(urls: tuple[str, str], profiles: tuple[Profile, Profile], options: Options) -> Exit:
    from counterfoil import __version__
    from counterfoil.reports.differences import as_markdown, as_text

    started, began = datetime.now(UTC), time.perf_counter()
    rules = Rules(token_hex(3), not options.writes, options.writes, options.max_orders, options.rate)
    with ExitStack() as stack:
        every = sides_of(urls, profiles, rules, options, stack)
        comparers = [_compared(sides, rules, options) for sides in every]
    left_out: Counter[str] = Counter()
    for each in comparers:
        left_out.update(each.left_out)
    report = DiffReport(
        format=FORMAT,
        counterfoil=__version__,
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - began, 3),
        seed=options.seed,
        level=options.level,
        a=_side(urls[0], [sides[0] for sides in every]),
        b=_side(urls[1], [sides[1] for sides in every]),
        compared={each.contract.name: dict(sorted(each.compared.items())) for each in comparers},
        differences=ordered([difference for each in comparers for difference in each.tally.differences()]),
        recognised=[one for each in comparers for one in each.tally.recognised()],
        left_out=dict(left_out.most_common()),
    )
    click.echo(as_text(report))
    data = msgspec.json.format(msgspec.json.encode(report), indent=2)
    if options.json_path is not None:
        options.json_path.write_bytes(data)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "diff.json").write_bytes(data)
        (options.out / "diff.md").write_text(as_markdown(report), encoding="utf-8", newline="\n")
        click.echo(f"Written to {options.out}")
    if not report.answers:
        return Exit.NOTHING
    return Exit.BROKEN if report.differ else Exit.HOLDS


def _side(url: str, sides: list[Side]) -> ComparedTarget:
    return ComparedTarget(url.rstrip("/"), any(side.is_mock for side in sides), sum(side.requests for side in sides))


def _compared(sides: Sides, rules: Rules, options: Options) -> Comparer:
    contract, comparer = sides[0].contract, Comparer(sides, rules.run)
    cases = load_cases(contract, entry=sides[0].entry)
    sent = scripts(contract, cases, sides, options.level, options.seed, options.only)
    is_watched, about = sys.stderr.isatty(), len(cases) + len(contract.operations)
    for number, _ in enumerate(comparer.ask(sent), 1):
        if is_watched:
            click.echo(f"\r{contract.name}: {number} of about {about}", nl=False, err=True)
    if is_watched:
        click.echo("\r\033[K", nl=False, err=True)
    return comparer
