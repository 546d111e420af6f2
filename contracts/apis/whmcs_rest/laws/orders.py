"""What becomes of a cart that is checked out: it is ordered once, for whom it belongs to, or nothing changes."""

from typing import Any

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, Cart, Contents, lacks_a_user, users, value
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import offers
from counterfoil.contracts.apis.whmcs_rest.laws.walks import walk
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference
from counterfoil.reports.mismatch import told as as_json

OVERSOLD = Law(
    "no_more_is_ordered_than_there_is",
    "No order is placed for more of a product than its stock, where that is controlled.",
    "checkout_cart",
    promises=("a_product_tells_its_stock",),
)
SINKS = Law(
    "stock_sinks_with_an_order",
    "What was ordered is not in a controlled stock any more.",
    "get_product",
    promises=("a_product_tells_its_stock",),
)
ANSWERED = Law(
    "a_tlds_questions_are_answered",
    "No name is ordered without an answer where its TLD requires one.",
    "checkout_cart",
    promises=("a_tlds_fields_are_answered",),
)
SERVED = Law(
    "all_that_is_ordered_is_listed",
    "For each product that was ordered there is a new service of the client.",
    "list_services",
    promises=("a_clients_services_are_listed",),
)
UNTOUCHED = Law(
    "refused_checkout_changes_nothing", "A refused checkout leaves the cart and orders nothing.", "checkout_cart"
)
NUMBERED = Law("orders_are_numbered", "Each order has a number of its own.", "checkout_cart")
AGREE = Law(
    "checkout_is_as_validated",
    "A checkout is refused exactly when the validation tells errors, and with the same ones.",
    "checkout_cart",
    "chosen",
    promises=("a_cart_is_validated",),
)
PENDING = Law("what_is_ordered_is_pending", "A service that was just ordered is Pending.", "list_services", "chosen")
EMPTIED = Law(
    "checked_out_is_empty", "A cart that is checked out is empty and costs nothing.", "checkout_cart", "chosen"
)
ONCE = Law(
    "checked_out_once", "A cart that was checked out orders nothing when that is repeated.", "checkout_cart", "chosen"
)
GUEST = Law(
    "guests_order_nothing", "A guest's checkout leaves the cart as it is, however often.", "checkout_cart", "chosen"
)


class _Bought(Cart):
    """A cart that is checked out."""

    def check_out(self) -> tuple[bool, int | None, list[Contents]]:
        """Whether the checkout is accepted, the number of an order that is placed at once, and the new services."""
        self.look()
        before, services = self.contents, self._services()
        validated, _ = self.call("validate_cart")
        exchange, got = self.call("checkout_cart")
        with self.context.reading():
            errors = validated.tree["data"].get("validation_errors") or []
            data = exchange.tree.get("data") or {}
            told = [] if got.accepted else data.get("validation_errors") or []
            number = data.get("order_id") if got.accepted else None
        why = f"The validation tells {as_json(errors)}, the checkout {as_json(told)}."
        self.context.hold(AGREE, told == errors and got.accepted is not bool(errors), why)
        new = [each for key, each in self._services().items() if key not in services]
        if not got.accepted:
            self.look()
            self.context.hold(UNTOUCHED, self.contents == before, difference(before, self.contents))
            self.context.hold(UNTOUCHED, not new, f"There are new services: {as_json(new)}.")
        return got.accepted, number, new

    def _services(self) -> dict[int, Contents]:
        return self.caller.listed("list_services") if self.caller.is_user else {}


def _order(context: LawContext) -> None:
    """What a guest and a user come to who check out."""
    _as_guest(_Bought(context, Caller(context)))
    context.begin()
    user = Caller(context, users(context.world)[0])
    cart = _Bought(context, user)
    _without_answers(cart)
    known = [each.item() for each in offers(context, user)[:1]]
    first = _ordered(cart, [*_of_the_stock(cart), *known])
    if first is None:
        return
    second = _ordered(_Bought(context, user), known)
    context.hold(NUMBERED, first != second, f"There are two orders {first}.")
    cart.look()
    with context.reading():
        left, costs = cart.contents["items"], value(cart.contents["totals"]["total"])
    context.hold(EMPTIED, not left and costs == 0, f"There are {len(left)} items, and they cost {costs}.")
    accepted, _, new = cart.check_out()
    context.hold(ONCE, not accepted and not new, f"It is accepted, with the new services {as_json(new)}.")


