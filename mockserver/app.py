"""The application: which endpoint and which world a request goes to, and what is answered where no vendor has a say."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.operations import MockBug
from counterfoil.mockserver.engine.pipeline import Endpoint
from counterfoil.mockserver.engine.steps import Answer
from counterfoil.mockserver.engine.worlds import MAIN, World, Worlds
from counterfoil.mockserver.paths import Paths

LOG = logging.getLogger("mockserver")
STATUS_LINES = {status: f"{status} {phrase}" for status, phrase in HTTP_STATUS_CODES.items()}
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Mock(Flask):
    """The Flask application; `/w/<name>` before a path chooses the world.

    The vendors' paths are answered without Flask's dispatch, which would cost more than the answers. Flask has the rest:
    the control plane and the pages.
    """

    def __init__(self, worlds: Worlds, endpoints: Mapping[str, Endpoint], cors: str | None) -> None:
        super().__init__("mockserver", static_folder=None)
        self.worlds = worlds
        self.endpoints = endpoints
        self._paths: Paths[Endpoint] = Paths()
        for endpoint in endpoints.values():
            for rule in {
                *endpoint.dialect.aliases,
                *(operation.path for operation in endpoint.contract.operations.values()),
            }:
                self._paths.add(rule, endpoint)
        allowed = [("Access-Control-Allow-Origin", cors), ("Access-Control-Expose-Headers", "*")] if cors else []
        self._cors: list[tuple[str, str]] = allowed

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI entry."""
        path = environ["PATH_INFO"]
        if path.startswith("/w/"):
            name, _, rest = path[3:].partition("/")
            environ["PATH_INFO"] = path = f"/{rest}"
            environ["SCRIPT_NAME"] = f"/w/{name}"
            environ["counterfoil.world"] = name
        cors = [] if path.startswith("/_mock") else self._cors  # the control plane stays closed to browsers
        if cors and environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            return _preflight(environ, start_response, cors)
        answer = None
        try:
            match = self._paths.find(path)
            if match is not None:
                endpoint, rule, parameters = match
                answer = endpoint.answer(environ, self.world(environ), rule, parameters)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            answer = error_answer(error, path)
        if answer is not None:
            headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body))), *cors]
            start_response(STATUS_LINES.get(answer.status) or f"{answer.status} ", headers + answer.headers)
            return [answer.body]

        def allow(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + cors, exc_info)

        return self.wsgi_app(environ, allow)

    def world(self, environ: Mapping[str, Any] | None = None) -> World:
        """The world of a request, of the one at hand if none is given. Raises UnknownWorld."""
        environ = request.environ if environ is None else environ
        name = environ.get("counterfoil.world") or environ.get("HTTP_X_MOCK_WORLD") or MAIN
        world = self.worlds.get(name)
        if world is None:
            raise UnknownWorld(name)
        return world


def _preflight(environ: Mapping[str, Any], start_response: Any, cors: list[tuple[str, str]]) -> Iterable[bytes]:
    asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "*")
    may = [("Access-Control-Allow-Methods", ", ".join(VERBS)), ("Access-Control-Allow-Headers", asked)]
    start_response("204 No Content", [*cors, *may, ("Access-Control-Max-Age", "600")])
    return []


class UnknownWorld(Exception):
    """A request names a world that nobody made."""


def error_answer(error: Exception, path: str) -> Answer:
    """The answer to a request that no vendor answers, in the mock's own shape."""
    headers: list[tuple[str, str]] = []
    if isinstance(error, UnknownWorld):
        status, name = 404, "unknown_world"
        message = f"There is no world {str(error)!r}; POST /_mock/worlds makes one."
    elif isinstance(error, NotFound):
        status, name = 404, "not_mocked"
        message = f"No contract has the path {path}; GET / says what is served."
    elif isinstance(error, HTTPException):
        status, name = error.code or 500, (error.name or "error").lower().replace(" ", "_")
        message = error.description or ""
    else:
        status, name, headers = 500, "mock_bug", [("X-Mock-Bug", "1")]
        details = str(error) if isinstance(error, MockBug) else f"{type(error).__name__}: {error}"
        message = f"This is a bug in the mock, not in your request: {details}"
        LOG.error("mock bug", exc_info=error)
    body = wire.json({"error": name, "message": message, "mock": "counterfoil"})
    return Answer(status, "application/json; charset=utf-8", body, headers)
