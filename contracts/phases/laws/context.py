"""Where laws are tried: sends the calls of a run, remembers them, and asks every check about every answer."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from counterfoil.contracts.checks.context import called
from counterfoil.contracts.checks.offered import offered
from counterfoil.contracts.checks.outcome import Outcome, outcome
from counterfoil.contracts.checks.response import Observation, check
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.concurrent import together
from counterfoil.contracts.http.exchange import (
    CredentialsRefused,
    Exchange,
    NotOffered,
    Request,
    Uncooperative,
    Unreachable,
    Withheld,
)
from counterfoil.contracts.phases.record import CaseRecord, NotJudged
from counterfoil.reports.mismatch import as_block, in_title, mismatches, parted

T = TypeVar("T")

#: what looking into an answer raises that has another shape than anybody foresaw
UNFORESEEN = (KeyError, IndexError, TypeError, AttributeError, ValueError, InvalidOperation)

_MOST_CALLS = 40  # told of a run
_LONGEST_TITLE = 300
_MOST_CHECKED = 50  # answers of one operation with one status, in a stateful test


@dataclass(frozen=True)
class Law:
    """What holds over several exchanges. `operation` is the one whose answers tell, `promises` are what it shows.

    Unless a document says it (`documented`, `published`), it is `implied`: it follows from the documents by plain sense.
    """

    name: str
    sentence: str
    operation: str
    evidence: str = "implied"
    #: whether the other laws of the stateful test say nothing where this one is broken
    fundamental: bool = False
    promises: tuple[str, ...] = ()


class Broken(Exception):
    """A law does not hold; with the exchange that shows it and the calls of the run."""

    def __init__(self, law: Law, seen: Observation, why: str, calls: list[tuple[str, Exchange]]) -> None:
        super().__init__(f"{law.sentence} {why}")
        self.law, self.seen, self.why, self.calls = law, seen, why, calls


class GiveUp(KeyboardInterrupt):
    """The stateful test ends here; the message says why.

    It is what Ctrl-C raises, since that alone ends Hypothesis at once: any other exception is a failure to it, for which
    it would look for a smaller run, or a run that ended earlier than the same one did before.
    """


class TimeIsUp(GiveUp):
    """All that was tried holds, but not all was tried."""


class Unreadable(NotJudged):
    """An answer cannot be told, or does not have the form that the laws read: the checks have told in which way."""


class Stopped(GiveUp):
    """The target does not answer any more, or not to us; or it must not be asked what the stateful test asks."""

    def __init__(self, error: Unreachable | CredentialsRefused | Uncooperative | NotOffered | Withheld) -> None:
        super().__init__(str(error))
        self.error = error

    @property
    def others_go_on(self) -> bool:
        """Whether it is this call only that comes to nothing."""
        return isinstance(self.error, NotOffered | Withheld)


class LawContext:
    """One world, and what a stateful test has found in it so far."""

    def __init__(self, world: Target, strict: bool, record: CaseRecord) -> None:
        self.world, self.strict, self.record = world, strict, record
        self.digest = hashlib.sha256()
        self.calls: list[tuple[str, Exchange]] = []
        self.until = float("inf")
        #: whether each answer is checked by itself, too
        self.checking = True
        #: of the law that is being tried, the run with the fewest calls
        self.smallest: Broken | None = None
        self.on_broken: Callable[[Law], None] = lambda _: None
        #: whether it is not known any more what the run has made: one of its calls is not judged
        self.is_lost = False
        self._may_have_changed = False
        self._run: object = None
        self._known: set[str] = set()
        self._checked: Counter[tuple[str, int]] = Counter()
        self._last: Observation | None = None
        self._made: dict[str, Any] = {}
        #: how often a law was held, and the first of the steps that ended since nothing could be said
        self.held = 0
        self.unjudged: Exception | None = None

    @classmethod
    def sketch(cls, target: Target) -> "LawContext":
        """A context in which nothing is sent, to see what can be tried."""
        return cls(target, strict=False, record=CaseRecord())

    @cached_property
    def fresh(self) -> str:
        """What tells a run's own texts from those of others; empty where nobody else is at work."""
        return "" if self.alone else f"{time.time_ns() // 1_000_000:x}-"

    @property
    def ids(self) -> Mapping[str, Any]:
        """The known ids of the target."""
        return self.world.ids

    def begin(self, *, afresh: bool = False) -> None:
        """Start a run: nothing was called yet. Afresh, a mock's installation is as it was in the beginning."""
        self.calls = []
        if afresh and self.alone:
            try:
                self.world.command("POST", "/_mock/reset")
            except (Unreachable, Uncooperative) as error:
                raise Stopped(error) from error
            self.world.sessions.forget()
            self._made.clear()

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What was made under this name before, or is made now: once in a stateful test, or since it was begun afresh."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    @property
    def alone(self) -> bool:
        """Whether nobody else is at work: a mock gives each stateful test a world of its own, a deployment has but one."""
        return self.world.control is not None

    def may_be_left(self, due: int | Decimal, now: int | Decimal | None) -> bool:
        """Whether so many are left as are due; or fewer, where others may order, too."""
        return now == due or (now is not None and now < due and not self.alone)

    def request(self, operation: str, **parts: Any) -> Request:
        """A request for the operation of that name; its other parts are those of `Request`."""
        return Request(self.world.contract.operations[operation], **parts)

    def send(self, request: Request, said: str = "") -> tuple[Exchange, Outcome]:
        """The answer to a request, and what it means. `said` stands before the call where calls are told."""
        return self._answers([request], lambda: [self.world.send(request)], said)[0]

    def together(self, requests: Sequence[Request], said: str = "") -> list[tuple[Exchange, Outcome]]:
        """The answers to requests that are sent at the same time, and what they mean, in the order of the requests."""
        return self._answers(requests, lambda: together(self.world, requests), f"(at once) {said}")

    def _answers(
        self, requests: Sequence[Request], send: Callable[[], list[Exchange]], said: str
    ) -> list[tuple[Exchange, Outcome]]:
        if time.monotonic() > self.until:
            raise TimeIsUp("the time was up before all runs were made")
        self._may_have_changed |= any(each.operation.effect not in ("reads", "session") for each in requests)
        try:
            exchanges = [offered(exchange, self.world.contract) for exchange in send()]
        except (Unreachable, CredentialsRefused, NotOffered, Withheld) as error:
            raise Stopped(error) from error
        # which of several callers comes first is chance: what they sent and were answered is hashed in no order
        alike = (f"{request.operation.id}{_body(request)}" for request in requests)
        statuses = (str(exchange.status) for exchange in exchanges)
        self.digest.update("".join([*sorted(alike), *sorted(statuses)]).encode("utf-8", "replace"))
        return [self._noted(*each, said) for each in zip(requests, exchanges, strict=True)]

    def _noted(self, request: Request, exchange: Exchange, said: str) -> tuple[Exchange, Outcome]:
        """Write an exchange down, check it, and say what it means."""
        got = outcome(exchange, self.world.contract)
        place = exchange.sent.shown_url.removeprefix(self.world.shown_base)
        line = f"{said}{exchange.sent.method} {place} {_body(request)}".strip()
        meant = "" if got.accepted or exchange.status >= 400 else f", {got}"
        self.calls.append((self.world.mask().text(f"{line} -> {exchange.status}{meant}"), exchange))
        self.record.count(request.operation.id, got.label(exchange.status))
        self._last = Observation(self.world, exchange, got, self.strict)
        if self._is_news(exchange):
            for finding in check(self._last):
                self.record.add(finding)
        if got.unclear:
            raise Unreadable(f"an answer of {request.operation.id}: {got.unclear}")
        return exchange, got

    def _is_news(self, exchange: Exchange) -> bool:
        """Whether the answer is worth a check: not where a run is made again, nor after many of its kind."""
        kind = (exchange.operation.id, exchange.status)
        self._checked[kind] += 1
        return self.checking and self.smallest is None and self._checked[kind] <= _MOST_CHECKED

    def hold(self, law: Law, holds: bool, why: str) -> None:
        """Go on where the law holds, or is known not to. Raises Broken."""
        self.held += 1
        if holds or law.name in self._known:
            return
        assert self._last is not None
        broken = Broken(law, self._last, why, list(self.calls))
        if self.smallest is None:
            self.on_broken(law)
        if self.smallest is None or len(broken.calls) <= len(self.smallest.calls):
            self.smallest = broken
        raise broken

    @contextmanager
    def reading(self) -> Iterator[None]:
        """For looking into an answer, which on a broken target may hold anything. Raises Unreadable."""
        try:
            yield
        except UNFORESEEN as error:
            last = f"{self._last.operation} ({self._last.exchange.status})" if self._last else "the target"
            raise Unreadable(f"the answer of {last} cannot be read: {type(error).__name__} {error}") from error

    @contextmanager
    def step(self, run: object) -> Iterator[bool]:
        """A step of a run, which ends quietly where an answer cannot be told, or must not be asked for.

        If it may have changed something by then, nobody knows what is there, and the run does not go on.
        """
        self.is_lost = self.is_lost and run is self._run
        self._run, self._may_have_changed = run, False
        try:
            with self.reading():
                yield not self.is_lost
        except (Unreadable, Stopped) as error:
            if isinstance(error, Stopped) and not error.others_go_on:
                raise
            self.unjudged = self.unjudged or (error if isinstance(error, Unreadable) else error.error)
            self.is_lost |= self._may_have_changed and isinstance(error, Unreadable)

    def keep(self, broken: Broken) -> None:
        """Write the broken law down, and try the others without it."""
        law = broken.law
        self._known.add(law.name)
        calls = [called(self.world, exchange, says) for says, exchange in broken.calls[-_MOST_CALLS:]]
        left_out = len(broken.calls) - len(calls)
        sentence, found = parted(broken.why)
        why = f"{sentence}\nBefore the calls told here there were {left_out} more." if left_out else sentence
        title = f"{law.sentence.rstrip('.')}: {in_title(found) or sentence}"
        finding = broken.seen.finding(
            "law",
            f"law:{law.name}",
            (law.evidence,),
            title if len(title) <= _LONGEST_TITLE else law.sentence,
            why,
            cause=law.sentence,
            mismatches=found,
        )
        contract = self.world.contract.name
        self.record.add(
            msgspec.structs.replace(
                finding,
                id=f"{contract}:law:{law.name}",
                clause=law.sentence,
                operation=law.operation,
                promises=law.promises,
                calls=tuple(calls),
            )
        )


def _body(request: Request) -> str:
    return json.dumps(request.body, ensure_ascii=False) if request.body is not None else ""


def one(of: Sequence[T], index: int) -> T:
    """One of them, whatever the index."""
    return of[index % len(of)]


def difference(wanted: Any, got: Any) -> str:
    """In what that which came differs from what should have come, place by place."""
    return as_block(mismatches(wanted, got))
