"""How calls are sent again and their answers read. The tests that reproduce findings have these functions as they stand here."""

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def in_json(value: str) -> str:
    """The value as it stands between quotes."""
    return json.dumps(value)[1:-1]


def put(text: str, told: "dict[str, Any]", written: "Callable[[str], str]") -> str:
    """The text with what earlier answers have told, wherever its name stands as `<name>`."""
    for name, value in told.items():
        text = text.replace(f"<{name}>", written(str(value)))
    return text


def seen(
    status: int, headers: "dict[str, str]", content: bytes, masked: "Callable[[str], str]" = str
) -> "dict[str, Any]":
    """The answer, as the demand speaks of it. `masked` gives a text without its secrets."""
    headers = {name.lower(): masked(value) for name, value in headers.items()}
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters)
    heard = {"status": status, "media_type": media_type.strip().lower(), "headers": headers}
    try:
        text = masked(content.decode(charset[1] if charset else "utf-8"))
    except (UnicodeDecodeError, LookupError):
        return heard
    heard["text"] = text.replace("\\/", "/").replace("\\n", "\n").replace("\\\\", "\\")
    with suppress(ValueError, RecursionError):
        heard["body"] = json.loads(text, parse_constant=int)
    return heard


def told_at(heard: "dict[str, Any]", place: str) -> "Any":
    """What stands at a pointer into the body, or in a header; None where nothing does."""
    if place.startswith("header:"):
        return heard["headers"].get(place.removeprefix("header:").lower())
    node: Any = heard.get("body")
    for step in place.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            node = node[int(name)] if isinstance(node, list) else node[name]
        except (LookupError, TypeError, ValueError):
            return None
    return node
