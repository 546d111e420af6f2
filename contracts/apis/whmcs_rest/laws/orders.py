"""What becomes of a cart that a user checks out: all of it is ordered, or nothing."""

from collections import Counter
from typing import Any

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, Cart, Contents, lacks_a_user, users
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


class _Bought(Cart):
    """A cart that is checked out."""

    def check_out(self) -> tuple[Any, list[Contents]]:
        """The number of the order, and the new services; no number where none is placed, or on another page only."""
        self.look()
        before, services = self.contents, self.caller.listed("list_services")
        exchange, got = self.call("checkout_cart")
        with self.context.reading():
            number = exchange.tree["data"].get("order_id") if got.accepted else None
        new = [each for key, each in self.caller.listed("list_services").items() if key not in services]
        if not got.accepted:
            self.look()
            self.context.hold(UNTOUCHED, self.contents == before, difference(before, self.contents))
            self.context.hold(UNTOUCHED, not new, f"There are new services: {as_json(new)}.")
        return number, new


def _order(context: LawContext) -> None:
    """Order what cannot be had in vain, and then twice what can."""
    user = Caller(context, users(context.world)[0])
    cart = _Bought(context, user)
    _without_answers(cart)
    known = [each.item() for each in offers(context, user)[:1]]
    first = _ordered(cart, [*_of_the_stock(cart), *known])
    if first is not None:
        second = _ordered(_Bought(context, user), known)
        context.hold(NUMBERED, first != second, f"There are two orders {first}.")


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
        cart.context.hold(ANSWERED, cart.check_out()[0] is None, f"It is ordered: {name['name']}.")
    cart.call("clear_cart_items")


def _of_the_stock(cart: _Bought) -> list[dict[str, Any]]:
    """One piece of what there is not much of, if there is one; after one more than there is was ordered in vain."""
    number = cart.context.ids.get("limited_product")
    left = None if number is None else _left(cart, number)
    if left is None:
        return []
    item = {"type": "product", "product_id": number, "billing_cycle": None, "quantity": 1, "domain": "example.com"}
    if cart.add({**item, "quantity": left + 1}):
        cart.context.hold(OVERSOLD, cart.check_out()[0] is None, f"There were {left}, and {left + 1} are ordered.")
    cart.call("clear_cart_items")
    return [item] if left > 0 else []


def _left(cart: _Bought, product: int) -> int | None:
    """How many there are of a product whose stock is controlled."""
    exchange, _ = cart.caller.call("get_product", {"product_id": product})
    with cart.context.reading():
        told = exchange.tree["data"]
        return int(told["stock_quantity"]) if told.get("stock_control_enabled") else None


def _ordered(cart: _Bought, items: list[dict[str, Any]]) -> Any:
    """Order those of these products that can be put into the cart; the number of the order, if it is placed at once."""
    wanted = Counter(each["product_id"] for each in items if cart.add(each))
    stock = {each: left for each in wanted if (left := _left(cart, each)) is not None}
    number, new = cart.check_out()
    if number is None:
        return None
    for each, left in stock.items():
        now = _left(cart, each)
        holds = cart.context.may_be_left(left - wanted[each], now)
        cart.context.hold(SINKS, holds, f"Of {left}, {wanted[each]} were ordered, and there are {now}.")
    with cart.context.reading():
        served = {each["product"]["id"] for each in new}
    why = f"The products {as_json(wanted)} were ordered, and {as_json(served)} are new."
    cart.context.hold(SERVED, wanted.keys() <= served, why)
    return number


ORDERS = walk(
    "orders",
    "checkout_cart",
    (OVERSOLD, SINKS, ANSWERED, SERVED, UNTOUCHED, NUMBERED),
    _order,
    description="orders of what there is, and of what there is not",
    needs=("product",),
    lacks=lacks_a_user,
)
