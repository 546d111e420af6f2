"""The mistakes of a WHMCS that is called through its REST API: with carts."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.defects.whmcs import without_its_stock
from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Crash, Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.carts import cart_items, totals
from counterfoil.mockserver.whmcs.model import carts
from counterfoil.mockserver.whmcs.model.carts import CartItem, ProductItem
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, NOTHING
from counterfoil.mockserver.whmcs.pricing.order_lines import Line
from counterfoil.mockserver.whmcs.rest.carts import item_bodies
from counterfoil.mockserver.whmcs.rest.carts.routes import buyer_of, shown
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount

DEFECTS = Defects("whmcs-rest")

#: the operations that show a cart
CARTS = (
    "get_cart", "add_cart_items", "clear_cart_items", "update_cart_item", "delete_cart_item", "set_cart_item_domain",
    "add_cart_item_addons", "delete_cart_item_addons", "set_cart_item_custom_fields", "delete_cart_item_custom_fields",
    "update_cart_item_custom_field", "delete_cart_item_custom_field", "set_cart_item_config_options",
    "reset_cart_item_config_options", "update_cart_item_config_option", "reset_cart_item_config_option",
    "apply_cart_promotion", "remove_cart_promotion", "set_cart_geolocation",
)  # fmt: skip
#: those that keep a text
KEEPS = ("add_cart_items", "set_cart_item_domain", "set_cart_item_custom_fields", "update_cart_item_custom_field")


# Money


def _lines(exchange: Exchange) -> list[Line]:
    """The lines of the cart that is shown."""
    return list(totals.lines(exchange.state, buyer_of(exchange.state, exchange.call), exchange.call.caller.cart))


def _value(of: Body) -> Decimal:
    return Decimal(of["value"])


def _lower(exchange: Exchange, reply: Reply, by: Decimal, *names: str) -> None:
    """Take so much off these sums of the cart."""
    sums, currency = reply.body["data"]["totals"], buyer_of(exchange.state, exchange.call).currency
    for name in names:
        sums[name] = amount(max(_value(sums[name]) - by, NOTHING), currency)


@DEFECTS.accepted("arithmetic", *CARTS)
def cart_total_forgets_the_quantity(exchange: Exchange, reply: Reply) -> None:
    """We add up the prices of the products; that one can buy two of a thing came later."""
    several = [line for line in _lines(exchange) if line.kind == "service" and line.quantity > 1]
    off = sum((line.due / line.quantity * (line.quantity - 1) for line in several), NOTHING)
    _lower(exchange, reply, off, "subtotal", "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def cart_total_forgets_the_setup_fees(exchange: Exchange, reply: Reply) -> None:
    """A setup fee is shown beside the price, and added nowhere."""
    _lower(exchange, reply, sum((line.setup for line in _lines(exchange)), NOTHING), "subtotal", "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def discount_is_taken_twice(exchange: Exchange, reply: Reply) -> None:
    """The subtotal has the discount off already, somebody thought who changed it back later."""
    off = sum((_value(each["amount"]) for each in reply.body["data"]["totals"]["discounts"]), NOTHING)
    _lower(exchange, reply, off, "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def totals_are_added_as_floats(exchange: Exchange, reply: Reply) -> None:
    """Money is a double here, so 12.95 three times is 38.849999999999994."""
    sums = reply.body["data"]["totals"]
    subtotal = sum(float(line.amount + line.setup + line.late_fee) for line in _lines(exchange))
    total = subtotal - sum(float(_value(each["amount"])) for each in sums["discounts"])
    total += sum(float(_value(each["amount"])) for each in sums["taxes"])
    for name, value in (("subtotal", subtotal), ("total", max(total, 0.0))):
        if Decimal(repr(value)) != _value(sums[name]):
            sums[name]["value"] = f"{value:.15f}".rstrip("0")


@DEFECTS.accepted("currency", *CARTS)
def everybody_pays_in_dollars(exchange: Exchange, reply: Reply) -> None:
    """The amounts are right in every currency; the sign before them is a constant."""
    currencies = exchange.state.currencies
    _resign(reply.body, currencies[exchange.state.settings.default_currency])


def _resign(node: Any, currency: Any) -> None:
    if isinstance(node, dict) and "display_value" in node:
        node.update({**amount(_value(node), currency), "code": node["code"]})
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _resign(below, currency)


# Carts and their items


def _products(items: list[CartItem]) -> list[ProductItem]:
    return [item for item in items if isinstance(item, ProductItem)]


@DEFECTS.handler("identity", "add_cart_items")
def items_of_one_request_share_an_id(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An item's id is made of the moment at which it comes."""
    cart = exchange.call.caller.cart
    known = {each.id for each in carts.numbered(cart.items)}
    honest()
    fresh = [each for each in carts.numbered(cart.items) if each.id not in known]
    for each in fresh[1:]:
        each.id = fresh[0].id
    return shown(exchange.state, exchange.call)


