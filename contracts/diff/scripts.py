"""What is sent to both sides, in order: the witnesses, the contract's examples, and the examples with one thing changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from counterfoil.contracts.checks.request_validity import is_of_another
from counterfoil.contracts.diff.sides import Side
from counterfoil.contracts.generate.examples import example_request
from counterfoil.contracts.generate.known_ids import with_known_ids
from counterfoil.contracts.generate.variations import variations, written
from counterfoil.contracts.http.client import Target, Withheld, without_credentials
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.phases import witness
from counterfoil.contracts.phases.base_requests import base_requests
from counterfoil.contracts.phases.cases import Call, Case
from counterfoil.specs import Contract, Operation

#: per level, how many variations of each operation's examples are sent
_VARIATIONS = {"smoke": 0, "gate": 12}

Sides = tuple[Side, Side]


@dataclass(frozen=True)
class LeftOut:
    """Something that is not sent, and why."""

    reason: str


@dataclass(frozen=True)
class SingleRequest:
    """A made-up request of one operation. The ids and the credentials are put in by each side."""

    base: Request
    number: int
    share: float
    ids: Mapping[str, str]

    def request(self, target: Target, side: Side) -> Request:
        """The request as that side is asked it."""
        known = {name: [side.entry.ids[of]] for name, of in self.ids.items()}
        never = {name.lower() for name in (*side.entry.never, *side.entry.credentials.names())}
        bare = replace(self.base, body=without_credentials(target, self.base.body))
        return with_known_ids(bare, known, never, self.number, target.contract, self.share)


@dataclass(frozen=True)
class Script:
    """Requests that follow each other in one world: a case, or single ones.

    One that is `harmless` only reads, so that it can be repeated anywhere.
    """

    id: str
    case: Case | None = None
    singles: tuple[SingleRequest, ...] = ()
    harmless: bool = False

    def carried_out(self, world: Target, side: Side, values: dict[str, Any]) -> Iterator[Exchange | None]:
        """The answers; None where this side's request would be another operation's. What is kept goes into `values`."""
        if self.case is not None:
            yield from witness.exchanged(self.case, world, values)
        for single in self.singles:
            request = single.request(world, side)
            another = is_of_another(world.prepare(request), request.operation, world.contract)
            yield None if another else world.send(request)


def scripts(
    contract: Contract, cases: Iterable[Case], sides: Sides, level: str, seed: int, only: str = ""
) -> Iterator[Script | LeftOut]:
    """Everything that is to be sent, and what is not: the cases and operations with `only` in their names."""
    for case in cases:
        operations = (step.operation for step in case.steps if isinstance(step, Call))
        if any(only in name for name in (case.id, *operations)):
            yield _of_case(case, sides)
    for operation in contract.operations.values():
        if only in f"{operation.id}: examples":
            yield from _of_operation(operation, sides, _VARIATIONS[level], seed)


def _of_case(case: Case, sides: Sides) -> Script | LeftOut:
    """The case, if both sides have what it needs, and all of it may be sent to both."""
    reason = next(filter(None, (witness.why_not(case, side.target).reason for side in sides)), "")
    if reason:
        return LeftOut(reason)
    calls = [number for number, step in enumerate(case.steps) if isinstance(step, Call)]
    harmless = all(_reads(witness.sketched(case, number, side.target), side) for number in calls for side in sides)
    return Script(case.id.partition("/")[2], case, harmless=harmless)


def _reads(request: Request, side: Side) -> bool:
    """Whether the request changes nothing, whatever a deployment makes of it."""
    return side.target.only_reads(request) and request.operation.effect == "reads"


def _of_operation(operation: Operation, sides: Sides, most: int, seed: int) -> Iterator[Script | LeftOut]:
    """The operation's examples, and so many variations of them. What may change something has a world of its own each."""
    bases = list(_bases(operation, sides[0].target))
    ids = {name: of for name, of in sides[0].entry.properties.items() if all(of in side.entry.ids for side in sides)}
    singles = [SingleRequest(base, 1, 1.0, ids) for base in bases]
    singles += [SingleRequest(base, number, 0.5, ids) for base, number in variations(bases, seed)[:most]]
    sent: list[SingleRequest] = []
    for single in singles:
        reason = next(filter(None, (_why_not(single, side) for side in sides)), "")
        if reason:
            yield LeftOut(reason)
        else:
            sent.append(single)
    if operation.effect == "reads":
        harmless = all(_reads(single.request(side.target, side), side) for single in sent for side in sides)
        yield from [Script(f"{operation.id}: examples", singles=tuple(sent), harmless=harmless)] if sent else []
        return
    for number, single in enumerate(sent, 1):
        yield Script(f"{operation.id}: example {number}", singles=(single,))


def _bases(operation: Operation, target: Target) -> Iterator[Request]:
    plain = example_request(target, operation)
    found: dict[str, Request] = {}
    for start in base_requests(operation, [], target):
        base = plain
        if start.example is not None:
            base = replace(plain, body=without_credentials(target, start.example), media_type=start.media_type)
        found.setdefault(written(base), base)
    yield from found.values()


def _why_not(single: SingleRequest, side: Side) -> str:
    """Why the request may not be sent to that side."""
    try:
        side.target.check([single.request(side.target, side)])
    except Withheld as error:
        return str(error)
    return ""
