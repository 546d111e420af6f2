"""What is asked of every single exchange, one function each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contracts.exchange import Exchange
from contracts.judge import broken_by
from contracts.meaning import as_read
from contracts.outcome import Outcome
from contracts.results import Answer, Finding, Request, Severity
from contracts.schemas import Clause, schemas_of
from contracts.target import Target

_BODY_LIMIT = 10_000
_SEVERITIES: dict[str, Severity] = {
    "documented": "broken",
    "published": "broken",
    "observed": "warning",
    "chosen": "note",
}
#: how a clause can be known
EVIDENCE = frozenset(_SEVERITIES)


@dataclass(frozen=True)
class Seen:
    """An exchange in its context. `expected` is the outcome that a witness expects, None where any one will do."""

    target: Target
    exchange: Exchange
    outcome: Outcome
    strict: bool
    expected: str | None = None

    @property
    def operation(self) -> str:
        """The operation's name."""
        return self.exchange.operation.id

    def finding(self, check: str, detail: str, evidence: str, title: str, why: str, drift: bool = False) -> Finding:
        """A finding of this exchange. Strict, every finding counts as broken; else its evidence decides."""
        severity: Severity = "broken" if self.strict else "warning" if drift else _SEVERITIES[evidence]
        contract = self.target.contract.name
        return Finding(
            id=f"{contract}:{self.operation}:{detail}",
            contract=contract,
            operation=self.operation,
            check=check,
            clause=f"{self.operation} {detail.replace(':', ' ')}",
            evidence=evidence,
            severity=severity,
            title=title,
            why=why,
            request=shown_request(self.target, self.exchange),
            answer=shown_answer(self.target, self.exchange),
        )


def check(seen: Seen) -> list[Finding]:
    """Everything that is wrong with one exchange."""
    return [finding for one in EVERY for finding in one(seen)]


def server_error(seen: Seen) -> Iterator[Finding]:
    """The server does not fail, unless a witness makes it fail."""
    status = seen.exchange.status
    if status >= 500 and not _expects(seen):
        title = f"{seen.operation} fails with status {status}"
        why = "A status of 500 or more says that the server failed, not that the request was refused."
        yield seen.finding("server_error", f"server_error:{status}", "documented", title, why)


def undocumented_status(seen: Seen) -> Iterator[Finding]:
    """Every status is documented."""
    exchange = seen.exchange
    if exchange.answer is None:
        documented = ", ".join(map(str, sorted(exchange.operation.answers)))
        title = f"{seen.operation} answers with the undocumented status {exchange.status}"
        why = f"Documented are {documented}."
        yield seen.finding("undocumented_status", f"status:{exchange.status}", exchange.operation.evidence, title, why)


def undocumented_media_type(seen: Seen) -> Iterator[Finding]:
    """Every media type is documented under its status."""
    exchange = seen.exchange
    answer = exchange.answer
    if answer is None or exchange.media is not None or not (answer.media or exchange.body):
        return
    if exchange.sent.method == "HEAD":
        return
    got = exchange.media_type or ("no media type" if exchange.body else "an empty body")
    title = f"{seen.operation} answers {exchange.status} with {got}"
    why = f"Documented under {exchange.status}: {', '.join(answer.media) or 'no body at all'}."
    yield seen.finding(
        "undocumented_media_type", f"answer:{exchange.status}:{got}:media_type", answer.evidence, title, why
    )


def malformed_body(seen: Seen) -> Iterator[Finding]:
    """A body can be read as what it says it is."""
    exchange = seen.exchange
    if exchange.unreadable is not None:
        title = f"The answer {exchange.status} of {seen.operation} cannot be read as {exchange.media_type}"
        detail = f"answer:{exchange.status}:{exchange.media_type}:malformed"
        yield seen.finding("malformed_body", detail, "documented", title, exchange.unreadable)


def body_schema(seen: Seen) -> Iterator[Finding]:
    """A body holds what its schema promises: a finding for each clause that it breaks."""
    exchange = seen.exchange
    if exchange.media is None or exchange.answer is None or exchange.unreadable is not None:
        return
    schema = exchange.media.schema
    if not exchange.body and not schema:
        return
    schemas = schemas_of(seen.target.contract)
    for clause in schemas.broken(schema, exchange.tree, exchange.answer.evidence, formats=True):
        title = f"{_told(clause)} in the answer {exchange.status} of {seen.operation}"
        yield seen.finding("body_schema", f"{_place(exchange)}:{clause.id}", clause.evidence, title, _plainly(clause))


