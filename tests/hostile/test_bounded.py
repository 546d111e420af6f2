"""Whatever a target puts on the wire, reading it ends: after a time, after so many bytes, with what was wrong."""

import gzip
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
import requests

from counterfoil.contracts.http.bounded import Body, BoundedAdapter, few, limited, read
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.connection import opened, replied
from counterfoil.contracts.profile.model import Entry, Limits, Timeout
from counterfoil.specs import Contract

sys.path.insert(0, str(Path(__file__).parent))
from raw import Asked, Line, served, storm

MOST = 1024 * 1024


def asked(url: str, seconds: float = 1.0) -> Body:
    session = requests.Session()
    session.mount("http://", BoundedAdapter())
    with session, limited(seconds, MOST):
        return read(session.get(url, stream=True, timeout=10, allow_redirects=False).raw, MOST)


def test_an_honest_answer_is_read_whole_and_the_connection_is_used_again() -> None:
    """Limits cost an honest target nothing: not a byte, and not a connection for each request."""
    session = requests.Session()
    session.mount("http://", BoundedAdapter())
    ports = set()

    def answer(line: Line, _: Asked) -> None:
        ports.add(line.socket.getpeername())
        line.answer(b'{"a": 1}')

    with served(answer) as target, session:
        for _ in range(3):
            with limited(5, MOST):
                answered = session.get(target.url, stream=True, timeout=5)
                assert Body(b'{"a": 1}') == read(answered.raw, MOST)

    assert len(ports) == 1


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_a_compressed_answer_is_read(pack: object) -> None:
    """A target that compresses without being asked is still understood."""
    name = pack.__module__.replace("zlib", "deflate")

    with served(lambda line, _: line.answer(pack(b"{}" * 1000), more=f"Content-Encoding: {name}\r\n")) as target:
        assert asked(target.url) == Body(b"{}" * 1000)


def test_what_is_chunked_is_read() -> None:
    """Chunks are put together, and a broken one ends the body."""
    good = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    with served(lambda line, _: line.send(good)) as target:
        assert asked(target.url) == Body(b"{}")

    with served(lambda line, _: line.send(good.replace(b"\r\n0\r\n", b"\r\nzz\r\n"))) as target:
        assert "ends before its end" in asked(target.url).problem


def _drip_headers(line: Line, _: Asked) -> None:
    line.drip(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 100_000, 0.05)


def _drip_body(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    line.drip(b"a" * 100_000, 0.05)


def _endless(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while not line.is_closing.is_set():
        line.send(b"a" * 65536)


def _endless_chunks(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not line.is_closing.is_set():
        line.send(b"1\r\na\r\n" * 1000)


def _many_headers(line: Line, _: Asked) -> None:
    line.send(b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 100_000 + b"\r\n")


def _silence(line: Line, _: Asked) -> None:
    line.is_closing.wait(30)


@pytest.mark.parametrize(
    "answering", [_drip_headers, _drip_body, storm, _endless, _endless_chunks, _many_headers, _silence]
)
def test_an_answer_that_never_ends_is_given_up(answering: object) -> None:
    """A drip, a storm of interim answers, an endless body and silence are over when the time is up."""
    before = time.monotonic()

    with served(answering) as target:
        try:
            got = asked(target.url)
        except requests.RequestException as error:
            got = Body(b"", str(error))

    assert got.problem
    assert len(got.content) <= MOST
    assert time.monotonic() - before < 5


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_a_bomb_is_not_unpacked(pack: object) -> None:
    """What becomes gigabytes is given up at the limit, and never stands in memory."""
    packed, name = pack(bytes(300 * MOST)), pack.__module__.replace("zlib", "deflate")
    tracemalloc.start()

    with served(lambda line, _: line.answer(packed, more=f"Content-Encoding: {name}\r\n")) as target:
        got = asked(target.url, 5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (got.problem, len(got.content)) == ("an answer larger than 1 MiB", MOST)
    assert peak < 20 * MOST


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip", "x" * 5000])
def test_an_encoding_that_cannot_be_read_is_said(encoding: str) -> None:
    """An encoding that nobody asked for, one inside another, and one that is not what it says make no text."""
    with served(lambda line, _: line.answer(b"{}", more=f"Content-Encoding: {encoding}\r\n")) as target:
        got = asked(target.url)

    assert "nobody has asked for" in got.problem or "an answer that is not gzip" in got.problem
    assert len(got.problem) < 200


def test_whether_a_target_is_there_is_asked_within_the_same_limits() -> None:
    """After some silence, what it then says may have no end either."""
    entry, before = Entry(timeout=Timeout(1, 1), limits=Limits(answer_bytes=MOST)), time.monotonic()

    with served(_endless) as there:
        target = Target.described(Contract.load("shopscript"), there.url, entry)
        assert target.answers()
        target.close()

    assert time.monotonic() - before < 10


def test_no_cookie_is_kept_and_no_more_headers_than_anybody_sends() -> None:
    """A target cannot fill the memory with them, nor have them sent again."""
    cookies = "".join(f"Set-Cookie: c{number}={'v' * 9_000}\r\n" for number in range(10))
    session = opened(Entry(), "http://127.0.0.1")

    with served(lambda line, _: line.answer(b"{}", more=cookies)) as target, session:
        reply = replied(session, requests.Request("GET", target.url).prepare(), Entry())

    assert [] == list(session.cookies)
    assert "headers larger than 64 KiB" == reply.problem
    assert sum(map(len, reply.headers.values())) < 65_536
    assert ({"a": "b"}, "") == few({"a": "b"})
