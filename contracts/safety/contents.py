"""What a request names and what it carries, wherever that stands in it and however it is nested."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Sent
from counterfoil.contracts.safety.nowhere import exists_nowhere
from counterfoil.contracts.safety.ownership import ownable
from counterfoil.contracts.wire import wire
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import schemas_of

_STEP = re.compile(r"[^\[\]]+")
_ENDS = ("id", "ids", "uuid")
#: a known id that is shorter may be any other number or word, and is recognised by the name that it stands under
_SHORT = 4


@dataclass(frozen=True)
class Value:
    """A value in a request, and the names that lead to it."""

    names: tuple[str, ...]
    text: str


def values(sent: Sent) -> list[Value] | None:
    """Every value in the path, the query and the body; None where the body cannot be read, so that it may say anything."""
    found = [Value((name,), value) for name, value in sent.path.items()]
    found += [Value(_names(name), value) for name, value in (*sent.query, *sent.fields)]
    if sent.fields or not sent.body:
        return found
    try:
        tree = wire.read(sent.body, wire.JSON)
    except wire.Unreadable:
        return None
    return [*found, *_below(tree, ())]


def _names(name: str) -> tuple[str, ...]:
    return tuple(step.strip() for step in _STEP.findall(name)) or (name,)


def _below(node: Any, names: tuple[str, ...]) -> Iterator[Value]:
    if isinstance(node, dict):
        for name, below in node.items():
            yield from _below(below, (*names, str(name)))
    elif isinstance(node, list):
        for number, below in enumerate(node):
            yield from _below(below, (*names, str(number)))
    elif node is not None and node != "":
        yield Value(names or ("",), wire.text(node))


def ids(found: list[Value], target: Target) -> Iterator[Value]:
    """The values that name something: by what they are called, or since they are an id that the profile gives."""
    own = {name.lower() for name in (*target.installation.entry.properties, *ownable(target.contract))}
    in_paths = _in_paths(target.contract)
    known = {str(value) for value in target.ids.values() if len(str(value)) >= _SHORT}
    secret = target.installation.secret_names
    for value in found:
        names = [name.lower() for name in value.names]
        if names[0] in secret:
            continue
        named = any(name in own or name in in_paths or name.endswith(_ENDS) for name in names)
        if named or value.text.strip() in known:
            yield value


@lru_cache
def _in_paths(contract: Contract) -> frozenset[str]:
    every = (each for operation in contract.operations.values() for each in operation.parameters)
    return frozenset(each.name.lower() for each in every if each.place == "path")


def identifying(operation: Operation, target: Target) -> set[str]:
    """The names under which the operation is told what to change: those of its path, and required ids."""
    names = {
        each.name
        for each in operation.parameters
        if each.place == "path" or (each.required and _is_id(each.name, target))
    }
    for media in operation.request.values():
        names |= {name for name in _required(target.contract, media.schema) if _is_id(name, target)}
    return names


def decisive(operation: Operation, sent: Sent, found: list[Value], target: Target) -> set[str]:
    """The names under which this very request has to say what it changes: without them, it would break its schema.

    With some of its values, an operation changes whatever its caller has: a button that empties a basket asks for no id,
    and one that stands there all the same restricts nothing.
    """
    names = {value.names[0] for value in found}
    pairs = [(name, value) for name, value in (*sent.query, *sent.fields) if name not in names]
    if len(dict(pairs)) < len(pairs):  # nobody knows which of two values is taken
        return set()
    given = {**(sent.tree if isinstance(sent.tree, dict) else {}), **dict(pairs)}
    rest = {name: value for name, value in given.items() if name not in names}
    missing = set[str]()
    for media in operation.request.values():
        read = as_read(rest, media.schema, target.contract, "form")
        broken = schemas_of(target.contract).broken(media.schema, read, "")
        missing |= {clause.pointer.removeprefix("/") for clause in broken if clause.keyword == "required"}
    return {name.lower() for name in missing & names}


def _is_id(name: str, target: Target) -> bool:
    return name.lower().endswith(_ENDS) or name in ownable(target.contract)


def _required(contract: Contract, schema: Any) -> Iterator[str]:
    schema = contract.deref(schema)
    if isinstance(schema, dict):
        yield from schema.get("required", ())
        for part in schema.get("allOf", ()):
            yield from _required(contract, part)


def is_empty(found: list[Value], operation: Operation, target: Target) -> bool:
    """Whether there is nothing to order: no more than the operation's name, credentials, choices, and what exists nowhere."""
    idle = {name.lower() for name in (target.contract.function_property or "", *_choices(operation, target.contract))}
    idle |= target.installation.secret_names
    return all(
        not value.text.strip() or value.names[0].lower() in idle or exists_nowhere(value.text) for value in found
    )


def _choices(operation: Operation, contract: Contract) -> Iterator[str]:
    """The properties that only choose between a few ways to do it."""
    described: dict[str, Any] = {each.name: each.schema for each in operation.parameters}
    for media in operation.request.values():
        described |= schemas_of(contract).properties(media.schema)
    for name, schema in described.items():
        if choices(schema, contract):
            yield name


def choices(schema: Any, contract: Contract) -> list[Any]:
    """The values that the schema chooses between, if they are written in it."""
    schema = contract.deref(schema)
    if not isinstance(schema, dict):
        return []
    written = [schema["const"]] if "const" in schema else list(schema.get("enum", ()))
    return written or [each for part in schema.get("allOf", ()) for each in choices(part, contract)]
