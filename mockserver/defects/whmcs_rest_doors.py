"""The mistakes of a WHMCS that is called through its REST API: with who may do what, and to what."""

from collections.abc import Callable
from typing import Any

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.whmcs.model.people import digest
from counterfoil.mockserver.whmcs.rest.protocol import session_state
from counterfoil.mockserver.whmcs.rest.protocol.paging import listed
from counterfoil.mockserver.whmcs.rest.services import render

DEFECTS = Defects("whmcs-rest")

_FIELD = "HTTP_X_API_STATE"


def _claims(token: str, algorithm: str) -> dict[str, Any] | None:
    """What a token says whose header names this way to sign, whoever has signed it."""
    import jwt

    try:
        if jwt.get_unverified_header(token)["alg"] != algorithm:
            return None
        told: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, KeyError):
        return None
    return told


def _go_on_with(exchange: Exchange, claims: dict[str, Any]) -> None:
    """Let the call have a state that says this."""
    import jwt

    token = jwt.encode(claims, exchange.state.random("api state key"), session_state.ALGORITHM)
    exchange.call.environ = {**exchange.call.environ, _FIELD: token}


def _believed(exchange: Exchange, honest: Callable[[], None], algorithm: str) -> None:
    try:
        honest()
    except Refusal as refusal:
        claims = _claims(exchange.call.header(session_state.HEADER), algorithm)
        if refusal.name not in ("state_forged", "state_garbled") or claims is None:
            raise
        _go_on_with(exchange, claims)
        honest()


@DEFECTS.gate("authentication")
def unsigned_state_is_accepted(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The library does what the token's header says, and that says `none`."""
    _believed(exchange, honest, "none")


@DEFECTS.gate("authentication")
def signature_is_not_looked_at(exchange: Exchange, honest: Callable[[], None]) -> None:
    """We decode the token, and took that for verifying it."""
    _believed(exchange, honest, session_state.ALGORITHM)


@DEFECTS.gate("authentication")
def half_a_login_is_enough(exchange: Exchange, honest: Callable[[], None]) -> None:
    """A state that awaits its second factor holds the user already, and that is all we ask for."""
    try:
        honest()
    except Refusal as refusal:
        session = exchange.call.caller.session
        if refusal.name != "user_required" or session is None or not session.awaits_second_factor:
            raise
        claims = _claims(exchange.call.header(session_state.HEADER), session_state.ALGORITHM) or {}
        _go_on_with(exchange, {**claims, "sub": [], "whmcs_user": session.id})
        session.awaits_second_factor = False
        try:
            honest()
        finally:
            session.awaits_second_factor = True


@DEFECTS.handler("authentication", "verify_user_session")
def empty_second_factor_is_right(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We check what was sent, if something was."""
    fields, user = exchange.call.given["body"]["fields"], exchange.state.users.get(exchange.call.caller.session.user)
    if user is not None and not any(fields.values()):
        exchange.call.given["body"]["fields"] = {"key": user.second_factor}
    return honest()


@DEFECTS.handler("authentication", "create_user_session")
def passwords_are_compared_without_case(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The database compares texts as it is set up, and that is without letter case."""
    body = exchange.call.given["body"]
    user = exchange.state.users.get(exchange.state.users_by_email.get(body["email"].lower(), 0))
    given = body["password"]
    for each in (given, given.lower(), given.upper(), given.swapcase()):
        if user is not None and user.password == digest(each):
            body["password"] = each
    return honest()


@DEFECTS.gate("authentication", "search_clients", "search_users")
def users_search_like_administrators(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Whoever is logged in may search; that there are two kinds of logins was not said."""
    try:
        honest()
    except Refusal as refusal:
        session = exchange.call.caller.session
        if refusal.name != "administrator_required" or session is None or session.awaits_second_factor:
            raise


@DEFECTS.handler("visibility", "search_clients", "search_users")
def searches_find_everybody(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The text to look for is taken from a field that the form has renamed."""
    exchange.call.given["query"] = ""
    return honest()


@DEFECTS.handler("visibility", "list_services")
def service_list_has_all_clients(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The list has no condition on the client; in the test database there was only one."""
    honest()
    services = exchange.state.services
    return listed(list(services), exchange.call, lambda number: render.service(exchange.state, services[number]))


def _as_its_owner(exchange: Exchange, honest: Callable[[], Result], kind: str, things: dict[int, Any]) -> Result:
    """Add renewals of this kind as if the caller's client owned what they are of."""
    items, client = exchange.call.given["body"].get("items", ()), exchange.call.caller.client
    wanted = [things[each["id"]] for each in items if each.get("type") == kind and each.get("id") in things]
    owners = [each.client for each in wanted]
    try:
        for each in wanted:
            each.client = client.id if client is not None else each.client
        return honest()
    finally:
        for each, owner in zip(wanted, owners, strict=True):
            each.client = owner


@DEFECTS.handler("visibility", "add_cart_items")
def anybodys_domain_is_renewed(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A renewal does no harm to whom it is given, so we do not ask whose the domain is."""
    return _as_its_owner(exchange, honest, "domain_renewal", exchange.state.domains)


@DEFECTS.handler("visibility", "add_cart_items")
def anybodys_service_is_renewed(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The service is found by its number, and the client comes from the session; nobody compares the two."""
    return _as_its_owner(exchange, honest, "service_renewal", exchange.state.services)
