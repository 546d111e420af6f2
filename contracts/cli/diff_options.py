"""What the caller of `diff` chose, checked: what is said of each target, and the two sides of each contract."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from counterfoil.contracts.cli.options import UsageError, by_name, check_url, loaded, profile_for
from counterfoil.contracts.cli.prepare import probe
from counterfoil.contracts.diff.scripts import Sides
from counterfoil.contracts.diff.sides import SharedWorlds, Side
from counterfoil.contracts.http.loopback import is_loopback
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.profile.model import Profile
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.run.run_files import begin, end
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports import results
from counterfoil.specs import Contract, names


@dataclass(frozen=True)
class Options:
    """What the command was given."""

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


def profiles_of(urls: tuple[str, str], options: Options) -> tuple[Profile, Profile]:
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


def sides_of(
    urls: tuple[str, str], profiles: tuple[Profile, Profile], rules: Rules, options: Options, stack: ExitStack
) -> list[Sides]:
    """Both sides under each contract, connected and let in."""
    named = bool(options.apis) or any(profile is not seeded() for profile in profiles)
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
    of_a, of_b = SharedWorlds(scratch / "a"), SharedWorlds(scratch / "b")
    for a, b in found:
        for side in (a, b):
            with side.world(again=False) as world:
                probe(world)
            side.find_ids()
        a.beside(b, of_a)
        b.beside(a, of_b)
    return found


def _ledger(letter: str, sides: list[Side], profile: Profile, rules: Rules, options: Options) -> Path | None:
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
    header = results.Header("", begun, options.seed, options.level, False, targets, {}, {})
    path = None if profile is seeded() else str(profile.path)
    own = {side.contract.name: str(side.contract.own) for side in sides if side.contract.own}
    begin(folder, Plan(header, str(folder), [], path, None, own, rules))
    click.echo(f"What is created at {letter.upper()} is written down; undo it: counterfoil cleanup {folder}")
    return folder


def _contracts(options: Options, profiles: tuple[Profile, Profile]) -> Mapping[str, Contract]:
    apis = by_name(options.apis)
    of_profiles = [name for profile in profiles if profile is not seeded() for name in profile.entries]
    chosen = {name: apis.get(name, name) for name in (list(apis) or dict.fromkeys(of_profiles) or names())}
    own = {name: [each for profile in profiles for each in profile.of(name).overlays] for name in chosen}
    return loaded(chosen, {name: list(dict.fromkeys(each)) for name, each in own.items()}, options.overlays)


def _is_there(side: Side, named: bool) -> bool:
    """Whether the side answers by that contract. Raises Unreachable, CredentialsRefused, UsageError."""
    side.recognise()
    name = side.contract.name
    if not side.is_mock and not named:
        raise UsageError(f"{side.url} is no mock: say which contract it is to keep, as in --api {names()[0]}")
    if side.is_mock and name not in side.served:
        if named:
            raise UsageError(f"the mock at {side.url} serves {', '.join(side.served)}, but not {name}")
        return False
    return True
