"""The mock for tests: as a server of its own (`Mock`), or in this process and without a port (`InProcess`).

Everything public here keeps its name and meaning. pytest has both as fixtures, see `docs/testing-with-the-mock.md`:
`counterfoil_mock` is one server for the session, `counterfoil_world` one world for each test.
"""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlencode

if TYPE_CHECKING:
    from types import TracebackType

    from requests.adapters import BaseAdapter

__all__ = ["ControlRefused", "InProcess", "Mock", "MockFailed", "World"]

#: sends a control request: method, path below the base URL, body; returns status and body
_Ask = Callable[[str, str, bytes], tuple[int, bytes]]

_SECONDS_TO_END = 5


class MockFailed(Exception):
    """The mock did not start; the message holds what it said."""


class ControlRefused(Exception):
    """The control plane did not do what it was asked; the message is its own."""


class World:
    """One isolated copy of all state, with its own clock, ids and journal. `url` is what the program under test calls."""

    def __init__(self, ask: _Ask, base: str, name: str) -> None:
        self.name = name
        self.url = f"{base}/w/{name}"
        self._ask = ask

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the control plane, `path` without `/_mock/`, and its answer. Raises ControlRefused."""
        sent = b"" if body is None else json.dumps(body).encode()
        status, answer = self._ask(method, f"/w/{self.name}/_mock/{path}", sent)
        data = json.loads(answer)
        if status >= 400:
            raise ControlRefused(f"{method} {path}: {data.get('message', data)}")
        return data

    def reset(self) -> None:
        """Put everything back to the seeded installation."""
        self.control("POST", "reset")

    def set_clock(self, moment: str) -> None:
        """Stop the clock at a moment in UTC, as in `2026-01-05T09:00:00Z`."""
        self.control("POST", "clock", {"set": moment})

    def advance(self, **by: float) -> None:
        """Move the clock: `advance(days=40)`, or weeks, hours, minutes, seconds."""
        self.control("POST", "clock", {"advance": by})

    def fault(self, operation: str, **what: Any) -> None:
        """Order a fault beside those that stand already: `fault("add_order", refusal="token_expired", times=1)`."""
        self.control("POST", "faults", {"operation": operation, **what})

    def defects(self, *names: str) -> None:
        """Give the world's program these mistakes and no others."""
        self.control("PUT", "defects", {"defects": names})

    def liberties(self, *names: str) -> None:
        """Let the world's program take these liberties and no others."""
        self.control("PUT", "liberties", {"liberties": names})

    def strict(self, how: Literal["off", "tell", "refuse"] = "refuse") -> None:
        """Name the parameters that the mock ignores in the header `X-Mock-Ignored`, or refuse them."""
        self.control("PUT", "strict", {"strict": how})

    def outbox(self, **about: str) -> list[dict[str, Any]]:
        """The messages that would have been sent, the oldest first: `outbox(to="davis@example.com", template="*Overdue*")`."""
        query = f"?{urlencode(about)}" if about else ""
        messages: list[dict[str, Any]] = self.control("GET", f"outbox{query}")["messages"]
        return messages

    def journal(self) -> list[dict[str, Any]]:
        """What was asked and answered, the oldest first."""
        entries: list[dict[str, Any]] = self.control("GET", "journal")["entries"]
        return entries

    def snapshot(self) -> dict[str, Any]:
        """All state, to be given to `restore`."""
        state: dict[str, Any] = self.control("GET", "snapshot")
        return state

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take on the state of a snapshot."""
        self.control("PUT", "snapshot", snapshot)


class _Worlds:
    """Makes worlds, however the mock is reached."""

    #: the base URL of the world `main`
    url: str

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    @property
    def main(self) -> World:
        """The world that is always there; `url` without more leads to it."""
        return World(self._ask, self.url, "main")

    @contextmanager
    def world(self, name: str = "test") -> Iterator[World]:
        """A world as it is seeded, thrown away at the end. Its name begins so; a number keeps it apart from others."""
        told = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-_.")[:60] or "test"
        made = self.main.control("POST", "worlds", {"name": f"{told}-{os.getpid()}-{next(self._numbers)}"})
        try:
            yield World(self._ask, self.url, made["name"])
        finally:
            self.main.control("DELETE", f"worlds/{made['name']}")


class Mock(_Worlds):
    """A mock on a free port, in a process of its own: `with Mock() as mock:`, and `mock.url` is its base URL.

    It takes the options of `counterfoil serve`: `Mock("--vendor", "shopscript", "--clock", "2026-01-05T09:00:00Z")`.
    It ends with the block, and with this process, however that ends.
    """

    def __init__(self, *options: str) -> None:
        super().__init__()
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start it. Raises MockFailed."""
        command = [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof", *self._options]
        with tempfile.TemporaryFile("w+") as errors:
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                start_new_session=True,  # Ctrl-C is for the tests, which end it when they are done
            )  # fmt: skip
            self.url = _base_url(self._process, errors)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        """Stop it."""
        process = self._process
        assert process is not None
        process.terminate()
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(  # noqa: S310 - the URL is the mock's own
            self.url + path, data=body or None, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


#: never through a proxy: the mock is on this machine
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _base_url(process: "subprocess.Popen[str]", errors: IO[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Serving"):
            threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
            return line.split()[-1].rstrip("/")
    process.wait(_SECONDS_TO_END)
    assert process.stdin is not None
    process.stdin.close()
    process.stdout.close()
    errors.seek(0)
    raise MockFailed(f"The mock did not start: {errors.read().strip()[-2000:] or f'exit code {process.returncode}'}")


def _drain(pipe: IO[str]) -> None:
    """Read what nobody wants to know; a full pipe would stop the mock."""
    try:
        for _ in pipe:
            pass
    except ValueError:
        pass  # it was closed meanwhile


class InProcess(_Worlds):
    """A mock in this process, without a port: `app` is a WSGI application.

    `url` is a base URL that leads nowhere but to the mock, where a client has one of its adapters.
    """

    url = "http://counterfoil.localhost"

    def __init__(self, vendors: Sequence[str] | None = None, *, seed: int = 1, clock: str | None = None) -> None:
        """Make it, of the named vendors or all; `clock` stops every world's clock at a moment in UTC."""
        from datetime import UTC, datetime

        from counterfoil.mockserver.create import create_app

        super().__init__()
        stands_at = datetime.fromisoformat(clock) if clock else None
        if stands_at is not None and stands_at.tzinfo:
            stands_at = stands_at.astimezone(UTC).replace(tzinfo=None)
        self.app = create_app(vendors, seed=seed, stands_at=stands_at)

    def requests_adapter(self) -> "BaseAdapter":
        """An adapter for `requests`: `session.mount(mock.url, mock.requests_adapter())`."""
        from counterfoil.adapters import RequestsAdapter

        return RequestsAdapter(self.app)

    def httpx_transport(self) -> Any:
        """A transport for `httpx`: `httpx.Client(transport=mock.httpx_transport(), base_url=mock.url)`."""
        import httpx

        return httpx.WSGITransport(app=self.app)

    @contextmanager
    def instead_of(self, base_url: str, world: World | None = None) -> Iterator[None]:
        """Answer what anybody in this process sends with `requests` or `httpx` to addresses below the base URL.

        The program under test keeps the address that it has. All other addresses are reached as before.
        """
        from counterfoil.adapters import answered_by

        with answered_by(self.app, base_url, "" if world is None else f"/w/{world.name}"):
            yield

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        answer = self.app.test_client().open(path, method=method, data=body, content_type="application/json")
        return answer.status_code, answer.data
