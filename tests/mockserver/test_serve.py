"""`counterfoil serve` as its users meet it: its options, what is wrong with them, and what is served at which address."""

import http.client
import json
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.mockserver.serving import FORM, ROOT, VENDORS, alive, ask, serving


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
