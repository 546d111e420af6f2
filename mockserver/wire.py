"""Bodies as bytes: one logical tree written as JSON, XML or name=value pairs."""

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


def xml(tree: dict[str, Any], root: str, attributes: str = "", *, singular: bool = False) -> bytes:
    """An XML document.

    A list under a key repeats the key's element; with `singular`, the key's element holds one child per member, named
    by the key without its last letter (`items` holds `item`), and an empty list is left out.
    A character that XML cannot hold becomes U+FFFD; a key that is no XML name becomes `<item key="…">`.
    """
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<{root}{attributes}>"]
    _children(tree, out, singular)
    out.append(f"</{root}>")
    return "".join(out).encode()


def _children(tree: dict[str, Any], out: list[str], singular: bool) -> None:
    for key, value in tree.items():
        if isinstance(value, list) and singular:
            if value:
                out.append(f"<{key}>")
                for each in value:
                    _element(key[:-1] if key.endswith("s") else "item", each, out, singular)
                out.append(f"</{key}>")
        elif isinstance(value, list):
            for each in value:
                _element(key, each, out, singular)
        else:
            _element(key, value, out, singular)


def _element(name: str, value: Any, out: list[str], singular: bool) -> None:
    attribute = ""
    if not _NAME.fullmatch(name):
        attribute = f" key={quoteattr(_NOT_XML.sub(_REPLACEMENT, name))}"
        name = "item"
    if isinstance(value, dict):
        out.append(f"<{name}{attribute}>")
        _children(value, out, singular)
        out.append(f"</{name}>")
        return
    content = escape(_NOT_XML.sub(_REPLACEMENT, text(value)))
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
