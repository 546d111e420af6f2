"""`counterfoil diff`: the same requests to two targets, and every difference between their answers."""

import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

import click
import msgspec

from contracts.cases import CaseError
from contracts.cases import load as load_cases
from contracts.choice import UsageError, by_name, check_url, loaded
from contracts.command import probe
from contracts.diff.both import Both
from contracts.diff.scripts import LeftOut, Script, Sides, scripts
from contracts.diff.sides import Side
from contracts.diff.tally import ordered
from contracts.diff.told import FORMAT, Told
from contracts.diff.told import Side as ToldSide
from contracts.profile import Profile, ProfileError, read, seeded
from contracts.target import CredentialsRefused, Uncooperative, Unreachable
from specs import Contract, SpecError, names

LEVELS = ("smoke", "gate")


class Exit(IntEnum):
    """The exit codes of `counterfoil diff`."""

    ALIKE = 0
    DIFFERENT = 1
    USAGE = 2
    UNREACHABLE = 3
    NOTHING = 4
    INTERRUPTED = 130


@dataclass(frozen=True)
class _Options:
    apis: tuple[str, ...]
    profile: Path | None
    profile_a: Path | None
    profile_b: Path | None
    overlays: tuple[str, ...]
    seed: int
    level: str
    writes: bool
    only: str
    json_path: Path | None
    out: Path | None


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
@click.option("--only", default="", metavar="TEXT", help="Only cases and operations with this in their names.")
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write everything there.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write diff.md and diff.json there."
)
@click.pass_context
def diff(context: click.Context, /, url_a: str, url_b: str, **options: Any) -> None:
    """Tell in what two targets differ.

    URL_A and URL_B are asked the same: a mock and a deployment, or two releases. A mock is asked in worlds of its own. A
    target that is no mock is only asked what changes nothing there, unless --writes allows more.

    Exit codes: 0 they do not differ, 1 they do, 2 wrong usage, 3 unreachable or credentials refused, 4 nothing was
    compared, 130 interrupted.
    """
    try:
        code = _diff(url_a, url_b, _Options(**options))
    except (UsageError, ProfileError, SpecError, CaseError, Uncooperative, OSError) as error:
        click.echo(f"counterfoil diff: {error}", err=True)
        code = Exit.USAGE
    except (Unreachable, CredentialsRefused) as error:
        click.echo(f"counterfoil diff: {error}", err=True)
        code = Exit.UNREACHABLE
    except KeyboardInterrupt:
        click.echo("counterfoil diff: interrupted", err=True)
        code = Exit.INTERRUPTED
    context.exit(int(code))


def _diff(url_a: str, url_b: str, options: _Options) -> Exit:
    from reports.differences import as_markdown, as_text

    started, began = datetime.now(UTC), time.perf_counter()
    with ExitStack() as stack:
        every = _sides((url_a, url_b), options, stack)
        both = [_compared(sides, options) for sides in every]
    left_out: Counter[str] = Counter()
    for each in both:
        left_out.update(each.left_out)
    told = Told(
        format=FORMAT,
        counterfoil=_version(),
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - began, 3),
        seed=options.seed,
        level=options.level,
        a=_side(url_a, [sides[0] for sides in every]),
        b=_side(url_b, [sides[1] for sides in every]),
        compared={each.contract.name: dict(sorted(each.compared.items())) for each in both},
        differences=ordered([difference for each in both for difference in each.tally.differences()]),
        recognised=[one for each in both for one in each.tally.recognised()],
        left_out=dict(left_out.most_common()),
    )
    click.echo(as_text(told))
    data = msgspec.json.format(msgspec.json.encode(told), indent=2)
    if options.json_path is not None:
        options.json_path.write_bytes(data)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "diff.json").write_bytes(data)
        (options.out / "diff.md").write_text(as_markdown(told), encoding="utf-8", newline="\n")
        click.echo(f"Written to {options.out}")
    if not told.answers:
        return Exit.NOTHING
    return Exit.DIFFERENT if told.differ else Exit.ALIKE


def _version() -> str:
    from counterfoil import __version__

    return __version__


def _side(url: str, sides: list[Side]) -> ToldSide:
    return ToldSide(url.rstrip("/"), any(side.is_mock for side in sides), sum(side.requests for side in sides))


def _sides(urls: tuple[str, str], options: _Options, stack: ExitStack) -> list[Sides]:
    """Both sides under each contract, connected and let in."""
    for url, called in zip(urls, ("A", "B"), strict=True):
        check_url(url, called)
    if options.profile and (options.profile_a or options.profile_b):
        raise UsageError("--profile describes both targets; give either it, or --profile-a and --profile-b")
    files = (options.profile_a or options.profile, options.profile_b or options.profile)
    profiles = tuple(read(path) if path else seeded() for path in files)
    contracts = _contracts(options, files, profiles)
    found: list[Sides] = []
    for name, contract in contracts.items():
        load_cases(contract, entry=profiles[0].of(name))  # a mistake in a case is told before anything is sent
        a, b = (Side(contract, url, own.of(name), options.seed) for url, own in zip(urls, profiles, strict=True))
        stack.callback(a.close)
        stack.callback(b.close)
        named = bool(options.apis) or any(path is not None for path in files)
        is_there = _is_there(a, named), _is_there(b, named)
        if all(is_there):
            found.append((a, b))
    for pair in found:
        if not all(side.is_mock for side in pair):  # a mock beside a deployment lives at its time, and as it does
            for side in pair:
                side.set_clock(datetime.now(UTC))
                side.goes_on = options.writes and side.is_mock
        for side in pair:
            with side.world(again=False) as world:
                probe(world)
    return found


def _contracts(
    options: _Options, files: tuple[Path | None, Path | None], profiles: tuple[Profile, ...]
) -> Mapping[str, Contract]:
    apis = by_name(options.apis)
    of_profiles = [name for path, own in zip(files, profiles, strict=True) if path for name in own.entries]
    chosen = {name: apis.get(name, name) for name in (list(apis) or dict.fromkeys(of_profiles) or names())}
    own = {name: [each for profile in profiles for each in profile.of(name).overlays] for name in chosen}
    return loaded(chosen, {name: list(dict.fromkeys(each)) for name, each in own.items()}, options.overlays)


def _is_there(side: Side, named: bool) -> bool:
    """Whether the side answers by that contract. Raises Unreachable, CredentialsRefused, UsageError."""
    target, name = side.target, side.contract.name
    target.connect()
    if not side.is_mock and not named:
        raise UsageError(f"{side.url} is no mock: say which contract it is to keep, as in --api {names()[0]}")
    if side.is_mock and name not in target.served:
        if named:
            raise UsageError(f"the mock at {side.url} serves {', '.join(target.served)}, but not {name}")
        return False
    return True


def _compared(sides: Sides, options: _Options) -> Both:
    contract, both = sides[0].contract, Both(sides)
    cases = load_cases(contract, entry=sides[0].entry)
    sent = [
        script
        for script in scripts(contract, cases, sides, options.level, options.seed, options.writes)
        if isinstance(script, LeftOut) or _is_meant(script, options.only)
    ]
    if sys.stderr.isatty():
        with click.progressbar(both.ask(sent), length=len(sent), label=contract.name, file=sys.stderr) as bar:
            for _ in bar:
                pass
    else:
        for _ in both.ask(sent):
            pass
    return both


def _is_meant(script: Script, only: str) -> bool:
    operations = [step.operation for step in script.case.steps if hasattr(step, "operation")] if script.case else []
    return any(only in each for each in (script.id, *operations))
