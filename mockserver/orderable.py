"""Which faults can be ordered: everything that a fault says is tried before it is put in force."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from counterfoil.mockserver.asked import Unusable
from counterfoil.mockserver.engine.faults import ANY, LONGEST_DELAY, Fault, Spread
from counterfoil.mockserver.engine.operations import MockBug
from counterfoil.mockserver.engine.pipeline import Endpoint
from counterfoil.mockserver.engine.preferences import meant
from counterfoil.mockserver.engine.worlds import World

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
#: the server's own, which make or break the message
_FRAMING = frozenset(("content-length", "transfer-encoding", "connection"))
_WITHOUT_BODY = (204, 205, 304)


def check(fault: Fault, endpoints: Mapping[str, Endpoint], world: World) -> None:
    """Raise Unusable, with what to send instead, if the fault cannot be made."""
    _check_numbers(fault)
    _check_parts(fault)
    if fault.contract is not None and fault.contract not in endpoints:
        raise Unusable(f"There is no contract {fault.contract!r} here. {meant(fault.contract, list(endpoints))}")
    meets = list(_meets(fault, endpoints))
    if not meets:
        known = [name for endpoint in endpoints.values() for name in endpoint.operations]
        hint = meant(fault.operation, known) if _nearly(fault.operation, known) else "GET / lists them."
        raise Unusable(f"There is no operation {fault.operation!r}. {hint}")
    if fault.refusal is not None:
        _check_refusal(fault, meets, world)


def _meets(fault: Fault, endpoints: Mapping[str, Endpoint]) -> Iterator[tuple[Endpoint, str]]:
    for name, endpoint in endpoints.items():
        if fault.contract in (None, name):
            for operation in endpoint.operations:
                if fault.operation in (ANY, operation) or fnmatchcase(operation, fault.operation):
                    yield endpoint, operation


def _nearly(name: str, known: list[str]) -> bool:
    return meant(name, known).startswith("Did")


def _check_refusal(fault: Fault, meets: list[tuple[Endpoint, str]], world: World) -> None:
    able = [(endpoint, each) for endpoint, each in meets if fault.refusal in endpoint.operations[each].refusals]
    if not able:
        known = sorted({name for endpoint, each in meets for name in endpoint.operations[each].refusals})
        hint = meant(str(fault.refusal), known)
        hint = hint[:1].lower() + hint[1:]
        raise Unusable(f"{fault.operation} has no refusal {fault.refusal!r}; {hint}")
    used: set[str] = set()
    for endpoint, operation in able:
        try:
            used |= endpoint.attempt(operation, fault, world)
        except MockBug as error:
            raise Unusable(
                f"The contract does not allow what {fault.refusal!r} becomes with these facts: {error}."
            ) from error
    unknown = sorted(set(fault.facts) - used)
    if unknown:
        raise Unusable(f"The refusal {fault.refusal!r} has no fact {unknown[0]!r}. {meant(unknown[0], sorted(used))}")


def _check_numbers(fault: Fault) -> None:
    delay = fault.delay
    bounds = (delay.min, delay.max) if isinstance(delay, Spread) else (delay, delay)
    if not 0 <= bounds[0] <= bounds[1] <= LONGEST_DELAY:
        raise Unusable('A delay is 0 to 300 seconds, or {"min": 0.1, "max": 2}.')
    if not 0 <= fault.over <= LONGEST_DELAY:
        raise Unusable("over, the seconds that a dribbled body takes, is 0 to 300.")
    if fault.probability is not None and not 0 < fault.probability <= 1:
        raise Unusable("probability is more than 0 and at most 1; 0.5 meets every second request on average.")
    for name, value in (("times", fault.times), ("every", fault.every), ("retry_after", fault.retry_after)):
        if value is not None and value < (0 if name == "retry_after" else 1):
            raise Unusable(f"{name} is a number from {'0' if name == 'retry_after' else '1'} on.")


def _check_parts(fault: Fault) -> None:
    if fault.refusal is not None and (fault.status is not None or fault.connection in ("reset", "empty")):
        raise Unusable("One fault has a refusal or a status, and neither where the connection ends without an answer.")
    if fault.facts and fault.refusal is None:
        raise Unusable("facts fill a refusal's template: name the refusal.")
    if fault.status is None and (fault.body is not None or fault.headers or fault.retry_after is not None):
        raise Unusable('body, headers and retry_after come with a status, as in {"status": 503, "retry_after": 5}.')
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise Unusable("status is one that ends an exchange, 200 to 599.")
    if fault.status is not None and fault.connection in ("reset", "empty"):
        raise Unusable(f"With the connection {fault.connection!r} nothing is answered: leave the status out.")
    if fault.status in _WITHOUT_BODY and fault.body:
        raise Unusable(f"Under the status {fault.status} there is no body.")
    for name, value in fault.headers.items():
        if not _TOKEN.fullmatch(name) or name.lower() in _FRAMING or not _VALUE.fullmatch(value):
            raise Unusable(f"{name[:80]!r} cannot be a header here, or not with this value.")
