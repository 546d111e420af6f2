"""Carries out a comparison: reaches both sides, asks them the same, and tells in what they differ."""

import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec

from counterfoil import __version__
from counterfoil.contracts.cli.diff_options import DiffOptions
from counterfoil.contracts.cli.options import Stop, UsageError
from counterfoil.contracts.cli.prepare import probe
from counterfoil.contracts.diff.comparer import Comparer
from counterfoil.contracts.diff.scripts import Sides, scripts
from counterfoil.contracts.diff.sides import SharedWorlds, Side
from counterfoil.contracts.diff.tally import ordered
from counterfoil.contracts.http.client import CredentialsRefused, Uncooperative, Unreachable
from counterfoil.contracts.http.trust import NoMock
from counterfoil.contracts.phases.cases import CaseError
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.profile.model import Profile
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.run.run_files import begin, end
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports import results
from counterfoil.reports.difference import FORMAT, ComparedTarget, DiffReport
from counterfoil.reports.differences import as_markdown, as_text
from counterfoil.reports.differences_page import as_html
from counterfoil.specs import Contract, names


def compared(
    urls: tuple[str, str],
    profiles: tuple[Profile, Profile],
    contracts: Mapping[str, Contract],
    options: DiffOptions,
) -> Exit:
    """Whether the targets differ. Raises Stop."""
    try:
        return _compared(urls, profiles, contracts, options)
    except (CaseError, NoMock, Uncooperative) as error:
        raise Stop(Exit.USAGE, str(error)) from error
    except (Unreachable, CredentialsRefused) as error:
        raise Stop(Exit.UNREACHABLE, str(error)) from error


def _compared(
    urls: tuple[str, str],
    profiles: tuple[Profile, Profile],
    contracts: Mapping[str, Contract],
    options: DiffOptions,
) -> Exit:
    started, began = datetime.now(UTC), time.perf_counter()
    rules = Rules(options.mark, writes=options.writes, max_orders=options.max_orders, rate=options.rate)
    with ExitStack() as stack:
        every = _sides_of(urls, profiles, contracts, rules, options, stack)
        comparers = [_asked(sides, rules, options) for sides in every]
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
    if options.html_path is not None:
        options.html_path.write_text(as_html(report), encoding="utf-8", newline="\n")
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


def _asked(sides: Sides, rules: Rules, options: DiffOptions) -> Comparer:
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


def _sides_of(
    urls: tuple[str, str],
    profiles: tuple[Profile, Profile],
    contracts: Mapping[str, Contract],
    rules: Rules,
    options: DiffOptions,
    stack: ExitStack,
) -> list[Sides]:
    """Both sides under each contract, connected and let in."""
    named = bool(options.apis) or any(profile is not seeded() for profile in profiles)
    found: list[Sides] = []
    for name, contract in contracts.items():
        load_cases(contract, entry=profiles[0].of(name))  # a mistake in a case is told before anything is sent
        a, b = (
            Side(contract, url, own.of(name), options.seed, msgspec.structs.replace(rules, mock=is_mock))
            for url, own, is_mock in zip(urls, profiles, (options.mock_a, options.mock_b), strict=True)
        )
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


def _ledger(letter: str, sides: list[Side], profile: Profile, rules: Rules, options: DiffOptions) -> Path | None:
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
    click.echo(
        f"What is created at {letter.upper()} is written down; undo it: counterfoil cleanup {folder} {sides[0].url}"
    )
    return folder


def _is_there(side: Side, named: bool) -> bool:
    """Whether the side answers by that contract. Raises Unreachable, CredentialsRefused, UsageError."""
    side.recognise()
    name = side.contract.name
    if not side.is_mock and not named:
        told = side.doubt or "is no mock"
        raise UsageError(f"{side.url} {told}: say which contract it is to keep, as in --api {names()[0]}")
    if side.is_mock and name not in side.served:
        if named:
            raise UsageError(f"the mock at {side.url} serves {', '.join(side.served)}, but not {name}")
        return False
    return True
