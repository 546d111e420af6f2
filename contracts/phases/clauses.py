"""Clause coverage: every clause of an operation's requests, broken once, and whether the target noticed."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import msgspec

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.offered import offered
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.request_validity import broken_by, is_of_another
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.generate.invalid_requests import broken_request, carries
from counterfoil.contracts.generate.mutate import Unbreakable
from counterfoil.contracts.http.client import Request, Target, Withheld
from counterfoil.contracts.http.exchange import Exchange, NotOffered
from counterfoil.contracts.phases.base_requests import BaseRequest, base_requests
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.phases.record import About, CaseRecord, Ending, carried_out
from counterfoil.contracts.phases.unchanged import state, watchers
from counterfoil.contracts.phases.witness import NotPrepared
from counterfoil.reports.results import Enforcement, Finding, Result, Row
from counterfoil.specs import Answer, Contract, Operation
from counterfoil.specs.clauses import Clause, clauses_of_requests

#: how many different valid requests are tried at most, to find one in which each clause can be broken
STARTS = {"smoke": 1, "gate": 6, "deep": 40}
#: how many clauses of an operation are tried at most
CLAUSES = {"smoke": 8, "gate": 10_000, "deep": 10_000}
_NO_START = "no request of this operation is known to be accepted"

#: how many times a clause that stands in a request is tried to be broken, each time in another one
_MOST_ATTEMPTS = 3
#: how many other requests are looked into for what a request lacks
_MOST_DONORS = 3
#: how many starts may turn out not to be accepted
MOST_FAILED = 5

_Verdict = tuple[Enforcement, str]
_UNTRIED: _Verdict = ("untried", "")


def run(operation: Operation, plan: Plan) -> Result:
    """The result of breaking each clause of the operation's requests once."""
    target, record = plan.targets[operation.contract], CaseRecord()
    coverage = _ClauseCoverage(operation, plan, target, record)
    about = About(f"{operation.contract}/clauses/{operation.id}", operation.contract, operation.id, "clauses", "")
    done = carried_out(about, target, record, coverage.fill, plan.until)
    rows = coverage.rows(done.reason)
    tried = sum(row.verdict != "untried" for row in rows)
    description = f"{tried} of {len(rows)} clauses of its requests broken, each on its own"
    done = msgspec.structs.replace(done, description=description, rows=rows)
    if done.verdict == "passed" and coverage.lacks_a_start:
        return msgspec.structs.replace(done, verdict="skipped", cause="lacking", reason=done.reason or _most(rows))
    return done


def _most(rows: Iterable[Row]) -> str:
    """The reason that most rows have."""
    reasons = [row.why for row in rows]
    return max(reasons, key=reasons.count, default="its requests have no clauses")


@dataclass
class _Batch:
    """What came of the clauses that were broken in one world."""

    verdicts: dict[str, _Verdict] = field(default_factory=dict)
    is_valid: bool = False
    is_spoilt: bool = False
    has_changed: bool = False


