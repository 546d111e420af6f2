"""What nobody enumerated: made-up requests to one operation, every answer judged by what the request meant."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts.arguments import example_request
from contracts.checks import Seen, check
from contracts.generation import generate, with_known_ids, written
from contracts.judge import broken_by
from contracts.outcome import outcome
from contracts.plan import Plan
from contracts.results import Result
from contracts.target import Request, Target, Unreachable, without_credentials
from contracts.verdict import UNANSWERED
from contracts.witness import Findings
from specs import Contract, Operation

_EXAMPLES = {"smoke": 4, "gate": 15, "deep": 25}
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
        self._ids = {name: entry.ids[known] for name, known in entry.properties.items() if known in entry.ids}
        if world.control:
            self._ids.update(_made(world))

    def everything(self) -> None:
        """The documented examples first, then valid requests, then invalid ones; deep, again until the time is up."""
        for request in _examples(self.operation, self.world):
            self.send(request)
        seed, examples = self.plan.header.seed, _EXAMPLES[self.plan.header.level]
        while True:
            for invalid in (False, True):
                self.round(invalid, examples, seed)
            seed += 1
            if self.plan.header.level != "deep":
                return

    def round(self, invalid: bool, examples: int, seed: int) -> None:
        """Send so many made-up requests, half of their ids replaced by known ones.

        Much of what is meant to be invalid no longer is once it is on the wire, so more of it is made, and what is
        invalid goes first.
        """
        contract = self.world.contract
        chosen = []
        for made_up, number in generate(contract, self.operation, invalid, examples * 3 if invalid else examples, seed):
            self.digest.update(f"{written(made_up)}{number}".encode("utf-8", "replace"))
            request = with_known_ids(made_up, self._ids, self._never, number, contract)
            breaks = bool(broken_by(self.world.prepare(request), self.operation, contract))
            chosen.append((invalid and not breaks, request))
        chosen.sort(key=lambda pair: pair[0])
        for _, request in chosen[:examples]:
            self.send(request)

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
        for finding in check(Seen(self.world, exchange, got, self.plan.header.strict)):
            self.findings.add(finding)


def run(operation: Operation, plan: Plan) -> Result:
    """The result of fuzzing one operation in a world of its own, where the target has worlds."""
    target = plan.targets[operation.contract]
    findings, started, before = Findings(), time.perf_counter(), target.requests
    invalid, digest, reason = 0, "", ""
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
        if reason.startswith(UNANSWERED)
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


def _made(world: Target) -> dict[str, Any]:
    """In a world of our own: makes one of everything that the contract can add, and remembers its ids by their names."""
    ids: dict[str, Any] = {}
    for operation in world.contract.operations.values():
        if operation.id.startswith(("add_", "create_")):
            exchange = world.send(example_request(world, operation))
            if isinstance(exchange.tree, dict) and outcome(exchange, world.contract).accepted:
                ids.update(
                    (k, v) for k, v in exchange.tree.items() if k.endswith("id") and isinstance(v, int | str) and v
                )
    return ids


def _is_another(request: Request, contract: Contract) -> bool:
    """Whether the path, once filled, is another operation's."""
    filled = request.operation.path
    if "{" not in filled:
        return False
    for name, value in request.path.items():
        filled = filled.replace("{" + name + "}", str(value))
    return any(other.path == filled for other in contract.operations.values())
