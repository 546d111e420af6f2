"""Make text from strangers fit to be shown: in XML, in Markdown, in HTML, and to a person."""

import json
import re
from datetime import UTC, datetime

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: what turns the direction of the text around it, or cannot be seen at all
_UNSEEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\U000e0000-\U000e0fff]"
)
#: how a line begins, or what stands in it, that a CI takes for an order: GitHub and Azure, GitLab's sections, TeamCity
_ORDER = re.compile(r"^(\s*):(?=:)|#(?=#(?:\[|vso\[|teamcity\[))", re.IGNORECASE | re.MULTILINE)
_LONGEST_LINE = 300
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENING, _CLOSING = {"{": "}", "[": "]"}, {"}", "]"}


def visible(text: str) -> str:
    """Replace what neither XML nor a reader can take: control characters become pictures of themselves.

    What nobody sees, or what turns the text around it, is written out by its number: `⟨U+202E⟩`.
    """
    shown = _UNPRINTABLE.sub(_picture, text.replace("\r\n", "\n"))
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", shown)


def line(text: str, limit: int = _LONGEST_LINE) -> str:
    """A stranger's text as one line of a terminal or a log: shown, not obeyed, neither by a terminal nor by a CI."""
    shown = visible(" ".join(text[: 4 * limit].split()))
    return harmless(shown if len(shown) <= limit else shown[: limit - 2] + " …")


def harmless(text: str) -> str:
    """Lines for a terminal or a log in which no CI finds a command: `::error::` becomes `: :error::`."""
    return _ORDER.sub(lambda match: f"{match.group()} ", visible(text))


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def indented(body: str) -> str:
    """Lay a JSON body out over lines; anything else, and anything that is not quite JSON, stays as it came.

    Only white space changes. A number keeps its digits (`10.50` is not `10.5`) and a repeated key stays repeated,
    since both may be the very thing that is wrong.
    """
    if not body.lstrip().startswith(("{", "[")):
        return body
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return body
    tokens = _JSON_TOKEN.findall(body)
    pieces: list[str] = []
    depth = 0
    for before, part in zip(["", *tokens], tokens, strict=False):
        if part in _CLOSING:
            depth -= 1
            empty = _OPENING.get(before) == part
            pieces.append(part if empty else _line(depth) + part)
            continue
        if before in _OPENING or before == ",":
            pieces.append(_line(depth))
        pieces.append(": " if part == ":" else part)
        depth += part in _OPENING
    return "".join(pieces)


def _line(depth: int) -> str:
    return "\n" + "  " * depth


def shortened(text: str, limit: int) -> str:
    """Cut a text that is too long for its place and say how much is missing."""
    missing = len(text) - limit
    return text if missing <= 0 else f"{text[:limit]}\n… and {counted(missing, 'character')} more, in results.jsonl"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: `1 case`, `12,345 cases`."""
    plural = noun + ("es" if noun.endswith("ss") else "s")
    if noun.endswith("y") and not noun.endswith("ay"):
        plural = noun[:-1] + "ies"
    return f"{number:,} {noun if number == 1 else plural}"


def lasting(seconds: float) -> str:
    """Write a duration as a person says it: `0.4 s`, `38 s`, `4 min 10 s`, `2 h 05 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def moment(iso: str) -> str:
    """Write an ISO moment in UTC and to the second; what cannot be read as one stays as it is."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    if when.tzinfo is None:
        return iso
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
