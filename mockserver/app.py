"""The application: which endpoint and which world a request goes to, and how its answer leaves."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from counterfoil.mockserver.cors import (
    AS_LIVE,
    NO_HEADERS,
    Cors,
    Headers,
    closed_as_live,
    documented_headers,
)
from counterfoil.mockserver.delivery import deliver
from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.addresses import PUBLIC_URL
from counterfoil.mockserver.engine.pipeline import Endpoint, elsewhere
from counterfoil.mockserver.engine.preferences import Unpreferable
from counterfoil.mockserver.engine.steps import Answer
from counterfoil.mockserver.engine.worlds import MAIN, World, Worlds
from counterfoil.mockserver.guard import Guard
from counterfoil.mockserver.paths import Paths
from counterfoil.mockserver.unanswered import UnknownWorld, error_answer, name_of, nearest

STATUS_LINES = {status: f"{status} {phrase}" for status, phrase in HTTP_STATUS_CODES.items()}


class Mock(Flask):
    """The Flask application; `/w/<name>` before a path chooses the world.

    The vendors' paths are answered without Flask's dispatch, which would cost more than the answers. Flask has the rest:
    the control plane and the pages.
    """

    def __init__(
        self, worlds: Worlds, endpoints: Mapping[str, Endpoint], cors: Collection[str], guard: Guard
    ) -> None:  # fmt: skip
        super().__init__("mockserver", static_folder=None)
        self.worlds = worlds
        #: the URL that clients know the mock by, without a slash at the end; None for that of each request
        self.public_url: str | None = None
        #: lets all worlds begin with what a seed file and a snapshot hold; raises SpecError
        self.install: Callable[..., None]
        self.endpoints = endpoints
        self._paths: Paths[Endpoint] = Paths()
        for endpoint in endpoints.values():
            for rule in {
                *endpoint.dialect.aliases,
                *(operation.path for operation in endpoint.contract.operations.values()),
            }:
                self._paths.add(rule, endpoint)
        #: where no browser of another origin is let in: where a live vendor lets none in
        self._closed = tuple(closed_as_live(endpoints)) if AS_LIVE in cors else ()
        #: what whoever starts the mock should know
        self.remarks = [
            f"Browsers of other origins are kept from {path}, as live; --cors ORIGIN lets them in."
            for path in self._closed
        ]
        self._cors = Cors({"*" if each == AS_LIVE else each for each in cors}, documented_headers(endpoints))
        self._guard = guard
        self._control_cors = Cors(guard.origins)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI entry."""
        path = environ["PATH_INFO"]
        if self.public_url is not None:
            environ[PUBLIC_URL] = self.public_url
        if path.startswith("/w/"):
            name, _, rest = path[3:].partition("/")
            environ["PATH_INFO"] = path = f"/{rest}"
            environ["SCRIPT_NAME"] = f"/w/{name}"
            environ["counterfoil.world"] = name
        if path.startswith("/_mock"):
            return self._control(environ, start_response)
        cors = NO_HEADERS if self._closed and path.startswith(self._closed) else self._cors.headers(environ)
        answer = None
        try:
            if cors and environ["REQUEST_METHOD"] == "OPTIONS" and self._cors.is_asked_for(environ):
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
            return self._flask(environ, start_response, cors)

        body = answer.body
        if answer.manner is not None:
            return deliver(answer, answer.manner, environ, lambda length: start_response(*_head(answer, length, cors)))
        start_response(*_head(answer, len(body), cors))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _control(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """A request to the control plane, which is not for strangers."""
        cors = self._control_cors.headers(environ)
        if environ["REQUEST_METHOD"] == "OPTIONS" and self._control_cors.is_asked_for(environ):
            start_response("204 No Content", [*cors, *Cors.preflight(environ)])
            return []
        turned = None if environ["REQUEST_METHOD"] == "OPTIONS" else self._guard.turns_away(environ)
        if turned is None:
            return self._flask(environ, start_response, cors)
        body = wire.json({"error": turned.error, "message": turned.message, "mock": "counterfoil"})
        about = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response(STATUS_LINES[403], [*about, *cors])
        return [body]

    def _flask(self, environ: dict[str, Any], start_response: Any, cors: Headers) -> Iterable[bytes]:
        def allow(status: str, headers: Headers, exc_info: Any = None) -> Any:
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

    def _preflight(self, environ: Mapping[str, Any]) -> Answer:
        """What a browser asks before it asks. A world's faults spare it, or no page could see what they do."""
        answer = Answer(204, "text/plain; charset=utf-8", b"", Cors.preflight(environ))
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

    def _unanswered(self, error: Exception, environ: dict[str, Any]) -> Answer:
        """The answer to a request that no vendor answers; written into the journal of its world."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        means_nothing = isinstance(error, HTTPException)
        near = nearest(self.endpoints, method, path) if means_nothing else ()
        answer = error_answer(error, path, near)
        try:
            world = self.world(environ)
            if means_nothing:
                more = [each for endpoint in self.endpoints.values() for each in endpoint.headers_of(environ, world)]
                answer = elsewhere(environ, world, "", answer._replace(headers=[*answer.headers, *more]))
        except UnknownWorld:
            return answer
        except Unpreferable as impossible:
            error, answer = impossible, error_answer(impossible, path)
        world.note(("", "", name_of(error)), environ, world.clock.now(), b"", answer, 0.0, near)
        return answer


def _head(answer: Answer, length: int, cors: Headers) -> tuple[str, Headers]:
    """The status line and the headers."""
    status = STATUS_LINES.get(answer.status) or f"{answer.status} "
    if answer.status == 204:
        return status, cors + answer.headers
    about = [("Content-Type", answer.content_type), ("Content-Length", str(length))]
    return status, about + cors + answer.headers
