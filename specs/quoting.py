"""How a message shows a value that somebody wrote: a text in quotes, all else as JSON, and nothing as Python would print it."""

import json
from typing import Any

_MOST = 120


def quoted(value: Any) -> str:
    """The value in one line, or its beginning."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, str):
        text = f"'{text[1:-1]}'".replace('\\"', '"')
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
