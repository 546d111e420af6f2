"""The application: which endpoint and which world a request goes to, and how its answer leaves."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from counterfoil.mockserver.delivery import deliver
from counterfoil.mockserver.engine.pipeline import Endpoint, elsewhere
from counterfoil.mockserver.engine.preferences import Unpreferable
from counterfoil.mockserver.engine.steps import Answer
from counterfoil.mockserver.engine.worlds import MAIN, World, Worlds
from counterfoil.mockserver.paths import Paths
from counterfoil.mockserver.unanswered import UnknownWorld, error_answer, name_of, nearest

STATUS_LINES = {status: f"{status} {phrase}" for status, phrase in HTTP_STATUS_CODES.items()}
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

#: every origin, but only where a live vendor lets other origins in
AS_LIVE = "as-live"


def _closed(endpoints: Mapping[str, Endpoint]) -> list[str]:
    """The first segments of the paths at which a live vendor lets no browser of another origin in."""
    rules = [
        rule
        for name, endpoint in endpoints.items()
        if not endpoint.vendor.contracts[name].answers_browsers
        for rule in (*endpoint.dialect.aliases, *(each.path for each in endpoint.contract.operations.values()))
    ]
    return sorted({f"/{rule.split('/')[1]}" for rule in rules})


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
        closed = _closed(endpoints) if cors == AS_LIVE else []
        #: where no browser of another origin is let in: to the control plane, and where a live vendor lets none in
        self._closed = ("/_mock", *closed)
        #: what whoever starts the mock should know
        self.remarks = [
            f"Browsers of other origins are kept from {path}, as live; --cors ORIGIN lets them in." for path in closed
        ]
        cors = "*" if cors == AS_LIVE else cors
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
        cors = [] if path.startswith(self._closed) else self._cors
        answer = None
        try:
            if cors and environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
                answer = self._preflight(environ)
            else:
                match = self._paths.find(path)
                if match is not None:
                    endpoint, rule, parameters = match
                    answer = endpoint.answer(environ, self.world(environ), rule, parameters)
                elif not self._has_page(path):
                    raise NotFound
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            answer = self._unanswered(error, environ)
        if answer is None:

            def allow(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
                return start_response(status, headers + cors, exc_info)

            return self.wsgi_app(environ, allow)

        def start(length: int) -> None:
            status = STATUS_LINES.get(answer.status) or f"{answer.status} "
            headers = [("Content-Type", answer.content_type), ("Content-Length", str(length)), *cors]
            start_response(status, headers + answer.headers)

        if answer.manner is not None:
            return deliver(answer, answer.manner, environ, start)
        start(len(answer.body))
        return [answer.body]

    def world(self, environ: Mapping[str, Any] | None = None) -> World:
        """The world of a request, of the one at hand if none is given. Raises UnknownWorld."""
        environ = request.environ if environ is None else environ
        name = environ.get("counterfoil.world") or environ.get("HTTP_X_MOCK_WORLD") or MAIN
        world = self.worlds.get(name)
        if world is None:
            raise UnknownWorld(name)
        return world

    def _preflight(self, environ: Mapping[str, Any]) -> Answer:
        """What a browser asks before it asks. A world's faults spare it, or no page could see what they do."""
        asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "*")
        may = [("Access-Control-Allow-Methods", ", ".join(VERBS)), ("Access-Control-Allow-Headers", asked)]
        answer = Answer(204, "text/plain; charset=utf-8", b"", [*may, ("Access-Control-Max-Age", "600")])
        return elsewhere(environ, self.world(environ), "", answer) if "HTTP_PREFER" in environ else answer

    def _has_page(self, path: str) -> bool:
        """Whether Flask has something at the path, under whatever method."""
        try:
            self.url_map.bind("mock").match(path, "GET")
        except NotFound:
            return False
        except HTTPException:  # another method, or a redirect
            return True
        return True

    def _unanswered(self, error: Exception, environ: Mapping[str, Any]) -> Answer:
        """The answer to a request that no vendor answers; written into the journal of its world."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        means_nothing = isinstance(error, HTTPException)
        near = nearest(self.endpoints, method, path) if means_nothing else ()
        answer = error_answer(error, path, near)
        try:
            world = self.world(environ)
            if means_nothing:
                answer = elsewhere(environ, world, "", answer)
        except UnknownWorld:
            return answer
        except Unpreferable as impossible:
            error, answer = impossible, error_answer(impossible, path)
        world.note("", "", name_of(error), environ, b"", answer, 0.0, near)
        return answer