def _as_guest(cart: _Bought) -> None:
    """Check out what a guest has, and do it again."""
    for offer in offers(cart.context, cart.caller)[:1]:
        cart.add(offer.item())
    cart.look()
    before = cart.contents
    for _ in range(2):
        accepted, _, _ = cart.check_out()
        if not accepted:
            return
        cart.look()
        cart.context.hold(GUEST, cart.contents == before, difference(before, cart.contents))


def _without_answers(cart: _Bought) -> None:
    """Order a name of a TLD that asks its registrants something, and answer nothing."""
    tld = cart.context.ids.get("demanding_tld")
    if tld is None:
        return
    fields, got = cart.caller.call("list_tld_additional_fields", query={"tld": tld})
    with cart.context.reading():
        asks = got.accepted and any(each.get("required") is True for each in fields.tree["data"])
    name = {"type": "domain_register", "name": f"counterfoil-{cart.context.fresh}asked.{tld}", "period": 1}
    if asks and cart.add(name):
        _, number, _ = cart.check_out()
        cart.context.hold(ANSWERED, number is None, f"It is ordered: {name['name']}.")
    cart.call("clear_cart_items")


def _of_the_stock(cart: _Bought) -> list[dict[str, Any]]:
    """One piece of what there is not much of, if there is one; after one more than there is was ordered in vain."""
    number = cart.context.ids.get("limited_product")
    left = None if number is None else _left(cart, number)
    if left is None:
        return []
    item = {"type": "product", "product_id": number, "billing_cycle": None, "quantity": 1, "domain": "example.com"}
    if cart.add({**item, "quantity": left + 1}):
        _, ordered, _ = cart.check_out()
        cart.context.hold(OVERSOLD, ordered is None, f"There were {left}, and {left + 1} are ordered.")
    cart.call("clear_cart_items")
    return [item] if left > 0 else []


def _left(cart: _Bought, product: int) -> int | None:
    """How many there are of a product whose stock is controlled."""
    exchange, _ = cart.caller.call("get_product", {"product_id": product})
    with cart.context.reading():
        told = exchange.tree["data"]
        return int(told["stock_quantity"]) if told.get("stock_control_enabled") else None


def _ordered(cart: _Bought, items: list[dict[str, Any]]) -> int | None:
    """Order those of these products that can be put into the cart; the number of the order, if it is placed at once."""
    wanted = {each["product_id"] for each in items if cart.add(each)}
    stock = {each: left for each in wanted if (left := _left(cart, each)) is not None}
    _, number, new = cart.check_out()
    if number is None:
        return None
    for each, left in stock.items():
        now = _left(cart, each)
        cart.context.hold(SINKS, now == left - 1, f"Of {left}, one was ordered, and there are {now}.")
    with cart.context.reading():
        served, states = {each["product"]["id"] for each in new}, {each["status"] for each in new}
    why = f"The products {as_json(wanted)} were ordered, and {as_json(served)} are new."
    cart.context.hold(SERVED, wanted <= served, why)
    cart.context.hold(PENDING, states <= {"Pending"}, f"The new services are {as_json(states)}.")
    return number


ORDERS = walk(
    "orders",
    "checkout_cart",
    (OVERSOLD, SINKS, ANSWERED, SERVED, UNTOUCHED, NUMBERED, AGREE, PENDING, EMPTIED, ONCE, GUEST),
    _order,
    description="orders of what there is and of what there is not, and carts that are checked out twice, or by a guest",
    needs=("product",),
    lacks=lacks_a_user,
)
