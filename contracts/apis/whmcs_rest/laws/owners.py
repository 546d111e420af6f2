"""The laws of ownership: a user's carts, services and domains are nobody else's business."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, users
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

CARTS = Law(
    "carts_are_their_users",
    "To anybody but its user, a cart does not exist.",
    "get_cart",
    "chosen",
    promises=("a_state_opens_the_cart_of_a_user",),
)
UNTOUCHED = Law("strangers_change_nothing", "Nobody but its user changes a cart.", "get_cart")
LISTED = Law(
    "own_carts_are_listed",
    "A user's list of carts has all of that user's and no other.",
    "list_carts",
    promises=("carts_of_a_user_are_listed",),
)
SERVICES = Law(
    "services_are_their_clients",
    "A client's services are shown to that client's users only.",
    "get_service",
    promises=("a_clients_services_are_listed",),
)
DOMAINS = Law(
    "domains_are_their_clients",
    "A client's domains are shown to that client's users only.",
    "get_domain",
    promises=("a_clients_domains_are_listed",),
)
CLOSED = Law(
    "guests_have_no_services",
    "Who is not logged in has neither carts to list nor services nor domains.",
    "list_services",
    promises=("a_wrong_login_is_401",),
)

_INDEX = st.integers(0, 20)
_NO_ITEM = "00000000"
_MOST_CARTS = 6
_AT_ONCE = 4

#: what a stranger may try with a cart: operation, body, what the path names besides
_TRIES: tuple[tuple[str, Any, Mapping[str, Any]], ...] = (
    ("get_cart", None, {}),
    ("get_cart_counter", None, {}),
    ("list_cart_promotions", None, {}),
    ("validate_cart", None, {}),
    ("clear_cart_items", None, {}),
    ("remove_cart_promotion", None, {}),
    ("set_cart_geolocation", {"country_code": "GB"}, {}),
    ("add_cart_items", {"items": []}, {}),
    ("delete_cart_item", None, {"item_id": "own"}),
    ("update_cart_item", {"quantity": 3, "billing_cycle": None}, {"item_id": "own"}),
    ("set_cart_item_domain", {"domain_name": "stranger.example"}, {"item_id": "own"}),
    ("delete_cart_item_addons", None, {"item_id": "own"}),
    ("checkout_cart", None, {}),
)


class OwnersMachine(RuleBasedStateMachine):
    """Users who fill their own carts and reach for those of others. A subclass has the context, and who calls."""

    context: LawContext
    users: tuple[Caller, ...]
    guest: Caller

    @initialize(index=_INDEX)
    def begin(self, index: int) -> None:
        """Begin with one cart."""
        self.context.begin()
        self.carts: list[tuple[Caller, str]] = []
        self._make_cart(index, filled=True)

    @precondition(lambda self: len(self.carts) < _MOST_CARTS)
    @rule(index=_INDEX, filled=st.booleans())
    def make_cart(self, index: int, filled: bool) -> None:
        """Make a cart of a user."""
        self._make_cart(index, filled)

    def _make_cart(self, index: int, filled: bool) -> None:
        user = self.users[index % len(self.users)]
        with self.context.reading():
            cart = user.call("create_cart")[0].tree["data"]["id"]
            self.carts.append((user, cart))
        if filled:
            item = {"type": "product", "product_id": self.context.ids["product"], "billing_cycle": None}
            user.call("add_cart_items", {"cart_id": cart}, {"items": [item]})

    @rule(index=_INDEX, who=_INDEX, what=st.integers(0, len(_TRIES) - 1))
    def reach_for_a_cart(self, index: int, who: int, what: int) -> None:
        """Try something with somebody else's cart."""
        owner, cart = self.carts[index % len(self.carts)]
        strangers = [each for each in (self.guest, *self.users) if each is not owner]
        stranger = strangers[who % len(strangers)]
        before = self._shown(owner, cart)
        for number in range(_AT_ONCE):
            operation, body, more = _TRIES[(what + number) % len(_TRIES)]
            path = {"cart_id": cart, **more}
            if more:
                items = before["items"]
                path["item_id"] = items[0]["item_id"] if items else _NO_ITEM
            exchange, _ = stranger.call(operation, path, body)
            why = f"{stranger.name} gets {exchange.status} for {operation} on the cart of {owner.name}."
            self.context.hold(CARTS, exchange.status == 404, why)
            after, why = (
                self._shown(owner, cart),
                f"{operation} of {stranger.name} has changed the cart of {owner.name}.",
            )
            self.context.hold(UNTOUCHED, after == before, why)
            before = after

    def _shown(self, owner: Caller, cart: str) -> Mapping[str, Any]:
        with self.context.reading():
            told: Mapping[str, Any] = owner.call("get_cart", {"cart_id": cart})[0].tree["data"]
            return told

    @rule(index=_INDEX)
    def list_carts(self, index: int) -> None:
        """List a user's carts."""
        user = self.users[index % len(self.users)]
        exchange, _ = user.call("list_carts", query={"page_size": 500})
        with self.context.reading():
            listed = {each["id"] for each in exchange.tree["data"]}
        own = {cart for owner, cart in self.carts if owner is user}
        others = {cart for owner, cart in self.carts if owner is not user}
        if len(listed) < 500:
            self.context.hold(LISTED, own <= listed, f"Carts of {user.name} are missing: {', '.join(own - listed)}.")
        self.context.hold(LISTED, not others & listed, f"Carts of others are listed: {', '.join(others & listed)}.")

    @precondition(lambda self: len(self.users) > 1)
    @rule(index=_INDEX, which=_INDEX, services=st.booleans())
    def reach_for_a_service(self, index: int, which: int, services: bool) -> None:
        """Ask for a service or a domain of another user's client."""
        owner = self.users[index % len(self.users)]
        stranger = self.users[(index + 1) % len(self.users)]
        one, every, name, law = (
            ("get_service", "list_services", "service_id", SERVICES)
            if services
            else ("get_domain", "list_domains", "domain_id", DOMAINS)
        )
        theirs, own = self._ids(owner, every), self._ids(stranger, every)
        both = set(theirs) & set(own)
        self.context.hold(law, not both, f"{every} has {both} for {owner.name} and for {stranger.name}.")
        if theirs:
            number = theirs[which % len(theirs)]
            exchange, _ = stranger.call(one, {name: number})
            why = f"{stranger.name} gets {exchange.status} for {one} {number} of {owner.name}."
            self.context.hold(law, exchange.status == 404, why)

    def _ids(self, user: Caller, every: str) -> list[Any]:
        exchange, _ = user.call(every, query={"page_size": 500})
        with self.context.reading():
            return [each["id"] for each in exchange.tree["data"]]

    @rule(operation=st.sampled_from(("list_services", "list_domains", "list_carts")))
    def list_as_a_guest(self, operation: str) -> None:
        """List what only users have, without being one."""
        exchange, _ = self.guest.call(operation)
        self.context.hold(CLOSED, exchange.status == 401, f"{operation} is answered with {exchange.status}.")


def _machine(context: LawContext) -> Machine:
    known = tuple(Caller(context, name) for name in users(context.world)[:2])
    return type("OwnersMachine", (OwnersMachine,), {"context": context, "users": known, "guest": Caller(context)})


def _lacks(target: Target) -> str | None:
    return None if users(target) else "needs the account of a user in the profile"


OWNERS = StatefulTest(
    contract="whmcs-rest",
    name="owners",
    description="users who reach for what is not theirs",
    operation="get_cart",
    laws=(CARTS, UNTOUCHED, LISTED, SERVICES, DOMAINS, CLOSED),
    machine=_machine,
    needs=("product",),
    lacks=_lacks,
    sizes={"smoke": (5, 10), "gate": (20, 20), "deep": (50, 30)},
)
