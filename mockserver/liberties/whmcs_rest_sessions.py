"""The liberties that a WHMCS takes with who calls its REST API: states, logins, and acting for somebody else."""

from collections.abc import Callable
from datetime import datetime

from counterfoil.mockserver.engine.moments import later
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.liberties.liberty import Liberties
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.sessions import LoginAttempts
from counterfoil.mockserver.whmcs.people import logins
from counterfoil.mockserver.whmcs.rest.protocol import session_state

LIBERTIES = Liberties("whmcs-rest")

_LOGINS = ("create_user_session", "create_admin_session")

# states


@LIBERTIES.gate("form")
def states_come_to_who_sent_one(exchange: Exchange, own: Callable[[], None]) -> None:
    """A guest has no session, and whoever sends no state gets none."""
    try:
        own()
    finally:
        if not exchange.call.header(session_state.HEADER):
            exchange.call.headers.pop(session_state.HEADER, None)


@LIBERTIES.refused("form")
def states_come_with_what_was_done(exchange: Exchange, reply: Reply) -> None:
    """A refused call has changed nothing, and the state that came with it is still good."""
    if reply.status not in (202, 412):
        exchange.call.headers.pop(session_state.HEADER, None)


@LIBERTIES.gate("lenient")
def states_that_cannot_be_used_are_none(exchange: Exchange, own: Callable[[], None]) -> None:
    """Whoever comes with a state that is expired, forged or garbled is nobody."""
    try:
        own()
    except Refusal as refusal:
        if refusal.name not in ("state_expired", "state_forged", "state_garbled"):
            raise
        call = exchange.call
        call.environ = {name: value for name, value in call.environ.items() if name != "HTTP_X_API_STATE"}
        own()


@LIBERTIES.seeded("effects", apart=("states_come_with_what_was_done", "keeping_alive_changes_nothing"))
def only_the_newest_state_counts(state: Installation, now: datetime, seed: int) -> Installation:
    """A new state in each answer takes the place of the one before."""
    state.settings.strict_states = True
    return state


@LIBERTIES.handler("effects", "delete_user_session", "delete_admin_session")
def a_logout_ends_its_own_state(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A logout gives a state that holds nobody; who kept an older one is still logged in."""
    session = exchange.call.caller.session
    result = own()
    exchange.state.sessions[session.id] = session
    return result


@LIBERTIES.handler("strict", "verify_user_session", "verify_admin_session")
def a_wrong_factor_ends_the_login(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever gets the second factor wrong begins anew."""
    session = exchange.call.caller.session
    try:
        return own()
    except Refusal:
        logins.end(exchange.state, session)
        raise


@LIBERTIES.handler("strict", *_LOGINS)
def five_wrong_logins_are_too_many(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An address is banned after five wrong logins, and for an hour."""
    attempts = exchange.state.attempts.get(exchange.call.ip)
    if attempts is not None and attempts.wrong == 4:
        attempts.wrong = logins.MOST_WRONG - 1
    return own()


@LIBERTIES.gate("lenient")
def addresses_count_at_logins_only(exchange: Exchange, own: Callable[[], None]) -> None:
    """Who is logged in is not asked again from where."""
    allowed = exchange.state.settings.allowed_ips
    if exchange.operation.id not in _LOGINS:
        exchange.state.settings.allowed_ips = ["*"]
    try:
        own()
    finally:
        exchange.state.settings.allowed_ips = allowed


@LIBERTIES.handler("effects", "keep_alive")
def keeping_alive_changes_nothing(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A session lives as long as it does, and this tells that it does."""
    result = own()
    token = exchange.call.header(session_state.HEADER)
    if token:
        exchange.call.headers[session_state.HEADER] = token
    return result


@LIBERTIES.handler("effects", "select_user_client")
def clients_are_selected_for_a_while(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """To select a client is to be told that it is done, with the user in the answer."""
    own()
    return {"data": {"selected": True}}


@LIBERTIES.accepted("form", "list_user_clients")
def no_client_is_the_selected_one(exchange: Exchange, reply: Reply) -> None:
    """Which client is selected stands in the state, and not in the list."""
    for row in reply.body["data"]:
        row.pop("selected", None)


@LIBERTIES.gate("strict")
def an_empty_state_is_no_state(exchange: Exchange, own: Callable[[], None]) -> None:
    """A header without a value is a state that cannot be read."""
    given = exchange.call.environ.get("HTTP_X_API_STATE")
    if given == "" and exchange.operation.id not in _LOGINS and "state_garbled" in exchange.operation.refusals:
        raise Refusal("state_garbled")
    own()


@LIBERTIES.gate("lenient", "keep_alive")
def nobody_can_be_kept_alive(exchange: Exchange, own: Callable[[], None]) -> None:
    """Whoever is not logged in is told that all is well, too."""
    try:
        own()
    except Refusal as refusal:
        if refusal.name != "session_required":
            raise
        session_state.give(exchange.state, exchange.call, None)


@LIBERTIES.handler("strict", "verify_user_session", "verify_admin_session")
def a_second_factor_is_a_text(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A second factor may begin with a zero, so that a number is none."""
    fields = exchange.call.given["body"]["fields"]
    exchange.call.given["body"] = {"fields": {
        name: "" if isinstance(value, int) else value for name, value in fields.items()
    }}  # fmt: skip
    return own()


@LIBERTIES.handler("strict", "verify_user_session", "verify_admin_session")
def wrong_factors_are_wrong_logins(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Who gets the second factor wrong has failed to log in, which is counted."""
    try:
        return own()
    except Refusal:
        attempts = exchange.state.attempts.setdefault(exchange.call.ip, LoginAttempts())
        attempts.wrong += 1
        if attempts.wrong >= logins.MOST_WRONG:
            attempts.banned_until = later(exchange.call.now, logins.BAN_SECONDS)
        raise


@LIBERTIES.handler("strict", *_LOGINS)
def wrong_logins_add_up(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A right login does not make up for the wrong ones before it."""
    attempts = exchange.state.attempts.get(exchange.call.ip)
    result = own()
    if attempts is not None:
        exchange.state.attempts[exchange.call.ip] = attempts
    return result


@LIBERTIES.handler("effects", "masquerade_as_client", "masquerade_as_user")
def a_mask_is_instead_of_oneself(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An administrator who acts as somebody else is no administrator meanwhile, and begins with the first client."""
    session = exchange.call.caller.session
    result = own()
    logins.end(exchange.state, session)
    return result


@LIBERTIES.handler("effects", "get_service", "get_domain", "list_service_addons", "list_service_custom_fields",
                   "list_service_config_options")  # fmt: skip
def a_user_has_what_all_clients_have(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What belongs to any client of the user can be looked at, whichever client is selected."""
    state, caller, given = exchange.state, exchange.call.caller, exchange.call.given
    held = state.services.get(given.get("service_id")) or state.domains.get(given.get("domain_id"))
    if held is not None and caller.user is not None and held.client in caller.user.clients:
        caller.client = state.clients[held.client]
    return own()


@LIBERTIES.seeded("effects")
def registries_know_no_grace(state: Installation, now: datetime, seed: int) -> Installation:
    """A domain that has expired is gone; there are no days of grace, and years are sold three at most."""
    for tld in state.tlds.values():
        tld.grace_days = tld.redemption_days = 0
        tld.max_years = min(tld.max_years, 3)
    return state
