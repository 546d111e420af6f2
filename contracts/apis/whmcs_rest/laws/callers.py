"""Who calls the WHMCS REST API, a guest or a user of the profile in a session of that user's, and the carts that they have."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.http.sessions import NOBODY
from counterfoil.contracts.phases.laws.context import LawContext

Contents = Mapping[str, Any]

#: so that a list is read whole, where it is not longer
LONGEST_PAGE = 500


class Caller:
    """Sends calls in the name of an account, or of nobody."""

    def __init__(self, context: LawContext, account: str | None = None) -> None:
        self.name = account or "guest"
        self._context, self._account = context, account

    @property
    def is_user(self) -> bool:
        """Whether it is somebody who is logged in."""
        return self._account is not None

    def call(
        self, operation: str, path: Mapping[str, Any] | None = None, body: Any = None, query: Any = None
    ) -> tuple[Exchange, Outcome]:
        """The answer to a call of the operation, and what it means."""
        known = self._context.world.contract.operations[operation]
        session = self._account or NOBODY
        request = Request(known, path=path or {}, query=query or {}, body=body, session=session)
        return self._context.send(request, f"({self.name}) " if self._account else "")

    def listed(self, operation: str) -> dict[int, Mapping[str, Any]]:
        """What a list of the caller's has, by its id; nothing, where it is refused."""
        exchange, got = self.call(operation, query={"page_size": LONGEST_PAGE})
        with self._context.reading():
            return {int(each["id"]): each for each in exchange.tree["data"]} if got.accepted else {}


class Cart:
    """A new cart of a caller, and what was in it when it was looked at last."""

    def __init__(self, context: LawContext, caller: Caller) -> None:
        self.context, self.caller = context, caller
        with context.reading():
            self.path = {"cart_id": caller.call("create_cart")[0].tree["data"]["id"]}
        self.contents: Contents = {"items": []}

    def call(self, operation: str, body: Any = None, **path: Any) -> tuple[Exchange, Outcome]:
        """The answer to a call on the cart, and what it means."""
        return self.caller.call(operation, {**self.path, **path}, body)

    def add(self, *items: dict[str, Any]) -> bool:
        """Put items into the cart; whether that was accepted."""
        return self.call("add_cart_items", {"items": items})[1].accepted

    def look(self) -> None:
        """Read what is in the cart."""
        exchange, _ = self.caller.call("get_cart", self.path, query={"page_size": LONGEST_PAGE})
        with self.context.reading():
            self.contents = exchange.tree["data"]


def users(target: Target) -> list[str]:
    """The accounts of the profile that are users'."""
    return [name for name, account in target.accounts.items() if "email" in account]


def lacks_a_user(target: Target) -> str | None:
    """Why there is nobody who could log in, if so."""
    return None if users(target) else "needs the account of a user in the profile"


def value(amount: Mapping[str, Any]) -> Decimal:
    """An `Amount` as a number."""
    return Decimal(amount["value"])
