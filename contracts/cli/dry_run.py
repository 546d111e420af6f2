"""`counterfoil test --dry-run`: every kind of request that a run would send, and how many of each. Nothing is sent."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.control import Control
from counterfoil.contracts.phases import clauses as ledger
from counterfoil.contracts.phases import fuzz, laws
from counterfoil.contracts.phases.cases import Call, Case
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.phases.laws import StatefulTest
from counterfoil.contracts.phases.witness import why_not
from counterfoil.contracts.profile.model import Entry, Profile
from counterfoil.contracts.safety.guard import guarded
from counterfoil.contracts.safety.rules import Rules
from counterfoil.specs import Contract, Operation
from counterfoil.specs.clauses import clauses_of_requests

_READS = ("reads", "session")
_WIDTHS = (14, 9, 34, 8, 9)


@dataclass(frozen=True)
class Kind:
    """Requests that are alike: in which phase, to which operation, with what effect if accepted, and expected how."""

    contract: str
    phase: str
    operation: str
    effect: str
    expected: str


class _Rehearsal:
    """One contract's part of the run."""

    def __init__(self, contract: Contract, url: str | None, entry: Entry, rules: Rules, level: str) -> None:
        self.contract, self.level, self.rules = contract, level, rules
        control = None if url else Control("http://127.0.0.1")
        self.target = guarded(Target.described(contract, url or "http://127.0.0.1", entry, control), rules, None)
        self.careful = self.target.careful
        self.cases = load_cases(contract, entry=entry)
        self.withheld: Counter[str] = Counter()
        self.kinds: Counter[Kind] = Counter()

    def all(self) -> None:
        """Go through the run."""
        for case in self.cases:
            self._case(case)
        for operation in self.contract.operations.values():
            self._clauses(operation)
            self._fuzz(operation)
        for stateful_test in laws.stateful_tests(self.contract):
            self._stateful_test(stateful_test)

    def _case(self, case: Case) -> None:
        lacking = why_not(case, self.target)
        if lacking.reason:
            self.withheld[lacking.reason] += 1
            return
        for step in case.steps:
            if isinstance(step, Call):
                operation = self.contract.operations[step.operation]
                answer, _, example = operation.examples[step.expect]
                refused = self.contract.is_refusal(example, answer.status)
                self._add("witness", operation, "refused" if refused else "accepted", 1)

    def _clauses(self, operation: Operation) -> None:
        clauses = list(clauses_of_requests(self.contract, operation.id).values())
        if not clauses or (self.level == "smoke" and operation.effect == "reads"):
            return
        most = min(len(clauses), ledger.CLAUSES[self.level]) * (1 + ledger.MOST_FAILED)
        self._add("clauses", operation, "refused", most)
        self._add("clauses", operation, "accepted", ledger.STARTS[self.level] + ledger.MOST_FAILED)

    def _fuzz(self, operation: Operation) -> None:
        valid, invalid, odd = fuzz.EXAMPLES[self.level]
        examples = 1 + sum(len(media.examples) for media in operation.request.values())
        self._add("fuzz", operation, "either", 2 * examples + odd + valid + invalid)

    def _stateful_test(self, stateful_test: StatefulTest) -> None:
        runs, steps = stateful_test.sizes[self.level]
        self._add("laws", self.contract.operations[stateful_test.operation], "either", runs * steps)

    def _add(self, phase: str, operation: Operation, expected: str, most: int) -> None:
        """Count requests, as far as they may be sent."""
        if self.careful and operation.effect not in _READS:
            if operation.pays is True:
                return
            if not self.rules.writes:
                if expected == "accepted" or phase == "laws":
                    return
                expected = "refused"
            elif expected != "refused" and operation.effect == "creates":
                most = min(most, self.rules.max_orders)
        self.kinds[Kind(self.contract.name, phase, operation.id, operation.effect, expected)] += most


def rehearsed(
    contracts: Mapping[str, Contract], urls: Mapping[str, str | None], profile: Profile, rules: Rules, level: str
) -> str:
    """What a run would send, as a table with a line for each kind."""
    lines = [_line("contract", "phase", "operation", "effect", "expected", "at most")]
    withheld: Counter[str] = Counter()
    total = 0
    for name, contract in contracts.items():
        rehearsal = _Rehearsal(contract, urls[name], profile.of(name), rules, level)
        rehearsal.all()
        for kind, most in rehearsal.kinds.items():
            lines.append(_line(kind.contract, kind.phase, kind.operation, kind.effect, kind.expected, str(most)))
            total += most
        withheld += rehearsal.withheld
    return "\n".join([*lines, "", *_told(total, withheld, rules, level)])


def _told(total: int, withheld: Counter[str], rules: Rules, level: str) -> Iterator[str]:
    yield f"At most {total} requests, and besides: logins, what leads to a request whose clauses are broken, and reading"
    yield "whether anything has changed. A law that is broken is tried again to make its calls fewer."
    if level == "deep":
        yield "Deep, fuzz and laws go on for as long as --max-time says: what stands here is one round."
    if rules.writes:
        yield f"Over all contracts, no more than {rules.max_orders} things are created, and nothing else is changed."
    yield from (f"{number} witnesses are left out: {reason}" for reason, number in withheld.most_common())
    yield "Nothing was sent."


def _line(*cells: str) -> str:
    *texts, number = cells
    return " ".join([*(text.ljust(width) for text, width in zip(texts, _WIDTHS, strict=True)), number.rjust(7)])
