"""Faults: what a test orders to go wrong, and which requests each of them meets."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, Literal

import msgspec

from counterfoil.mockserver.engine.operations import Compiled
from counterfoil.mockserver.engine.steps import Answer, Manner

LONGEST_DELAY = 300.0
ANY = "*"
#: what a gateway in front of a program says in its stead; each can be ordered of any operation
GATEWAY = {429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
           504: "Gateway Timeout"}  # fmt: skip


class Spread(msgspec.Struct, forbid_unknown_fields=True):
    """A delay between two bounds, in seconds."""

    min: float
    max: float


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is ordered: a refusal, a status or a broken connection; late, or only late; for all requests, or some."""

    #: an operationId, a pattern of them (`get_*`), or `*` for every request whatever
    operation: str
    contract: str | None = None
    #: a named example of the operation, its template filled with `facts`
    refusal: str | None = None
    facts: dict[str, str] = {}
    #: answer with this status in place of the vendor's program, as a gateway would
    status: int | None = None
    #: seconds, in the header Retry-After
    retry_after: int | None = None
    #: the body that comes with the status: a text, or JSON
    body: str | dict[str, Any] | list[Any] | None = None
    headers: dict[str, str] = {}
    #: what becomes of the connection
    connection: Literal["reset", "empty", "cut", "dribble"] | None = None
    #: seconds that a dribbled body takes
    over: float = 5.0
    #: seconds to wait before answering
    delay: float | Spread = 0.0
    #: how many requests it applies to; without it, all
    times: int | None = None
    #: only every so manyth request
    every: int | None = None
    #: how likely it meets a request, by the world's own chance
    probability: float | None = None
    #: by which it is removed; given by the mock
    id: str = ""

    @property
    def comes_first(self) -> bool:
        """Whether the vendor's program does not see the request at all."""
        return self.status is not None or self.connection in ("reset", "empty")

    @property
    def is_for_any(self) -> bool:
        """Whether it can meet a request of which nobody knows the operation."""
        return self.operation == ANY and self.refusal is None

    @property
    def outcome(self) -> str:
        """What the journal says of a request that the vendor's program did not see."""
        return f"fault:{self.connection or self.status}"

    @property
    def manner(self) -> Manner | None:
        """How the answer leaves, if not whole."""
        return None if self.connection is None else Manner(self.connection, self.over)

    def answer(self) -> Answer:
        """The answer in place of the program's."""
        status = self.status or 200
        headers = dict(self.headers)
        kind = next((headers.pop(name) for name in list(headers) if name.lower() == "content-type"), None)
        if self.body is None:
            body = f"<h1>{status} {GATEWAY.get(status, 'Error')}</h1>".encode() if self.status else b""
            kind = kind or "text/html; charset=utf-8"
        elif isinstance(self.body, str):
            body, kind = self.body.encode(), kind or "text/plain; charset=utf-8"
        else:
            body, kind = msgspec.json.encode(self.body), kind or "application/json; charset=utf-8"
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return Answer(status, kind, body, list(headers.items()), self.manner)


class InForce:
    """A fault that stands in a world, and how often it was asked."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._asked = 0
        self._left = fault.times

    @property
    def is_over(self) -> bool:
        """Whether it has met as many requests as it was told to."""
        return self._left is not None and self._left <= 0

    @property
    def shown(self) -> Fault:
        """The fault with the times that are left."""
        return msgspec.structs.replace(self.fault, times=self._left)

    def is_about(self, contract: str, operation: Compiled | None) -> bool:
        """Whether it can meet a request to the operation; without one, nobody knows what the request means."""
        fault = self.fault
        if fault.contract not in (None, contract):
            return False
        if operation is None:
            return fault.is_for_any
        if fault.operation != operation.id and not fnmatchcase(operation.id, fault.operation):
            return False
        return fault.refusal is None or fault.refusal in operation.refusals

    def meets(self, chance: Callable[[], float]) -> bool:
        """Whether it meets this request, which it is about; the request is counted."""
        fault = self.fault
        self._asked += 1
        if fault.every is not None and self._asked % fault.every:
            return False
        if fault.probability is not None and chance() >= fault.probability:
            return False
        if self._left is not None:
            self._left -= 1
        return True
