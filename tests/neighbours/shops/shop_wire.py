"""How Shop-Script's answers look on the wire: PHP's json_encode and Webasyst's XML decorator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

_XML_NAME = re.compile(r"[^\W\d][\w.:-]*\Z|:[\w.:-]*\Z")


class NoXmlNameError(Exception):
    """A key that cannot be the name of an XML element."""


def members(value: dict | list) -> list[tuple[Any, Any]]:
    """Keys and values of a PHP array; the reserved key `_element` is never shown."""
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    return [(key, item) for key, item in pairs if key != "_element"]


def json_text(value: Any) -> str:
    """JSON as PHP writes it: an empty array is [], a slash is escaped, a Decimal keeps its places."""
    if isinstance(value, (dict, list)):
        pairs = members(value)
        if [key for key, _ in pairs] == list(range(len(pairs))):
            return "[" + ",".join(json_text(item) for _, item in pairs) + "]"
        return "{" + ",".join(json_text(str(key)) + ":" + json_text(item) for key, item in pairs) + "}"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False).replace("/", "\\/")


def singular(name: str) -> str:
    """The name of one member of a list: cities, city; items, item."""
    return name[:-3] + "y" if name.endswith("ies") else name[:-1]


def scalar_text(value: Any) -> str:
    """The text of an element; null and false have none."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return format(value, "f") if isinstance(value, Decimal) else escape(str(value))


def element(name: str, value: Any, depth: int) -> Iterator[str]:
    """One element with all that is in it, a line for each tag."""
    if not _XML_NAME.match(name):
        raise NoXmlNameError(name)
    pad = "  " * depth
    if isinstance(value, (dict, list)):
        yield f"{pad}<{name}>"
        yield from contents(value, depth + 1)
        yield f"{pad}</{name}>"
    else:
        text = scalar_text(value)
        yield f"{pad}<{name}>{text}</{name}>" if text else f"{pad}<{name}/>"


def contents(value: dict | list, depth: int) -> Iterator[str]:
    """The elements of an array; whole-number keys have no name, so their scalars vanish."""
    for key, item in members(value):
        is_array = isinstance(item, (dict, list))
        if isinstance(key, int):
            if is_array:
                yield from contents(item, depth)
        elif not is_array:
            yield from element(key, item, depth)
        elif item:
            yield from array_element(key, item, depth)


def array_element(name: str, value: dict | list, depth: int) -> Iterator[str]:
    """A list stands in a wrapper if its name is a plural of arrays; else its name is repeated."""
    pairs = members(value)
    if not pairs or not isinstance(pairs[0][0], int):
        yield from element(name, value, depth)
    elif name.endswith("s") and isinstance(pairs[0][1], (dict, list)):
        yield "  " * depth + f"<{name}>"
        for _, item in pairs:
            yield from element(singular(name), item, depth + 1)
        yield "  " * depth + f"</{name}>"
    else:
        for _, item in pairs:
            yield from element(name, item, depth)


def xml_text(value: dict | list) -> str:
    """The whole XML document."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<response>", *contents(value, 1), "</response>"]
    return "\n".join(lines) + "\n"


def encoded(value: dict | list, xml: bool, callback: str | None) -> tuple[str, bytes]:
    """Media type and body; text that is no UTF-8 makes json_encode fail, which leaves nothing."""
    if xml:
        return "text/xml; charset=utf-8", xml_text(value).encode("utf-8", "replace")
    try:
        body = json_text(value).encode("utf-8")
    except UnicodeEncodeError:
        body = b""
    if callback is None:
        return "application/json; charset=utf-8", body
    return "text/javascript; charset=utf-8", callback.encode("utf-8", "replace") + b"(" + body + b");"
