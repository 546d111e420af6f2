"""A small contract, and a place to serve targets from: independent of the mock, which these tests do not trust."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import flask
import pytest
from werkzeug.serving import make_server

from counterfoil.contracts.http.client import Target
from counterfoil.specs import Contract
from counterfoil.specs.reading import read


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


@pytest.fixture
def answering(till: Contract, serve: Callable[[flask.Flask], str]) -> Iterator[Callable[..., Target]]:
    """Makes a target that gives the same answer to everything."""
    targets = []

    def make(body: str | bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> Target:
        app = flask.Flask("answering")

        @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
        @app.route("/<path:path>", methods=["GET", "POST"])
        def answer(path: str) -> flask.Response:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return flask.Response(body, status, {"Content-Type": content_type, "X-Till": "1", **sent})

        target = Target.described(till, serve(app))
        targets.append(target)
        return target

    yield make
    for target in targets:
        target.close()
