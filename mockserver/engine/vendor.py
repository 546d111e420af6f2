"""What a vendor's folder gives to the mock: its state, and for each of its contracts a dialect and handlers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from counterfoil.mockserver.engine import forms
from counterfoil.mockserver.engine.addresses import base_url
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.specs import Contract

Body = dict[str, Any]


class Call(msgspec.Struct):
    """One request as its dialect has read it."""

    #: the request's WSGI environment; its text is Latin-1 for bytes, so use the methods below
    environ: Mapping[str, Any]
    method: str
    #: the contract's path, or the dialect's alias, that was matched, and the values of its parameters
    rule: str
    parameters: dict[str, str]
    #: the caller's address
    ip: str
    #: the world's time, to the second, without a zone
    now: datetime
    #: the request's body
    sent: bytes = b""
    #: the media type of the answer
    media_type: str = "application/json"
    #: what the caller asked for: a function's name, or whatever its dialect needs to find the operation
    function: str = ""
    #: the fields of the request; once checked, with the types that the contract gives them
    given: Body = {}
    #: who calls, as the dialect has recognised them
    caller: Any = None
    #: headers to send with the answer, whatever it is
    headers: dict[str, str] = {}

    @property
    def path(self) -> str:
        """The path without the world's prefix."""
        return str(self.environ["PATH_INFO"]).encode("latin-1").decode(errors="replace")

    @property
    def base_url(self) -> str:
        """The URL below which the caller found the vendor's paths, without a slash at the end."""
        return base_url(self.environ)

    def header(self, name: str) -> str:
        """The header's value, or nothing."""
        value: str = self.environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")
        return value

    def query_fields(self) -> forms.Tree:
        """The fields of the query. Raises MalformedForm."""
        text: str = self.environ.get("QUERY_STRING", "")
        return forms.query(text if text.isascii() else forms.utf8(text.encode("latin-1"), "the query"))

    def body_fields(self) -> forms.Tree:
        """The fields of the body, if it is a form. Raises MalformedForm."""
        return forms.body(self.sent, self.environ.get("CONTENT_TYPE", ""))


@dataclass(frozen=True)
class Problem:
    """One clause of the request that is broken."""

    #: the field as it stands on the wire, `items[0][sku_id]`; empty for the request as a whole
    field: str
    #: the keyword of the schema
    keyword: str
    #: why, as the validator says it
    reason: str
    #: the property that is required and absent
    missing: str = ""


@dataclass(frozen=True)
class Accepted:
    """An accepted outcome that is not the operation's first: its named example, and the body."""

    name: str
    body: Body


#: what is to be answered: the operation's first accepted outcome with this body, or another one
Handler = Callable[[Any, Call], Body | Accepted]


@dataclass(frozen=True)
class Page:
    """A page for people; its body is HTML already."""

    title: str
    body: str
    found: bool = True


#: the page of a path for the fields of a query, at a moment of the world
PageMaker = Callable[[Any, Mapping[str, str], datetime], Page]


class Dialect(Protocol):
    """How requests of one contract are read and its answers written: everything that OpenAPI cannot say.

    The methods are called in this order. Each may raise Refusal with the name of an example of the operation at hand.
    """

    #: further paths, besides the contract's own, under which the contract is served; a last `{name...}` takes the rest of a path
    aliases: tuple[str, ...]
    #: the media type of what the web server answers by itself
    page_type: str = "text/plain; charset=utf-8"
    #: the fields that are looked at while a request is read, or that say nothing but how to answer
    reads_first: frozenset[str] = frozenset()
    #: whether what cannot be read of a request is left out, as PHP does it, and the rest acted upon
    reads_on: bool = False
    #: the path below which whatever is asked is asked of this API, also where the contract has no operation
    below: str | None = None

    def unread(self, call: Call) -> str:
        """The operation whose refusals answer a request that cannot be read. May raise werkzeug's MethodNotAllowed."""

    def read(self, call: Call) -> None:
        """Fill the call's function, fields and media type from its request. May raise MalformedForm."""

    def malformed(self, call: Call, reason: str) -> Refusal:
        """The refusal for a request that cannot be read."""
        return Refusal("malformed_request", reason=reason)

    def too_large(self, call: Call, limit: int) -> Refusal:
        """The refusal for a body of more bytes than the limit."""
        return Refusal("payload_too_large", limit=limit)

    def operation(self, call: Call) -> str:
        """The operationId that the call means."""

    def gate(self, state: Any, call: Call, operation: str) -> None:
        """Refuse a caller who may not make this call."""

    def invalid(self, operation: str, problems: list[Problem], call: Call) -> Refusal:
        """The refusal for fields that break the operation's schema."""

    def ordered(self, refusal: Refusal, call: Call, headers: list[str], state: Any) -> Refusal:
        """A refusal that a test ordered, with what every refusal of the vendor tells; other facts are found for it.

        The call gets the headers of these names, which the contract requires.
        """
        return refusal

    def unmatched(self, state: Any, call: Call) -> None:
        """Give the call the headers that every answer has, though it means no operation."""

    def write(self, body: Body, call: Call, operation: str) -> bytes:
        """The body in the call's media type."""

    def encode(self, status: int, body: Body, call: Call, operation: str) -> tuple[int, bytes]:
        """The status under which the body is sent, and the body as it is written."""
        return status, self.write(body, call, operation)


@dataclass(frozen=True)
class ContractBinding:
    """How the mock answers one contract of a vendor: its dialect, and a handler for each operation."""

    #: makes the dialect for the contract as loaded (an overlay may have changed it)
    dialect: Callable[[Contract], Dialect]
    #: operationId -> handler
    handlers: Mapping[str, Handler]
    #: whether the vendor lets browsers call from other origins
    answers_browsers: bool = True


@dataclass(frozen=True)
class Vendor:
    """One installation that has state, and the contracts through which it is used."""

    name: str
    #: the msgspec Struct that is all its state; it has a `settings` Struct
    state: type[Any]
    #: makes the state of the seeded installation at a moment; the seed decides its random-looking values
    seeded_state: Callable[..., Any]
    #: the file that it is made from
    seed: Path
    #: by their dotted names, the lists of that file that the state keeps by a key
    tables: Mapping[str, str]
    contracts: Mapping[str, ContractBinding]
    #: lines for the index page: what is seeded, credentials first
    seeded: tuple[tuple[str, str], ...]
    #: by path, what people see at the addresses to which answers lead
    pages: Mapping[str, PageMaker] = field(default_factory=dict)
    #: the fields of that file that count days from the world's start
    days: frozenset[str] = frozenset()
    #: by the dotted name of a field of that file, the list that has what it names
    references: Mapping[str, str] = field(default_factory=dict)
    #: lets whatever has fallen due by the moment happen in the state; called before each request, so it compares one
    #: number where nothing has
    lives: Callable[[Any, datetime], None] | None = None
    #: the messages that the installation would have sent, the oldest first
    outbox: Callable[[Any], list[Any]] | None = None
    #: the fields of the state that are made of the others, so that the file does without
    made: frozenset[str] = frozenset(("seed",))

    def __post_init__(self) -> None:
        # msgspec learns a type when it is first used, and two threads that do so at once end the process
        msgspec.json.Decoder(self.state)
