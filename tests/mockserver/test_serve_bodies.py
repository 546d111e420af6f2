"""Whatever comes over a connection, and whatever becomes of it, the server answers in its vendor's way and lives on."""

import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.mockserver.serving import FORM, LOGIN, VENDORS, alive, ask


def raw(base: str, data: bytes, *, end: bool = True) -> bytes:
    """Bytes sent as they are, and all that comes back."""
    parts = urlsplit(base)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(data)
        if end:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


BOUNDARY = {"Content-Type": "multipart/form-data; boundary=x"}
CUT_PART = b'--x\r\nContent-Disposition: form-data; name="action"\r\n\r\nAddOr'


@pytest.mark.parametrize("path", VENDORS.values(), ids=VENDORS)
@pytest.mark.parametrize(
    ("body", "headers", "statuses"),
    [
        (b'{"action": "AddOrder"}', {"Content-Type": "application/json"}, {400}),
        (b"x" * 10_000_000, FORM, {413}),
        (b"x" * 10_000_000, BOUNDARY, {413}),
        (CUT_PART, BOUNDARY, {400}),
        (CUT_PART, {"Content-Type": "multipart/form-data"}, {400}),
        (b"action=\xff\xfe", FORM, {400}),
        (b"action=%ff", FORM, {400}),
        (b"action=AddOrder%00&a=%00", FORM, {200, 400, 403}),
        (b"a" + b"[b]" * 10_000 + b"=1", FORM, {400}),
        (b"a[" * 10_000 + b"=1", FORM, {400}),
        (b"&".join(b"a%d=1" % n for n in range(5000)), FORM, {400}),
        (b"=&&&===&[]=1&[=&]=", FORM, {400}),
        (b"\x00" * 100, FORM, {400}),
        (b"", FORM, {400}),
        (b"%", FORM, {400}),
    ],
    ids=[
        "json",
        "10 MB",
        "10 MB of parts",
        "cut part",
        "no boundary",
        "not utf-8",
        "quoted not utf-8",
        "nul",
        "deep",
        "deep and open",
        "5000 fields",
        "no names",
        "nuls",
        "nothing",
        "a percent sign",
    ],
)
def test_a_bad_body_gets_an_answer_of_the_vendors_own_kind(
    base: str, path: str, body: bytes, headers: dict, statuses: set[int]
) -> None:
    """Never a 500, and the server lives on."""
    status, answer = ask(base, "POST", path, body, headers)

    if path == VENDORS["shopscript"] and statuses == {413}:
        statuses = {400}  # PHP hands its program an empty form
    assert status in statuses, answer
    if path == VENDORS["shopscript"]:
        assert json.loads(answer)["error"]
    else:
        assert answer.startswith(b"result=error;message=")
    assert alive(base)


def test_a_body_cut_short_does_not_hang_the_server(base: str) -> None:
    """A client that promises 100 bytes, sends 3 and goes away, or stays, holds up nobody else."""
    head = b"POST /includes/api.php HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"

    answer = raw(base, head + b"Content-Length: 100\r\n\r\na=1")

    assert answer == b"" or answer.split()[1] in (b"400", b"408")
    assert alive(base)


def test_a_body_cut_short_is_refused_in_the_format_that_was_asked_for(base: str) -> None:
    """The query is whole, so it still decides; without it, the answer is NVP."""
    for query, kind in ((b"", b"text/plain"), (b"?responsetype=json", b"application/json")):
        head = (
            b"POST /includes/api.php"
            + query
            + b" HTTP/1.1\r\nHost: x\r\nContent-Type: "
            + FORM["Content-Type"].encode()
        )

        answer = raw(base, head + b"\r\nContent-Length: 100\r\n\r\na=1")

        assert b"400" == answer.split()[1]
        assert b"content-type: " + kind in answer
        assert b"the body is shorter than its Content-Length" in answer


def test_what_is_not_http_does_not_kill_the_server(base: str) -> None:
    """Garbage is turned away."""
    for data in (b"\x00\xff\x16\x03\x01", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
        answer = raw(base, data)
        assert answer == b"" or answer.split()[1] == b"400"
    assert alive(base)


def test_a_slow_answer_holds_up_nobody_else(base: str) -> None:
    """A fault's delay is served beside other requests."""
    ask(base, "POST", "/_mock/worlds", '{"name": "slow"}')
    ask(base, "PUT", "/w/slow/_mock/faults", '[{"operation": "get_orders", "delay": 3}]')
    slow = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    slow.request("POST", "/w/slow/includes/api.php", f"action=GetOrders&{LOGIN}", FORM)

    assert alive(base)

    slow.sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        slow.sock.recv(1)
    slow.close()


def test_a_connection_breaks_as_it_was_ordered_to(base: str) -> None:
    """Reset, closed without an answer, cut off in the body, or drop by drop; the server lives on."""
    ask(base, "POST", "/_mock/worlds", '{"name": "broken"}')
    path, form = "/w/broken/includes/api.php", f"action=GetOrders&{LOGIN}"

    def order(connection: str) -> None:
        fault = {"operation": "get_orders", "connection": connection, "over": 0.4}
        assert 200 == ask(base, "PUT", "/w/broken/_mock/faults", json.dumps([fault]))[0]

    order("reset")
    with pytest.raises(ConnectionResetError) as reset:
        ask(base, "POST", path, form, FORM)
    order("empty")
    with pytest.raises(http.client.RemoteDisconnected):
        ask(base, "POST", path, form, FORM)
    order("cut")
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(base, "POST", path, form, FORM)
    order("dribble")
    began = time.monotonic()
    status, body = ask(base, "POST", path, form, FORM)

    assert json.loads(body)["result"] == "success"
    assert reset.type is ConnectionResetError
    assert cut.value.partial == body[: len(body) // 2]
    assert (200, True) == (status, time.monotonic() - began >= 0.4)
    assert alive(base)
