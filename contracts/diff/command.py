"""`counterfoil diff`: the same requests to two targets, and every difference between their answers."""

import sys
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

import click
import msgspec

from contracts import results
from contracts.cases import CaseError
from contracts.cases import load as load_cases
from contracts.choice import UsageError, by_name, check_url, loaded, profile_for
from contracts.command import probe
from contracts.diff.both import Both
from contracts.diff.scripts import Sides, scripts
from contracts.diff.sides import Common, Side
from contracts.diff.tally import ordered
from contracts.diff.told import FORMAT, Told
from contracts.diff.told import Side as ToldSide
from contracts.masking import Mask
from contracts.plan import Plan
from contracts.profile import Profile, ProfileError, seeded
from contracts.safety.begin import begin, end
from contracts.safety.rules import Rules, is_loopback, per_second
from contracts.target import CredentialsRefused, Uncooperative, Unreachable
from contracts.verdict import Exit
from specs import Contract, SpecError, names

LEVELS = ("smoke", "gate")


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
    max_orders: int
    rate: float | None
    only: str
    json_path: Path | None
    out: Path | None


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
    chosen, mask = _Options(**options), Mask({})
    try:
        profiles = _profiles((url_a, url_b), chosen)
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


def _profiles(urls: tuple[str, str], options: _Options) -> tuple[Profile, Profile]:
    """What is said of each side; without a word, a side on this machine is a seeded installation."""
    for url, called in zip(urls, ("A", "B"), strict=True):
        check_url(url, called)
    if options.profile and (options.profile_a or options.profile_b):
        raise UsageError("--profile describes both targets; give either it, or --profile-a and --profile-b")
    apis = list(by_name(options.apis))
    files = options.profile_a or options.profile, options.profile_b or options.profile
    a, b = (
        seeded() if path is None and is_loopback(url) else profile_for(path, apis, url)
        for path, url in zip(files, urls, strict=True)
    )
    return a, b


def _diff(urls: tuple[str, str], profiles: tuple[Profile, Profile], options: _Options) -> Exit:
    from reports.differences import as_markdown, as_text

    started, began = datetime.now(UTC), time.perf_counter()
    with ExitStack() as stack:
        every = _sides(urls, profiles, options, stack)
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
        a=_side(urls[0], [sides[0] for sides in every]),
        b=_side(urls[1], [sides[1] for sides in every]),
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
    return Exit.BROKEN if told.differ else Exit.HOLDS


def _version() -> str:
    from counterfoil import __version__

    return __version__


def _side(url: str, sides: list[Side]) -> ToldSide:
    return ToldSide(url.rstrip("/"), any(side.is_mock for side in sides), sum(side.requests for side in sides))


def _sides(
    urls: tuple[str, str], profiles: tuple[Profile, Profile], options: _Options, stack: ExitStack
) -> list[Sides]:
    """Both sides under each contract, connected and let in."""
    named = bool(options.apis) or any(profile is not seeded() for profile in profiles)
    rules = Rules(token_hex(3), not options.writes, options.writes, options.max_orders, options.rate)
    found: list[Sides] = []
    for name, contract in _contracts(options, profiles).items():
        load_cases(contract, entry=profiles[0].of(name))  # a mistake in a case is told before anything is sent
        a, b = (Side(contract, url, own.of(name), options.seed, rules) for url, own in zip(urls, profiles, strict=True))
        stack.callback(a.close)
        stack.callback(b.close)
        is_there = _is_there(a, named), _is_there(b, named)
        if all(is_there):
            found.append((a, b))
    for index, letter in enumerate("ab"):
        every = [pair[index] for pair in found]
        folder = _ledger(letter, every, profiles[index], rules, options)
        if folder is not None:
            stack.callback(end, folder)
        for side in every:
            side.guarded(folder)
    scratch = Path(stack.enter_context(TemporaryDirectory()))
    of_a, of_b = Common(scratch / "a"), Common(scratch / "b")
    for a, b in found:
        for side in (a, b):
            with side.world(again=False) as world:
                probe(world)
            side.find_ids()
        a.beside(b, of_a)
        b.beside(a, of_b)
    return found


def _ledger(letter: str, sides: list[Side], profile: Profile, rules: Rules, options: _Options) -> Path | None:
    """Where is written down what is created in a deployment, so that `counterfoil cleanup` undoes it."""
    sides = [side for side in sides if not side.is_mock]
    if not sides or not options.writes:
        return None
    if options.out is None:
        raise UsageError(f"--writes needs --out: what is created at {sides[0].url} is written down there before")
    folder = options.out / f"created-at-{letter}-{rules.run}"
    folder.mkdir(parents=True, exist_ok=True)
    begun = datetime.now(UTC).isoformat(timespec="seconds")
    targets = {side.contract.name: results.Target(side.url, list(side.contract.overlays)) for side in sides}
    header = results.Header(_version(), begun, options.seed, options.level, False, targets, {}, {})
    path = None if profile is seeded() else str(profile.path)
    own = {side.contract.name: str(side.contract.own) for side in sides if side.contract.own}
    begin(folder, Plan(header, str(folder), [], path, None, own, rules))
    click.echo(f"What is created at {letter.upper()} is written down; undo it: counterfoil cleanup {folder}")
    return folder


def _contracts(options: _Options, profiles: tuple[Profile, Profile]) -> Mapping[str, Contract]:
    apis = by_name(options.apis)
    of_profiles = [name for profile in profiles if profile is not seeded() for name in profile.entries]
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
    sent = scripts(contract, cases, sides, options.level, options.seed, options.only)
    is_watched = sys.stderr.isatty()
    for number, _ in enumerate(both.ask(sent), 1):
        if is_watched:
            click.echo(
                f"\r{contract.name}: {number} of about {len(cases) + len(contract.operations)}", nl=False, err=True
            )
    if is_watched:
        click.echo("\r\033[K", nl=False, err=True)
    return both
