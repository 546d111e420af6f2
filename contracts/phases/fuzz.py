"""What nobody enumerated: made-up requests to one operation, every answer judged by what the request meant."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.offered import offered
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.request_validity import broken_by, is_of_another
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.generate.edge_cases import edge_cases
from counterfoil.contracts.generate.examples import example_request
from counterfoil.contracts.generate.generation_schema import function_names
from counterfoil.contracts.generate.id_pool import Pool
from counterfoil.contracts.generate.known_ids import with_known_ids
from counterfoil.contracts.generate.shrink import reduced
from counterfoil.contracts.generate.variations import variations, written
from counterfoil.contracts.http.client import Request, Target, Withheld, without_credentials
from counterfoil.contracts.http.exchange import NotOffered
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.phases.record import About, CaseRecord, Ending, carried_out, ended
from counterfoil.contracts.wire import wire
from counterfoil.reports.results import Finding, Result
from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import Schemas, schemas_of

#: per level, how many valid, invalid and odd requests at most; each clause on its own is broken elsewhere
EXAMPLES = {"smoke": (6, 6, 4), "gate": (10, 6, 8), "deep": (25, 25, 30)}
#: the time of all operations in a deep run, or their part of the time that the whole run is given
_DEEP_SECONDS = 300.0
_DEEP_SHARE = 0.6
_DEEPEST = 4
#: how many more requests may be sent to make those of an operation's findings smaller
_MOST_REDUCING = 80


class _TimeIsUp(Exception):
    """The time that this operation has is used up."""


class _Fuzzing:
    """One operation being fuzzed in one world."""

    def __init__(self, operation: Operation, plan: Plan, world: Target, record: CaseRecord) -> None:
        self.operation, self.plan, self.world, self.record = operation, plan, world, record
        self.digest = hashlib.sha256()
        self.invalid = 0
        self.withheld: Counter[str] = Counter()
        self._until = _until(plan)
        entry = plan.entries[operation.contract]
        self._never = {name.lower() for name in (*entry.never, *entry.credentials.names())}
        ids = {name: entry.ids[known] for name, known in entry.properties.items() if known in entry.ids}
        self.pool = Pool(world.contract, ids)
        self._optional = _optional_account(operation, world)
        self._sent: set[str] = set()
        self._shown: dict[str, Request] = {}
        if world.control:
            world.sessions.careful = True
            self._prepare()

    def _prepare(self) -> None:
        """In a world of our own: make what the operation may name and nobody knows yet, so that there is something.

        What creates comes in the contract's order, which puts a cart before its items; what it does not give is looked
        for in what can be read without naming anything.
        """
        every = list(self.world.contract.operations.values())
        creating = [each for each in every if each.effect == "creates"]
        reading = [each for each in every if each.effect == "reads" and "{" not in each.path]
        for operation in (*creating, *reading):
            if not self.pool.wanted(self.operation):
                return
            self._learn(operation)

    def _learn(self, operation: Operation) -> None:
        """Remember the ids in the first answer that accepts one of the operation's examples."""
        for request in _examples(operation, self.world):
            exchange = self.world.send(self._with_ids(request, 1))
            if outcome(exchange, self.world.contract).accepted:
                self.pool.learn(exchange)
                return

    def everything(self) -> None:
        """The documented examples first, then odd requests, valid ones and invalid ones; last, findings become smaller.

        Deep, all of it again until the time is up.
        """
        for request in _examples(self.operation, self.world):
            self.send(request)
            self.send(self._with_ids(request, 1))
        seed, level = self.plan.header.seed, self.plan.header.level
        valid, invalid, odd = EXAMPLES[level]
        most = valid if level == "deep" else 3 + _size(self.operation, self.world.contract)
        while True:
            self.oddly(odd, seed)
            self.round(False, min(valid, most), seed)
            self.round(True, min(invalid, most), seed)
            self.reduce()
            seed += 1
            if level != "deep":
                return

    def oddly(self, most: int, seed: int) -> None:
        """Send so many requests that are odd in one way, made from the documented examples with known ids."""
        self._look_at_the_clock()
        bases = list(_examples(self.operation, self.world))
        base = self._with_ids(bases[seed % len(bases)], 1)
        for request in edge_cases(base, self.world.contract, self._never, seed)[:most]:
            self.digest.update(written(request).encode("utf-8", "replace"))
            self.send(request)

    def round(self, invalid: bool, examples: int, seed: int) -> None:
        """Send so many made-up requests, half of their ids replaced by known ones.

        Much of what is meant to be invalid no longer is once it is in a form, so more of it is made, and what is
        invalid goes first.
        """
        self._look_at_the_clock()
        contract = self.world.contract
        chosen = []
        spare = examples // 2 if wire.FORM in self.operation.request else examples // 5
        for made_up, number in self._made_up(invalid, examples + spare * invalid, seed):
            self.digest.update(f"{written(made_up)}{number}".encode("utf-8", "replace"))
            request = with_known_ids(made_up, self.pool.values, self._never, number, contract)
            if self._optional is not None and number % 3 == 0:
                request = replace(request, session=self._optional)
            breaks = bool(broken_by(self.world.prepare(request), self.operation, contract))
            chosen.append((invalid is not breaks, request))
        chosen.sort(key=lambda pair: pair[0])
        for _, request in chosen[:examples]:
            self.send(request)

    def _made_up(self, invalid: bool, examples: int, seed: int) -> Iterable[tuple[Request, int]]:
        """For smoke, the documented examples with one thing changed in each; else, what Schemathesis makes up."""
        if self.plan.header.level == "smoke":
            return variations(list(_examples(self.operation, self.world)), seed)
        from counterfoil.contracts.generate.schemathesis import (
            generate,  # Schemathesis comes along, which takes seconds
        )

        return generate(self.world.contract, self.operation, invalid, examples, seed)

    def _with_ids(self, request: Request, share: float) -> Request:
        return with_known_ids(request, self.pool.values, self._never, 0, self.world.contract, share)

    def send(self, request: Request) -> None:
        """Send a request that is new, and ask every check about its answer."""
        sent = self.world.prepare(request)
        if is_of_another(sent, self.operation, self.world.contract):
            return
        same = f"{sent.method} {sent.url} {sorted(sent.headers.items())} {request.session} {sent.body!r}"
        if same not in self._sent:
            self._sent.add(same)
            try:
                found = self._found(request)
            except Withheld as error:
                self.withheld[str(error)] += 1
                return
            self.invalid += bool(broken_by(sent, self.operation, self.world.contract))
            for finding in found:
                self.record.add(finding)
                if self.record.found[finding.id].request is finding.request:
                    self._shown[finding.id] = request

    def _found(self, request: Request) -> list[Finding]:
        """What the answer to the request shows."""
        self._look_at_the_clock()
        exchange = offered(self.world.send(request), self.world.contract)
        got = outcome(exchange, self.world.contract)
        self.record.count(self.operation.id, got.label(exchange.status))
        if got.accepted:
            self.pool.learn(exchange)
        return check(Observation(self.world, exchange, got, self.plan.header.strict))

    def told(self) -> tuple[int, str, Counter[str]]:
        """How many requests were invalid, the digest of all that was made up, and why some were not sent."""
        return self.invalid, self.digest.hexdigest(), self.withheld

    def _look_at_the_clock(self) -> None:
        if time.time() > self._until:
            raise _TimeIsUp

    def reduce(self) -> None:
        """Make the request of each finding smaller, where it harms nobody to send one like it again."""
        if not may_try_again(self.operation, self.world):
            return
        kept, before = function_names(self.world.contract, self.operation), self.world.requests
        for name, request in list(self._shown.items()):
            left = _MOST_REDUCING + before - self.world.requests
            if self.record.found[name].check != "slow":
                reduced(request, partial(self._shows, name), kept, min(left, 20))
        self._shown.clear()

    def _shows(self, name: str, request: Request) -> bool:
        try:
            found = {finding.id: finding for finding in self._found(request)}
        except (NotOffered, Withheld):
            return False
        if name in found:
            self.record.replace(found[name])
        return name in found


