"""An answer as a demand speaks of it. The tests that reproduce findings have this function as it stands here."""

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def seen(
    status: int, headers: dict[str, str], content: bytes, masked: "Callable[[str], str]" = str
) -> dict[str, object]:
    """The answer, as the demand speaks of it. `masked` gives a text without its secrets."""
    headers = {name.lower(): masked(value) for name, value in headers.items()}
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters)
    told: dict[str, object] = {"status": status, "media_type": media_type.strip().lower(), "headers": headers}
    try:
        text = masked(content.decode(charset[1] if charset else "utf-8"))
    except (UnicodeDecodeError, LookupError):
        return told
    told["text"] = text.replace("\\/", "/").replace("\\n", "\n").replace("\\\\", "\\")
    with suppress(ValueError, RecursionError):
        told["body"] = json.loads(text, parse_constant=int)
    return told
