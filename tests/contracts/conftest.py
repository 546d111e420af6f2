"""A small contract, and places to serve targets from: independent of the mock, which these tests do not trust; and the mocks that `diff` compares."""

import io
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import flask
import msgspec
import pytest
import requests
from click.testing import CliRunner
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from werkzeug.serving import make_server

from counterfoil.command import main
from counterfoil.contracts.cli.diff import diff
from counterfoil.contracts.http.client import Target
from counterfoil.reports.difference import DiffReport
from counterfoil.reports.results import Finding
from counterfoil.specs import Contract
from counterfoil.specs.reading import read
from tests.contracts.comparing import Diff, Middleman, Run, Serve, serving


@pytest.fixture(scope="session")
def till() -> Contract:
    """The contract of `till.yaml`."""
    return Contract("till", read(Path(__file__).parent / "till.yaml"))


@pytest.fixture
def serve() -> Iterator[Callable[[flask.Flask], str]]:
    """Serves an app on a free port until the test ends."""
    running = []

    def start(app: flask.Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(5)
        server.server_close()


App = Callable[[dict[str, Any], Any], Iterable[bytes]]
_PORTS = count(1)  # nobody listens there, so that only a mounted app can be what answers


class _Mounted(HTTPAdapter):
    """Sends requests to a WSGI app in this process: no socket, no other thread."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        began: list[Any] = []
        body = self._app(_environ(request), lambda status, headers, *_: began.extend((status, headers)))
        content = b"".join(body)
        if close := getattr(body, "close", None):
            close()
        status, headers = began
        answer = HTTPResponse(io.BytesIO(content), headers, int(status.split()[0]), preload_content=False)
        return self.build_response(request, answer)


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    """The request as a server hands it to a WSGI app."""
    url = urlsplit(str(request.url))
    sent = request.body.encode() if isinstance(request.body, str) else request.body or b""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else value.encode().decode("latin-1")
        for name, value in headers.items()
    }
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": (url.path or "/") + (f"?{url.query}" if url.query else ""),
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc,
        **headers,
        "CONTENT_TYPE": headers.get("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(sent)) if sent or "HTTP_CONTENT_LENGTH" in headers else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@pytest.fixture
def mount(monkeypatch: pytest.MonkeyPatch) -> Callable[[App], str]:
    """Puts an app at a URL that this process alone reaches: much faster than `serve`, where nothing hangs on the network."""
    mounted: dict[str, HTTPAdapter] = {}
    usual = requests.Session.get_adapter

    def adapter(session: requests.Session, url: str) -> Any:
        return mounted.get("{0.scheme}://{0.netloc}".format(urlsplit(url))) or usual(session, url)

    def put(app: App) -> str:
        url = f"http://127.0.0.1:{next(_PORTS)}"
        mounted[url] = _Mounted(app)
        return url

    monkeypatch.setattr(requests.Session, "get_adapter", adapter)
    return put


@dataclass(frozen=True)
class Ended:
    """What came of a command: its exit code, what it printed, and what it said on stderr."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """All that was to be seen."""
        return self.out + self.err


Command = Callable[..., Ended]


@pytest.fixture
def counterfoil() -> Command:
    """The command `counterfoil`, carried out in this process: without the second that a new one takes to start."""

    def run(*arguments: object) -> Ended:
        ended = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return Ended(ended.exit_code, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def answering(till: Contract, mount: Callable[[App], str]) -> Iterator[Callable[..., Target]]:
    """Makes a target that gives the same answer to everything."""
    targets = []

    def make(body: str | bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> Target:
        app = flask.Flask("answering")

        @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
        @app.route("/<path:path>", methods=["GET", "POST"])
        def answer(path: str) -> flask.Response:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return flask.Response(body, status, {"Content-Type": content_type, "X-Till": "1", **sent})

        target = Target.described(till, mount(app))
        targets.append(target)
        return target

    yield make
    for target in targets:
        target.close()


#: how a program writes its values; JSON never does
_PYTHON = re.compile(r"""\{'|\['|\('|\bNone\b|\bTrue\b|\bFalse\b|\bDecimal\(|\bCounter\(""")


@pytest.fixture
def in_python() -> Callable[[Iterable[Finding]], list[str]]:
    """What findings of laws say in a notation that only a programmer reads."""
    return lambda findings: [
        each.why for each in findings if each.check == "law" and _PYTHON.search(f"{each.title} {each.why}")
    ]


@pytest.fixture
def compare(tmp_path: Path) -> Diff:
    """Runs the command; two URLs, and options. A middleman cannot prove that a mock is behind it: it is said for it."""

    def run(*arguments: str) -> Run:
        said = [f"--mock-{side}" for side, url in zip("ab", arguments, strict=False) if _answers_as_a_mock(url)]
        ended = CliRunner().invoke(diff, [*arguments, *said, "--json", str(tmp_path / "told.json")])
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        assert (tmp_path / "told.json").exists(), ended.output
        report = msgspec.json.decode((tmp_path / "told.json").read_bytes(), type=DiffReport)
        return Run(ended.exit_code, ended.output, report)

    return run


def _answers_as_a_mock(url: str) -> bool:
    try:
        return requests.get(f"{url}/_mock/health", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """A mock whose world `main` nobody touches."""
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def other() -> Iterator[str]:
    """A mock of another seed, at another time."""
    with serving("--seed", "6", "--clock", _two_hours_ago()) as url:
        yield url


def _two_hours_ago() -> str:
    return f"{datetime.now(UTC) - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def deployment(serve: Serve, other: str) -> str:
    """Something that is no mock to anybody who asks, and whose clock is two hours slow."""
    requests.post(f"{other}/_mock/reset", timeout=5).raise_for_status()
    requests.post(f"{other}/_mock/clock", json={"set": _two_hours_ago()}, timeout=5).raise_for_status()
    return serve(Middleman(other, hides=True).app())
