"""Text from strangers as Markdown that shows it and does nothing else; and a page that stays below a limit."""

import re
from collections.abc import Iterable

from counterfoil.reports.printable import visible

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&!])")


def escaped(text: str) -> str:
    """Text as text: no markup, no HTML, no line break, and nobody is mentioned by accident."""
    return _SPECIAL.sub(r"\\\1", visible(" ".join(text.split()))).replace("@", "@<!-- -->")


def code(text: str) -> str:
    """Text as an inline code span, with a fence longer than any run of backticks within."""
    if not text:
        return ""
    shown = visible(" ".join(text.split())).replace("|", "\\|")
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if "`" in shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fenced(text: str, language: str) -> str:
    """Text as a code block that nothing in it can close."""
    shown = visible(text).rstrip()
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def row(*cells: str) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def cut(text: str, limit: int) -> str:
    """The text, or as much of it as fits."""
    return text if len(text) <= limit else text[:limit] + " …"


def page(parts: Iterable[str], ending: str, limit: int) -> str:
    """The parts as one page of at most so many bytes. Parts that do not fit are left out, and the page says how many."""
    every = list(parts)
    left_out = "\n\n**… {} more, which would not fit here.**"
    room = limit - len(_bytes(ending)) - len(_bytes(left_out)) - 30
    kept: list[str] = []
    for part in every:
        room -= len(_bytes(part)) + 2
        if room < 0:
            break
        kept.append(part)
    missing = len(every) - len(kept)
    said = left_out.format(f"{missing} part" + ("" if missing == 1 else "s")) if missing else ""
    return "\n\n".join(kept) + f"{said}\n\n{ending}\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