def run(operation: Operation, plan: Plan) -> Result:
    """The result of fuzzing one operation in a world of its own, where the target has worlds."""
    target, record = plan.targets[operation.contract], CaseRecord()
    fuzzing: list[_Fuzzing] = []

    def work() -> Ending:
        with target.world("fuzz") as world:
            fuzzing.append(_Fuzzing(operation, plan, world, record))
            try:
                fuzzing[0].everything()
            except _TimeIsUp:
                if plan.header.level != "deep":
                    return Ending("passed", "time_up", "the time was up before all requests were made")
        return Ending()

    about = About(f"{operation.contract}/fuzz/{operation.id}", operation.contract, operation.id, "fuzz", "")
    done = carried_out(about, target, record, work, plan.until)
    invalid, digest, withheld = fuzzing[0].told() if fuzzing else (0, "", Counter[str]())
    description = f"{done.requests} generated requests, {invalid} of them invalid"
    description += f"; {withheld.total()} more were not sent" if withheld else ""
    done = msgspec.structs.replace(done, description=description, digest=digest)
    if done.verdict == "skipped" and done.cause != "lacking" and done.requests:
        return msgspec.structs.replace(done, verdict="passed")
    if done.verdict == "passed" and not done.requests:
        why = ended(partial(_raise, next(iter(withheld)))) if withheld else Ending("skipped")
        return msgspec.structs.replace(done, verdict="skipped", cause=why.cause, reason=done.reason or why.reason)
    return done


