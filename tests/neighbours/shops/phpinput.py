"""Reading of request input the way PHP reads it: bracketed names, first digits of a text, silent dropping."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_to_bytes

MAX_FIELDS = 1000
MAX_DEPTH = 64
_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3}(?!\d))?)")
_INTEGER_KEY = re.compile(r"(?:0|-?[1-9]\d{0,17})\Z")
_PART_NAME = re.compile(rb'name="((?:[^"\\]|\\.)*)"')


def decode(raw: str) -> str:
    """One percent-encoded piece; bytes that are no UTF-8 survive as surrogates."""
    return unquote_to_bytes(raw.replace("+", " ").encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def pairs_of(text: str) -> list[tuple[str, str]]:
    """The name and value pairs of a query or an urlencoded body, in their order."""
    found = []
    for piece in text.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            found.append((decode(name), decode(value)))
    return found


def multipart_pairs(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The text fields of a multipart body; a part that is cut off or is a file is left out."""
    match = re.search(r'boundary="?([^";,]+)', content_type, re.IGNORECASE)
    if match is None:
        return []
    mark = b"--" + match.group(1).strip().encode("latin-1", "replace")
    found = []
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:-1]:
        head, gap, value = part.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head.replace(b"filename=", b"file-"))
        if gap and name and b"filename=" not in head:
            found.append((name.group(1).decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape")))
    return found


def body_pairs(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The fields of a body; only the two form types count, everything else holds no fields."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return pairs_of(body.decode("utf-8", "surrogateescape"))
    if kind == "multipart/form-data":
        return multipart_pairs(body, content_type)
    return []


def path_of(name: str) -> list[str]:
    """`a[b][]` as ['a', 'b', '']; PHP's treatment of blanks, points and open brackets included."""
    name = name.lstrip(" ")
    top, bracket, rest = name.partition("[")
    top = top.replace(" ", "_").replace(".", "_")
    if not bracket or not top:
        return [(top + ("_" + rest if bracket else "")).replace(" ", "_")]
    if "]" not in rest:
        return [top + "_" + rest]
    keys = [top]
    while True:
        key, closed, rest = rest.partition("]")
        if not closed:
            return keys
        keys.append(key.lstrip(" "))
        if not rest.startswith("["):
            return keys
        rest = rest[1:]


def key_in(array: dict, key: str) -> int | str:
    """The key PHP would use: a whole number becomes an int, an empty one the next free index."""
    if key == "":
        return max((k for k in array if isinstance(k, int)), default=-1) + 1
    return int(key) if _INTEGER_KEY.match(key) else key


def array_of(pairs: Iterable[tuple[str, str]]) -> dict:
    """PHP's $_GET or $_POST out of name and value pairs; arrays are dicts in the order of arrival."""
    array: dict = {}
    for count, (name, value) in enumerate(pairs):
        path = path_of(name)
        if count >= MAX_FIELDS:
            break
        if len(path) > MAX_DEPTH or not path[0]:
            continue
        place = array
        for step, key in enumerate(path[:-1]):
            real = key_in(place, key) if step else key
            if not isinstance(place.get(real), dict):
                place[real] = {}
            place = place[real]
        place[key_in(place, path[-1]) if len(path) > 1 else path[0]] = value
    return array


def truthy(value: Any) -> bool:
    """PHP's idea of a value that is there: not null, not '', not '0', not an empty array."""
    return value not in (None, "", "0", 0, False) and value != {}


def to_int(value: Any) -> int:
    """PHP's (int) of a text, held inside 64 bits."""
    if isinstance(value, dict):
        return 1 if value else 0
    match = _NUMBER.match(value or "")
    number = int(Decimal(match.group(1))) if match else 0
    return max(-(2**63), min(2**63 - 1, number))


def to_decimal(value: Any) -> Decimal:
    """PHP's (float) of a text, kept exact: the digits at its beginning, else 0."""
    match = _NUMBER.match(value) if isinstance(value, str) else None
    return Decimal(match.group(1)) if match else Decimal(0)


def text_of(value: Any) -> str:
    """A text fit to be stored: arrays count as nothing, bytes that are no UTF-8 as question marks."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
