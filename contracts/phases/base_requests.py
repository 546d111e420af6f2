"""Where requests that a target accepts come from: the witnesses of its operations, and the contract's own examples."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from counterfoil.contracts.generate.examples import example_request
from counterfoil.contracts.generate.known_ids import with_known_ids
from counterfoil.contracts.http.client import Target, without_credentials
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.http.sessions import NoAccount
from counterfoil.contracts.phases import witness
from counterfoil.contracts.phases.cases import Call, Case
from counterfoil.contracts.profile.model import Entry
from counterfoil.specs import Contract, Operation


@dataclass(frozen=True)
class BaseRequest:
    """A request that is accepted once it is prepared. `case` is the witness that it comes from, `number` the step."""

    operation: Operation
    case: Case | None = None
    number: int = 0
    example: Any = None
    media_type: str | None = None

    def request(self, world: Target, entry: Entry) -> Request:
        """The request, ready to be sent in this world, credentials in its body. Raises NotPrepared."""
        if self.case is not None:
            return _whole(witness.prepared(self.case, self.number, world), world)
        return self.sketch(world, entry)

    def sketch(self, target: Target, entry: Entry) -> Request:
        """What the request looks like, before anything is sent."""
        if self.case is not None:
            return _whole(witness.sketched(self.case, self.number, target), target)
        found = example_request(target, self.operation)
        if self.example is not None:
            found = replace(found, body=without_credentials(target, self.example), media_type=self.media_type)
        ids = {name: [entry.ids[known]] for name, known in entry.properties.items() if known in entry.ids}
        never = {name.lower() for name in (*entry.never, *entry.credentials.names())}
        return _whole(with_known_ids(found, ids, never, 0, target.contract, share=1), target)


def base_requests(operation: Operation, cases: list[Case], target: Target) -> Iterator[BaseRequest]:
    """Where valid requests of the operation come from, the likeliest first: short witnesses, then examples."""
    found = [
        (case.needs_mock, number, BaseRequest(operation, case, number))
        for case in cases
        for number, step in _accepted(case, operation, target.contract)
        if _is_possible(case, number, target)
    ]
    found.sort(key=lambda each: each[:2])
    yield from (start for _, _, start in found)
    yield BaseRequest(operation)
    for media in operation.request.values():
        yield from (
            BaseRequest(operation, example=example.value, media_type=media.media_type)
            for example in media.examples.values()
        )


def _accepted(case: Case, operation: Operation, contract: Contract) -> Iterator[tuple[int, Call]]:
    """The first step of the case that is an accepted call of the operation, made as usual."""
    for number, step in enumerate(case.steps):
        if not isinstance(step, Call) or step.operation != operation.id:
            continue
        answer, _, example = operation.examples[step.expect]
        usual = step.raw is None and step.method is None and step.credentials == {} and step.encoding != "query"
        if usual and not contract.is_refusal(example, answer.status):
            yield number, step
            return


def _is_possible(case: Case, number: int, target: Target) -> bool:
    """Whether the target has what the case needs: a mock, ids, accounts."""
    if case.needs_mock and target.control is None:
        return False
    if any(name not in target.ids for name in case.needed_ids) or case.elsewhere(target.ids):
        return False
    try:
        for step in case.steps[: number + 1]:
            if isinstance(step, Call):
                target.sessions.wanted(witness.asked(step, target))
    except NoAccount:
        return False
    return True


def _whole(request: Request, world: Target) -> Request:
    """The request with the credentials that its body carries written into it, so that they can be broken, too."""
    names = world.credentials.body
    if not names or request.credentials is None or not (request.body is None or isinstance(request.body, dict)):
        return request
    body = {
        **{name: value for name, value in names.items() if name not in (request.body or {})},
        **(request.body or {}),
    }
    return replace(request, body=body, credentials={**request.credentials, **dict.fromkeys(names)})
