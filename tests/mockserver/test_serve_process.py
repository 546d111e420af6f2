"""`counterfoil serve` is a process that ends when it is told to, or with whoever started it, and leaves nothing behind."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.mockserver.serving import FORM, ORDER, ROOT, alive, ask, serving


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
