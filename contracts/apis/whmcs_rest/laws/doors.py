"""Who is let in: nobody who has not proven who they are, and nobody to what is another's.

Nothing here is drawn, and few logins are wrong: an installation may keep an address away that fails too often.
"""

from collections.abc import Mapping
from typing import Any

import jwt

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, Cart, lacks_a_user, users
from counterfoil.contracts.apis.whmcs_rest.laws.walks import walk
from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.http.sessions import NOBODY
from counterfoil.contracts.phases.laws.context import Law, LawContext

_HEADER = "X-Api-State"

SIGNED = Law(
    "only_what_was_signed_counts",
    "A state opens nothing whose signature is missing, or is another's.",
    "list_services",
    promises=("a_state_is_a_signed_token",),
)
PASSWORD = Law(
    "a_password_is_read_to_the_letter",
    "A password with its letters in the other case logs nobody in.",
    "create_user_session",
    promises=("a_user_logs_in_by_email_and_password", "a_wrong_login_is_401"),
)
FACTOR = Law(
    "a_second_factor_is_not_left_out",
    "Before the right second factor was sent, a state opens nothing, and an empty one is not the right one.",
    "verify_user_session",
    promises=("a_second_factor_is_asked_for", "a_wrong_factor_is_412"),
)
LEFT = Law(
    "who_has_left_is_nobody",
    "The state that a logout gives opens nothing of the user.",
    "delete_user_session",
)
OWN = Law(
    "what_is_anothers_is_not_renewed",
    "Nobody puts the renewal of what belongs to a client of somebody else into a cart.",
    "add_cart_items",
    promises=("a_clients_services_are_listed", "a_clients_domains_are_listed"),
)
SEARCHED = Law(
    "a_search_finds_what_fits",
    "A search for what nobody is called finds nobody.",
    "search_clients",
    promises=("clients_are_searched", "users_are_searched"),
)

_NOBODYS_NAME = "zqxj-counterfoil-zqxj"


def _knock(context: LawContext) -> None:
    """Try one door after the other."""
    doors, accounts = _Doors(context), context.world.accounts
    names = users(context.world)
    plain = [name for name in names if "second_factor" not in accounts[name]]
    for name in plain[:1]:
        doors.log_in(accounts[name])
    for name in [each for each in names if each not in plain][:1]:
        doors.leave_the_factor_out(accounts[name])
    if len(names) > 1:
        doors.renew(Caller(context, names[0]), Caller(context, names[1]))
    for name in [each for each in accounts if "username" in accounts[each]][:1]:
        doors.search(Caller(context, name))


class _Doors:
    """What only some may do."""

    def __init__(self, context: LawContext) -> None:
        self.context = context

    def _call(self, operation: str, body: Any = None, state: str | None = None) -> tuple[Exchange, Outcome]:
        headers = {_HEADER: state} if state is not None else {}
        session = NOBODY if state is None else None
        return self.context.send(self.context.request(operation, body=body, headers=headers, session=session))

    def log_in(self, account: Mapping[str, Any]) -> None:
        """Log in with a wrong password and with the right one, show states that others have signed, and leave."""
        known = {"email": account["email"], "password": account["password"]}
        other = {**known, "password": account["password"].swapcase()}
        if other != known:
            _, got = self._call("create_user_session", other)
            self.context.hold(PASSWORD, not got.accepted, "It does.")
        exchange, got = self._call("create_user_session", known)
        state = _state(exchange)
        if not got.accepted or state is None:
            return
        for how, forged in _forged(state).items():
            _, got = self._call("list_services", state=forged)
            self.context.hold(SIGNED, not got.accepted, f"list_services is {got} with a state {how}.")
        exchange, got = self._call("delete_user_session", state=state)
        left = _state(exchange)
        if got.accepted and left is not None:
            _, got = self._call("list_services", state=left)
            self.context.hold(LEFT, not got.accepted, f"list_services is {got} after the logout.")

    def leave_the_factor_out(self, account: Mapping[str, Any]) -> None:
        """Log in without the second factor, and with an empty one."""
        known = {"email": account["email"], "password": account["password"]}
        exchange, _ = self._call("create_user_session", known)
        state = _state(exchange)
        if exchange.status != 202 or state is None:
            return
        _, got = self._call("list_services", state=state)
        self.context.hold(FACTOR, not got.accepted, f"list_services is {got} before the second factor was sent.")
        with self.context.reading():
            name = str(exchange.tree["fields"][0]["name"])
        _, got = self._call("verify_user_session", {"fields": {name: ""}}, state)
        self.context.hold(FACTOR, not got.accepted, f"verify_user_session is {got} with an empty second factor.")

    def renew(self, owner: Caller, stranger: Caller) -> None:
        """Let a stranger renew what the owner has."""
        cart = Cart(self.context, stranger)
        kinds: dict[str, dict[str, Any]] = {
            "list_domains": {"type": "domain_renewal", "period": 1},
            "list_services": {"type": "service_renewal"},
        }
        for operation, item in kinds.items():
            theirs = stranger.listed(operation)
            for number in [each for each in owner.listed(operation) if each not in theirs][:2]:
                accepted = cart.add({**item, "id": number})
                self.context.hold(OWN, not accepted, f"The {item['type']} of {number} is accepted.")

    def search(self, administrator: Caller) -> None:
        """Search for somebody who is not there."""
        for operation in ("search_clients", "search_users"):
            exchange, got = administrator.call(operation, query={"query": _NOBODYS_NAME})
            if got.accepted:
                with self.context.reading():
                    found = len(exchange.tree["data"])
                self.context.hold(SEARCHED, not found, f"{operation} finds {found} for {_NOBODYS_NAME}.")


def _state(exchange: Exchange) -> str | None:
    """The state that came with an answer."""
    return next((value for name, value in exchange.headers.items() if name.lower() == _HEADER.lower()), None)


def _forged(state: str) -> dict[str, str]:
    """The same claims without a signature, and with another's; none where they cannot be read."""
    try:
        claims = jwt.decode(state, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return {}
    return {
        "that nobody signed": jwt.encode(claims, None, "none"),
        "that somebody else signed": jwt.encode(claims, "counterfoil" * 4, "HS256"),
    }


DOORS = walk(
    "doors",
    "create_user_session",
    (PASSWORD, SIGNED, LEFT, FACTOR, OWN, SEARCHED),
    _knock,
    description="callers who try what only others may, or nobody",
    lacks=lacks_a_user,
)
