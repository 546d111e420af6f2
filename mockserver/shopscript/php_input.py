"""What PHP makes of a request's fields: whatever it cannot read is left out, and the rest is acted upon.

A request that can be read whole is read by the rules that all vendors share; only what they refuse is read here.
Bytes that are not UTF-8 are kept as Python keeps them, as lone surrogates, so that they can be told from text.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from counterfoil.mockserver.engine import forms
from counterfoil.mockserver.engine.vendor import Call

_KEPT = "surrogateescape"
_STRAY = re.compile("[\udc80-\udcff]")
_BOUNDARY = re.compile(rb'boundary="?([^";,]+)', re.IGNORECASE)
_NAME = re.compile(rb'[; ]name="((?:[^"\\]|\\.)*)"')

#: what PHP takes for nothing
NOTHING: tuple[Any, ...] = (None, "", "0", {})


def query(call: Call) -> tuple[forms.Tree, bool]:
    """PHP's `$_GET`, and whether all of it could be read."""
    try:
        return call.query_fields(), True
    except forms.MalformedForm:
        text: str = call.environ.get("QUERY_STRING", "")
        return _tree(_pairs(text.encode("latin-1"))), False


def form(call: Call) -> tuple[forms.Tree, bool]:
    """PHP's `$_POST`, and whether all of it could be read: empty for another verb, and for a body that is no form."""
    if call.method != "POST":
        return forms.Tree(), True
    try:
        return call.body_fields(), True
    except forms.MalformedForm:
        kind: str = call.environ.get("CONTENT_TYPE", "")
        boundary = _BOUNDARY.search(kind.encode("latin-1"))
        if boundary is None:
            return _tree(_pairs(call.sent)), False
        return _tree(_parts(call.sent, boundary[1].strip())), False


def is_stray(value: Any) -> bool:
    """Whether somewhere in the value there are bytes that are not UTF-8."""
    if isinstance(value, dict):
        return any(is_stray(name) or is_stray(below) for name, below in value.items())
    return isinstance(value, str) and _STRAY.search(value) is not None


def readable(value: Any) -> Any:
    """The value with a mark in place of each byte that is not UTF-8."""
    if isinstance(value, dict):
        result = forms.Tree()
        result.update({readable(name): readable(below) for name, below in value.items()})
        return result
    return _STRAY.sub("\ufffd", value) if isinstance(value, str) else value


def _tree(pairs: Iterator[tuple[str, str]]) -> forms.Tree:
    """The fields that PHP keeps: the first thousand, without those whose brackets are too deep."""
    first = [pair for _, pair in zip(range(forms.MAX_FIELDS), pairs, strict=False)]
    return forms.tree(pair for pair in first if not _is_too_deep(pair[0]))


def _is_too_deep(name: str) -> bool:
    try:
        forms.tree([(name, "")])
    except forms.MalformedForm:
        return True
    return False


def _pairs(data: bytes) -> Iterator[tuple[str, str]]:
    for field in data.decode(errors=_KEPT).split("&"):
        if field:
            name, _, value = field.partition("=")
            yield unquote_plus(name, errors=_KEPT), unquote_plus(value, errors=_KEPT)


def _parts(data: bytes, boundary: bytes) -> Iterator[tuple[str, str]]:
    """The fields of the parts that came whole; what follows the last boundary is cut off, or nothing."""
    for part in (b"\r\n" + data).split(b"\r\n--" + boundary)[1:-1]:
        head, blank, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if blank and name and b"filename=" not in head:
            yield name[1].decode(errors=_KEPT), value.decode(errors=_KEPT)