class _ClauseCoverage:
    """The clauses of one operation, and what is known of them so far."""

    def __init__(self, operation: Operation, plan: Plan, target: Target, record: CaseRecord) -> None:
        self.operation, self.target, self.record = operation, target, record
        self._entry = plan.entries[operation.contract]
        self._cases = plan.cases[operation.contract]
        self._strict = plan.header.strict
        self._most_starts = STARTS[plan.header.level]
        self._until = plan.until
        self._settled: dict[str, _Verdict] = {}
        self._reasons: dict[str, str] = {}
        every = clauses_of_requests(target.contract, operation.id).values()
        # credentials come last, since a session may end there
        self._clauses = sorted(every, key=lambda clause: clause.place == "security")
        self._open = self._chosen(CLAUSES[plan.header.level], plan.header.seed)
        #: whether nothing can be said because no request of the operation was accepted
        self.lacks_a_start = True
        self._attempts: Counter[str] = Counter()
        self._sketches: list[Request] = []

    def _chosen(self, most: int, seed: int) -> list[Clause]:
        """The clauses that this level tries: all of them, or some that the seed decides on."""
        if len(self._clauses) <= most:
            return list(self._clauses)
        draw = random.Random(f"{seed}{self.operation.id}")  # noqa: S311 - it decides what is tested, it protects nothing
        chosen = {clause.id for clause in draw.sample(self._clauses, most)}
        self._reasons = {each.id: "this level tries only some" for each in self._clauses if each.id not in chosen}
        return [clause for clause in self._clauses if clause.id in chosen]

    def rows(self, reason: str) -> list[Row]:
        """A row for each clause, in the contract's order; `reason` is why the rest was not tried."""
        made = []
        for clause in self._clauses:
            verdict, why = self._settled.get(clause.id, _UNTRIED)
            why = why or self._reasons.get(clause.id, reason or _NO_START)
            made.append(Row(clause.id, clause.says, clause.evidence, verdict, why))
        return made

    def fill(self) -> Ending:
        """Break what can be broken in one valid request after the other, until every clause was broken once.

        The next one is always the one that carries most of what is still to be broken. What none of them carries is
        added to the first.
        """
        if not any(_is_accepted(self.target.contract, each) for each in self.operation.answers.values()):
            self.lacks_a_start = False
            self._give(self._open, "by the contract, no request of this operation is ever accepted")
            return Ending()
        known = base_requests(self.operation, self._cases, self.target)
        left = [(start, start.sketch(self.target, self._entry)) for start in known]
        self._sketches = [sketch for _, sketch in left]
        carried = {clause.id for clause in self._open if any(carries(sketch, clause) for _, sketch in left)}
        used: list[BaseRequest] = []
        failed = 0
        while left and self._open and len(used) < self._most_starts and failed < MOST_FAILED:
            wanted = [clause for clause in self._open if self._attempts[clause.id] < _MOST_ATTEMPTS]
            gains = [sum(carries(sketch, clause) for clause in wanted) for _, sketch in left]
            start, sketch = left.pop(gains.index(max(gains)))
            if used and not max(gains):
                break
            chosen = [each for each in wanted if carries(sketch, each) or not (used or each.id in carried)]
            if self._all_of(start, chosen):
                used.append(start)
                self.lacks_a_start = False
            else:
                failed += 1
        if used:
            self._all_of(used[0], [clause for clause in self._open if not self._attempts[clause.id]])
        return Ending()

    def _all_of(self, start: BaseRequest, chosen: list[Clause]) -> bool:
        """Break these clauses in this start, one after the other; say whether its request is accepted at all.

        Whatever is accepted wrongly changes what comes next, so that the rest goes on in a fresh world.
        """
        unwatched: list[Clause] = []
        while chosen:
            with self._world() as world:
                try:
                    batch = self._batch(start, world, chosen)
                except (NotPrepared, Withheld) as error:
                    self._give(chosen, str(error))
                    return False
            self._settled |= batch.verdicts
            self._open = [clause for clause in self._open if clause.id not in self._settled]
            refused = [
                each for each in chosen if batch.verdicts.get(each.id, _UNTRIED)[0] in ("enforced", "undocumented")
            ]
            chosen = [each for each in chosen if each.id not in self._settled]
            if batch.is_spoilt:
                unwatched += refused
                continue
            if batch.has_changed or unwatched:
                self._name_what_changes(start, [*unwatched, *(refused if batch.has_changed else ())])
            return batch.is_valid
        return True

    @contextmanager
    def _world(self) -> Iterator[Target]:
        with self.target.world("clauses") as world:
            if world.control:
                world.sessions.careful = True
            yield world

    def _give(self, clauses: Iterable[Clause], reason: str) -> None:
        """Remember why these were not tried, where nothing better is known."""
        for clause in clauses:
            self._reasons.setdefault(clause.id, reason)

    def _batch(self, start: BaseRequest, world: Target, clauses: list[Clause]) -> _Batch:
        """Send one broken request after the other, then the valid one, which shows that it was valid all along."""
        request = start.request(world, self._entry)
        wrong = list(self._wrong(request, world, clauses))
        if not wrong:
            return _Batch(is_valid=True)  # as far as anybody wants to know
        batch, reads = _Batch(), self.operation.effect == "reads"
        watched = [] if reads else watchers(request, world)
        before = state(watched, world)
        for clause, broken in wrong:
            if time.time() > self._until:
                self._reasons |= dict.fromkeys((each.id for each in self._open), "the time was up")
                self._open = []
                return batch
            try:
                batch.verdicts[clause.id] = verdict = self._answered(clause, broken, world)
            except Withheld as error:
                self._withhold([clause], str(error))
                continue
            if verdict[0] == "ignored" and not reads:
                batch.is_spoilt = True
                return batch
        batch.has_changed = state(watched, world) != before
        try:
            got = self._seen(world.send(request), world).outcome
        except Withheld as error:
            why = f"{error}; without the valid request nobody knows why the broken one is refused"
            self._withhold([clause for clause, _ in wrong if clause.id in batch.verdicts], why)
            return _Batch()
        batch.is_valid = got.accepted or any(verdict == "ignored" for verdict, _ in batch.verdicts.values())
        if not batch.is_valid:
            self._give((clause for clause, _ in wrong), f"the request in which to break it is {got}")
            return _Batch()
        return batch

    def _withhold(self, clauses: Iterable[Clause], reason: str) -> None:
        """Remember why nothing is known of these, and do not try them again."""
        for clause in clauses:
            self._reasons[clause.id] = reason
            self._attempts[clause.id] = _MOST_ATTEMPTS

    def _wrong(self, request: Request, world: Target, clauses: list[Clause]) -> Iterator[tuple[Clause, Request]]:
        """The request with each of these clauses broken; what cannot be broken in it is left out."""
        for clause in clauses:
            donors = [] if carries(request, clause) else self._donors(clause)
            try:
                broken = broken_request(clause, request, world.contract, donors)
                _check_sent(clause, broken, world)
            except Unbreakable as error:
                self._reasons[clause.id] = str(error)
                self._attempts[clause.id] += 1
            else:
                yield clause, replace(broken, expected=None)

    def _donors(self, clause: Clause) -> list[Request]:
        """Other requests that have what the clause speaks of, or at least what it stands in."""
        having = [each for each in self._sketches if carries(each, clause)]
        return (having or [each for each in self._sketches if carries(each, clause, around=True)])[:_MOST_DONORS]

    def _answered(self, clause: Clause, broken: Request, world: Target) -> _Verdict:
        """Send the broken request, ask every check, and say what became of the clause."""
        seen = self._seen(world.send(broken), world)
        got, status = seen.outcome, seen.exchange.status
        found = {finding.id: finding for finding in check(seen)}
        if got.accepted and status < 300 and clause.id not in found:
            title = f"{self.operation.id} accepts a request of which this does not hold: {clause.says}"
            found[clause.id] = _finding(seen, clause, "accepted_invalid", title, "No other clause is broken in it.")
        for finding in found.values():
            self.record.add(finding)
        told = f"{status} {' or '.join(got.candidates) or got.text or got.unclear}".strip()
        if got.unclear:
            return "untried", f"not judged: {told}"
        if got.accepted and status < 300:
            return "ignored", told
        documented = got.refused and got.documented and status < 500
        return "enforced" if documented else "undocumented", told

    def _seen(self, exchange: Exchange, world: Target) -> Observation:
        """What the answer is. Raises NotOffered."""
        offered(exchange, world.contract)
        got = outcome(exchange, world.contract)
        self.record.count(self.operation.id, got.label(exchange.status))
        return Observation(world, exchange, got, self._strict)

    def _name_what_changes(self, start: BaseRequest, refused: list[Clause]) -> None:
        """Find out which of the refused requests has changed something, each time in a fresh world."""
        if self._changes(start, [])[0]:
            return  # what is watched changes by itself
        for clause in self._changing(start, refused):
            self._settled[clause.id] = ("ignored", "refused, but something has changed")

    def _changing(self, start: BaseRequest, refused: list[Clause]) -> list[Clause]:
        changed, seen = self._changes(start, refused)
        if not changed or seen is None:
            return []
        if len(refused) > 1:
            half = len(refused) // 2
            return [*self._changing(start, refused[:half]), *self._changing(start, refused[half:])]
        (clause,) = refused
        title = f"{self.operation.id} refuses a request, but changes something all the same"
        why = f"The request breaks `{clause.keyword}` and is refused; what can be read differs before and after."
        self.record.add(_finding(seen, clause, "changed_though_refused", title, why))
        return refused

    def _changes(self, start: BaseRequest, refused: list[Clause]) -> tuple[bool, Observation | None]:
        """Whether anything has changed after these requests, and the last of them."""
        with self._world() as world:
            try:
                request = start.request(world, self._entry)
            except (NotPrepared, NotOffered, Withheld):
                return False, None
            watched = watchers(request, world)
            before, last = state(watched, world), None
            for _, broken in self._wrong(request, world, refused):
                last = self._seen(world.send(broken), world)
            return state(watched, world) != before, last