def undocumented_refusal(seen: Seen) -> Iterator[Finding]:
    """Every refusal is one that the contract names."""
    exchange, outcome = seen.exchange, seen.outcome
    if outcome.accepted or outcome.documented or exchange.answer is None:
        return
    if exchange.media is None or exchange.unreadable is not None:
        return  # then nobody can say which one it is, and that has been said already
    alike = re.sub(r"[0-9]+", "#", re.sub(r"(['\"“‘]).*?(['\"”’])", "…", outcome.text))[:60]
    title = f"{seen.operation} refuses with a reason that the contract does not name"
    why = f"Status {exchange.status}, {outcome.text!r}. Named are: {', '.join(_refusals(seen)) or 'none'}."
    detail = f"refusal:{exchange.status}:{alike}"
    yield seen.finding("undocumented_refusal", detail, exchange.answer.evidence, title, why)


def undocumented_property(seen: Seen) -> Iterator[Finding]:
    """A property that the contract does not describe is drift: vendors add keys, and a reader wants to know."""
    exchange = seen.exchange
    if exchange.media is None or exchange.answer is None or exchange.unreadable is not None:
        return
    found = schemas_of(seen.target.contract).undescribed(exchange.media.schema, exchange.tree)
    for pointer in dict.fromkeys(found):
        title = f"{pointer} in the answer {exchange.status} of {seen.operation} is not in the contract"
        detail = f"{_place(exchange)}:{pointer}:undocumented"
        why = "The contract describes no property of this name here."
        yield seen.finding("undocumented_property", detail, exchange.answer.evidence, title, why, drift=True)


def documented_header(seen: Seen) -> Iterator[Finding]:
    """A documented header is there, and holds what its schema promises."""
    exchange = seen.exchange
    if exchange.answer is None:
        return
    sent = {name.lower(): value for name, value in exchange.headers.items()}
    contract = seen.target.contract
    for name, header in exchange.answer.headers.items():
        evidence = header.get("x-evidence", exchange.answer.evidence)
        value = sent.get(name.lower())
        if value is None:
            if header.get("required"):
                title = f"The header {name} is missing from the answer {exchange.status} of {seen.operation}"
                detail = f"answer:{exchange.status}:header:{name}:required"
                yield seen.finding("missing_header", detail, evidence, title, "The contract requires it.")
            continue
        schema = header.get("schema", {})
        read = as_read(value, schema, contract, "form")
        for clause in schemas_of(contract).broken(schema, read, evidence, formats=True):
            title = f"The header {name} breaks `{clause.keyword}` in the answer {exchange.status} of {seen.operation}"
            detail = f"answer:{exchange.status}:header:{name}:{clause.keyword}"
            yield seen.finding("header_schema", detail, clause.evidence, title, _plainly(clause))


def accepted_invalid(seen: Seen) -> Iterator[Finding]:
    """A request that breaks a clause is refused: a finding for each clause that was not enforced."""
    if not seen.outcome.accepted or _expects(seen) or seen.exchange.status >= 300:
        return
    broken = broken_by(seen.exchange.sent, seen.exchange.operation, seen.target.contract)
    for place, clause in (broken or {}).items():
        title = f"{seen.operation} accepts a request in which {_told(clause, place.partition(':')[0])}"
        yield seen.finding("accepted_invalid", f"request:{place}", clause.evidence, title, _plainly(clause))


def charset(seen: Seen) -> Iterator[Finding]:
    """A body's bytes are the text that its Content-Type declares, and UTF-8 where it declares nothing."""
    exchange = seen.exchange
    declared = exchange.charset or "utf-8"
    if exchange.media_type.startswith(("image/", "audio/", "video/")) or exchange.media_type.endswith(
        ("octet-stream", "pdf")
    ):
        return
    if exchange.media_type.endswith("xml") and exchange.charset is None:
        return  # XML declares its encoding in its first line
    try:
        exchange.body.decode(declared)
    except (UnicodeDecodeError, LookupError) as error:
        title = f"The answer {exchange.status} of {seen.operation} is not {declared} text"
        detail = f"answer:{exchange.status}:{exchange.media_type}:charset"
        yield seen.finding("charset", detail, "published", title, f"{error}")


