"""What stands between `counterfoil diff` and a mock, and what the command has found, for the tests."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import flask
import requests

from counterfoil.reports.difference import DiffReport

ROOT = Path(__file__).parents[2]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Serve = Callable[[flask.Flask], str]
#: what a middleman makes of an answer's data; None leaves it as it is
Spoil = Callable[[Any], Any]


@dataclass
class Middleman:
    """Passes everything on to a mock, and answers with what becomes of the answer on the way."""

    mock: str
    spoil: Spoil | None = None
    passes_on: Callable[[str], str] = str
    status: dict[int, int] | None = None
    headers: dict[str, str] | None = None
    #: what stands in the Content-Type, and what is to stand there
    content_type: tuple[str, str] = ("", "")
    #: the header that is gone, and from the answers of which path
    lacks: tuple[str, str] = ("", "")
    seconds: float = 0.0
    #: what is in the URLs of requests that get no answer
    hangs_up: str = "\n"
    #: a middleman that hides what makes a mock of the mock is a deployment
    hides: bool = False

    def app(self) -> flask.Flask:
        app, client = flask.Flask("middleman"), requests.Session()
        client.trust_env = False

        @app.route("/<path:path>", methods=METHODS)
        def answer(path: str) -> flask.Response:
            asked, of_mock = flask.request, "_mock/" in path
            if of_mock and self.hides:
                return flask.Response("nothing here", 404)
            if self.hangs_up in asked.url:
                asked.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            headers = {name: value for name, value in asked.headers if name not in ("Content-Length", "Connection")}
            uri, body = asked.environ["REQUEST_URI"], asked.get_data().decode("latin-1")
            if not of_mock:
                uri, body = self.passes_on(uri), self.passes_on(body)
            url, sent = f"{self.mock}{uri}", body.encode("latin-1")
            came = client.request(asked.method, url, headers=headers, data=sent, allow_redirects=False)
            return self._made(came, of_mock)

        return app

    def _made(self, came: requests.Response, of_mock: bool) -> flask.Response:
        body, status, headers = came.content, came.status_code, came.headers.copy()
        if not of_mock:
            sleep(self.seconds)
            status = (self.status or {}).get(status, status)
            if self.lacks[1] in came.url:
                headers.pop(self.lacks[0], None)
            headers.update(self.headers or {})
            if self.spoil is not None and "json" in headers.get("Content-Type", ""):
                body = json.dumps(self.spoil(came.json())).encode()
            headers["Content-Type"] = headers.get("Content-Type", "").replace(*self.content_type)
        kept = {name: value for name, value in headers.items() if name.lower() not in ("content-length", "connection")}
        return flask.Response(body, status, kept)


def everywhere(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """Changes every object of an answer."""

    def spoilt(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: spoilt(below) for name, below in change(node).items()}
        return [spoilt(below) for below in node] if isinstance(node, list) else node

    return spoilt


def with_value(name: str, change: Callable[[Any], Any]) -> Spoil:
    """Changes what stands under that name, wherever it does."""
    return everywhere(lambda node: {key: change(below) if key == name else below for key, below in node.items()})


@dataclass
class Run:
    """What the command has said and done."""

    code: int
    said: str
    report: DiffReport

    @property
    def found(self) -> list[tuple[str, str, str]]:
        """Kind, severity and cause of each difference that counts."""
        return [(each.kind, each.severity, each.what) for each in self.report.differences if each.severity != "noise"]

    @property
    def reasons(self) -> set[str]:
        return {each.reason for each in self.report.recognised}


Diff = Callable[..., Run]


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """A mock in a process of its own, by its URL."""
    command = [sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof", *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


SHOP = ("--api", "shopscript", "--level", "smoke")
ORDERS = (*SHOP, "--only", "get_order")
