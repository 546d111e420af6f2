"""What is ordered of one request, by a fault of the world or by the request's own `Prefer`, and with which facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from counterfoil.mockserver.engine.faults import Fault, Spread
from counterfoil.mockserver.engine.operations import Compiled
from counterfoil.mockserver.engine.preferences import preferences, preferred
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer
from counterfoil.mockserver.engine.vendor import Call, Dialect
from counterfoil.mockserver.engine.worlds import World

#: facts that tell why
_REASONS = ("reason", "message", "text")
#: facts that name a field of the request
_FIELDS = ("parameter", "field")


@dataclass(frozen=True)
class Ordered:
    """What was ordered of one request."""

    fault: Fault | None
    delay: float = 0.0
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def instead(self) -> Answer | None:
        """The answer in place of the program's, which then sees nothing of the request."""
        return self.fault.answer() if self.fault is not None and self.fault.comes_first else None

    @property
    def refusal(self) -> str | None:
        """The named example under which to refuse."""
        return None if self.fault is None else self.fault.refusal

    @property
    def facts(self) -> Mapping[str, str]:
        """The facts that were given with it."""
        return {} if self.fault is None else self.fault.facts

    def on(self, answer: Answer, elapsed: float) -> Answer:
        """The answer as it leaves, so many seconds after the request came."""
        manner = answer.manner if self.fault is None else self.fault.manner
        if manner is not None:
            manner = manner._replace(elapsed=elapsed)
        return answer._replace(headers=[*answer.headers, *self.headers], manner=manner)


class Facts(dict[str, Any]):
    """The facts of an ordered refusal. One that nobody gave is found in the request, or in the contract's own words."""

    def __init__(self, given: Mapping[str, Any], name: str, call: Call, operation: Compiled) -> None:
        super().__init__(given)
        #: the facts that the refusal asked for
        self.used: set[str] = set()
        self._name, self._call, self._operation = name, call, operation

    def __getitem__(self, fact: str) -> Any:
        self.used.add(fact)
        return super().__getitem__(fact)

    def __missing__(self, fact: str) -> str:
        sent = _found(self._call.given, fact)
        if sent is None:
            sent = self._call.parameters.get(fact, self._operation.samples.get(fact))
        if sent is not None:
            return str(sent)[:160]
        if fact in _REASONS:
            return self._operation.summary(self._name)
        if fact in _FIELDS:
            return next(iter(self._operation.samples), "request")
        return "0" if fact == "id" or fact.endswith("_id") else fact.replace("_", " ")


def _found(tree: Any, name: str) -> Any:
    """The first plain value of that name, at any depth."""
    if isinstance(tree, dict):
        value = tree.get(name)
        if value is not None and not isinstance(value, dict | list):
            return value
    members = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return next((value for each in members if (value := _found(each, name)) is not None), None)


def order(environ: Mapping[str, Any], world: World, contract: str, operation: Compiled | None) -> Ordered:
    """What is ordered of the request. What it prefers itself comes before the world's faults. Raises Unpreferable."""
    header: str = environ.get("HTTP_PREFER", "")
    asked = preferences(header) if header else None
    fault = None if asked is None else preferred(asked, operation)
    forced = fault is not None
    with world.lock:
        if fault is None and world.faults:
            fault = world.fault(contract, operation)
        delay = 0.0 if fault is None else _seconds(fault.delay, world)
    if asked is None:
        return Ordered(fault, delay)
    applied = asked.applied(forced=forced)
    return Ordered(fault, delay + (asked.delay or 0.0), [("Preference-Applied", applied)] if applied else [])


def refusal(
    name: str, given: Mapping[str, Any], call: Call, operation: Compiled, dialect: Dialect, state: Any
) -> Refusal:  # fmt: skip
    """The refusal of that name as the vendor would word it, whatever facts were given. The call gets its headers."""
    call.media_type = operation.notations.get(name, call.media_type)
    made = Refusal(name)
    made.facts = Facts(given, name, call, operation)
    return dialect.ordered(made, call, operation.required_headers(name), state)


def _seconds(delay: float | Spread, world: World) -> float:
    return delay.min + (delay.max - delay.min) * world.chance() if isinstance(delay, Spread) else delay
