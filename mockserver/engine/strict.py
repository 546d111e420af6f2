"""The strict mode of a world: which of a request's parameters the mock has ignored, and whether that is refused.

A parameter is ignored that the contract does not know at its place, that the vendor leaves out where it was sent, or that nobody
looked at until the call was carried out. What is empty was not sent. Inside a JSON body, only the first of the three is noticed.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from counterfoil.mockserver.engine import known, wire
from counterfoil.mockserver.engine.forms import MalformedForm, Tree
from counterfoil.mockserver.engine.journal import IGNORED
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Aside, Reply, Result, Steps
from counterfoil.mockserver.engine.vendor import Body, Call, Dialect, Vendor
from counterfoil.mockserver.engine.worlds import World
from counterfoil.specs import Contract

#: what a name in the header may have as it is
_PLAIN = "[]._-+:/"

Strictness = Literal["tell", "refuse"]


class Watched(dict[str, Any]):
    """The fields of a request, which remember for which names somebody has asked."""

    def __init__(self, fields: Mapping[str, Any], asked_for: set[str]) -> None:
        super().__init__(fields)
        self.asked_for = asked_for

    def __getitem__(self, name: str) -> Any:
        self.asked_for.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked_for.add(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:  # so that a copy is made through __getitem__
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        """The value, if it was sent."""
        self.asked_for.add(name)
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        """The value, which is gone then."""
        self.asked_for.add(name)
        return super().pop(name, *default)


class Strict(Steps):
    """The steps of a request's life, looked at: they are taken as ever, and what they ignore is known afterwards."""

    def __init__(self, contract: Contract, vendor: Vendor, dialect: Dialect, world: World, call: Call) -> None:
        self._contract, self._vendor, self._world, self._call = contract, vendor, world, call
        self._known_first = dialect.reads_first
        self._done = False
        self._kept = set(call.given)
        self.asked_for: set[str] = set()
        call.given = Watched(call.given, self.asked_for)

    def around(self, steps: Steps) -> "Strict":
        """These steps from now on."""
        self._steps, self.operation = steps, steps.operation
        return self

    def ignored(self) -> list[str]:
        """The parameters that were ignored, as they stand on the wire."""
        names = list(dict.fromkeys(self._unknown()))
        if self._done:
            told = {name.partition("[")[0] for name in names}
            names += [name for name in self._sent() if name not in told and self._is_unread(name)]
        return names

    def gate(self, state: Any, call: Call) -> None:
        """As ever."""
        self._steps.gate(state, call)

    def check(self, call: Call) -> None:
        """As ever; that all values are looked at here says nothing."""
        call.given = dict(call.given.items())
        self._steps.check(call)
        call.given = Watched(call.given, self.asked_for)

    def handle(self, state: Any, call: Call) -> Result:
        """As ever; or refused, with everything as it was, where something is ignored."""
        if self._world.strict != "refuse":
            result = self._steps.handle(state, call)
            self._done = True
            return result
        self._refuse()
        before = msgspec.to_builtins(state, str_keys=True)
        result = self._steps.handle(state, call)
        self._done = True
        try:
            self._refuse()
        except Aside:
            self._world.put_back(self._vendor.name, before)
            raise
        return result

    def accept(self, result: Result) -> Reply:
        """As ever."""
        return self._steps.accept(result)

    def refuse(self, refusal: Refusal) -> Reply:
        """As ever."""
        return self._steps.refuse(refusal)

    def verify(self, reply: Reply, call: Call, headers: Mapping[str, str] | None, *, chosen: bool = True) -> None:
        """As ever."""
        self._steps.verify(reply, call, headers, chosen=chosen)

    def encode(self, reply: Reply, call: Call) -> Answer:
        """As ever, with a header that names what was ignored."""
        answer = self._steps.encode(reply, call)
        names = self.ignored()
        if not names:
            return answer
        return answer._replace(headers=[*answer.headers, (IGNORED, _header(names))])

    def _refuse(self) -> None:
        names = self.ignored()
        if names:
            message = f"The mock ignores {', '.join(names)}. It is strict, so nothing has been done; PUT /_mock/strict changes that."
            body = wire.json(
                {"error": "parameters_ignored", "message": message, "ignored": names, "mock": "counterfoil"}
            )
            raise Aside(
                "parameters_ignored",
                Answer(400, "application/json; charset=utf-8", body, [(IGNORED, _header(names))]),
            )  # fmt: skip

    def _unknown(self) -> Iterator[str]:
        operation = self._contract.operations[self.operation.id]
        for name in known.fields(self._contract, operation).unknown(_filled(self._fields())):
            plain = _bare(name)
            if plain not in self._known_first:
                yield plain
        body = self._call.given.get("body")
        if isinstance(body, dict) and not isinstance(body, Tree):
            yield from map(_bare, known.body(self._contract, operation).unknown(body))

    def _sent(self) -> Iterator[str]:
        return (name for name in self._fields() if name not in self._known_first)

    def _is_unread(self, name: str) -> bool:
        if name not in self._kept:
            return True
        return isinstance(self._call.given, Watched) and name not in self.asked_for

    def _fields(self) -> Body:
        fields: Body = {}
        for read in (self._call.query_fields, self._call.body_fields):
            with suppress(MalformedForm):
                fields.update({name: value for name, value in read().items() if value not in ("", {})})
        return fields


def _header(names: list[str]) -> str:
    return ", ".join(quote(name, safe=_PLAIN, errors="replace") for name in names)


def _filled(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _filled(below) for name, below in value.items() if below not in ("", {})}


def _bare(name: str) -> str:
    """The name as it stands on the wire: without the brackets of its first part."""
    first, bracket, rest = name.removeprefix("[").partition("]")
    return f"{first}{rest}" if bracket else name
