"""Starts the mock as a process of its own, since the suite knows it by its URL alone, and stops it afterwards."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

_CLOCK = "2026-01-05T09:00:00Z"


class MockFailed(Exception):
    """The mock did not start; the message holds what it said."""


@contextmanager
def started(overlays: Sequence[str] = ()) -> Iterator[str]:
    """A mock on a free port, by its base URL. Raises MockFailed."""
    arguments = [sys.executable, "-P", "-m", "counterfoil", "serve", "--port", "0", "--until-eof", "--clock", _CLOCK]
    for overlay in overlays:
        arguments += ["--overlay", overlay]
    with (
        tempfile.TemporaryFile("w+") as errors,
        # a session of its own: Ctrl-C is for the suite, which stops the mock when it is done with it. If the suite is
        # killed, its end of the pipe to standard input closes, and the mock stops by itself
        subprocess.Popen(  # noqa: S603
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        ) as process,
    ):
        try:
            yield _base_url(process, errors)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _base_url(process: "subprocess.Popen[str]", errors: IO[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Serving"):
            threading.Thread(target=process.stdout.read, daemon=True).start()  # a full pipe would stop the mock
            return line.split()[-1].rstrip("/")
    process.wait(5)
    errors.seek(0)
    raise MockFailed(f"the mock did not start: {errors.read().strip()[-500:] or f'exit code {process.returncode}'}")
