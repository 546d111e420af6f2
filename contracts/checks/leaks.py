"""What an answer shows that it should keep to itself: the server's inside, and what a caller sent in confidence."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from counterfoil.contracts.checks.assertions import without
from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.reports.results import Finding

#: what stands in each of them, without which no pattern needs to be tried
_SIGNS: dict[str, tuple[str, ...]] = {
    "a stack trace": ("Traceback (most recent call last)", "Stack trace:", ".php(", " at ", "\tat ", ":\\"),
    "an error of the program": (".php",),
    "an error of the database": (
        *("SQL syntax", "SQLSTATE[", "ORA-", "PG::", "org.hibernate.", "OperationalError", "Unclosed quotation mark"),
        *("mysql_", "mysqli_", "psycopg", "Unknown column '"),
    ),
    "a path of the server": (
        *("/var/", "/home/", "/usr/", "/srv/", "/opt/", "/app/", "/www/", "/root/", "/mnt/", "/data/", ":\\"),
    ),
}
_INSIDES: dict[str, re.Pattern[str]] = {
    "a stack trace": re.compile(
        r"Traceback \(most recent call last\)|\bStack trace:\s*#0 |^[ \t]*#\d+ \S+\.php\(\d+\): "
        r"|^[ \t]+at [\w$.<>]+\([\w$]+\.(?:java|kt|scala):\d+\)|^[ \t]+at .{1,200}\(.{0,200}\.[jt]s:\d+:\d+\)"
        r"|^[ \t]*at .{1,200} in [A-Z]:\\.{1,200}:line \d+",
        re.MULTILINE,
    ),
    "an error of the program": re.compile(
        r"(?:Fatal error|Parse error|Warning|Notice|Deprecated)(?:</b>)?:\s.{1,300}? in (?:<b>)?\S+\.php(?:</b>)? on line"
    ),
    "an error of the database": re.compile(
        r"You have an error in your SQL syntax|SQLSTATE\[\w+\]|\bORA-\d{5}\b|PG::\w+Error|org\.hibernate\."
        r"|sqlite3?\.OperationalError|Unclosed quotation mark after the character string|\bmysqli?_\w+\(\)"
        r"|psycopg2?\.\w*Error|Unknown column '[^']*' in '"
    ),
    "a path of the server": re.compile(
        r"(?<![\w/.:-])/(?:var|home|usr|srv|opt|app|www|root|mnt|data)/(?:[\w.@+-]+/)*[\w.@+-]+\.(?:php|phtml|inc|py|rb|pl|java|jsp|js|ts)\b"
        r"|\b[A-Z]:\\(?:[\w .@+-]+\\)+[\w .@+-]+\.(?:php|aspx?|cs|py|dll|config)\b"
    ),
}
_SECRET = re.compile(r"secret|passw|pwd|token|key|authorization", re.IGNORECASE)
# in a request, `key` alone may be anything
_SENT_SECRET = re.compile(
    r"secret|passw|pwd|token|authorization|(?:api|access|auth|private|licen[cs]e)[_-]?key|epp_?code|cvv|cvc|card_?num",
    re.IGNORECASE,
)
_SHORTEST = 6
#: pages of errors are short: of a body that is longer, no more than its beginning is searched for the server's inside
_SEARCHED = 256 * 1024


def leak(seen: Observation) -> Iterator[Finding]:
    """A body shows nothing of the server's inside, and none of the caller's secrets."""
    exchange = seen.exchange
    body = exchange.body.decode("utf-8", "replace")
    plain = body.replace("\\/", "/").replace("\\n", "\n").replace("\\\\", "\\")  # as it stands inside JSON
    beginning = plain[:_SEARCHED]
    said = _what_was_sent(exchange)
    for what, pattern in _INSIDES.items():
        if not any(sign in beginning for sign in _SIGNS[what]):
            continue
        match = next((m[0] for m in pattern.finditer(beginning) if m[0].strip() not in said), None)
        if match is not None:
            title = f"The answer {exchange.status} of {seen.operation} shows {what}"
            detail = f"leak:{what.rpartition(' ')[2]}"
            why, demand = (
                f"It contains `{seen.target.mask().cut(match.strip(), 200)}`.",
                without(f"(?m){pattern.pattern}", exchange),
            )
            yield seen.finding("leak", detail, ("published",), title, why, cause=f"answers show {what}", demand=demand)
    for name, value in _secrets(seen):
        if _is_told(name, value, plain, seen):
            title = f"The answer {exchange.status} of {seen.operation} repeats the secret `{name}`"
            shown, why = seen.target.mask().text(value), "What is secret stands in the body."
            # a demand that names what is not masked would tell the secret itself
            demand = without(re.escape(shown), exchange) if shown != value else {}
            cause = f"answers repeat the secret `{name}`"
            yield seen.finding("leak", f"leak:{name}", ("published",), title, why, cause=cause, demand=demand)


def _secrets(seen: Observation) -> Iterator[tuple[str, str]]:
    """The secrets of the profile, and those of this request that it does not also say openly, each value once."""
    target, sent = seen.target, seen.exchange.sent
    found = {value: name for name, value in target.installation.secrets.items() if _is_secret(name)}
    open_: set[str] = set()
    for account in target.accounts.values():
        for name, value in account.items():
            (found.setdefault(value, name) if _is_secret(name) else open_.add(value))
    for name, value in (*sent.query, *sent.fields, *_leaves(sent.tree), *sent.headers.items()):
        if _is_sent_secret(name) or value in target.sessions.given:
            found.setdefault(value.rpartition(" ")[2] if name.lower() == "authorization" else value, name)
        else:
            open_.add(value)
    yield from ((name, value) for value, name in found.items() if len(value) >= _SHORTEST and value not in open_)


@lru_cache(4096)
def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None


@lru_cache(4096)
def _is_sent_secret(name: str) -> bool:
    return _SENT_SECRET.search(name) is not None


def _leaves(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, below in node.items():
            yield from _leaves(below, str(key))
    elif isinstance(node, list):
        for below in node:
            yield from _leaves(below, name)
    elif isinstance(node, str):
        yield name, node


def _is_told(name: str, value: str, plain: str, seen: Observation) -> bool:
    """Whether the body has the secret in a place where the contract has none.

    A word or a number may stand in a body by chance. It is told where it is the whole of a text, or behind its name.
    """
    if value not in plain:
        return False
    places = seen.contents.places if seen.contents else ()
    named = [(str(place.path[-1]), place.value) for place in places if place.path]
    texts = [(key, text) for key, text in named if isinstance(text, str)]
    if len(value) < 8 or value.isalpha() or value.isdecimal():
        alone = len(value) >= 8 and any(text == value and not _SECRET.search(key) for key, text in texts)
        behind = rf"{re.escape(name)}\W{{1,4}}{re.escape(value)}(?!\w)"
        documented = any(text == value and _SECRET.search(key) for key, text in texts)
        return alone or (not documented and re.search(behind, plain, re.IGNORECASE) is not None)
    return plain.count(value) > sum(text.count(value) for key, text in texts if _SENT_SECRET.search(key))


def _what_was_sent(exchange: Exchange) -> str:
    sent = exchange.sent
    values = [value for _, value in (*sent.query, *sent.fields)]
    return "\n".join((sent.url, sent.body.decode("utf-8", "replace"), *values))
