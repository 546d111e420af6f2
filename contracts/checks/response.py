"""What is asked of every single exchange, one function each."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from counterfoil.contracts.checks import recording
from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.leaks import leak
from counterfoil.contracts.checks.request_validity import is_of_another
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.reports.mismatch import HANDED_ON, NOTHING
from counterfoil.reports.mismatch import told as as_json
from counterfoil.reports.results import Finding, Mismatch
from counterfoil.specs.evidence import STRENGTH
from counterfoil.specs.pointers import unescaped
from counterfoil.specs.schemas import Clause, schemas_of

_SUM = re.compile(r" comes to (\S+), and not to (\S+)$")
_FORMS = {"xml": "XML", "html": "HTML", "plain": "plain text"}

__all__ = ["EVERY", "Observation", "check"]


def check(seen: Observation) -> list[Finding]:
    """Everything that is wrong with one exchange."""
    if seen.target.recording is not None:
        seen.target.recording.append(seen)
    exchange = seen.exchange
    every = EVERY
    if is_of_another(exchange.sent, exchange.operation, seen.target.contract):
        every = OF_ANY
    return [finding for one in every for finding in one(seen)]


#: what is in the name of no field that a document names, and in the name of no element of XML
_ODD_NAME = re.compile(r"[^\w.\[\]-]", re.ASCII)


def server_error(seen: Observation) -> Iterator[Finding]:
    """The server does not fail, unless a witness makes it fail."""
    status = seen.exchange.status
    if status >= 500 and not _expects(seen):
        title = f"{seen.operation} fails with status {status}"
        why = "A status of 500 or more says that the server failed, not that the request was refused."
        if _is_foretold(seen, odd=bool(seen.broken)):
            return
        # a failure that is described, of a request with something wrong in it, nobody promises not to happen
        links = ("chosen" if seen.outcome.documented and seen.broken else "implied",)
        told = sorted({_told(clause, place.partition(":")[0]) for place, clause in seen.broken.items()})
        when = f" where {' and '.join(told[:2])}" if told else f" ({seen.operation})"
        yield seen.finding(
            "server_error", f"server_error:{status}", links, title, why, cause=f"fails with status {status}{when}"
        )


def undocumented_status(seen: Observation) -> Iterator[Finding]:
    """Every status is documented."""
    exchange, contract = seen.exchange, seen.target.contract
    if (
        exchange.answer is not None
        or seen.is_turned_away
        or exchange.status >= 500
        or exchange.status in contract.statuses
    ):
        return
    answers = exchange.operation.answers
    documented = ", ".join(map(str, sorted(answers)))
    differs = [Mismatch("the status", f"one of {documented}", str(exchange.status))]
    title = f"{seen.operation} answers with the undocumented status {exchange.status}"
    best = min((answer.evidence for answer in answers.values()), key=STRENGTH.index)
    links, cause = (exchange.operation.evidence, best), f"answers with the undocumented status {exchange.status}"
    why = f"Documented are {documented}."
    overlay = recording.with_status(exchange.operation, exchange.status)
    detail = f"status:{exchange.status}"
    yield seen.finding(
        "undocumented_status", detail, links, title, why, cause=cause, overlay=overlay, mismatches=differs
    )


def undocumented_media_type(seen: Observation) -> Iterator[Finding]:
    """Every media type is documented under its status."""
    exchange = seen.exchange
    answer = exchange.answer
    if answer is None or exchange.media is not None or not (answer.media or exchange.body):
        return
    if exchange.sent.method == "HEAD" or seen.is_turned_away:
        return
    got = exchange.media_type or ("no media type" if exchange.body else "an empty body")
    title = f"{seen.operation} answers {exchange.status} with {got}"
    why = f"Documented under {exchange.status}: {', '.join(answer.media) or 'no body at all'}."
    detail, cause = f"answer:{exchange.status}:{got}:media_type", f"answers {exchange.status} with {got}"
    differs = [Mismatch("the media type", " or ".join(answer.media) or "no body at all", got)]
    yield seen.finding(
        "undocumented_media_type", detail, (answer.evidence,), title, why, cause=cause, mismatches=differs
    )


def malformed_body(seen: Observation) -> Iterator[Finding]:
    """A body can be read as what it says it is; but who sends what no XML holds may get it back in XML."""
    exchange = seen.exchange
    if exchange.unreadable is not None:
        if exchange.media_type.endswith("xml") and exchange.echoes_what_no_xml_holds:
            return
        title = f"The answer {exchange.status} of {seen.operation} cannot be read as {exchange.media_type}"
        detail = f"answer:{exchange.status}:{exchange.media_type}:malformed"
        links = (exchange.answer.evidence if exchange.answer else exchange.operation.evidence,)
        cause = f"answers cannot be read as {exchange.media_type}"
        yield seen.finding("malformed_body", detail, links, title, exchange.unreadable, cause=cause)


def body_schema(seen: Observation) -> Iterator[Finding]:
    """A body holds what its schema promises: a finding for each clause that it breaks."""
    exchange = seen.exchange
    if exchange.media is None or exchange.answer is None or seen.contents is None:
        return
    schema = exchange.media.schema
    if not exchange.body and not (schema and exchange.sent.is_text):  # what is answered to no text, nobody promises
        return
    schemas = schemas_of(seen.target.contract)
    for clause in seen.contents.broken:
        title = f"{_told(clause)} in the {_answer(seen)}"
        links, detail = (exchange.answer.evidence, clause.evidence), f"{_place(exchange)}:{clause.id}"
        cause = f"{_told(replace(clause, pointer=schemas.home(schema, clause)))} in answers"
        yield seen.finding(
            "body_schema", detail, links, title, _plainly(clause, seen), cause=cause, mismatches=_differs(clause)
        )


def false_value(seen: Observation) -> Iterator[Finding]:
    """Amounts, numbers and counts in a body are what they say: what its schema asks of them beyond their types."""
    exchange = seen.exchange
    if exchange.answer is None or seen.contents is None:
        return
    for clause in seen.contents.false_claims:
        differs = _differs(clause)
        wrong = f"is {differs[0].got}, expected {differs[0].expected}," if differs else "is not what it says"
        title = f"{clause.pointer} {wrong} in the {_answer(seen)}"
        links, detail = (exchange.answer.evidence, clause.evidence), f"{_place(exchange)}:{clause.id}"
        cause = f"{clause.pointer} is not what it says in answers of {seen.operation}"
        yield seen.finding("false_value", detail, links, title, _plainly(clause, seen), cause=cause, mismatches=differs)


def undocumented_refusal(seen: Observation) -> Iterator[Finding]:
    """Every refusal is one that the contract names."""
    exchange, outcome = seen.exchange, seen.outcome
    if not outcome.refused or outcome.documented or exchange.answer is None or seen.is_turned_away:
        return
    if exchange.media is None or exchange.unreadable is not None:
        return  # then nobody can say which one it is, and that has been said already
    told = seen.target.mask().text(outcome.text)  # before its digits go, by which a secret is known
    alike = re.sub(r"[0-9]+", "#", re.sub(r"(['\"“‘]).*?(['\"”’])", "…", told))[:60]
    title = f"{seen.operation} refuses with a reason that the contract does not name"
    why = f"Status {exchange.status}, {as_json(outcome.text)}. Named are: {', '.join(_refusals(seen)) or 'none'}."
    detail = f"refusal:{exchange.status}:{alike}"
    links = (exchange.answer.evidence, seen.target.contract.only_these)
    cause = f"refuses with a reason that the contract does not name: {alike or 'none'}"
    yield seen.finding("undocumented_refusal", detail, links, title, why, cause=cause)


def undocumented_property(seen: Observation) -> Iterator[Finding]:
    """A property that the contract does not describe is drift: vendors add keys, and a reader wants to know."""
    exchange, contract = seen.exchange, seen.target.contract
    for pointer, place in (seen.contents.undescribed if seen.contents else {}).items():
        title = f"{pointer} in the answer {exchange.status} of {seen.operation} is not in the contract"
        detail = f"{_place(exchange)}:{pointer}:undocumented"
        why = "The contract describes no property of this name here."
        links = ("chosen",)  # nobody promises that there are no others
        name = unescaped(pointer.rpartition("/")[2])
        cause = f"answers have the property `{name}`, which is not in the contract"
        overlay = recording.with_property(contract, (schema for schema, _ in place.schemas), name)
        yield seen.finding("undocumented_property", detail, links, title, why, cause=cause, overlay=overlay)


def documented_header(seen: Observation) -> Iterator[Finding]:
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
                links, cause = (evidence, exchange.answer.evidence), f"the header {name} is missing"
                yield seen.finding("missing_header", detail, links, title, "The contract requires it.", cause=cause)
            continue
        schema = header.get("schema", {})
        read = as_read(value, schema, contract, "form")
        for clause in schemas_of(contract).broken(schema, read, evidence, formats=True):
            title = f"The header {name} breaks `{clause.keyword}` in the answer {exchange.status} of {seen.operation}"
            detail = f"answer:{exchange.status}:header:{name}:{clause.keyword}"
            links, cause = (clause.evidence, exchange.answer.evidence), f"the header {name} breaks `{clause.keyword}`"
            yield seen.finding("header_schema", detail, links, title, _plainly(clause, seen), cause=cause)


def accepted_invalid(seen: Observation) -> Iterator[Finding]:
    """A request that breaks a clause is refused: a finding for each clause that was not enforced."""
    if not seen.outcome.accepted or _expects(seen) or seen.exchange.status >= 300:
        return
    for place, clause in seen.broken.items():
        told = _told(clause, place.partition(":")[0])
        title = f"{seen.operation} accepts a request in which {told}"
        cause = f"accepts requests in which {told}"
        if clause.evidence == "chosen":
            cause = f"accepts requests with something odd in them (`{clause.keyword}`)"
        yield seen.finding(
            "accepted_invalid", f"request:{place}", (clause.evidence,), title, _plainly(clause, seen), cause=cause
        )


def charset(seen: Observation) -> Iterator[Finding]:
    """A body's bytes are the text that its Content-Type or its first line declares, and UTF-8 if neither does."""
    exchange = seen.exchange
    wrong = None if exchange.body.isascii() or _is_binary(exchange.media_type) else _miswritten(exchange)
    if wrong is not None:
        title = f"The answer {exchange.status} of {seen.operation} is not the text that it declares"
        detail = f"answer:{exchange.status}:{exchange.media_type}:charset"
        cause = "answers are not the text that they declare"
        yield seen.finding("charset", detail, ("published",), title, wrong, cause=cause)


