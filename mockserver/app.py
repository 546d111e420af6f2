"""The life of a request, top to bottom: match, decode, gate, handle, self-check, encode."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, Request, Response, request
from flask.globals import request_ctx
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from mockserver import vendors, wire
from mockserver.control import add_control
from mockserver.forms import MalformedForm
from mockserver.operations import Compiled, MockBug, compile_contract
from mockserver.pages import add_pages
from mockserver.refusal import Refusal
from mockserver.vendor import Body, Call, Spoken, Vendor
from mockserver.worlds import JOURNAL_BYTES, MAIN, World, Worlds
from specs import Contract

MAX_BODY = 8 * 1024 * 1024  # PHP's default post_max_size
MAX_DRAINED = 128 * 1024 * 1024
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Desk:
    """Where one contract's requests are answered."""

    def __init__(self, contract: Contract, vendor: Vendor, spoken: Spoken) -> None:
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

    def answer(self, world: World, path: Mapping[str, str]) -> Response:
        """One request, from its bytes to its answer."""
        asked = request_ctx.request  # the request itself, not its proxy: it is touched often
        if asked.method == "OPTIONS":  # what a web server answers before any vendor's code runs
            return Response(headers={"Allow": ", ".join(VERBS)})
        call = Call(asked, asked.method, asked.remote_addr or "", world.clock.now())
        operation = self.operations[self.dialect.fallback]
        delay = 0.0
        try:
            self._decode(call, path)
            operation = self.operations[self.dialect.operation(call)]
            with world.lock:
                fault = world.fault(self.contract.name, operation.id, operation.refusals) if world.faults else None
                if fault is not None:
                    delay = fault.delay
                    if fault.refusal is not None:
                        raise Refusal(fault.refusal, **fault.facts)
                state = world.state(self.vendor.name)
                self.dialect.gate(state, call, operation.id)
                self._check(operation, call)
                body = self.handlers[operation.id](state, call)
            status, outcome = operation.success, "accepted"
        except Refusal as refusal:
            status, body = operation.refusal(refusal.name, refusal.facts)
            outcome = refusal.name
        if delay:
            time.sleep(delay)
        operation.verify(status, call.media_type, body)
        return self._encode(world, call, operation, outcome, status, body)

    def _decode(self, call: Call, path: Mapping[str, str]) -> None:
        too_large = False
        try:
            call.sent = call.request.get_data(cache=False)
        except RequestEntityTooLarge:
            too_large = True
            _drain(call.request)
        except (ClientDisconnected, OSError):
            call.sent = b""
        try:
            self.dialect.read(call, path)
            if len(call.sent) < (call.request.content_length or 0) and not too_large:
                raise MalformedForm("the body is shorter than its Content-Length")
        except MalformedForm as error:
            if not too_large:
                raise Refusal("malformed_request", reason=str(error)) from error
        if too_large:
            raise Refusal("payload_too_large", limit=MAX_BODY)

    def _check(self, operation: Compiled, call: Call) -> None:
        call.given = operation.coerce(call.given)
        problems = operation.problems(call.given)
        if problems:
            raise self.dialect.invalid(operation.id, problems, call)

    def _encode(self, world: World, call: Call, operation: Compiled, outcome: str, status: int, body: Body) -> Response:
        data = self.dialect.write(body, call, operation.id)
        asked = call.request.environ
        query = asked.get("QUERY_STRING", "")
        world.note(
            contract=self.contract.name, operation=operation.id, outcome=outcome, method=call.method,
            url=f"{asked['PATH_INFO']}?{query}" if query else asked["PATH_INFO"],
            request=call.sent[:JOURNAL_BYTES], status=status, answer=data[:JOURNAL_BYTES],
        )  # fmt: skip
        return Response(data, status, content_type=f"{call.media_type}; charset=utf-8")


def _drain(asked: Request) -> None:
    """Read a body that is too large and forget it: a client that is still sending hears no answer."""
    stream, left = asked.environ["wsgi.input"], MAX_DRAINED
    while left > 0 and (chunk := stream.read(1024 * 1024)):
        left -= len(chunk)


