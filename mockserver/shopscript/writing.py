"""How the framework writes what a method answers: JSON and XML as PHP makes them of an array."""

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from counterfoil.mockserver.engine import wire

#: a key that says how the members of a list are to be called in XML; it is never written
ELEMENT = "_element"

_START = ":A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_NAME = re.compile(f"[{_START}][{_START}.\\-0-9\xb7\u0300-\u036f\u203f\u2040]*")
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")


class NoName(Exception):
    """A key cannot be the name of an XML element: PHP's DOM throws, and nothing of the answer is left."""


def json(tree: Any) -> bytes:
    """JSON with its slashes escaped; nothing at all where a text is not UTF-8, since json_encode fails then."""
    try:
        return wire.json(tree).replace(b"/", b"\\/")
    except UnicodeEncodeError:
        return b""


def xml(tree: Any) -> bytes:
    """An indented XML document.

    A list whose key ends in `s` and whose first member is an array stands in an element of that name, its members in the
    singular. Any other list repeats the key. What a list without a name holds runs together, its scalars vanish, and
    so does a scalar under a whole number.

    Raises:
        NoName: a key is no XML name.
    """
    inner = list(_members(tree, None, "  "))
    body = "\n".join(["<response>", *inner, "</response>"]) if inner else "<response/>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode(errors="surrogateescape")


def _members(tree: Any, singular: str | None, indent: str) -> Iterator[str]:
    pairs = _pairs(tree)
    if singular is None:
        singular = next((value for key, value in pairs if key == ELEMENT), None)
        pairs = [(key, value) for key, value in pairs if key != ELEMENT]
    for key, value in pairs:
        holds_more = isinstance(value, dict | list)
        if not isinstance(key, int):
            yield from _named(key, value, indent) if holds_more else _scalar(key, value, indent)
        elif not holds_more and singular:
            yield from _scalar(singular, value, indent)
        elif holds_more and singular:
            yield from _element(singular, value, None, indent)
        elif holds_more:
            yield from _members(value, None, indent)


def _named(key: str, tree: Any, indent: str) -> Iterator[str]:
    pairs = _pairs(tree)
    one = None
    if pairs and isinstance(pairs[0][1], dict | list) and key.endswith("s"):
        one = f"{key[:-3]}y" if key.endswith("ies") else key[:-1]
    is_list = [name for name, _ in pairs] == list(range(len(pairs)))
    if one or not is_list:
        yield from _element(key, tree, one, indent)
    else:
        yield from _members(tree, key, indent)


def _element(name: str, tree: Any, singular: str | None, indent: str) -> Iterator[str]:
    _check(name)
    inner = list(_members(tree, singular, f"{indent}  "))
    if not inner:
        yield f"{indent}<{name}/>"
        return
    yield f"{indent}<{name}>"
    yield from inner
    yield f"{indent}</{name}>"


def _scalar(name: str, value: Any, indent: str) -> Iterator[str]:
    _check(name)
    text = escape(wire.text(value).partition("\0")[0], {"\r": "&#13;"})
    yield f"{indent}<{name}>{text}</{name}>" if text else f"{indent}<{name}/>"


def _pairs(tree: Any) -> list[tuple[str | int, Any]]:
    """The members of a PHP array: its keys are numbers where they look like one."""
    if isinstance(tree, list):
        return list(enumerate(tree))
    return [(int(key) if _NUMBER.fullmatch(key) else key, value) for key, value in tree.items()]


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NoName(name)