def _is_accepted(contract: Contract, answer: Answer) -> bool:
    """Whether some outcome under this status is no refusal."""
    return any(not contract.is_refusal(example, answer.status) for example in answer.examples.values())


def _check_sent(clause: Clause, broken: Request, world: Target) -> None:
    """Refuse what would break something else, or nothing, once it is on the wire. Raises Unbreakable."""
    sent = world.prepare(broken)
    if is_of_another(sent, broken.operation, world.contract):
        raise Unbreakable("it would be another operation's request")
    if clause.place == "security" or clause.keyword == "media_type":
        return
    found = broken_by(sent, broken.operation, world.contract, formats=True)
    if found is None:
        raise Unbreakable("nobody can say what it would mean on the wire")
    own = clause.id.partition(":request:")[2]
    others = sorted(each for each in found if each != own)
    if own not in found:
        raise Unbreakable(f"on the wire it breaks {', '.join(others) or 'nothing'}")
    if any(each.rpartition(":")[0] != own.rpartition(":")[0] for each in others):
        raise Unbreakable(f"on the wire it breaks {', '.join(others[:3])} too")


def _finding(seen: Observation, clause: Clause, check_name: str, title: str, why: str) -> Finding:
    detail = clause.id.removeprefix(f"{clause.contract}:{clause.operation}:")
    links, cause = (clause.evidence,), f"accepts requests of which this does not hold: {clause.says}"
    if check_name == "changed_though_refused":  # that what is refused does nothing follows from the word
        links, cause = ("implied",), f"{clause.operation} refuses requests, but changes something all the same"
    elif clause.evidence == "chosen":
        cause = f"accepts requests with something odd in them (`{clause.keyword}`)"
    return seen.finding(check_name, detail, links, title, why, cause=cause)
