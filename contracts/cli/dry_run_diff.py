"""`counterfoil diff --dry-run`: every kind of request that both sides would be sent, and how many of each. Nothing is sent."""

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from counterfoil.contracts.cli.diff_options import DiffOptions
from counterfoil.contracts.cli.dry_run import in_order, line
from counterfoil.contracts.cli.recording import RecordingTarget, TrustingGuard
from counterfoil.contracts.diff.comparer import Comparer
from counterfoil.contracts.diff.scripts import scripts
from counterfoil.contracts.diff.sides import Side
from counterfoil.contracts.http.control import Control
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.profile.model import Profile
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports.printable import counted
from counterfoil.specs import Contract

_NOBODY = "http://127.0.0.1"


def rehearsed(profiles: tuple[Profile, Profile], contracts: Mapping[str, Contract], options: DiffOptions) -> str:
    """What a comparison would send to each side, as a table with a line for each kind of request."""
    rules = Rules(options.mark, writes=options.writes, max_orders=options.max_orders)
    lines = [line("contract", "side", "operation", "effect", "expected", "about")]
    left_out: Counter[str] = Counter()
    total = 0
    for name, contract in contracts.items():
        a, b = (
            _side(contract, own, options.seed, msgspec.structs.replace(rules, mock=is_mock))
            for own, is_mock in zip(profiles, (options.mock_a, options.mock_b), strict=True)
        )
        comparer = Comparer((a, b), rules.run)
        cases = load_cases(contract, entry=a.entry)
        for _ in comparer.ask(scripts(contract, cases, (a, b), options.level, options.seed, options.only)):
            pass
        left_out.update(comparer.left_out)
        for side, called in ((a, "A"), (b, "B")):
            assert isinstance(side.target, RecordingTarget)
            for (_, operation, effect, expected), number in sorted(side.target.kinds.items(), key=in_order):
                lines.append(line(name, called, operation, effect, expected, str(number)))
                total += number
            side.close()
    return "\n".join([*lines, "", *_remarks(total, left_out, options)])


def _side(contract: Contract, profile: Profile, seed: int, rules: Rules) -> Side:
    """A side that is not there. What nobody calls a mock is asked as a deployment."""
    entry = profile.of(contract.name)
    side = Side(contract, _NOBODY, entry, seed, rules)
    side.target.close()
    is_mock = rules.mock or entry.mock
    guard = TrustingGuard(rules, side.entry, contract.name, careful=not is_mock)
    side.target = RecordingTarget(
        Installation(contract, _NOBODY, side.entry, Control(_NOBODY) if is_mock else None), guard
    )
    return side


def _remarks(total: int, left_out: Counter[str], options: DiffOptions) -> Iterator[str]:
    yield f"About {total} requests; where answers differ, both are asked once more what only reads."
    if not (options.mock_a and options.mock_b):
        yield "A target that proves to be a mock is asked more, in worlds of its own; --mock-a and --mock-b show that."
    if options.writes:
        yield f"At a deployment, no more than {options.max_orders} things are created under each contract."
    yield from (f"{counted(number, 'script')} left out: {reason}" for reason, number in left_out.most_common())
    yield "Nothing was sent."
