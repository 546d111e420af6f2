"""How the framework writes what a method answers: JSON and XML as PHP makes them of an array."""

import re
from functools import lru_cache
from typing import Any

from counterfoil.mockserver.engine import wire

#: a key that says how the members of a list are to be called in XML; it is never written
ELEMENT = "_element"
_ELEMENT_KEY = b'"_element":'

_START = ":A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_NAME = re.compile(f"[{_START}][{_START}.\\-0-9\xb7\u0300-\u036f\u203f\u2040]*")
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_DIGITS = frozenset("-0123456789")


class NoName(Exception):
    """A key cannot be the name of an XML element: PHP's DOM throws, and nothing of the answer is left."""


def json(tree: Any) -> bytes:
    """JSON with its slashes escaped; nothing at all where a text is not UTF-8, since json_encode fails then."""
    try:
        text = wire.json(tree)
        if _ELEMENT_KEY in text:
            text = wire.json(_without_element(tree))
    except UnicodeEncodeError:
        return b""
    return text.replace(b"/", b"\\/")


def _without_element(tree: Any) -> Any:
    """The tree as it is written: what only names the members of a list is left out, and a list is one again."""
    if isinstance(tree, list):
        return [_without_element(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    kept = {key: _without_element(value) for key, value in tree.items() if key != ELEMENT}
    return list(kept.values()) if len(kept) < len(tree) and _is_list(_pairs(kept)) else kept


def xml(tree: Any) -> bytes:
    """An indented XML document.

    A list whose key ends in `s` and whose first member is an array stands in an element of that name, its members in the
    singular. Any other list repeats the key. What a list without a name holds runs together, its scalars vanish, and
    so does a scalar under a whole number.

    Raises:
        NoName: a key is no XML name.
    """
    out: list[str] = []
    _members(out, tree, None, "  ")
    inner = "".join(out)
    body = f"<response>\n{inner}</response>" if inner else "<response/>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode(errors="surrogateescape")


def _members(out: list[str], tree: Any, singular: str | None, indent: str) -> None:
    if singular is None and isinstance(tree, dict) and ELEMENT in tree:
        singular = tree[ELEMENT]
        tree = {key: value for key, value in tree.items() if key != ELEMENT}
    for key, value in _pairs(tree):
        name = key if isinstance(key, str) else singular
        if isinstance(value, dict | list):
            if isinstance(key, str):
                _named(out, key, value, indent)
            elif name is not None:
                _element(out, name, value, None, indent)
            else:
                _members(out, value, None, indent)
        elif name is not None:
            out.append(_scalar(name, value, indent))


def _named(out: list[str], key: str, tree: Any, indent: str) -> None:
    pairs = _pairs(tree)
    one = None
    if pairs and isinstance(pairs[0][1], dict | list) and key.endswith("s"):
        one = f"{key[:-3]}y" if key.endswith("ies") else key[:-1]
    if one or not (isinstance(tree, list) or _is_list(pairs)):
        _element(out, key, tree, one, indent)
    else:
        _members(out, tree, key, indent)


def _element(out: list[str], name: str, tree: Any, singular: str | None, indent: str) -> None:
    _check(name)
    out.append(f"{indent}<{name}>\n")
    opened = len(out)
    _members(out, tree, singular, f"{indent}  ")
    if len(out) > opened:
        out.append(f"{indent}</{name}>\n")
    else:
        out[-1] = f"{indent}<{name}/>\n"


def _scalar(name: str, value: Any, indent: str) -> str:
    _check(name)
    text = value if isinstance(value, str) else wire.text(value)
    if not text.isalnum():
        text = text.partition("\0")[0].translate(_ESCAPED)
    return f"{indent}<{name}>{text}</{name}>\n" if text else f"{indent}<{name}/>\n"


def _pairs(tree: Any) -> list[tuple[str | int, Any]]:
    """The members of a PHP array: its keys are numbers where they look like one."""
    if isinstance(tree, list):
        return list(enumerate(tree))
    return [(int(key) if key[:1] in _DIGITS and _NUMBER.fullmatch(key) else key, value) for key, value in tree.items()]


def _is_list(pairs: list[tuple[str | int, Any]]) -> bool:
    """Whether PHP takes an array of these members for a list: its keys count from 0."""
    return [key for key, _ in pairs] == list(range(len(pairs)))


@lru_cache(maxsize=512)
def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NoName(name)