def _raise(reason: str) -> Ending:
    raise Withheld(reason)


def may_try_again(operation: Operation, target: Target) -> bool:
    """Whether a request may be sent again and again just to see it smaller: somebody may work with a deployment."""
    return operation.effect == "reads" or not target.careful


def _size(operation: Operation, contract: Contract) -> int:
    """How much there is to vary in a request."""
    inside = [_properties(media.schema, schemas_of(contract), _DEEPEST) for media in operation.request.values()]
    return len(operation.parameters) + max(inside, default=0)


def _properties(schema: Any, schemas: Schemas, depth: int) -> int:
    """How many properties the schema describes, at any depth that matters."""
    schema = schemas.deref(schema)
    if depth == 0 or not isinstance(schema, dict):
        return 0
    below = [*schemas.properties(schema).values(), schema.get("items"), schema.get("additionalProperties")]
    return len(schemas.properties(schema)) + sum(_properties(each, schemas, depth - 1) for each in below)


def _until(plan: Plan) -> float:
    """When to stop: deep, after an equal share of the time for every operation; else, when the run's time is up."""
    if plan.header.level != "deep":
        return plan.until
    operations = sum(len(target.contract.operations) for target in plan.targets.values())
    seconds = _DEEP_SECONDS if plan.max_time is None else plan.max_time * _DEEP_SHARE
    return min(plan.until, time.time() + seconds / max(operations, 1))


def _examples(operation: Operation, world: Target) -> Iterator[Request]:
    base = example_request(world, operation)
    yield base
    for media in operation.request.values():
        for example in media.examples.values():
            body = without_credentials(world, example.value)
            if (body, media.media_type) != (base.body, base.media_type):
                yield replace(base, body=body, media_type=media.media_type)


def _optional_account(operation: Operation, world: Target) -> str | None:
    """Whose session some of the requests carry where none is needed."""
    if not world.sessions.is_optional(operation):
        return None
    return world.sessions.default(world.sessions.schemes(operation)[0])
