"""How the REST API is spoken: JSON in and out, states in a header, and the order of the checks.

**For the handlers.** `call.given` has the path's parameters and the query's, with the types that the contract gives them,
and the JSON body under `body`. `call.caller` is a `RestCaller`: session, user, client, administrator, currency.

**Resolvers.** What a path names comes before what query and body say. A routes module may have, beside its HANDLERS,

    RESOLVERS: dict[str, Resolver] = {"cart_id": find_cart, "item_id": find_item}

by the names of path parameters. The gate runs them in the order in which the parameters stand in the path, after the
state has been read and before query and body are looked at; `call.given[name]` has the parameter's type already, and a
value that does not fit has been refused. A resolver puts what it finds on `call.caller` (`cart`, `item`, or
`resolved[name]`), or ends in `raise not_there(call, name)`: the refusal of that name, with all its facts.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import msgspec
from werkzeug.exceptions import BadRequest, MethodNotAllowed, RequestEntityTooLarge

from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.forms import Coercer, Coercion, MalformedForm
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Dialect, Problem
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people import logins
from counterfoil.mockserver.whmcs.people.addresses import caller_address
from counterfoil.mockserver.whmcs.rest import routes
from counterfoil.mockserver.whmcs.rest.protocol import session_state
from counterfoil.mockserver.whmcs.rest.protocol.caller import RestCaller
from counterfoil.mockserver.whmcs.rest.protocol.not_found import not_there
from counterfoil.specs import Contract, Operation, Parameter

SHOWN = 160

#: the refusals of an operation that needs somebody, in their states' words
_NEEDS = ("user_required", "administrator_required", "session_required", "challenge_required")
_LARGEST_WHOLE = 2.0**53


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A parameter of the path, ready for requests."""

    name: str
    coerce: Coercer
    fits: Callable[[Any], bool]


class RestOperation:
    """An operation as the dialect needs it: what it takes, and who may call it."""

    def __init__(self, contract: Contract, operation: Operation, coercion: Coercion) -> None:
        self.id = operation.id
        by_name = {each.name: each for each in operation.parameters}
        steps = operation.path.split("/")
        self.path = [
            _path_parameter(contract, by_name[step[1:-1]], coercion) for step in steps if step.startswith("{")
        ]  # fmt: skip
        self.query = [each.name for each in operation.parameters if each.place == "query"]
        self.has_body = bool(operation.request)
        self.checks_address = "address_banned" in operation.examples
        self.reads_state = "state_expired" in operation.examples
        #: under which name a caller is refused who is not logged in as it needs
        self.needs = next((name for name in _NEEDS if name in operation.examples), None)
        self.kinds = {kind for each in operation.raw.get("security", ()) for kind in each}


