"""The bytes of a request's body, and how they came."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

MAX_BODY = 8 * 1024 * 1024  # PHP's default post_max_size
MAX_DRAINED = 128 * 1024 * 1024


class Arrival(Enum):
    """How a request's body came."""

    WHOLE = auto()
    CUT_SHORT = auto()
    TOO_LARGE = auto()


def received(environ: Mapping[str, Any]) -> tuple[bytes, Arrival]:
    """The request's body, and how it came: what is too large is not kept.

    A body that is too large is read all the same: a client that is still sending hears no answer.
    """
    stream = environ["wsgi.input"]
    declared = environ.get("CONTENT_LENGTH")
    if not declared:
        if not environ.get("wsgi.input_terminated"):
            return b"", Arrival.WHOLE
        limit = MAX_BODY + 1
    elif int(declared) <= MAX_BODY:
        limit = int(declared)
    else:
        _drain(stream)
        return b"", Arrival.TOO_LARGE
    data = b""
    while len(data) < limit and (chunk := stream.read(limit - len(data))):
        data = data + chunk if data else chunk
    if len(data) > MAX_BODY:
        _drain(stream)
        return b"", Arrival.TOO_LARGE
    return data, Arrival.CUT_SHORT if declared and len(data) < limit else Arrival.WHOLE


def _drain(stream: Any) -> None:
    left = MAX_DRAINED
    while left > 0 and (chunk := stream.read(1024 * 1024)):
        left -= len(chunk)
