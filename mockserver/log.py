"""One line for each request, for a person at a terminal or for a program."""

import sys
from collections.abc import Callable

from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.journal import Entry

STYLES = ("text", "json")


def teller(style: str) -> Callable[[str, Entry], None]:
    """What writes a line about each exchange of a world, in that style, to standard error."""
    line = _as_json if style == "json" else _as_text

    def tell(world: str, entry: Entry) -> None:
        try:
            sys.stderr.write(line(world, entry))
        except (OSError, ValueError):  # whoever read the lines is gone, and that is no reason not to answer
            return

    return tell


def _as_text(world: str, entry: Entry) -> str:
    what = f"{entry.operation} {entry.outcome}" if entry.operation else entry.outcome
    method = entry.environ["REQUEST_METHOD"]
    return f"{method} {_path(entry)} {what} {entry.answer.status} {entry.seconds * 1000:.1f} ms [{world}]\n"


def _as_json(world: str, entry: Entry) -> str:
    told = {
        "world": world, "number": entry.number, "method": entry.method, "path": _path(entry), "contract": entry.contract,
        "operation": entry.operation, "outcome": entry.outcome, "status": entry.status,
        "ms": round(entry.seconds * 1000, 3),
    }  # fmt: skip
    return wire.json(told).decode() + "\n"


def _path(entry: Entry) -> str:
    """The path, without the query, which may hold a secret; what would steer a terminal is spelled out."""
    path: str = entry.environ["PATH_INFO"]
    if path.isascii() and path.isprintable():
        return path
    text = path.encode("latin-1").decode(errors="replace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