def _is_binary(media_type: str) -> bool:
    return media_type.startswith(("image/", "audio/", "video/")) or media_type.endswith(("octet-stream", "pdf"))


_OWN_ENCODING = re.compile(rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,80}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def _miswritten(exchange: Exchange) -> str | None:
    """In which way the bytes are not the text that is declared, if they are not."""
    own = _OWN_ENCODING.match(exchange.body) if exchange.media_type.endswith("xml") else None
    inside = own[1].decode() if own else None
    declared = exchange.charset or inside or "utf-8"
    try:
        codec = codecs.lookup(declared).name
        if inside is not None and codecs.lookup(inside).name != codec:
            return f"Its Content-Type says {declared}, its first line says {inside}."
        exchange.body.decode(declared)
    except (UnicodeDecodeError, LookupError) as error:
        return None if exchange.charset is None and exchange.media_type.endswith("xml") else f"{error}"
    if not codec.startswith(("iso8859", "cp125", "ascii")):
        return None
    try:
        exchange.body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return f"It says {declared}, but its bytes are UTF-8: a reader sees two or three signs for one."


def slow(seen: Observation) -> Iterator[Finding]:
    """Answers come within the time that the profile allows, or within three seconds."""
    # The first slow answer of an operation counts for nothing: the machine may have been busy, a server may have woken
    # up, and what changes something cannot be asked again just for that. An operation that is slow shows it again.
    exchange, patience = seen.exchange, seen.target.installation.patience
    if exchange.seconds <= patience or seen.target.slow[seen.operation] < 2:
        return
    title = f"{seen.operation} takes more than {patience:g} seconds"
    why = f"This answer took {exchange.seconds:.1f} seconds, and it is not the first slow one."
    links, cause = (seen.target.installation.patience_evidence,), f"takes more than {patience:g} seconds"
    yield seen.finding("slow", "slow", links, title, why, cause=cause)


