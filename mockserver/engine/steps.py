"""The steps of a request's life from where its operation is known: gate, check, handle, reply, self-check, encode."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from counterfoil.mockserver.engine.operations import Compiled
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Accepted, Body, Call, Dialect, Handler

#: what a handler gives back
Result = Body | Accepted


class Reply(msgspec.Struct):
    """What is about to be answered, before it is bytes."""

    status: int
    #: `accepted`, or the name of the example that it is made from
    outcome: str
    refused: bool
    body: Body


class Manner(NamedTuple):
    """How an answer leaves that does not leave whole and at once."""

    kind: str
    #: seconds that a dribbled body takes
    over: float
    #: seconds since the request came
    elapsed: float = 0.0


class Answer(NamedTuple):
    """What goes back to the client."""

    status: int
    content_type: str
    body: bytes
    headers: list[tuple[str, str]] = []  # noqa: RUF012 - nobody changes it
    manner: Manner | None = None


class Aside(Exception):
    """What a web server, or the language that the program is written in, answers where the program has no say."""

    def __init__(self, outcome: str, answer: Answer) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.answer = answer


class Steps(Protocol):
    """What is done with a request to one operation, in the order of the methods; `pipeline.py` calls them."""

    operation: Compiled

    def gate(self, state: Any, call: Call) -> None:
        """Refuse a caller who may not make this call."""

    def check(self, call: Call) -> None:
        """Give the call's fields their types; refuse them where they break the operation's schema."""

    def handle(self, state: Any, call: Call) -> Result:
        """Do what is asked for."""

    def accept(self, result: Result) -> Reply:
        """The reply to a call that was carried out."""

    def refuse(self, refusal: Refusal) -> Reply:
        """The reply to a call that was refused at any of the steps before."""

    def verify(self, reply: Reply, call: Call, headers: Mapping[str, str] | None, *, chosen: bool = True) -> None:
        """Raise MockBug where the contract does not allow the reply, with these headers if there are any.

        `chosen` says whether the clauses bind, too, that no document has.
        """

    def encode(self, reply: Reply, call: Call) -> Answer:
        """The reply as bytes."""


class OwnSteps:
    """The steps as the mock takes them by itself."""

    __slots__ = ("_dialect", "handle", "operation")

    def __init__(self, operation: Compiled, dialect: Dialect, handler: Handler) -> None:
        self.operation = operation
        self._dialect = dialect
        #: the vendor's function of the operation's name
        self.handle = handler

    def gate(self, state: Any, call: Call) -> None:
        """Ask the dialect, which knows how a caller is recognised."""
        self._dialect.gate(state, call, self.operation.id)

    def check(self, call: Call) -> None:
        """Hold the fields against the contract's schema."""
        operation = self.operation
        call.given = operation.coerce(call.given)
        problems = operation.problems(call.given)
        if problems:
            raise self._dialect.invalid(operation.id, problems, call)

    def accept(self, result: Result) -> Reply:
        """The status of the accepted example, and the handler's body."""
        status, outcome, body = self.operation.accepted(result)
        return Reply(status, outcome, False, body)

    def refuse(self, refusal: Refusal) -> Reply:
        """The status and the text of the named example, filled with the facts."""
        status, body = self.operation.refusal(refusal.name, refusal.facts)
        return Reply(status, refusal.name, True, body if refusal.body is None else refusal.body)

    def verify(self, reply: Reply, call: Call, headers: Mapping[str, str] | None, *, chosen: bool = True) -> None:
        """Ask the operation's schemas."""
        self.operation.verify(reply.status, call.media_type, reply.body, headers, chosen=chosen)

    def encode(self, reply: Reply, call: Call) -> Answer:
        """Ask the dialect, which knows the notations; a page is what it is."""
        if call.media_type == "text/html":
            return Answer(reply.status, "text/html; charset=utf-8", str(reply.body).encode())
        status, data = self._dialect.encode(reply.status, reply.body, call, self.operation.id)
        return Answer(status, f"{call.media_type}; charset=utf-8", data, list(call.headers.items()))
