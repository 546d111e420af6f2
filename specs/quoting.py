"""How a message shows a value that somebody wrote: a text in quotes, all else as JSON, and nothing as Python would print it."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError

_MOST = 120


def quoted(value: Any) -> str:
    """The value in one line, or its beginning."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, str):
        mark = '"' if "'" in value and '"' not in value else "'"
        text = f"{mark}{text[1:-1]}{mark}".replace('\\"', '"')
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def complaint(error: "ValidationError", most: int = 300) -> str:
    """What a validator complains of; it would show each value as Python prints it."""
    message = str(error.message)
    for value in (error.instance, error.validator_value):
        message = message.replace(repr(value), quoted(value))
    return message[:most]
