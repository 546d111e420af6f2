"""What a target says makes it no mock, moves no run to another host, and gets no token."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from counterfoil.contracts.profile.read import seeded
from counterfoil.mockserver.proof import is_own
from counterfoil.specs import proof

sys.path.insert(0, str(Path(__file__).parent))
from accepts_everything import Asked, read
from judge import harm
from running import carried_out

ROOT = Path(__file__).parents[2]
TOKEN = "control-token-3f9a1c"
KEY = "the-key-of-this-user-only"
#: status, body and headers
Reply = tuple[int, object, dict[str, str]]


@dataclass
class Server:
    """A target, and what it was asked: method, path and the token that came along; and the whole of it."""

    url: str
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    whole: list[Asked] = field(default_factory=list)

    def of_control(self) -> list[tuple[str, str]]:
        """What the control plane was asked, but for who is there."""
        own = [(method, path.partition("?")[0]) for method, path, _ in self.asked if "/_mock" in path]
        return [each for each in own if each not in (("GET", "/_mock/health"), ("GET", "/_mock/proof"))]


@contextmanager
def serving(answer: Callable[[str, str], Reply]) -> Iterator[Server]:
    """A target that answers a method and a path as it is told to."""
    there = Server("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            there.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
            named = {name.lower(): value for name, value in self.headers.items()}
            there.whole.append(read(self.command, self.path, named, sent))
            status, body, headers = answer(self.command, self.path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response_only(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    there.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield there
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def healthy(path: str) -> Reply | None:
    """The answer of a mock that says it is there."""
    if path.startswith("/_mock/health"):
        return 200, {"status": "ok", "counterfoil": "1", "contracts": ["shopscript"], "worlds": 1}, {}
    return None


def pretender(_method: str, path: str) -> Reply:
    """Answers as a mock does, and proves with whatever it makes up."""
    if path.startswith("/_mock/proof"):
        return 200, {"proofs": ["0" * 64, "", None]}, {}
    return healthy(path) or (200, {"worlds": [], "count": 0, "orders": []}, {})


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Whose user has a key and a token."""
    key = tmp_path / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    return {"COUNTERFOIL_KEY_FILE": str(key), "COUNTERFOIL_CONTROL_TOKEN": TOKEN}


def careful_run(tmp_path: Path, url: str, environment: dict[str, str], *options: str) -> tuple[int, str]:
    command = ["test", url, "--api", "shopscript", "--level", "smoke", "--out", str(tmp_path / "out"), *options]
    run = carried_out(tmp_path, [*command, "--", "-k", "test_witness"], **environment)
    return run.code, run.text


def test_a_target_that_says_it_is_a_mock_is_treated_with_care(tmp_path: Path, environment: dict[str, str]) -> None:
    """It is told nothing by the control plane, gets no token, and nothing that orders: the first line says why."""
    with serving(pretender) as there:
        code, out = careful_run(tmp_path, there.url, environment)

    assert code in (0, 1), out
    assert "does not prove it" in out.splitlines()[0]
    assert [] == there.of_control()
    assert [] == [each for each in there.asked if TOKEN in each[2]]
    entry = seeded().of("shopscript")
    known = {**entry.credentials.query, **{name: str(value) for name, value in entry.ids.items()}}
    harmful = [(why, str(asked)) for asked in there.whole if (why := harm(asked, "shopscript", known))]
    assert [] == harmful