def answers_what_exists(seen: Observation) -> Iterator[Finding]:
    """What a call creates was not there before: the guard has looked, where something is created at a deployment."""
    if seen.exchange.warning:
        title = f"{seen.operation} answers with something that was there before"
        why = f"{seen.exchange.warning}. Whoever acts on such an answer changes what belongs to others."
        # that it makes something new is what the operation is there for, and as well known as the operation
        yield seen.finding("answers_what_exists", "exists", (seen.exchange.operation.evidence,), title, why)


EVERY: tuple[Callable[[Observation], Iterator[Finding]], ...] = (
    server_error,
    undocumented_status,
    undocumented_media_type,
    malformed_body,
    body_schema,
    false_value,
    undocumented_refusal,
    undocumented_property,
    documented_header,
    accepted_invalid,
    charset,
    slow,
    leak,
    answers_what_exists,
)


#: what is asked also of an answer of which nobody can say by which operation
OF_ANY = (server_error, malformed_body, charset, slow, leak)


def _is_foretold(seen: Observation, *, odd: bool) -> bool:
    """Whether the contract says that such a request fails so.

    It names a failure for what is not all text, or has a field that no XML can be named after, or shows one to the letter
    for what is odd, such as brackets.
    """
    name, sent = seen.outcome.name, seen.exchange.sent
    if seen.outcome.documented and (
        not sent.is_text or any(_ODD_NAME.search(field) for field, _ in (*sent.query, *sent.fields))
    ):
        return True
    shown = seen.exchange.operation.examples.get(name) if name is not None else None
    if shown is None or not isinstance(shown[2].value, str) or "{" in shown[2].value:
        return False
    return odd or any("[" in field for field, _ in sent.query)


