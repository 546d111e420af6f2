"""`counterfoil serve` as its users meet it: a process, a port, bytes."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LOGIN = "identifier=counterfoil-identifier&secret=counterfoil-secret&responsetype=json"
ORDER = f"action=AddOrder&clientid=1&pid=1&billingcycle=monthly&paymentmethod=mailin&{LOGIN}"


VENDORS = {
    "whmcs": f"/includes/api.php?{LOGIN.replace('json', 'nvp')}",
    "shopscript": "/api.php/shop.order.add?access_token=counterfoil-token",
}


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server process and the base URL that it says it serves at."""
    process = subprocess.Popen(
        [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof", *options],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Serving"):
                yield line.split()[-1], process
                break
        else:
            pytest.fail(f"the server ended: {''.join(said)}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """A server for the tests that leave it as it was."""
    with serving("--clock", "2026-01-05T09:00:00Z") as (url, _):
        yield url


def ask(base: str, method: str, path: str, body: bytes | str = b"", headers: dict | None = None) -> tuple[int, bytes]:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


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


def alive(base: str) -> bool:
    """Whether the server still takes an order."""
    return json.loads(ask(base, "POST", "/includes/api.php", ORDER, FORM)[1])["result"] == "success"


def test_it_says_where_it_serves_and_ends_quietly() -> None:
    """The line that starts with Serving ends with the base URL; a signal ends the process with exit code 0."""
    with serving("--vendor", "shopscript") as (url, process):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert ["shopscript"] == json.loads(ask(url, "GET", "/_mock/health")[1])["contracts"]
        assert 404 == ask(url, "POST", "/includes/api.php", ORDER, FORM)[0]

    assert 0 == process.returncode


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_no_error(sent: signal.Signals) -> None:
    """Ctrl-C prints no traceback."""
    with serving("--vendor", "billmanager") as (_, process):  # of which nothing more is said at the start
        process.send_signal(sent)
        assert "" == process.stdout.read()

    assert 0 == process.returncode


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--vendor", "ebay"], "There is no vendor 'ebay'; there are: billmanager, shopscript, whmcs."),
        (["--overlay", "wier"], "has an overlay 'wier'"),
        (["--overlay", "shopscript=/nowhere.yaml"], "/nowhere.yaml"),
        (["--clock", "noon"], "--clock takes a moment such as"),
        (["--port", "99999"], "99999"),
        (["--host", "256.1.1.1"], "--host 256.1.1.1: no such address"),
        (["--prot", "1"], "--port"),
        (["--cors", "localhost:5173"], "is no origin as browsers send it"),
        (["--cors", "*", "--cors", "http://localhost:5173"], "'*' stands alone"),
        (["--control-origin", "*"], "is no origin as browsers send it"),
        (["--tls-cert", __file__], "belong together"),
        (["--tls-cert", __file__, "--tls-key", __file__], "are no certificate and its key"),
        (["--tls-cert", __file__, "--tls-key", __file__, "--tls-self-signed"], "leave it or"),
        (["--log", "xml"], "'auto', 'text', 'json'"),
        (["--watch"], "name it with --seed-file"),
        (["--seed-file", __file__], "test_serve.py"),
        (["--snapshot", __file__, "--clock", "2026-01-05"], "leave --clock and --seed-file out"),
        (["--snapshot", __file__], "JSON is malformed"),
    ],
)
def test_a_wrong_option_is_said_with_exit_code_2(options: list[str], complaint: str) -> None:
    """No traceback, and what to do instead."""
    run = subprocess.run(
        [sys.executable, "-m", "counterfoil", "serve", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert 2 == run.returncode
    assert complaint in run.stderr
    assert "Traceback" not in run.stderr


def test_a_port_in_use_is_said(base: str) -> None:
    """Two servers never share a port without a word."""
    port = str(urlsplit(base).port)

    run = subprocess.run(
        [sys.executable, "-m", "counterfoil", "serve", "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 2 == run.returncode
    assert f"Cannot listen at 127.0.0.1:{port}" in run.stderr


def test_an_unknown_path_says_where_to_look(base: str) -> None:
    """In the mock's own shape, since no vendor has it."""
    status, body = ask(base, "GET", "/nowhere")

    assert (404, "not_mocked") == (status, json.loads(body)["error"])


def test_the_index_says_what_is_served_with_the_seeded_credentials(base: str) -> None:
    """A plain page."""
    status, body = ask(base, "GET", "/")

    assert 200 == status
    for text in (b"whmcs-classic", b"shopscript", b"counterfoil-identifier", b"counterfoil-token", base.encode()):
        assert text in body


def test_the_contracts_are_served_with_this_server_in_them(base: str) -> None:
    """A client generator finds its base URL, also that of a world."""
    ask(base, "POST", "/_mock/worlds", '{"name": "mine"}')

    for prefix in ("", "/w/mine"):
        document = json.loads(ask(base, "GET", f"{prefix}/openapi/shopscript.json")[1])
        assert [{"url": base + prefix}] == document["servers"]
    assert 404 == ask(base, "GET", "/openapi/ebay.json")[0]


def test_browsers_may_call_from_anywhere_but_not_control() -> None:
    """CORS answers preflights, and names one origin when told to."""
    with serving("--cors", "http://localhost:5173") as (url, _):
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        for path, expected in (("/includes/api.php", "http://localhost:5173"), ("/_mock/health", None)):
            asked = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "POST"}
            connection.request("OPTIONS", path, headers=asked)
            preflight = connection.getresponse()
            preflight.read()
            connection.request("GET", path, headers={"Origin": "http://localhost:5173"})
            answer = connection.getresponse()
            answer.read()

            assert expected == preflight.headers["Access-Control-Allow-Origin"]
            assert expected == answer.headers["Access-Control-Allow-Origin"]
            assert (204 if expected else 405) == preflight.status
        connection.close()


def test_what_may_be_asked_is_said(base: str) -> None:
    """A plain OPTIONS is answered before anything is checked."""
    assert [(200, b"")] * 2 == [ask(base, "OPTIONS", path) for path in VENDORS.values()]


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


STARTER = """
import subprocess, sys
from counterfoil.contracts.http.mock import started
with started() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def gone(base: str, seconds: float = 5) -> bool:
    """Whether nobody listens at the URL any more, at the latest after so many seconds."""
    parts = urlsplit(base)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection((parts.hostname, parts.port), timeout=1).close()
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_a_mock_ends_with_whoever_started_it() -> None:
    """Also where that is killed and cannot stop it: the pipe between them closes."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as starter:
        url = starter.stdout.readline().strip()
        assert alive(url)

        starter.kill()

        assert gone(url)


def test_a_server_that_is_killed_leaves_no_process_behind() -> None:
    """The process that answers ends with the one that supervises it."""
    with serving() as (url, process):
        assert alive(url)

        process.kill()

        assert gone(url)


def test_a_server_that_nobody_holds_a_pipe_to_does_not_end_by_itself() -> None:
    """Standard input is at its end for a service, too; only who asks for it ends with it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "counterfoil", "serve", "--port", "0"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        url = process.stdout.readline().split()[-1]
        assert not gone(url, seconds=0.5)
        assert alive(url)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_nothing_is_written_to_the_folder_it_runs_in(tmp_path: Path) -> None:
    """The mock keeps everything in memory. What stands in its environment is no header of a request, whatever its name."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HTTP_PREFER": "code=503"}
    process = subprocess.Popen(
        [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof"],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    url = process.stdout.readline().split()[-1]

    assert alive(url)
    process.communicate(timeout=10)

    assert [] == list(tmp_path.iterdir())


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


def test_who_waits_for_the_mock_reads_where_it_is(tmp_path: Path) -> None:
    """The ready file has the base URL as soon as it answers, and is gone before and after."""
    ready = tmp_path / "ready"
    ready.write_text("of yesterday")
    with serving("--vendor", "shopscript", "--ready-file", str(ready)) as (url, _):
        until = time.monotonic() + 5
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert f"{url}\n" == ready.read_text()

    assert [] == list(tmp_path.iterdir())


def test_it_speaks_https_with_a_certificate_made_for_the_occasion() -> None:
    """A client that trusts the certificate that is named talks to it; the files are gone at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--vendor", "shopscript", "--tls-self-signed"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        certificate = process.stdout.readline().split()[-1]
        url = next(line for line in process.stdout if line.startswith("Serving")).split()[-1]
        parts = urlsplit(url)
        trusting = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=10, context=trusting)
        own = {"Origin": url, "Content-Type": "application/json"}
        connection.request("POST", "/_mock/worlds", '{"name": "mine"}', own)

        assert "https" == parts.scheme
        assert f"{url}/w/mine" == json.loads(connection.getresponse().read())["base_url"]
        connection.close()
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert 0 == process.returncode
    assert not Path(certificate).parent.exists()


def test_the_journal_is_streamed_and_does_not_hold_up_the_end() -> None:
    """An event comes when an exchange happens; a signal ends the server though somebody still follows."""
    with serving("--vendor", "whmcs") as (url, process):
        following = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        following.request("GET", "/_mock/journal/stream?since=0")
        stream = following.getresponse()
        assert alive(url)

        lines = iter(stream.readline, b"")
        event = next(line for line in lines if line.startswith(b"data:"))

        assert "add_order" == json.loads(event[5:])["operation"]
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(timeout=8)
        following.close()


def test_the_log_goes_to_standard_error_when_it_is_asked_for() -> None:
    """A pipe that nobody reads would fill, so by itself only a terminal is told."""
    for options, lines in ((("--log", "json"), 1), ((), 0), (("--log", "text", "--quiet"), 0)):
        with serving("--vendor", "whmcs", *options) as (url, process):
            assert alive(url)
            process.send_signal(signal.SIGTERM)
            assert lines == process.stdout.read().count("add_order")


def test_a_seed_file_that_changes_is_read_again(tmp_path: Path) -> None:
    """While it is watched: a mistake is told, and the mock goes on with what it had."""
    path = tmp_path / "shop.yaml"
    path.write_text("shopscript: {settings: {currency: EUR}}\n")
    sale = "/api.php/shop.order.add?access_token=counterfoil-token"

    def sells_in(currency: str) -> bool:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if json.loads(ask(url, "POST", sale, "items[0][sku_id]=1&contact_id=1", FORM)[1])["currency"] == currency:
                return True
            time.sleep(0.1)
        return False

    with serving("--vendor", "shopscript", "--seed-file", str(path), "--watch") as (url, process):
        assert sells_in("EUR")
        path.write_text("shopscript: {settings: {curency: GBP}}\n")
        said = next(line for line in process.stdout if str(path) in line) + process.stdout.readline()
        path.write_text("shopscript: {settings: {currency: GBP}}\n")
        assert sells_in("GBP")

    assert f"{path}:1: shopscript.settings.curency is unknown; did you mean currency?" in said
    assert "goes on with what it had" in said
