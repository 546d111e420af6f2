"""A user's session and clients."""

from counterfoil.mockserver.engine.vendor import Accepted, Body, Call, Handler
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people import logins
from counterfoil.mockserver.whmcs.rest.protocol import session_state
from counterfoil.mockserver.whmcs.rest.protocol.answers import DONE
from counterfoil.mockserver.whmcs.rest.protocol.paging import listed
from counterfoil.mockserver.whmcs.rest.user import render


def create_user_session(installation: Installation, call: Call) -> Body | Accepted:
    """Log in, or ask for the second factor."""
    body = call.given["body"]
    session = logins.log_user_in(installation, body["email"], body["password"], call.ip, call.now)
    session_state.give(installation, call, session)
    if session.awaits_second_factor:
        return Accepted("second_factor_required", render.CHALLENGE)
    return {"data": render.user(installation, installation.users[session.user or 0], session.client)}


def verify_user_session(installation: Installation, call: Call) -> Body:
    """Log in with the second factor."""
    session = logins.verify(installation, call.caller.session, second_factor(call), call.now)
    session_state.give(installation, call, session)
    return {"data": render.user(installation, installation.users[session.user or 0], session.client)}


def second_factor(call: Call) -> str | None:
    """What was sent as the second factor; a number is its digits."""
    said = call.given["body"]["fields"].get(render.SECOND_FACTOR)
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    return said if isinstance(said, str) else None


def delete_user_session(installation: Installation, call: Call) -> Body:
    """Log out; the new state holds nothing."""
    logins.end(installation, call.caller.session)
    session_state.give(installation, call, None)
    return DONE


def select_user_client(installation: Installation, call: Call) -> Body:
    """Act for another client of the user."""
    logins.select_client(installation, call.caller.session, call.given["client_uuid"])
    return DONE


def list_user_clients(installation: Installation, call: Call) -> Body:
    """A page of the user's clients."""
    clients = [installation.clients[number] for number in sorted(call.caller.user.clients)]
    return listed(clients, call, lambda each: render.client(each, call.caller.session.client))


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        create_user_session, verify_user_session, delete_user_session, select_user_client, list_user_clients,
    )
}  # fmt: skip
