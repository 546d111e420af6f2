"""Notations that a contract names in `x-notation`: how a body that is no JSON is read into the data of the schemas."""

import re
from collections.abc import Callable, Iterator
from typing import Any

Read = Callable[[Any], Any]

_STEP = re.compile(r"(?P<name>[^\[\]]+)(\[(?P<number>[1-9][0-9]{0,5})\])?")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "\\": "\\"}


class NotInNotation(ValueError):
    """The body does not have the form of its notation; the message says where."""


def dollar(root: Any) -> dict[str, Any]:
    """An XML element as JSON: attributes are `$name`, text is `$`, a child that repeats is an array."""
    return {root.tag: _element(root)}


def with_plain_lists(tree: Any) -> Any:
    """The same notation in JSON, where a named list that is alone may stand in an array all the same."""
    doc = tree.get("doc") if isinstance(tree, dict) else None
    lists = doc.get("list") if isinstance(doc, dict) else None
    if isinstance(doc, dict) and isinstance(lists, list) and len(lists) == 1 and isinstance(lists[0], dict):
        return {**tree, "doc": {**doc, "list": lists[0]}}
    return tree


def _element(element: Any) -> dict[str, Any]:
    result: dict[str, Any] = {f"${name}": value for name, value in element.attrib.items()}
    for child in element:
        _add(result, child.tag, _element(child))
    if not len(element) and (element.text or not result):
        result["$"] = element.text or ""
    return result


def _add(node: dict[str, Any], name: str, value: Any) -> None:
    if name not in node:
        node[name] = value
    elif isinstance(node[name], list):
        node[name].append(value)
    else:
        node[name] = [node[name], value]


def lines(body: str) -> dict[str, Any]:
    """A line per text, `path=value`, as the tree that `dollar` reads from the same answer in XML.

    Steps of a path are joined by `/`, attributes begin with `@`, and siblings that repeat are numbered from 1. Raises
    NotInNotation.
    """
    doc: dict[str, Any] = {}
    for number, line in enumerate(body.split("\n"), 1):
        if not line:
            continue
        path, equals, value = line.partition("=")
        if not equals:
            raise NotInNotation(f"line {number} is not path=value: {line[:80]!r}")
        node = doc
        steps = list(_steps(path, number))
        attribute = steps.pop()[0] if steps[-1][0].startswith("@") else None
        for name, place in steps:
            node = _below(node, name, place, number)
        node["$" + attribute[1:] if attribute else "$"] = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[0]), value)
    return {"doc": doc}


def _steps(path: str, number: int) -> Iterator[tuple[str, int | None]]:
    for step in path.split("/"):
        match = _STEP.fullmatch(step)
        if match is None:
            raise NotInNotation(f"line {number} has a path that cannot be followed: {path[:80]!r}")
        yield match["name"], int(match["number"]) if match["number"] else None


def _below(node: dict[str, Any], name: str, place: int | None, number: int) -> dict[str, Any]:
    """The child that a step leads to; made where it is the next one."""
    found = node.setdefault(name, {} if place is None else [])
    if isinstance(found, list) is (place is None):
        raise NotInNotation(f"line {number}: {name} stands with and without a number")
    if place is None:
        return found  # type: ignore[no-any-return]
    if place > len(found) + 1:
        raise NotInNotation(f"line {number}: {name}[{place}] stands before {name}[{len(found) + 1}]")
    if place == len(found) + 1:
        found.append({})
    child: dict[str, Any] = found[place - 1]
    return child


#: for the word that a contract uses: from what it is read, and how
NOTATIONS: dict[str, tuple[str, Read]] = {"dollar": ("xml", dollar), "lines": ("text", lines)}
