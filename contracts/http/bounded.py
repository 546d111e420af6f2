"""Reads what a target answers within limits: of time for the whole exchange, of bytes on the wire, of bytes decoded.

`requests` waits anew for every part of an answer, so that a drip of one byte a second, or a storm of `100 Continue`, never
ends; and it decodes whatever is compressed, so that 3 MB become 3 GB. Here every read of the socket asks the clock.
"""

import http.client
import io
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

_CHUNK = 64 * 1024
#: more than any server takes from its clients
_MOST_IN_HEADERS = 64 * 1024
_now = threading.local()


@dataclass(frozen=True)
class Body:
    """What was read of a body, and why it ends before its end, if it does."""

    content: bytes
    problem: str = ""
    is_late: bool = False


@contextmanager
def limited(seconds: float, most_bytes: int) -> Iterator[None]:
    """Whatever this thread receives inside is over in so many seconds, and is no more than what a body may have.

    Raises TimeoutError inside, which `requests` passes on as one of its own exceptions.
    """
    before = getattr(_now, "limit", None)
    _now.limit = _Limit(time.monotonic() + seconds, seconds, 2 * most_bytes)
    try:
        yield
    finally:
        _now.limit = before


@dataclass
class _Limit:
    until: float
    seconds: float
    bytes_left: int


class _Timed(socket.SocketIO):
    """A socket to read from, of which every read ends at the deadline of the exchange, whichever read it is."""

    _limit: _Limit | None = None
    _patience: float | None = None

    def readinto(self, buffer: Any) -> int | None:
        limit = self._limit
        if limit is None:
            return super().readinto(buffer)
        left = limit.until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"the answer was not complete after {limit.seconds:g} seconds")
        if limit.bytes_left <= 0:
            raise TimeoutError("the answer goes on and on")
        self._sock.settimeout(min(left, self._patience) if self._patience else left)  # type: ignore[attr-defined]
        read = super().readinto(buffer)
        limit.bytes_left -= read or 0
        return read


class _Response(http.client.HTTPResponse):
    """An answer that is read from a timed socket, its status line and its headers too."""

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        limit = getattr(_now, "limit", None)
        if limit is not None:
            self.fp.close()
            timed = _Timed(sock, "rb")
            timed._limit, timed._patience = limit, sock.gettimeout()  # noqa: SLF001 - they are its arguments
            sock._io_refs += 1  # type: ignore[attr-defined]  # noqa: SLF001 - as `makefile` does, so that closing waits for it
            self.fp = io.BufferedReader(timed)


class _Connection(HTTPConnection):
    response_class = _Response


class _TlsConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class BoundedAdapter(HTTPAdapter):
    """Lets a session of `requests` keep to the limits of `limited`."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Make connections that can be limited."""
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def proxy_manager_for(self, *arguments: Any, **named: Any) -> Any:
        """Make such connections through a proxy, too."""
        manager = super().proxy_manager_for(*arguments, **named)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return manager


def few(headers: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The headers, as many as are no larger than those of an answer may be, and what is wrong if there are more."""
    kept: dict[str, str] = {}
    left = _MOST_IN_HEADERS
    for name, value in headers.items():
        left -= len(name) + len(value)
        if left < 0:
            return kept, f"headers larger than {_MOST_IN_HEADERS // 1024} KiB"
        kept[name] = value
    return kept, ""


def read(raw: HTTPResponse, most: int) -> Body:
    """The body of an answer that was asked for with `stream=True`, decoded, up to `most` bytes; the rest is left.

    What cannot be read to its end is no error here: it is a property of the answer, which the caller judges.
    """
    encodings = [part.strip().lower() for part in raw.headers.get("Content-Encoding", "").split(",") if part.strip()]
    steps = [_decoder(encoding) for encoding in encodings if encoding != "identity"]
    if len(steps) > 1 or None in steps:
        raw.close()
        return Body(b"", f"Content-Encoding: {', '.join(encodings)[:60]}, which nobody has asked for")
    whole = bytearray()
    try:
        while chunk := raw.read(_CHUNK, decode_content=False):
            whole += steps[0].decompress(chunk, most + 1 - len(whole)) if steps and steps[0] else chunk
            if len(whole) > most:
                raw.close()
                return Body(bytes(whole[:most]), f"an answer larger than {most / 1024 / 1024:g} MiB")
    except (HTTPError, OSError, http.client.HTTPException, ValueError) as error:
        raw.close()
        late = isinstance(_innermost(error), TimeoutError)
        return Body(bytes(whole), f"an answer that ends before its end: {_innermost(error)}"[:300], late)
    except zlib.error as error:
        raw.close()
        return Body(bytes(whole), f"an answer that is not {encodings[0]}: {error}")
    raw.release_conn()
    return Body(bytes(whole))


def _decoder(encoding: str) -> Any:
    """What decompresses it bit by bit, with a limit; nothing for an encoding that has no such limit here."""
    return zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding in ("gzip", "x-gzip", "deflate") else None


def _innermost(error: BaseException) -> BaseException:
    while isinstance(below := error.__cause__ or error.__context__ or next(iter(error.args), None), BaseException):
        error = below
    return error
