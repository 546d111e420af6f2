"""What opens an installation, as an authentication provider: the profile's credentials, and the newest state of a session."""

from dataclasses import dataclass
from typing import Any

from schemathesis import AuthContext, BaseSchema, HookContext, Response

from counterfoil.contracts.generate.contract_schema import AnyCase, lack
from counterfoil.contracts.generate.registrations import operation_of
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.http.prepare import opening_of
from counterfoil.contracts.http.sessions import Session
from counterfoil.contracts.profile.model import Credentials
from counterfoil.contracts.schemathesis.installations import Known, is_described, known_of
from counterfoil.contracts.schemathesis.judged import observed


@dataclass(frozen=True)
class Opening:
    """What a request carries to be let in, by its place."""

    credentials: Credentials
    headers: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.headers or self.credentials.names())


class ProfileAuthentication:
    """Opens an operation by what the profile knows; leaves alone what anybody may call, or who gives a header of their own."""

    def get(self, case: AnyCase, context: AuthContext) -> Opening | None:
        """What opens the operation. Raises CredentialsRefused where nobody can log in."""
        known = known_of(case.operation.schema)
        if known is None or _has_own(case, known):
            return None
        operation = operation_of(known.contract, case.operation)
        # an application in this process has no address at which somebody could log in
        state = {} if context.app is not None else _state(known, Request(operation))[0]
        return Opening(opening_of(known.target.installation, operation, {}), state) or None

    def set(self, case: AnyCase, data: Opening, context: AuthContext) -> None:
        """Put it where it goes, in place of all that is never to be made up, such as other credentials."""
        known = known_of(case.operation.schema)
        never = set(known.target.installation.entry.never if known else ())
        case.query = _without(case.query, never) | data.credentials.query
        case.headers.update({**data.credentials.headers, **data.headers})
        if isinstance(case.body, dict):
            case.body = _without(case.body, never) | data.credentials.body


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name.lower() not in names}


def let_in(context: HookContext, schema: BaseSchema) -> None:
    """After a schema is loaded: where credentials are known, none are made up; they are left out, and wrong, on purpose."""
    declared = next((server.get("url", "") for server in schema.raw_schema.get("servers", ())), "")
    if not lack(schema.raw_schema) and is_described(declared):  # where it was loaded from is not known yet
        schema.config.generation.with_security_parameters = False


def _has_own(case: AnyCase, known: Known) -> bool:
    """Whether the user of Schemathesis opens it themselves, with `-H`."""
    own = {name.lower() for name in case.operation.schema.config.headers_for(operation=case.operation)}
    names = {name.lower() for name in known.target.credentials.headers} | known.target.sessions.headers
    return bool(own & (names | {"authorization", "cookie"}))


def _state(known: Known, request: Request) -> tuple[dict[str, str], Session | None]:
    """The header with the newest state of the session that the request needs, and whose it is."""
    sessions = known.target.sessions
    if not sessions.headers:
        return {}, None
    with known.lock:
        carried, session = sessions.carried(request)
    return dict(carried.headers), session


#: whose session a case carries, by the case's id
_SESSIONS: dict[str, Session] = {}


def renew(context: HookContext, case: AnyCase, kwargs: dict[str, Any]) -> None:
    """Before a call: a state that was given earlier gives way to the newest one, and nobody is banned for wrong logins."""
    known = known_of(case.operation.schema)
    if known is None or not known.target.sessions.headers:
        return
    sessions, operation = known.target.sessions, operation_of(known.contract, case.operation)
    stale = [name for name, value in case.headers.items() if value in sessions.given]
    if not stale and not sessions.is_login(operation):
        return
    headers, session = _state(known, Request(operation))
    for name in stale:
        case.headers[name] = headers.get(name, case.headers[name])
    if stale and session is not None:
        _SESSIONS[case.id] = session


def learn(context: HookContext, case: AnyCase, response: Response) -> None:
    """After a call: keep the newest state, and forget a session that has ended."""
    session = _SESSIONS.pop(case.id, None)
    known = known_of(case.operation.schema)
    if known is None or not known.target.sessions.headers:
        return
    seen = observed(case, response)
    if seen is not None:
        with known.lock:
            known.target.sessions.learn(seen.exchange, session)