def test_a_target_that_passes_the_question_on_to_a_mock_is_not_trusted(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """A mock proves that it is one for its own address alone."""
    command = [sys.executable, "-m", "counterfoil", "serve", "--port", "0"]
    with subprocess.Popen(
        command, env={**os.environ, **environment}, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            mock = next(line for line in process.stdout if line.startswith("Serving")).split()[-1]

            def relay(method: str, path: str) -> Reply:
                asked = requests.request(method, mock + path, timeout=10)
                return asked.status_code, asked.content, {"Content-Type": asked.headers["Content-Type"]}

            with serving(relay) as there:
                code, out = careful_run(tmp_path, there.url, environment)
            _, honest = careful_run(tmp_path, mock, environment)
        finally:
            process.kill()

    assert code in (0, 1), out
    assert "does not prove it" in out.splitlines()[0]
    assert [] == there.of_control()
    assert "it proves that it is this user's mock" in honest.splitlines()[0]


@pytest.mark.parametrize("how", ["another host", "a redirect"])
def test_no_token_leaves_for_another_host(tmp_path: Path, environment: dict[str, str], how: str) -> None:
    """Even if the caller says that it is a mock: a world is at the same address, and a redirect is not followed."""

    def stolen(_method: str, _path: str) -> Reply:
        return 200, {"worlds": []}, {}

    with serving(stolen) as other:

        def mocking(method: str, path: str) -> Reply:
            if method == "POST" and path == "/_mock/worlds" and how == "another host":
                return 201, {"name": "x", "base_url": f"{other.url}/w/x"}, {}
            if path == "/_mock/worlds" and how == "a redirect":
                return 307, {}, {"Location": f"{other.url}{path}"}
            return healthy(path) or (200, {"worlds": []}, {})

        with serving(mocking) as there:
            code, out = careful_run(tmp_path, there.url, environment, "--mock")

    assert code not in (0, 130), out
    assert [] == other.asked


def test_what_is_no_mock_is_not_made_one_by_saying_so(tmp_path: Path, environment: dict[str, str]) -> None:
    """The caller has taken one for the other, and is told."""
    with serving(lambda _method, _path: (404, {}, {})) as there:
        code, out = careful_run(tmp_path, there.url, environment, "--mock")

    assert 2 == code
    assert "does not answer as a mock does" in out


def test_care_wins_over_a_mock_that_proves_itself(tmp_path: Path, environment: dict[str, str]) -> None:
    """Whoever asks for it gets it: `--read-only` sends the right proof nothing but questions."""

    def proven(_method: str, path: str) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if path.startswith("/_mock/proof"):
            return 200, {"proofs": [proof.proof(KEY.encode(), query["nonce"], query["address"])]}, {}
        return healthy(path) or (200, {"worlds": [], "count": 0, "orders": []}, {})

    with serving(proven) as there:
        code, out = careful_run(tmp_path, there.url, environment, "--read-only")

    assert code in (0, 1), out
    assert "--read-only is given" in out.splitlines()[0]
    assert [("GET", "/_mock/worlds")] == there.of_control()
    assert [] == [each for each in there.asked if TOKEN in each[2]]


@pytest.mark.parametrize(("mode", "is_used"), [(0o600, True), (0o640, False), (0o606, False)])
def test_a_key_that_others_can_read_or_write_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, is_used: bool
) -> None:
    """Whoever made it could prove anything."""
    monkeypatch.setenv("COUNTERFOIL_KEY_FILE", str(tmp_path / "keys" / "key"))

    assert b"" == proof.key()
    made = proof.make_key()
    (tmp_path / "keys/key").chmod(mode)

    assert len(made) > 30
    assert (made if is_used else b"") == proof.key() == proof.make_key()


@pytest.mark.parametrize(
    ("address", "host", "port", "own"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, True),
        ("http://localhost:8080", "127.0.0.1", 8080, True),
        ("http://127.0.0.1:8081", "127.0.0.1", 8080, False),
        ("http://127.0.0.2:8080", "127.0.0.1", 8080, True),
        ("https://127.0.0.1:8080", "127.0.0.1", 8080, False),
        ("http://198.51.100.7:8080", "0.0.0.0", 8080, False),
        ("http://127.0.0.1:8080", "0.0.0.0", 8080, True),
        ("http://127.0.0.1:port", "127.0.0.1", 8080, False),
        ("", "127.0.0.1", 8080, False),
    ],
)
def test_a_mock_knows_its_own_address(address: str, host: str, port: int, own: bool) -> None:
    """At an address where nobody else listens, it proves what it is."""
    assert own is is_own(address, host, port)
