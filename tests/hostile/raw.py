"""A target that answers with bytes: whatever a broken or a hostile program may put on a socket."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Asked:
    """A request as it came: its method, its path with the query, its headers in lower case, and its body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answering = Callable[["Line", Asked], None]


@dataclass
class Line:
    """One connection, to write into."""

    socket: socket.socket
    is_closing: threading.Event

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(
        self, body: bytes, status: str = "200 OK", content_type: str = "application/json", more: str = ""
    ) -> None:
        """A whole answer."""
        head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        self.send(head.encode("utf-8", "surrogateescape") + body)

    def drip(self, data: bytes, seconds: float) -> None:
        """Byte by byte, each a little later than the one before, until whoever listens is gone."""
        for byte in data:
            if self.is_closing.wait(seconds):
                return
            self.send(bytes([byte]))


@dataclass
class Target:
    """A target on a port of this machine, and every request that it was sent."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def served(answering: Answering) -> Iterator[Target]:
    """Answer every request as `answering` does, on a port of its own, until the block ends."""
    server = socket.create_server(("127.0.0.1", 0))
    target = Target(f"http://127.0.0.1:{server.getsockname()[1]}")
    is_closing = threading.Event()
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            thread = threading.Thread(target=converse, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    def converse(connection: socket.socket) -> None:
        with closing(connection), suppress(OSError):
            line, stream = Line(connection, is_closing), connection.makefile("rb")
            while not is_closing.is_set() and (asked := _request(stream)):
                target.asked.append(asked)
                answering(line, asked)

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield target
    finally:
        is_closing.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        until = time.monotonic() + 2
        for thread in (accepting, *threads):
            thread.join(max(0.0, until - time.monotonic()))


def _request(stream: object) -> Asked | None:
    first = stream.readline(65536).decode("latin-1").split()  # type: ignore[attr-defined]
    if len(first) != 3:
        return None
    headers = {}
    while (line := stream.readline(65536).decode("latin-1").strip()) != "":  # type: ignore[attr-defined]
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    return Asked(first[0], first[1], headers, stream.read(length))  # type: ignore[attr-defined]


def storm(line: Line, _: Asked) -> None:
    """Says again and again that the answer is still to come."""
    while not line.is_closing.is_set():
        line.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
