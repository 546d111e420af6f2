"""The names of fields that an operation's contract knows, read out of its schemas."""

import re
from collections.abc import Iterator
from typing import Any

from counterfoil.specs import Contract, Operation

_BRANCHES = ("allOf", "oneOf", "anyOf")
_CHOICES = ("if", "then", "else")
_INDEX = re.compile("[0-9]+")


class Names:
    """What the contract knows at one place of a request, and below.

    What is described as free has no unknown names, unless it is `closed`.
    """

    def __init__(self, contract: Contract, schemas: list[dict[str, Any]], *, closed: bool = False) -> None:
        self._contract = contract
        self._closed = closed
        self._properties: dict[str, list[dict[str, Any]]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Any]]] = []
        self._items: list[dict[str, Any]] = []
        for schema in schemas:
            self._take(schema)

    def unknown(self, value: Any) -> Iterator[str]:
        """The names in the value, as they stand on the wire, that the contract does not know."""
        if isinstance(value, list):
            for number, each in enumerate(value):
                yield from (f"[{number}]{below}" for below in self._below(str(number)).unknown(each))
        elif isinstance(value, dict) and (self._closed or self._properties or self._patterns or self._items):
            for name, each in value.items():
                if self._knows(name):
                    yield from (f"[{name}]{below}" for below in self._below(name).unknown(each))
                else:
                    yield from (f"[{name}]{below}" for below in _leaves(each))

    def _knows(self, name: str) -> bool:
        return (
            name in self._properties
            or any(pattern.search(name) for pattern, _ in self._patterns)
            or (bool(self._items) and _INDEX.fullmatch(name) is not None)
        )

    def _below(self, name: str) -> "Names":
        found = [*self._properties.get(name, ()), *(below for pattern, below in self._patterns if pattern.search(name))]
        if _INDEX.fullmatch(name):
            found += self._items
        return Names(self._contract, found)

    def _take(self, schema: Any) -> None:
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            self._take(self._contract.deref({"$ref": schema["$ref"]}))
        for name, below in schema.get("properties", {}).items():
            self._properties.setdefault(name, []).append(below)
        self._patterns += [(re.compile(name), below) for name, below in schema.get("patternProperties", {}).items()]
        if isinstance(schema.get("additionalProperties"), dict):
            self._patterns.append((re.compile(""), schema["additionalProperties"]))
        if isinstance(schema.get("items"), dict):
            self._items.append(schema["items"])
        for part in (each for word in _BRANCHES for each in schema.get(word, ())):
            self._take(part)
        for word in _CHOICES:
            self._take(schema.get(word))


def _leaves(value: Any) -> Iterator[str]:
    """The places of the plain values in what is unknown as a whole."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from (f"[{name}]{below}" for below in _leaves(each))
    else:
        yield ""


def fields(contract: Contract, operation: Operation) -> Names:
    """What the operation takes in its query or its form."""
    query = [each for each in operation.parameters if each.place == "query"]
    exploded = [each for each in query if contract.deref(each.schema).get("type") == "object"]
    schemas: list[dict[str, Any]] = [{"properties": {each.name: each.schema}} for each in query if each not in exploded]
    schemas += [each.schema for each in exploded]
    schemas += [media.schema for name, media in operation.request.items() if not name.endswith("json")]
    return Names(contract, schemas, closed=True)


def body(contract: Contract, operation: Operation) -> Names:
    """What the operation takes in a body that is JSON."""
    return Names(contract, [media.schema for name, media in operation.request.items() if name.endswith("json")])
