"""What nobody enumerated: made-up requests to one operation, every answer judged by what the request meant."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from contracts import wire
from contracts.arguments import example_request
from contracts.checks import Seen, check
from contracts.judge import broken_by
from contracts.known import with_known_ids
from contracts.outcome import outcome
from contracts.plan import Plan
from contracts.pool import Pool
from contracts.results import Result
from contracts.sessions import NoAccount
from contracts.target import (
    CredentialsRefused,
    Request,
    Target,
    Uncooperative,
    Unreachable,
    without_credentials,
)
from contracts.variations import variations, written
from contracts.verdict import UNANSWERED
from contracts.witness import Findings
from specs import Contract, Operation

_EXAMPLES = {"smoke": 6, "gate": 15, "deep": 25}
_DEEP_SECONDS = 300.0


class _TimeIsUp(Exception):
    """The time that this operation has is used up."""


class _Fuzzing:
    """One operation being fuzzed in one world."""

    def __init__(self, operation: Operation, plan: Plan, world: Target, findings: Findings) -> None:
        self.operation, self.plan, self.world, self.findings = operation, plan, world, findings
        self.digest = hashlib.sha256()
        self.invalid = 0
        self._until = _until(plan)
        entry = plan.entries[operation.contract]
        self._never = {name.lower() for name in (*entry.never, *entry.credentials.names())}
        ids = {name: entry.ids[known] for name, known in entry.properties.items() if known in entry.ids}
        self.pool = Pool(world.contract, ids)
        self._optional = _optional_account(operation, world)
        if world.control:
            world.sessions.careful = True
            self._prepare()

    def _prepare(self) -> None:
        """In a world of our own: make one of everything that the contract can add, so that there is something to name.

        What is added comes in the contract's order, which puts a cart before its items.
        """
        named = {parameter.name for parameter in self.operation.parameters if parameter.place == "path"}
        for operation in self.world.contract.operations.values():
            adds = operation.id.startswith(("add_", "create_")) and not self.world.sessions.is_login(operation)
            lists = operation.id.startswith("list_") and "{" not in operation.path and named - self.pool.values.keys()
            if not (adds or (lists and self.world.sessions.schemes(operation))):
                continue
            for request in _examples(operation, self.world):
                exchange = self.world.send(self._with_ids(request, 1))
                if outcome(exchange, self.world.contract).accepted:
                    self.pool.learn(exchange)
                    break

    def everything(self) -> None:
        """The documented examples first, then valid requests, then invalid ones; deep, again until the time is up."""
        for request in _examples(self.operation, self.world):
            self.send(request)
            self.send(self._with_ids(request, 1))
        seed, examples = self.plan.header.seed, _EXAMPLES[self.plan.header.level]
        while True:
            for invalid in (False, True):
                self.round(invalid, examples, seed)
            seed += 1
            if self.plan.header.level != "deep":
                return

    def round(self, invalid: bool, examples: int, seed: int) -> None:
        """Send so many made-up requests, half of their ids replaced by known ones.

        Much of what is meant to be invalid no longer is once it is in a form, so more of it is made, and what is
        invalid goes first.
        """
        contract = self.world.contract
        chosen = []
        spare = examples * 2 if wire.FORM in self.operation.request else examples // 5
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
        from contracts.generation import generate  # Schemathesis comes along, which takes seconds

        return generate(self.world.contract, self.operation, invalid, examples, seed)

    def _with_ids(self, request: Request, share: float) -> Request:
        return with_known_ids(request, self.pool.values, self._never, 0, self.world.contract, share)

    def send(self, request: Request) -> None:
        """Send one request and ask every check about its answer."""
        if time.time() > self._until:
            raise _TimeIsUp
        if _is_another(request, self.world.contract):
            return
        exchange = self.world.send(request)
        self.invalid += bool(broken_by(exchange.sent, self.operation, self.world.contract))
        got = outcome(exchange, self.world.contract)
        self.findings.count(self.operation.id, got.label(exchange.status))
        if got.accepted:
            self.pool.learn(exchange)
        for finding in check(Seen(self.world, exchange, got, self.plan.header.strict)):
            self.findings.add(finding)


def run(operation: Operation, plan: Plan) -> Result:
    """The result of fuzzing one operation in a world of its own, where the target has worlds."""
    target = plan.targets[operation.contract]
    findings, started, before = Findings(), time.perf_counter(), target.requests
    invalid, digest, reason, hindered = 0, "", "", False
    try:
        with target.world("fuzz") as world:
            fuzzing = _Fuzzing(operation, plan, world, findings)
            try:
                fuzzing.everything()
            except _TimeIsUp:
                reason = "" if plan.header.level == "deep" else "the time was up before all requests were made"
            finally:
                invalid, digest = fuzzing.invalid, fuzzing.digest.hexdigest()
    except Unreachable as error:
        reason = f"{UNANSWERED}{error}"
    except NoAccount as error:
        reason = str(error)
    except (Uncooperative, CredentialsRefused) as error:
        reason, hindered = str(error), True
    broken = any(finding.severity == "broken" for finding in findings.found.values())
    requests = target.requests - before
    return Result(
        id=f"{operation.contract}/fuzz/{operation.id}",
        contract=operation.contract,
        operation=operation.id,
        phase="fuzz",
        description=f"{requests} generated requests, {invalid} of them invalid",
        verdict="failed"
        if broken
        else "errored"
        if hindered or reason.startswith(UNANSWERED)
        else "passed"
        if requests
        else "skipped",
        reason=reason,
        seconds=round(time.perf_counter() - started, 3),
        requests=requests,
        seen=findings.seen_plainly(),
        findings=list(findings.found.values()),
        digest=digest,
    )


def _until(plan: Plan) -> float:
    """When to stop: deep, after an equal share of the time for every operation; else, when the run's time is up."""
    if plan.header.level == "deep":
        operations = sum(len(target.contract.operations) for target in plan.targets.values())
        return time.time() + (plan.max_time or _DEEP_SECONDS) / max(operations, 1)
    if plan.max_time is None:
        return float("inf")
    return datetime.fromisoformat(plan.header.started).timestamp() + plan.max_time


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


def _is_another(request: Request, contract: Contract) -> bool:
    """Whether the path, once filled, is another operation's."""
    filled = request.operation.path
    if "{" not in filled:
        return False
    for name, value in request.path.items():
        filled = filled.replace("{" + name + "}", str(value))
    return any(other.path == filled for other in contract.operations.values())