class Mock(Flask):
    """The Flask application; `/w/<name>` before a path chooses the world."""

    def __init__(self, worlds: Worlds, desks: Mapping[str, Desk], cors: str | None) -> None:
        super().__init__("mockserver", static_folder=None)
        self.worlds = worlds
        self.desks = desks
        self.config["MAX_CONTENT_LENGTH"] = MAX_BODY
        self._cors = cors and [("Access-Control-Allow-Origin", cors), ("Access-Control-Expose-Headers", "*")]

    def ensure_sync(self, func: Any) -> Any:
        """Nothing here is asynchronous; Flask need not look, several times a request."""
        return func

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI entry."""
        path = environ["PATH_INFO"]
        if path.startswith("/w/"):
            name, _, rest = path[3:].partition("/")
            environ["PATH_INFO"] = path = f"/{rest}"
            environ["SCRIPT_NAME"] = f"/w/{name}"
            environ["counterfoil.world"] = name
        if not self._cors or path.startswith("/_mock"):  # the control plane stays closed to browsers
            return self.wsgi_app(environ, start_response)
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            return self._preflight(environ, start_response)

        def allow(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + self._cors, exc_info)

        return self.wsgi_app(environ, allow)

    def _preflight(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "*")
        start_response("204 No Content", [
            *self._cors, ("Access-Control-Allow-Methods", ", ".join(VERBS)), ("Access-Control-Allow-Headers", asked),
            ("Access-Control-Max-Age", "600"),
        ])  # fmt: skip
        return []

    def world(self) -> World:
        """The world of the request at hand. Raises UnknownWorld."""
        environ = request.environ
        name = environ.get("counterfoil.world") or environ.get("HTTP_X_MOCK_WORLD") or MAIN
        world = self.worlds.get(name)
        if world is None:
            raise UnknownWorld(name)
        return world


class UnknownWorld(Exception):
    """A request names a world that nobody made."""


def create_app(
    served: Sequence[str] | None = None,
    *,
    overlays: Sequence[str] = (),
    seed: int = 1,
    stands_at: datetime | None = None,
    cors: str | None = "*",
    token: str | None = None,
) -> Mock:
    """The mock of the named vendors (all, if none is named).

    `stands_at` stops every world's clock there; `token` is asked of whoever uses the control plane.

    Raises:
        SpecError: a contract or an overlay cannot be used.
    """
    chosen = {name: vendor for name, vendor in vendors.ALL.items() if served is None or name in served}
    desks = {
        name: Desk(Contract.load(name, vendors.overlays_of(name, overlays)), vendor, spoken)
        for vendor in chosen.values()
        for name, spoken in vendor.contracts.items()
    }
    app = Mock(Worlds(chosen, seed, stands_at), desks, cors)
    for desk in desks.values():
        rules = {_rule(operation.path) for operation in desk.contract.operations.values()} | set(desk.dialect.aliases)
        for rule in sorted(rules):
            app.add_url_rule(rule, f"{desk.contract.name} {rule}", _view(app, desk), methods=VERBS,
                             provide_automatic_options=False, strict_slashes=False)  # fmt: skip
    add_control(app, token)
    add_pages(app)
    _add_errors(app)
    return app


def _rule(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")


def _view(app: Mock, desk: Desk) -> Callable[..., Response]:
    return lambda **path: desk.answer(app.world(), path)


def _add_errors(app: Mock) -> None:
    """What is no vendor's answer says so, in the mock's own shape."""

    def mine(status: int, error: str, message: str) -> Response:
        body = wire.json({"error": error, "message": message, "mock": "counterfoil"})
        return Response(body, status, content_type="application/json; charset=utf-8")

    @app.errorhandler(UnknownWorld)
    def unknown_world(error: UnknownWorld) -> Response:
        return mine(404, "unknown_world", f"There is no world {str(error)!r}; POST /_mock/worlds makes one.")

    @app.errorhandler(404)
    def not_mocked(error: HTTPException) -> Response:
        return mine(404, "not_mocked", f"No contract has the path {request.path}; GET / says what is served.")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return mine(error.code or 500, (error.name or "error").lower().replace(" ", "_"), error.description or "")

    @app.errorhandler(MockBug)
    def mock_bug(error: MockBug) -> Response:
        app.logger.error("mock bug: %s", error)
        answer = mine(500, "mock_bug", f"This is a mistake of the mock, not of yours: {error}")
        answer.headers["X-Mock-Bug"] = "1"
        return answer

    @app.errorhandler(Exception)
    def crash(error: Exception) -> Response:
        app.logger.exception(  # noqa: LOG004 - Flask calls this while it handles the exception
            "crash in %s %s", request.method, request.path
        )
        answer = mine(500, "mock_bug", f"This is a mistake of the mock, not of yours: {type(error).__name__}: {error}")
        answer.headers["X-Mock-Bug"] = "1"
        return answer
