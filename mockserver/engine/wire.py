"""Bodies as bytes: one logical tree written as JSON, XML, name=value pairs or lines."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec


def _unknown(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} cannot stand in an answer")


#: Decimals keep their digits: 12.5000 leaves as the number 12.5000.
json: Callable[[Any], bytes] = msgspec.json.Encoder(decimal_format="number", enc_hook=_unknown).encode

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def text(value: Any) -> str:
    """A scalar as PHP prints it: true is 1, false and null are nothing."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _held(value: Any) -> str:
    """The text of a scalar, as far as XML can hold it."""
    return _NOT_XML.sub(_REPLACEMENT, text(value))


def xml(tree: dict[str, Any], root: str, attributes: str = "") -> bytes:
    """An XML document.

    A list under a key repeats the key's element. A character that XML cannot hold becomes U+FFFD; a key that is no XML name
    becomes `<item key="…">`.
    """
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<{root}{attributes}>"]
    _children(tree, out)
    out.append(f"</{root}>")
    return "".join(out).encode()


def _children(tree: dict[str, Any], out: list[str]) -> None:
    for key, value in tree.items():
        if isinstance(value, list):
            for each in value:
                _element(key, each, out)
        else:
            _element(key, value, out)


def _element(name: str, value: Any, out: list[str]) -> None:
    attribute = ""
    if not _NAME.fullmatch(name):
        attribute = f" key={quoteattr(_held(name))}"
        name = "item"
    if isinstance(value, dict):
        out.append(f"<{name}{attribute}>")
        _children(value, out)
        out.append(f"</{name}>")
        return
    content = escape(_held(value))
    out.append(f"<{name}{attribute}>{content}</{name}>" if content else f"<{name}{attribute}/>")


def pairs(tree: dict[str, Any]) -> bytes:
    """`name=value` pairs joined by `;`, nested names flattened with brackets: `orders[order][0][id]=1`."""
    return ";".join(f"{name}={text(value)}" for name, value in _flat(tree, "")).encode()


def _flat(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _flat(value, f"{prefix}[{key}]" if prefix else str(key))
    else:
        yield prefix, node


def dollar_xml(tree: dict[str, Any]) -> bytes:
    """An XML document of a tree that says what is what: `$name` is an attribute, `$` the text, any other key a child.

    A list repeats its element. A character that XML cannot hold becomes U+FFFD.
    """
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _dollar_children(tree, out)
    return "".join(out).encode()


def _dollar_children(node: dict[str, Any], out: list[str]) -> None:
    for name, value in node.items():
        if not name.startswith("$"):
            for each in value if isinstance(value, list) else (value,):
                _dollar_element(name, each, out)


def _dollar_element(name: str, node: dict[str, Any], out: list[str]) -> None:
    out.append(f"<{name}")
    out += [f" {key[1:]}={quoteattr(_held(value))}" for key, value in node.items() if key[0] == "$" != key]
    out.append(">")
    opened = len(out)
    if node.get("$"):
        out.append(escape(_held(node["$"]), {"\r": "&#13;"}))  # a bare one would be read as a line feed
    _dollar_children(node, out)
    if len(out) > opened:
        out.append(f"</{name}>")
    else:
        out[-1] = "/>"


_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})


def lines(tree: dict[str, Any]) -> bytes:
    r"""The tree that `dollar_xml` writes, as lines: the path of each scalar below the root, `=`, the scalar.

    `lineitem.id=7`, `error/@type=value`, `list/elem[2]/cost=5.00`: an attribute has an `@`, siblings of one name are
    numbered from 1. In values, `\\`, `\n` and `\r` stand for a backslash, a line feed and a carriage return.
    """
    (root,) = tree.values()
    return "".join(f"{path}={text(value).translate(_ESCAPED)}\n" for path, value in _lines(root, "")).encode()


def _lines(node: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    below = f"{path}/" if path else ""
    for name, value in node.items():
        if name == "$":
            yield path, value
        elif name[0] == "$":
            yield f"{below}@{name[1:]}", value
        elif isinstance(value, list):
            for number, each in enumerate(value, 1):
                yield from _lines(each, f"{below}{name}[{number}]")
        else:
            yield from _lines(value, f"{below}{name}")
