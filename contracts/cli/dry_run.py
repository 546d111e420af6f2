"""`counterfoil test --dry-run`: every kind of request that a run would send, and how many of each. Nothing is sent.

The run is carried out as it is, against a target that only records: what the guard withholds in a run is missing here, too.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import msgspec

from counterfoil.contracts.cli.recording import Kind, RecordingTarget, TrustingGuard
from counterfoil.contracts.http.control import Control
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.phases import clauses, fuzz, laws, witness
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.profile.model import Entry, Profile
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports import results
from counterfoil.reports.printable import counted
from counterfoil.reports.results import Result
from counterfoil.specs import Contract
from counterfoil.specs.clauses import clauses_of_requests

_NOBODY = "http://127.0.0.1"
_PHASES = ("login", "witness", "clauses", "laws", "fuzz")
_WIDTHS = (14, 9, 34, 8, 9)


def rehearsed(
    contracts: Mapping[str, Contract], urls: Mapping[str, str | None], profile: Profile, rules: Rules, level: str
) -> str:
    """What a run would send, as a table with a line for each kind of request."""
    lines = [line("contract", "phase", "operation", "effect", "expected", "about")]
    withheld: Counter[str] = Counter()
    total = 0
    for name, contract in contracts.items():
        target = _target(contract, urls[name], profile.of(name), rules)
        for phase, result in _results(target, profile.of(name), rules, level):
            if phase == "witness" and result.verdict == "skipped":
                withheld[result.reason] += 1
        for (phase, operation, effect, expected), number in sorted(target.kinds.items(), key=in_order):
            lines.append(line(name, phase, operation, effect, expected, str(number)))
            total += number
        target.close()
    return "\n".join([*lines, "", *_remarks(total, withheld, rules, level)])


def _target(contract: Contract, url: str | None, entry: Entry, rules: Rules) -> RecordingTarget:
    control = None if url else Control(_NOBODY)
    careful = rules.may_send(entry.safety, "" if url else "it is a mock").careful
    unhurried = msgspec.structs.replace(rules, rate=None)
    guard = TrustingGuard(unhurried, entry, contract.name, careful=careful)
    return RecordingTarget(Installation(contract, url or _NOBODY, entry, control), guard)


def _results(target: RecordingTarget, entry: Entry, rules: Rules, level: str) -> Iterator[tuple[str, Result]]:
    """The results of a run against nobody, by phase; what they say of the target means nothing."""
    contract = target.contract
    level = "gate" if level == "deep" else level
    header = results.Header(
        counterfoil="",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=1,
        level=level,
        strict=False,
        target={contract.name: results.Target(target.base_url, [])},
        contracts={},
        versions={},
    )
    plan = Plan(header, "", [], rules=rules)
    cases = load_cases(contract, entry=entry)
    vars(plan).update(targets={contract.name: target}, entries={contract.name: entry}, cases={contract.name: cases})
    runs: list[tuple[str, Callable[[], Result]]] = [
        ("witness", partial(witness.run, case, target, strict=False)) for case in plan.witnesses(contract.name)
    ]
    with_clauses = [each for each in contract.operations.values() if clauses_of_requests(contract, each.id)]
    if level == "smoke":
        with_clauses = [each for each in with_clauses if each.effect != "reads"]
    runs += [("clauses", partial(clauses.run, operation, plan)) for operation in with_clauses]
    runs += [("laws", partial(laws.run, each, plan)) for each in stateful_tests(contract)]
    runs += [("fuzz", partial(fuzz.run, operation, plan)) for operation in contract.operations.values()]
    for phase, run in runs:
        target.phase = phase
        # a law may make no sense of an example's answer: then it ends here, as its requests would somewhere else
        result = None
        with suppress(Exception):
            result = run()
        if result is not None:
            yield phase, result


def in_order(counted: tuple[Kind, int]) -> tuple[int, str, str]:
    """By phase, operation and what is expected."""
    (phase, operation, _, expected), _ = counted
    return _PHASES.index(phase), operation, expected


def _remarks(total: int, withheld: Counter[str], rules: Rules, level: str) -> Iterator[str]:
    yield f"About {total} requests: what a target answers decides what comes next, and here the contract's examples do."
    if level == "deep":
        yield "Deep, fuzz and laws go on for as long as --max-time says: what stands here is a run at gate."
    if rules.writes:
        yield f"Over all contracts, no more than {rules.max_orders} things are created, and nothing else is changed."
    yield from (f"{counted(number, 'witness')} left out: {reason}" for reason, number in withheld.most_common())
    yield "Nothing was sent."


def line(*cells: str) -> str:
    """A line of the table: phase, operation and the like, and a number at the end."""
    *texts, number = cells
    return " ".join([*(text.ljust(width) for text, width in zip(texts, _WIDTHS, strict=True)), number.rjust(7)])
