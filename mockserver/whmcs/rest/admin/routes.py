"""An administrator's session, searches, and masquerading as a user."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.sessions import Session
from counterfoil.mockserver.whmcs.people import accounts, logins
from counterfoil.mockserver.whmcs.rest.admin import render
from counterfoil.mockserver.whmcs.rest.protocol import session_state
from counterfoil.mockserver.whmcs.rest.protocol.answers import DONE
from counterfoil.mockserver.whmcs.rest.protocol.paging import listed
from counterfoil.mockserver.whmcs.rest.system import routes as routes_system
from counterfoil.mockserver.whmcs.rest.user.render import CHALLENGE
from counterfoil.mockserver.whmcs.rest.user.routes import second_factor


def create_admin_session(installation: Installation, call: Call) -> Body:
    """Log in, or ask for the second factor."""
    body = call.given["body"]
    session = logins.log_administrator_in(installation, body["username"], body["password"], call.ip, call.now)
    session_state.give(installation, call, session)
    if session.awaits_second_factor:
        challenge = Refusal("second_factor_required")
        challenge.body = CHALLENGE
        raise challenge
    return _administrator(installation, session)


def verify_admin_session(installation: Installation, call: Call) -> Body:
    """Log in with the second factor."""
    session = logins.verify(installation, call.caller.session, second_factor(call), call.now)
    session_state.give(installation, call, session)
    return _administrator(installation, session)


def delete_admin_session(installation: Installation, call: Call) -> Body:
    """Log out; the new state holds nothing."""
    logins.end(installation, call.caller.session)
    session_state.give(installation, call, None)
    return DONE


def get_admin_system_status(installation: Installation, call: Call) -> Body:
    """What anyone may see."""
    return routes_system.get_status(installation, call)


def search_clients(installation: Installation, call: Call) -> Body:
    """A page of the clients in which the text is found."""
    return listed(accounts.clients_with(installation, call.given["query"]), call, render.client)


def search_users(installation: Installation, call: Call) -> Body:
    """A page of the users in whom the text is found."""
    return listed(
        accounts.users_with(installation, call.given["query"]), call,
        lambda each: render.user(installation, each, None),
    )  # fmt: skip


def masquerade_as_client(installation: Installation, call: Call) -> Body:
    """Act as the owner of a client; the administrator's own state stays what it was."""
    return _masked(installation, call, logins.masquerade_as_client(installation, call.given["client_id"], call.now))


def masquerade_as_user(installation: Installation, call: Call) -> Body:
    """Act as a user; the administrator's own state stays what it was."""
    return _masked(installation, call, logins.masquerade_as_user(installation, call.given["user_id"], call.now))


def _administrator(installation: Installation, session: Session) -> Body:
    return {"data": render.administrator(installation.administrators[session.administrator or 0])}


def _masked(installation: Installation, call: Call, session: Session) -> Body:
    session_state.give(installation, call, session)
    return {"data": render.user(installation, installation.users[session.user or 0], session.client)}


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        create_admin_session, verify_admin_session, delete_admin_session, get_admin_system_status, search_clients,
        search_users, masquerade_as_client, masquerade_as_user,
    )
}  # fmt: skip
