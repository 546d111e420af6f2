"""A request, what was sent of it, and what came back; and the ways in which nothing comes back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from counterfoil.contracts.wire import wire
from counterfoil.specs import Answer, Media, Operation


class Unreachable(Exception):
    """The target does not answer; the message says how it was asked."""


class Uncooperative(Exception):
    """The mock does not do what it is asked to do besides answering: a setting, a fault or a world that it refuses."""


class CredentialsRefused(Exception):
    """The target answers, but refuses the credentials of the profile."""


class Withheld(Exception):
    """The request was not sent, since it might do harm at a deployment; the message says why, and what allows it."""


class NotOffered(Exception):
    """Nothing more comes of the operation: the target says that it has none such, and it need not. The message says so."""


@dataclass(frozen=True)
class Request:
    """What a caller asks for. Credentials are merged when it is sent, unless a value is already in their place.

    `credentials` overrides them by name, wherever the profile puts them; None removes one, and None in place of the
    mapping removes all, the session too. `session` names the account whose session is used, or `none`; without it, an
    operation that needs a session gets one. `tail` is put behind the query as it is written, for what no mapping holds: a
    parameter that comes twice, or bytes that are no text. `expected` says whether it is known to be accepted or refused;
    None where the contract has to tell.
    """

    operation: Operation
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    raw: bytes | None = None
    media_type: str | None = None
    method: str | None = None
    credentials: Mapping[str, str | None] | None = field(default_factory=dict)
    session: str | None = None
    tail: str = ""
    expected: bool | None = None


_NOT_XML = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Sent:
    """A request as it went over the wire."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    media_type: str | None
    query: wire.Pairs
    fields: wire.Pairs
    tree: Any
    path: Mapping[str, str]
    as_curl: Callable[[], str]
    #: the URL in a report: a mock's world is gone by then, so the mock's own base stands in its place
    shown_url: str = ""

    @property
    def is_text(self) -> bool:
        """Whether everything in it is text to everybody: no byte of another encoding, no NUL, no `%` that escapes nothing."""
        query = self.url.partition("?")[2]
        pairs = [part for pair in (*self.query, *self.fields) for part in pair]
        encoded = query + (self.body.decode("latin-1") if self.media_type == wire.FORM else "")
        if _LONE_PERCENT.search(encoded) or any("\0" in part or "\ufffd" in part for part in pairs):
            return False
        try:
            return "\0" not in self.body.decode()
        except UnicodeDecodeError:
            return False

    @property
    def curl(self) -> str:
        """The command that sends it again."""
        return self.as_curl()


@dataclass(frozen=True)
class Exchange:
    """A request and its answer. `tree` is what the body means by the contract; `unreadable` says why there is none."""

    operation: Operation
    sent: Sent
    status: int
    headers: Mapping[str, str]
    body: bytes
    media_type: str
    charset: str | None
    tree: Any
    unreadable: str | None
    seconds: float
    #: what is wrong with the answer for all that its contract can tell: it names as new what was there before
    warning: str = ""

    @property
    def answer(self) -> Answer | None:
        """What the contract says about answers with this status, if anything."""
        return self.operation.answers.get(self.status)

    @property
    def media(self) -> Media | None:
        """What the contract says about a body of this media type under this status, if anything."""
        return media_of(self.answer, self.media_type)

    @property
    def echoes_what_no_xml_holds(self) -> bool:
        """Whether it has a control character of the request in it, which leaves as it came where it is echoed."""
        pairs = (*self.sent.query, *self.sent.fields, *self.sent.path.items())
        signs = {sign for pair in pairs for part in pair for sign in _NOT_XML.findall(part)}
        return any(sign.encode() in self.body for sign in signs)


def media_of(answer: Answer | None, media_type: str) -> Media | None:
    """What an answer says about a body of this media type, if anything."""
    if answer is None:
        return None
    family = media_type.partition("/")[0]
    return next((answer.media[key] for key in (media_type, f"{family}/*", "*/*") if key in answer.media), None)