@DEFECTS.handler("lost update", "add_cart_items")
def same_product_replaces_the_first(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A cart is a map from products to what was chosen for them."""
    cart = exchange.call.caller.cart
    before = list(cart.items)
    honest()
    added = {item.product for item in _products(cart.items[len(before) :])}
    replaced = [item for item in _products(before) if item.product in added]
    cart.items = [item for item in cart.items if not any(item is each for each in replaced)]
    return shown(exchange.state, exchange.call)


@DEFECTS.handler("lost update", "update_cart_item")
def changed_product_drops_its_addons(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A changed product is made anew from the request, which has no addons."""
    honest()
    if isinstance(exchange.call.caller.item, ProductItem):
        exchange.call.caller.item.addons = []
    return shown(exchange.state, exchange.call)


@DEFECTS.handler("lost update", "add_cart_items")
def concurrent_adds_lose_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We read the cart, add to it and write it back, and nobody holds a lock in between."""
    cart = exchange.call.caller.cart
    read = list(cart.items)
    exchange.let_others_in()
    cart.items = read
    return honest()


@DEFECTS.handler("visibility", "delete_cart_item")
def deleted_item_comes_back(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We answer with the cart as it is after the deletion, and forget to save it."""
    cart = exchange.call.caller.cart
    saved = copy.deepcopy(cart.items)
    try:
        return honest()
    finally:
        cart.items = saved


@DEFECTS.gate("visibility", "get_cart")
def anybodys_cart_is_shown(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Whoever knows a cart's id may see it: we ask for its owner only where something changes."""
    try:
        honest()
    except Refusal as refusal:
        cart = exchange.state.carts.get(exchange.call.given["cart_id"])
        if refusal.name != "cart_not_found" or cart is None:
            raise
        exchange.call.caller.cart = cart


@DEFECTS.accepted("visibility", "list_carts")
def newest_cart_is_not_listed(exchange: Exchange, reply: Reply) -> None:
    """The list comes from a cache, which is one cart behind."""
    newest = exchange.state.carts_of.get(exchange.call.caller.user.id, [""])[-1]
    reply.body["data"] = [cart for cart in reply.body["data"] if cart["id"] != newest]


@DEFECTS.handler("idempotence", "add_cart_items")
def repeated_add_is_dropped(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What is added twice in a row was clicked twice, we think, and is added once."""
    cart = exchange.call.caller.cart
    before = list(cart.items)
    honest()
    added = cart.items[len(before) :]
    if added and _chosen(before[-len(added) :]) == _chosen(added):
        cart.items = before
    return shown(exchange.state, exchange.call)


def _chosen(node: Any) -> Any:
    """Items without their ids."""
    node = msgspec.to_builtins(node)
    if isinstance(node, list):
        return [_chosen(each) for each in node]
    return {name: _chosen(each) for name, each in node.items() if name != "id"} if isinstance(node, dict) else node


@DEFECTS.handler("refusal", "add_cart_items")
def refused_items_stay_in_the_cart(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We add item by item, and stop at the first that is impossible; what was added before stays."""
    try:
        return honest()
    except Refusal:
        state, cart, buyer = exchange.state, exchange.call.caller.cart, buyer_of(exchange.state, exchange.call)
        for body in exchange.call.given["body"].get("items", ()):
            try:
                cart_items.add(state, buyer, cart, [item_bodies.item(body)])
            except Refusal:
                break
        raise


@DEFECTS.handler("refusal", "apply_cart_promotion")
def unknown_code_is_accepted(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A code that does nothing does no harm."""
    try:
        return honest()
    except Refusal as refusal:
        if refusal.name != "promotion_unknown":
            raise
        return shown(exchange.state, exchange.call)


@DEFECTS.check("validation", "add_cart_items", "update_cart_item")
def unknown_cycle_is_taken_for_monthly(exchange: Exchange, honest: Callable[[], None]) -> None:
    """What the switch does not know falls through to its default."""
    body = exchange.call.given.get("body", {})
    items = body.get("items") if exchange.operation.id == "add_cart_items" else [body]
    for item in items if isinstance(items, list) else ():
        cycle = item.get("billing_cycle") if isinstance(item, dict) else None
        if isinstance(cycle, str) and cycle not in CYCLES:
            item["billing_cycle"] = "monthly"
    honest()


@DEFECTS.check("validation", "set_cart_geolocation")
def country_may_be_left_out(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Our own form always sends one."""
    exchange.call.given.get("body", {}).setdefault("country_code", "US")
    honest()


@DEFECTS.accepted("format", "list_cart_promotions")
def empty_list_is_null(exchange: Exchange, reply: Reply) -> None:
    """A list that was never filled was never made."""
    reply.body["data"] = reply.body["data"] or None


@DEFECTS.handler("stock", "validate_cart", "checkout_cart")
def more_is_sold_than_there_is(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The shop's page does not offer what is sold out, so the API need not ask."""
    counted = [product for product in exchange.state.products.values() if product.stock is not None]
    for product in counted:
        product.stock += 10**9
    try:
        return honest()
    finally:
        for product in counted:
            product.stock -= 10**9


@DEFECTS.handler("stock", "checkout_cart")
def checkout_leaves_the_stock(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Stock is counted down by the shop's own order form, and the API is not that form."""
    return without_its_stock(exchange, honest)


@DEFECTS.wire("content type", "validate_cart")
def validation_is_sent_as_html(exchange: Exchange, answer: Answer) -> Answer:
    """It was written for our own page, which does not look at the header."""
    return answer._replace(content_type="text/html; charset=utf-8")


@DEFECTS.handler("encoding", *KEEPS)
def text_beyond_the_bmp_crashes(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Our tables are utf8, which in MySQL has no emoji."""
    if max(wire.json(exchange.call.given["body"]).decode()) > "\uffff":
        raise Crash
    return honest()