def _expects(seen: Observation) -> bool:
    return seen.expected is not None and seen.expected in seen.outcome.candidates


def _refusals(seen: Observation) -> list[str]:
    contract, answer = seen.target.contract, seen.exchange.answer
    if answer is None:
        return []
    return [name for name, example in answer.examples.items() if contract.is_refusal(example, answer.status)]


def _place(exchange: Exchange) -> str:
    """`answer:200`, and where the body is no JSON, what it is: `answer:200:xml`."""
    family = exchange.media_type.rpartition("/")[2]
    return f"answer:{exchange.status}" + ("" if exchange.media_type.endswith("json") else f":{family}")


def _answer(seen: Observation) -> str:
    """The answer by its status; where it is no JSON, by its form, too: two forms are two findings."""
    form = _place(seen.exchange).partition(":")[2].partition(":")[2]
    return f"answer {seen.exchange.status} of {seen.operation}" + (f" ({_FORMS.get(form, form)})" if form else "")


def _differs(clause: Clause) -> list[Mismatch]:
    """What the clause asks, and what was there instead."""
    summed = _SUM.search(clause.message)
    if summed:
        return [Mismatch(clause.pointer, *summed.groups())]
    if clause.keyword == "x-counts":
        return [Mismatch(clause.pointer, as_json(clause.wanted), as_json(clause.got))]
    if clause.wanted is None:
        return []
    if clause.keyword == "required":
        return [Mismatch(clause.pointer, "a value", NOTHING)]
    return [Mismatch(clause.pointer, as_json(clause.wanted)[:HANDED_ON], as_json(clause.got)[:HANDED_ON])]


def _told(clause: Clause, place: str = "body") -> str:
    where = clause.pointer or ("the whole body" if place == "body" else place)
    if clause.keyword == "required":
        return f"{where} is missing"
    if clause.keyword == "type":
        return f"{where} has the wrong type"
    return f"{where} breaks `{clause.keyword}`"


def _plainly(clause: Clause, seen: Observation) -> str:
    message = seen.target.mask().cut(clause.message, 400)
    beginning = message[:1] if _SUM.search(message) else message[:1].upper()  # a formula stays as it is written
    return f"{beginning}{message[1:]}."