_LEAKS: dict[str, re.Pattern[str]] = {
    "a stack trace": re.compile(
        r"Traceback \(most recent call last\)|\bStack trace:\s*#0 |^\s*#\d+ \S+\.php\(\d+\): "
        r"|^\s+at [\w$.<>]+\([\w$]+\.(?:java|kt|scala):\d+\)|^\s+at .{1,200}\(.{0,200}\.[jt]s:\d+:\d+\)"
        r"|^\s*at .{1,200} in [A-Z]:\\.{1,200}:line \d+",
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
_SECRET = re.compile(r"secret|passw|token|key|authorization", re.IGNORECASE)


def leak(seen: Seen) -> Iterator[Finding]:
    """A body shows nothing of the server's inside, and none of the caller's secrets."""
    exchange = seen.exchange
    body = exchange.body.decode("utf-8", "replace")
    plain = body.replace("\\/", "/").replace("\\n", "\n").replace("\\\\", "\\")  # as it stands inside JSON
    said = _what_was_sent(exchange)
    for what, pattern in _LEAKS.items():
        match = next((m[0] for m in pattern.finditer(plain) if m[0].strip() not in said), None)
        if match is not None:
            title = f"The answer {exchange.status} of {seen.operation} shows {what}"
            detail = f"leak:{what.rpartition(' ')[2]}"
            yield seen.finding("leak", detail, "published", title, f"It contains {match.strip()[:200]!r}.")
    for name, value in seen.target.secrets.items():
        if _SECRET.search(name) and len(value) >= 8 and value in plain:
            title = f"The answer {exchange.status} of {seen.operation} repeats the credential `{name}`"
            yield seen.finding("leak", f"leak:{name}", "published", title, "A secret that was sent stands in the body.")


EVERY: tuple[Callable[[Seen], Iterator[Finding]], ...] = (
    server_error,
    undocumented_status,
    undocumented_media_type,
    malformed_body,
    body_schema,
    undocumented_refusal,
    undocumented_property,
    documented_header,
    accepted_invalid,
    charset,
    leak,
)


def shown_request(target: Target, exchange: Exchange) -> Request:
    """The request as a report shows it, its secrets masked."""
    mask, sent = target.mask(), exchange.sent
    headers = {name: _header(target, name, mask.text(value)) for name, value in sent.headers.items()}
    body = mask.text(sent.body.decode("utf-8", "replace"))[:_BODY_LIMIT]
    return Request(sent.method, mask.text(sent.shown_url), headers, body, sent.curl)


def shown_answer(target: Target, exchange: Exchange) -> Answer:
    """The answer as a report shows it, cut to what a person reads."""
    mask = target.mask()
    headers = {name: _header(target, name, mask.text(value)) for name, value in exchange.headers.items()}
    return Answer(exchange.status, headers, mask.text(exchange.body.decode("utf-8", "replace"))[:_BODY_LIMIT])


def _header(target: Target, name: str, value: str) -> str:
    """A header as a report shows it: a session's state that was given out opens doors until it ends."""
    return f"${name.upper().replace('-', '_')}" if value in target.sessions.given else value


def _expects(seen: Seen) -> bool:
    return seen.expected is not None and seen.expected in seen.outcome.candidates


def _refusals(seen: Seen) -> list[str]:
    contract, answer = seen.target.contract, seen.exchange.answer
    if answer is None:
        return []
    return [name for name, example in answer.examples.items() if contract.is_refusal(example, answer.status)]


def _place(exchange: Exchange) -> str:
    """`answer:200`, and where the body is no JSON, what it is: `answer:200:xml`."""
    family = exchange.media_type.rpartition("/")[2]
    return f"answer:{exchange.status}" + ("" if exchange.media_type.endswith("json") else f":{family}")


def _told(clause: Clause, place: str = "body") -> str:
    where = clause.pointer or ("the whole body" if place == "body" else place)
    if clause.keyword == "required":
        return f"{where} is missing"
    if clause.keyword == "type":
        return f"{where} has the wrong type"
    return f"{where} breaks `{clause.keyword}`"


def _plainly(clause: Clause) -> str:
    return clause.message[:1].upper() + clause.message[1:] + "."


def _what_was_sent(exchange: Exchange) -> str:
    sent = exchange.sent
    values = [value for _, value in (*sent.query, *sent.fields)]
    return "\n".join((sent.url, sent.body.decode("utf-8", "replace"), *values))
