"""Which failures of Schemathesis' own checks are failures by the contract, where status and intention alone would mislead."""

from collections.abc import Iterator
from typing import Any

from requests import RequestException
from schemathesis import HookContext, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure, ServerError
from schemathesis.openapi.checks import (
    AuthScenario,
    IgnoredAuth,
    MissingContentType,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
    UnsupportedMethodResponse,
)

from counterfoil.contracts.checks import response as checks
from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.generate.contract_schema import AnyCase
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.schemathesis.judged import Asked, exchange_of, found, is_elsewhere, observed

#: what the suite asks in place of a check that reads the status alone
_ASKED: dict[type[Failure], Asked] = {
    ServerError: checks.server_error,
    UndefinedStatusCode: checks.undocumented_status,
    UndefinedContentType: checks.undocumented_media_type,
    MissingContentType: checks.undocumented_media_type,
    AcceptedNegativeData: checks.accepted_invalid,
}
#: operations that were seen to refuse who has no credentials: that is theirs, and not the case's
_CLOSED: set[tuple[str, str]] = set()


def confirmed(context: HookContext, failure: Failure, case: AnyCase, response: Response) -> bool:
    """Whether a failure of a built-in check is one by the contract, too. Where nobody can say, it is none."""
    seen = observed(case, response)
    if seen is None:
        return True
    asked = next((one for kind, one in _ASKED.items() if isinstance(failure, kind)), None)
    if asked is not None:
        return bool(found(seen, [asked]))
    if is_elsewhere(seen):
        return False
    if isinstance(failure, UnsupportedMethodResponse) and seen.exchange.operation.function is not None:
        return False  # one address for all functions: nobody says how else it may be called
    if isinstance(failure, RejectedPositiveData | UnsupportedMethodResponse):
        return not (seen.outcome.refused and seen.outcome.documented)
    if isinstance(failure, IgnoredAuth) and seen.target.contract.refused is not False:
        return _is_open(seen, failure, case)
    return True


def _is_open(seen: Observation, failure: IgnoredAuth, case: AnyCase) -> bool:
    """Whether the operation accepts who has no credentials, or wrong ones, by what its answers mean."""
    if failure.case_id == case.id or failure.scenario == AuthScenario.GENERATED_AUTH:
        return seen.outcome.accepted
    key = seen.target.base_url, seen.operation
    if key not in _CLOSED:
        if any(_is_let_in(seen.target, each) for each in _without_credentials(seen.target, case)):
            return True
        _CLOSED.add(key)
    return False


def _without_credentials(target: Target, case: AnyCase) -> Iterator[AnyCase]:
    """The case without its credentials, and with wrong ones."""
    names = {name.lower() for name in (*target.credentials.names(), *target.installation.entry.never)}
    for ending in (None, "-wrong"):
        twin = case.derive()
        for place in ("query", "headers", "cookies", "body"):
            values = getattr(twin, place)
            if not hasattr(values, "items"):
                continue
            kept = {k: v for k, v in values.items() if k.lower() not in names | {"authorization"}}
            if ending is not None:
                kept |= {k: f"{v}{ending}" for k, v in values.items() if k in target.credentials.names()}
            setattr(twin, place, type(values)(kept))
        yield twin


def _is_let_in(target: Target, case: AnyCase) -> bool:
    arguments: dict[str, Any] = {} if case.operation.app is None else {"app": case.operation.app}
    try:
        response = case.operation.schema.transport.send(case, **arguments)
    except RequestException:
        return False
    exchange = exchange_of(target, case, response)
    return exchange is not None and outcome(exchange, target.contract).accepted
