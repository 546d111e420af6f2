"""Delivers answers that do not arrive as they should: a connection reset, no answer, half a body, or drop by drop."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from counterfoil.mockserver.connections import break_off
from counterfoil.mockserver.engine.steps import Answer, Manner

#: a dribbled body arrives in so many parts
PARTS = 20
SETTLES = 0.05


def deliver(
    answer: Answer, manner: Manner, environ: Mapping[str, Any], start: Callable[[int], None]
) -> Iterable[bytes]:
    """The body as it leaves; `start` is called with the length to promise, unless nothing is sent at all.

    Where a server has the connection and nobody can tell which of several it is, the head is sent and no body.

    Raises:
        ConnectionError: nothing is sent. The caller of an application that has no connection meets just this.
    """
    if manner.kind in ("reset", "empty"):
        found = break_off(environ.get("REMOTE_ADDR", ""), manner.elapsed, reset=manner.kind == "reset")
        if not found and environ.get("SERVER_SOFTWARE") == "Granian":
            start(1)
            return _cut(b"")
        raise ConnectionResetError(f"the connection was to end so: {manner.kind}")
    if manner.kind == "cut":
        start(max(len(answer.body), 2))
        return _cut(answer.body or b" ")
    start(len(answer.body))
    return _dribbled(answer.body, manner.over)


def _cut(body: bytes) -> Iterator[bytes]:
    if body:
        yield body[: len(body) // 2] or b" "
    time.sleep(SETTLES)  # or the server would throw away what it has not yet sent
    raise ConnectionResetError("the body was to be cut off")


def _dribbled(body: bytes, over: float) -> Iterator[bytes]:
    size = max(1, -(-len(body) // PARTS))
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    for part in parts:
        time.sleep(over / len(parts))
        yield part
