"""A server in a process of its own, and requests to it, for the tests."""

import http.client
import json
import signal
import subprocess
import sys
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


def ask(base: str, method: str, path: str, body: bytes | str = b"", headers: dict | None = None) -> tuple[int, bytes]:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def alive(base: str) -> bool:
    """Whether the server still takes an order."""
    return json.loads(ask(base, "POST", "/includes/api.php", ORDER, FORM)[1])["result"] == "success"
