"""What every export does to a document: paths that a tool can send, one notation, no links, nothing that nobody uses."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from counterfoil.specs.export.schemas import Typed
from counterfoil.specs.general import written_out
from counterfoil.specs.loader import refs, resolve
from counterfoil.specs.view import METHODS

JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_DATA = frozenset(("value", "example", "default", "enum", "const"))
#: below these, keys are names that somebody has given
_NAMED = frozenset(("headers", "examples", "schemas", "parameters", "responses", "securitySchemes", "requestBodies"))


def plainer(document: dict[str, Any]) -> dict[str, Any]:
    """The document as any tool reads it: typed schemas, JSON where there is a choice, a path for each function."""
    typed = Typed(document)
    made: dict[str, Any] = _mapped(written_out(document), typed.of)
    made["paths"] = {_path(key): _own_parameters(document, item) for key, item in made["paths"].items()}
    for operation in operations(made):
        body = operation.get("requestBody")
        if body is not None:
            if "$ref" in body:  # each operation gets its own, which is to be filled
                operation["requestBody"] = body = deepcopy(resolve(made, body["$ref"]))
            if FORM in body["content"]:
                body["content"].pop(MULTIPART, None)
    return made


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of the document."""
    for item in document["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def pruned(document: dict[str, Any]) -> dict[str, Any]:
    """The document without the components that nothing in it refers to."""
    components = document.get("components", {})
    reached: set[str] = set()
    waiting = {target for _, target in refs(document["paths"])}
    while waiting:
        target = waiting.pop()
        if target not in reached:
            reached.add(target)
            waiting |= {below for _, below in refs(resolve(document, target))}
    kept = {
        kind: {
            n: each for n, each in members.items() if kind == "securitySchemes" or f"#/components/{kind}/{n}" in reached
        }
        for kind, members in components.items()
    }
    return {**document, "components": {kind: members for kind, members in kept.items() if members}}


def every_call(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The fields that the seeded caller sends with a call of this operation; no credentials where nobody asks for them."""
    said = document.get("x-every-call", {})
    known = {} if operation.get("security") == [] else said.get("credentials", {})
    return {**known, **said.get("notation", {})}


def _path(key: str) -> str:
    """A function as a step of its path: a fragment would cut off the query of a tool that puts the two together."""
    path, _, function = key.partition("#")
    return f"{path}/{function}" if function else path


def _own_parameters(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """The path with all parameters written out at its operations."""
    shared = item.pop("parameters", [])
    typed = Typed(document)
    for method in METHODS:
        if method in item:
            written = [*shared, *item[method].get("parameters", ())]
            item[method]["parameters"] = [_mapped(typed.deref(each), typed.of) for each in written]
    return item


def _mapped(node: Any, schema: Callable[[Any], Any], key: str = "", named: bool = False) -> Any:
    """The node without words of our own and links, its schemas made plainer, its bodies in JSON where they can be."""
    if isinstance(node, list):
        return [_mapped(each, schema) for each in node]
    if not isinstance(node, dict):
        return node
    if key == "schema" and not named:
        return schema(node)
    if key == "content" and JSON in node:
        node = {JSON: node[JSON]}
    made = {}
    for name, below in node.items():
        if not named and (name.startswith("x-") or name == "links"):
            continue
        if key == "schemas" and named:
            made[name] = schema(below)
        elif name in _DATA and not named:
            made[name] = below
        else:
            made[name] = _mapped(below, schema, key if named else name, not named and name in _NAMED)
    return made