class Rest(Dialect):
    """The dialect of `/api/v2`."""

    aliases: tuple[str, ...] = ()
    below = "/api/v2"

    def __init__(self, contract: Contract) -> None:
        coercion = Coercion(contract)
        self._operations: dict[str, RestOperation] = {}
        #: by path, then by method
        self._ids: dict[str, dict[str, str]] = {}
        for operation in contract.operations.values():
            self._operations[operation.id] = RestOperation(contract, operation, coercion)
            self._ids.setdefault(operation.path, {})[operation.method] = operation.id
        for methods in self._ids.values():
            if "GET" in methods:
                methods["HEAD"] = methods["GET"]  # the same without its body, as web servers have it

    def unread(self, call: Call) -> str:
        """The operation of the path and the method, which are all that names one."""
        methods = self._ids[call.rule]
        if call.method not in methods:
            raise MethodNotAllowed(list(methods))
        return methods[call.method]

    def read(self, call: Call) -> None:
        """Take the path and the query, and the JSON body if the operation has one; what cannot be read waits."""
        call.ip = caller_address(call.ip, call.header("X-Forwarded-For"))
        call.caller = caller = RestCaller()
        call.given = dict(call.parameters)
        rules = self._operations[self.operation(call)]
        if rules.has_body:
            try:
                call.given["body"] = _body(call.sent)
            except ValueError as error:
                caller.unreadable = Refusal("body_unreadable", reason=str(error))
        if rules.query:
            try:
                fields = call.query_fields()
            except MalformedForm as error:
                caller.unreadable = Refusal("parameter_invalid", parameter="query", reason=str(error))
            else:
                call.given.update((name, fields[name]) for name in rules.query if name in fields)

    def malformed(self, call: Call, reason: str) -> Refusal:
        """The body is cut short: unreadable, where the operation has one."""
        if self._operations[self.operation(call)].has_body:
            return Refusal("body_unreadable", reason=reason)
        raise BadRequest(reason)

    def too_large(self, call: Call, limit: int) -> Refusal:
        """An unreadable body, where the operation has one."""
        if self._operations[self.operation(call)].has_body:
            return Refusal("body_unreadable", reason=f"it is longer than {limit} bytes")
        raise RequestEntityTooLarge

    def operation(self, call: Call) -> str:
        """The operation of the path and the method."""
        return self._ids[call.rule][call.method]

    def gate(self, state: Installation, call: Call, operation: str) -> None:
        """The caller's address, the state, and what the path names, in this order; then whether there is a body."""
        rules = self._operations[operation]
        call.caller.installation = state
        if rules.checks_address:
            logins.admit(state, call.ip, call.now)
        if rules.reads_state:
            _read_state(state, call, rules)
        for parameter in rules.path:
            value = parameter.coerce(call.parameters[parameter.name])
            if not parameter.fits(value):
                raise not_there(call, parameter.name)
            call.given[parameter.name] = value
            resolver = routes.RESOLVERS.get(parameter.name)
            if resolver is not None:
                resolver(state, call)
        if call.caller.unreadable is not None:
            raise call.caller.unreadable

    def invalid(self, operation: str, problems: list[Problem], call: Call) -> Refusal:
        """A parameter that is not valid, or else the first field of the body."""
        wrongs = [_wrong(problem) for problem in problems]
        for name, reason in wrongs:
            if not name.startswith("body["):
                return Refusal("parameter_invalid", parameter=name, reason=reason)
        name, reason = wrongs[0]
        field = name.removeprefix("body[").replace("]", "", 1)
        return Refusal("body_invalid", field=field, reason=reason)

    def ordered(self, refusal: Refusal, call: Call, headers: list[str], state: Any) -> Refusal:
        """The refusal with what the caller has not sent as a field, and with a state that holds no session."""
        if session_state.HEADER in headers:
            session_state.give(state, call, None)
        told = {"address": call.ip, "tld": call.parameters.get("tld_id", "0")}
        refusal.facts.update({fact: value for fact, value in told.items() if fact not in refusal.facts})
        return refusal

    def unmatched(self, state: Installation, call: Call) -> None:
        """A new state, unless the one that was sent cannot be used."""
        token = call.header(session_state.HEADER)
        with suppress(Refusal):
            session_state.give(state, call, session_state.session_of(state, token, call.now) if token else None)

    def write(self, body: Body, call: Call, operation: str) -> bytes:
        """JSON."""
        return wire.json(body)


def _path_parameter(contract: Contract, parameter: Parameter, coercion: Coercion) -> PathParameter:
    schema = contract.rooted(parameter.schema)
    return PathParameter(
        parameter.name, coercion.compile(parameter.schema), jsonschema_rs.validator_for(schema).is_valid
    )  # fmt: skip


def _read_state(state: Installation, call: Call, rules: RestOperation) -> None:
    """Find out who calls, send a new state with the answer, and refuse whoever may not call."""
    token = call.header(session_state.HEADER)
    session = session_state.session_of(state, token, call.now) if token else None
    session_state.give(state, call, session)
    caller: RestCaller = call.caller
    caller.session = session
    if session is not None and not session.awaits_second_factor:
        caller.user = state.users.get(session.user or 0)
        caller.client = state.clients.get(session.client or 0)
        caller.administrator = state.administrators.get(session.administrator or 0)
    if rules.needs is not None:
        kind = "administrator_state" if session is not None and session.administrator else "user_state"
        awaited = rules.needs == "challenge_required"
        if session is None or session.awaits_second_factor != awaited or kind not in rules.kinds:
            raise Refusal(rules.needs)


def _body(sent: bytes) -> dict[str, Any]:
    """The JSON object. Raises ValueError with the reason why there is none."""
    if not sent.strip():
        raise ValueError("it is missing")
    try:
        body = _decode(sent)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({str(error)[:SHOWN]})") from error
    if not isinstance(body, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 - the caller's mistake, of whatever type
    return body


def _number(text: str) -> int | float:
    """A number with a point or an exponent; a whole one is the same as without."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is too large a number")
    return int(value) if value.is_integer() and abs(value) < _LARGEST_WHOLE else value


_decode: Callable[[bytes], Any] = msgspec.json.Decoder(float_hook=_number).decode


def _wrong(problem: Problem) -> tuple[str, str]:
    """The field as it is named on the wire, and why it is not valid."""
    if not problem.missing:
        return problem.field, problem.reason[:SHOWN]
    name = f"{problem.field}[{problem.missing}]" if problem.field else problem.missing
    return name, "it is required"
