"""The life of a request, top to bottom: match, decode, gate, handle, self-check, encode."""

import logging
import time
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from flask import Flask, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.forms import MalformedForm
from counterfoil.mockserver.engine.operations import Compiled, MockBug, compile_contract
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Call, ContractBinding, Vendor
from counterfoil.mockserver.engine.worlds import MAIN, World, Worlds
from counterfoil.mockserver.paths import Paths
from counterfoil.specs import Contract

LOG = logging.getLogger("mockserver")
MAX_BODY = 8 * 1024 * 1024  # PHP's default post_max_size
MAX_DRAINED = 128 * 1024 * 1024
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Answer(NamedTuple):
    """What goes back to the client."""

    status: int
    content_type: str
    body: bytes
    headers: list[tuple[str, str]] = []  # noqa: RUF012 - nobody changes it


class Desk:
    """Where one contract's requests are answered."""

    def __init__(self, contract: Contract, vendor: Vendor, spoken: ContractBinding) -> None:
        self.contract = contract
        self.vendor = vendor
        self.dialect = spoken.dialect(contract)
        self.operations = compile_contract(contract)
        self.handlers = spoken.handlers
        missing = self.operations.keys() - self.handlers.keys()
        extra = self.handlers.keys() - self.operations.keys()
        if missing or extra:
            raise MockBug(f"{contract.name}: operations without handler {sorted(missing)}, and handlers without "
                          f"operation {sorted(extra)}")  # fmt: skip

    def answer(self, environ: Mapping[str, Any], world: World, rule: str, parameters: dict[str, str]) -> Answer:
        """One request, from its bytes to its answer."""
        method: str = environ["REQUEST_METHOD"]
        if method == "OPTIONS":  # what a web server answers before any vendor's code runs
            return Answer(200, "text/plain; charset=utf-8", b"")
        if world.defects:
            from counterfoil.mockserver.defects.life import spoilt  # an honest mock never loads it

            return spoilt(self, environ, world, rule, parameters)
        call = Call(environ, method, rule, parameters, environ.get("REMOTE_ADDR", ""), world.clock.now())
        operation = self.operations[self.dialect.unread(call)]
        delay, ordered = 0.0, False
        try:
            self.decode(call)
            operation = self.operations[self.dialect.operation(call)]
            with world.lock:
                fault = world.fault(self.contract.name, operation.id, operation.refusals) if world.faults else None
                if fault is not None:
                    delay = fault.delay
                    ordered = fault.refusal is not None
                    if fault.refusal is not None:
                        raise Refusal(fault.refusal, **fault.facts)
                state = world.state(self.vendor.name)
                self.dialect.gate(state, call, operation.id)
                self.check(operation, call)
                result = self.handlers[operation.id](state, call)
            status, outcome, body = operation.accepted(result)
        except Refusal as refusal:
            status, body = operation.refusal(refusal.name, refusal.facts)
            body = body if refusal.body is None else refusal.body
            outcome = refusal.name
        if delay:
            time.sleep(delay)
        # a refusal that was ordered comes before anybody could make its headers
        operation.verify(status, call.media_type, body, None if ordered else call.headers)
        data = self.dialect.write(body, call, operation.id)
        world.note(self.contract.name, operation.id, outcome, call, status, data)
        return Answer(status, f"{call.media_type}; charset=utf-8", data, list(call.headers.items()))

    def decode(self, call: Call) -> None:
        """Read the request into the call. Raises Refusal."""
        try:
            call.sent, state = received(call.environ)
            self.dialect.read(call)  # also of a part: the query may say in which format to refuse
            if state is Body.CUT_SHORT:
                raise MalformedForm("the body is shorter than its Content-Length")
        except MalformedForm as error:
            raise self.dialect.malformed(call, str(error)) from error
        if state is Body.TOO_LARGE:
            raise self.dialect.too_large(call, MAX_BODY)

    def check(self, operation: Compiled, call: Call) -> None:
        """Give the call's fields their types. Refused where they break the operation's schema."""
        call.given = operation.coerce(call.given)
        problems = operation.problems(call.given)
        if problems:
            raise self.dialect.invalid(operation.id, problems, call)


class Body(Enum):
    """How a request's body came."""

    WHOLE = auto()
    CUT_SHORT = auto()
    TOO_LARGE = auto()


def received(environ: Mapping[str, Any]) -> tuple[bytes, Body]:
    """The request's body, and how it came: what is too large is not kept.

    A body that is too large is read all the same: a client that is still sending hears no answer.
    """
    stream = environ["wsgi.input"]
    declared = environ.get("CONTENT_LENGTH")
    if not declared:
        if not environ.get("wsgi.input_terminated"):
            return b"", Body.WHOLE
        limit = MAX_BODY + 1
    elif int(declared) <= MAX_BODY:
        limit = int(declared)
    else:
        _drain(stream)
        return b"", Body.TOO_LARGE
    data = b""
    while len(data) < limit and (chunk := stream.read(limit - len(data))):
        data = data + chunk if data else chunk
    if len(data) > MAX_BODY:
        _drain(stream)
        return b"", Body.TOO_LARGE
    return data, Body.CUT_SHORT if declared and len(data) < limit else Body.WHOLE


def _drain(stream: Any) -> None:
    left = MAX_DRAINED
    while left > 0 and (chunk := stream.read(1024 * 1024)):
        left -= len(chunk)


class Mock(Flask):
    """The Flask application; `/w/<name>` before a path chooses the world.

    The vendors' paths are answered without Flask's dispatch, which would cost more than the answers. Flask has the rest:
    the control plane and the pages.
    """

    def __init__(self, worlds: Worlds, desks: Mapping[str, Desk], cors: str | None) -> None:
        super().__init__("mockserver", static_folder=None)
        self.worlds = worlds
        self.desks = desks
        self._paths: Paths[Desk] = Paths()
        for desk in desks.values():
            for rule in {*desk.dialect.aliases, *(operation.path for operation in desk.contract.operations.values())}:
                self._paths.add(rule, desk)
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
        found = self._paths.find(path)
        if found is not None:
            desk, rule, parameters = found
            try:
                answer = desk.answer(environ, self.world(environ), rule, parameters)
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
                answer = trouble(error)
            headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body))), *cors]
            start_response(f"{answer.status} {HTTP_STATUS_CODES.get(answer.status, '')}", headers + answer.headers)
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


def trouble(error: Exception) -> Answer:
    """What is no vendor's answer, in the mock's own shape."""
    headers: list[tuple[str, str]] = []
    if isinstance(error, UnknownWorld):
        status, name = 404, "unknown_world"
        message = f"There is no world {str(error)!r}; POST /_mock/worlds makes one."
    elif isinstance(error, NotFound):
        status, name = 404, "not_mocked"
        message = f"No contract has the path {request.path}; GET / says what is served."
    elif isinstance(error, HTTPException):
        status, name = error.code or 500, (error.name or "error").lower().replace(" ", "_")
        message = error.description or ""
    else:
        status, name, headers = 500, "mock_bug", [("X-Mock-Bug", "1")]
        said = str(error) if isinstance(error, MockBug) else f"{type(error).__name__}: {error}"
        message = f"This is a mistake of the mock, not of yours: {said}"
        LOG.error("mock bug", exc_info=error)
    body = wire.json({"error": name, "message": message, "mock": "counterfoil"})
    return Answer(status, "application/json; charset=utf-8", body, headers)
