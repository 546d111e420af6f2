"""The liberties that a WHMCS takes with carts, their items, totals, promotions and checkout."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Accepted, Body
from counterfoil.mockserver.liberties.liberty import Liberties
from counterfoil.mockserver.whmcs.carts import validation
from counterfoil.mockserver.whmcs.model.carts import CartItem, ProductItem
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people.countries import countries
from counterfoil.mockserver.whmcs.rest.carts import render
from counterfoil.mockserver.whmcs.rest.carts.routes import buyer_of
from counterfoil.mockserver.whmcs.rest.protocol.session_state import address

LIBERTIES = Liberties("whmcs-rest")

#: as many of one thing as a whole number of 32 bits can say
MOST = 2**31 - 1

SHOWN = (
    "get_cart", "add_cart_items", "clear_cart_items", "update_cart_item", "delete_cart_item", "set_cart_item_domain",
    "add_cart_item_addons", "delete_cart_item_addons", "set_cart_item_custom_fields", "delete_cart_item_custom_fields",
    "update_cart_item_custom_field", "delete_cart_item_custom_field", "set_cart_item_config_options",
    "reset_cart_item_config_options", "update_cart_item_config_option", "reset_cart_item_config_option",
    "apply_cart_promotion", "remove_cart_promotion", "set_cart_geolocation",
)  # fmt: skip
#: the operations on an item that is a product
OF_PRODUCTS = tuple(name for name in SHOWN if "cart_item_" in name)


def _items(reply: Reply) -> Iterator[Body]:
    data = reply.body.get("data", {})
    for item in data.get("items", ()) if isinstance(data, dict) else ():
        yield item
        yield from (part for part in item.get("items", ()) if item.get("type") == "bundle")


# how carts are shown


@LIBERTIES.handler("order", "add_cart_items")
def items_stand_newest_first(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A cart begins with what was put in last."""
    cart, before = exchange.call.caller.cart, len(exchange.call.caller.cart.items)
    own()
    cart.items = [*cart.items[before:][::-1], *cart.items[:before]]
    return render.cart(exchange.state, buyer_of(exchange.state, exchange.call), cart)


@LIBERTIES.accepted("form", *SHOWN)
def totals_leave_out_what_is_nothing(exchange: Exchange, reply: Reply) -> None:
    """A cart without discounts, taxes or what recurs does not list them."""
    totals = reply.body["data"].get("totals", {})
    for name in ("recurring", "discounts", "taxes"):
        if totals.get(name) == []:
            del totals[name]


@LIBERTIES.accepted("effects", "get_cart_counter")
def the_counter_counts_lines(exchange: Exchange, reply: Reply) -> None:
    """What is counted is what stands in the cart by itself; addons and parts of bundles are part of that."""
    reply.body["data"]["counter"] = len(exchange.call.caller.cart.items)


@LIBERTIES.accepted("form", *SHOWN)
def amounts_have_a_narrow_space(exchange: Exchange, reply: Reply) -> None:
    """How an amount is displayed is for people: with its code behind."""
    _redisplay(reply.body)


def _redisplay(node: Any) -> None:
    if isinstance(node, dict):
        if "display_value" in node and "value" in node and "code" in node:
            node["display_value"] = f"{node['value']} {node['code']}"
        for below in node.values():
            _redisplay(below)
    elif isinstance(node, list):
        for below in node:
            _redisplay(below)


@LIBERTIES.accepted("form", *SHOWN)
def what_is_free_has_a_price(exchange: Exchange, reply: Reply) -> None:
    """What is free has no billing at all."""
    for item in _items(reply):
        if (item.get("billing") or {}).get("price", 0) is None:
            item["billing"] = None


@LIBERTIES.accepted("form", *SHOWN)
def fields_keep_their_defaults(exchange: Exchange, reply: Reply) -> None:
    """What a registrant has answered is not shown again."""
    for item in _items(reply):
        for field in item.get("additional_fields") or ():
            if isinstance(field, dict):
                field["default"] = ""


# whose a cart is


@LIBERTIES.gate("effects")
def guests_keep_their_carts(exchange: Exchange, own: Callable[[], None]) -> None:
    """A user who looks into a guest's cart looks, and does not take it along."""
    cart = exchange.state.carts.get(exchange.call.parameters.get("cart_id", ""))
    guests = cart is not None and cart.user is None
    own()
    if guests and cart.user is not None:
        exchange.state.carts_of[cart.user].remove(cart.id)
        cart.user = None


@LIBERTIES.gate("order")
def bodies_are_looked_at_first(exchange: Exchange, own: Callable[[], None]) -> None:
    """A body that cannot be read is refused before anybody looks what the path names."""
    unreadable = exchange.call.caller.unreadable
    if unreadable is not None and unreadable.name == "body_unreadable":
        raise unreadable
    own()


# what is put in


@LIBERTIES.check("strict", "add_cart_items", "update_cart_item")
def quantities_begin_at_one(exchange: Exchange, own: Callable[[], None]) -> None:
    """A quantity below 1 is none, and is refused."""
    own()
    body = exchange.call.given["body"]
    for item in body.get("items", [body]):
        if isinstance(item.get("quantity"), int) and item["quantity"] < 1:
            raise Refusal("body_invalid", field="quantity", reason="it is less than 1")


@LIBERTIES.handler("effects", "add_cart_items")
def the_same_is_put_together(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """The same product twice is one line with two of it."""
    cart = exchange.call.caller.cart
    before = len(cart.items)
    own()
    for item in [each for each in cart.items[before:] if isinstance(each, ProductItem)]:
        for other in cart.items:
            if isinstance(other, ProductItem) and _are_the_same(other, item):
                other.quantity += item.quantity
                cart.items = [each for each in cart.items if each is not item]
                break
    return render.cart(exchange.state, buyer_of(exchange.state, exchange.call), cart)


def _are_the_same(one: CartItem, other: ProductItem) -> bool:
    if one is other or not isinstance(one, ProductItem) or one.quantity + other.quantity > MOST:
        return False
    return _terms(one) == _terms(other)


def _terms(item: ProductItem) -> tuple[Any, ...]:
    bare = not (item.addons or item.fields or item.options or item.domain or item.domain_item)
    return item.product, item.cycle, item.bundle, item.part, None if bare else item.id


@LIBERTIES.handler("strict", "add_cart_items")
def a_cycle_has_to_be_named(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever names no cycle gets the yearly one, where there is one."""
    for item in exchange.call.given["body"].get("items", ()):
        if item.get("type") == "product" and item.get("billing_cycle") is None:
            product = exchange.state.products.get(item.get("product_id"))
            if product is not None and "annually" in product.prices[exchange.call.caller.currency.id]:
                item["billing_cycle"] = "annually"
    return own()


@LIBERTIES.handler("strict", "add_cart_items")
def an_empty_request_is_refused(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """To add nothing is a mistake."""
    if not exchange.call.given["body"].get("items"):
        raise Refusal("body_invalid", field="items", reason="there is nothing to add")
    return own()


@LIBERTIES.handler("strict", *OF_PRODUCTS, "update_cart_item")
def fields_and_options_are_checked_at_once(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A value that could not be checked out is refused when it is set."""
    cart = exchange.call.caller.cart
    item = exchange.call.caller.item
    kept = deepcopy(item) if isinstance(item, ProductItem) else None
    result = own()
    if kept is None:
        return result
    buyer = buyer_of(exchange.state, exchange.call)
    named = ("custom_field_invalid", "option_out_of_range", "quantity_not_allowed", "stock_exceeded")
    wrong = [each for each in validation.faults(exchange.state, buyer, cart) if each.name in named]
    if any(each.item == item.id for each in wrong) and "body" in exchange.call.given:
        for name in item.__struct_fields__:
            setattr(item, name, getattr(kept, name))
        raise Refusal("body_invalid", field=wrong[0].name, reason="it cannot be ordered so")
    return result


@LIBERTIES.handler("strict", "set_cart_item_domain")
def a_domain_has_to_be_a_name(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What is no domain name is not noted."""
    name = exchange.call.given["body"]["domain_name"]
    if name and "." not in name:
        raise Refusal("body_invalid", field="domain_name", reason="it is no domain name")
    return own()


@LIBERTIES.refused("status", "add_cart_items", *OF_PRODUCTS, "update_cart_item")
def what_a_body_names_is_not_found(exchange: Exchange, reply: Reply) -> None:
    """A product, addon, field or option that a body names and that is not there is not found."""
    if reply.status == 422 and reply.outcome.endswith(
        ("_unknown", "_unnamed", "_not_in_bundle", "_not_offered", "_not_owned", "item_not_product")
    ):
        reply.status = 404


@LIBERTIES.handler("lenient", "update_cart_item")
def another_kind_of_item_stays_as_it_is(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A body that is meant for another kind of item changes nothing, and is answered with the cart."""
    try:
        return own()
    except Refusal as refusal:
        if refusal.name != "item_of_another_kind":
            raise
        return render.cart(exchange.state, buyer_of(exchange.state, exchange.call), exchange.call.caller.cart)


@LIBERTIES.handler("effects", "clear_cart_items")
def an_emptied_cart_begins_anew(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """With the items go the promotion and the place."""
    cart = exchange.call.caller.cart
    cart.promotion, cart.place = None, None
    return own()


# promotions and places


@LIBERTIES.handler("lenient", "apply_cart_promotion")
def codes_are_read_with_good_will(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What does not apply now may apply later."""
    state, cart = exchange.state, exchange.call.caller.cart
    asked = (exchange.call.given["body"].get("code") or "").lower()
    found = next((each for each in state.promotions.values() if each.code.lower() == asked), None)
    try:
        return own()
    except Refusal as refusal:
        if refusal.name != "promotion_inapplicable" or found is None:
            raise
        cart.promotion = found.id
        return render.cart(state, buyer_of(state, exchange.call), cart)


@LIBERTIES.handler("strict", "apply_cart_promotion")
def codes_are_read_to_the_letter(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A code in other letters is another code, and there is none of that name."""
    code = exchange.call.given["body"].get("code")
    if code and all(code != each.code for each in exchange.state.promotions.values()):
        raise Refusal("promotion_unknown", code=code)
    return own()


@LIBERTIES.handler("strict", "apply_cart_promotion", apart=("codes_are_read_with_good_will",))
def one_code_after_the_other(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A wrong code takes away the one that the cart had."""
    cart = exchange.call.caller.cart
    try:
        return own()
    except Refusal:
        cart.promotion = None
        raise


@LIBERTIES.handler("strict", "set_cart_geolocation")
def states_have_to_exist(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A state is one that its country has, by its code or by its name; countries without any take none."""
    asked = exchange.call.given["body"]
    country, state = countries().get(asked["country_code"].upper()), asked.get("state")
    if country is not None and state:
        known = {name.casefold() for each in country.states for name in (each.code, each.name)}
        if state.casefold() not in known:
            raise Refusal("body_invalid", field="state", reason=f"{country.name} has no such state")
    return own()


@LIBERTIES.handler("lenient", "set_cart_geolocation")
def a_strange_country_is_no_place(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A country that we do not know is none, and where the cart is stays as it was."""
    try:
        return own()
    except Refusal as refusal:
        if refusal.name != "country_unknown":
            raise
        return render.cart(exchange.state, buyer_of(exchange.state, exchange.call), exchange.call.caller.cart)


@LIBERTIES.seeded("effects")
def everything_sold_is_taxed(state: Installation, now: datetime, seed: int) -> Installation:
    """We tax whatever we sell, domains and what goes with products, too."""
    for product in state.products.values():
        product.taxed = True
    for addon in state.addons.values():
        addon.taxed = True
    state.settings.tax_domains = True
    return state


# validation and checkout


@LIBERTIES.accepted("form", "validate_cart")
def errors_are_told_in_sentences(exchange: Exchange, reply: Reply) -> None:
    """What is wrong with an item is a text, and worded by us."""
    for row in reply.body["data"]["validation_errors"]:
        row["errors"] = [
            f"Please correct: {each if isinstance(each, str) else each['error']}" for each in row["errors"]
        ]


@LIBERTIES.accepted("form", "validate_cart")
def nothing_wrong_is_nothing_at_all(exchange: Exchange, reply: Reply) -> None:
    """Where nothing is wrong, no list of errors is sent; an empty cart has nothing wrong with it."""
    rows = reply.body["data"]["validation_errors"]
    if all("item_id" not in row for row in rows):
        reply.body["data"] = {}


@LIBERTIES.accepted("form", "checkout_cart")
def a_checkout_tells_where_to_go(exchange: Exchange, reply: Reply) -> None:
    """Which order was placed is on the page to which the answer leads."""
    reply.body["data"].pop("order_id", None)


@LIBERTIES.handler("effects", "checkout_cart")
def a_cart_ends_with_its_checkout(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A cart that was ordered is gone."""
    result = own()
    cart = exchange.call.caller.cart
    if isinstance(result, Accepted):
        exchange.state.carts.pop(cart.id, None)
        if cart.user is not None:
            exchange.state.carts_of[cart.user].remove(cart.id)
    return result


@LIBERTIES.handler("strict", "checkout_cart")
def guests_log_in_before_they_check_out(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A guest is led to the page where to log in."""
    result = own()
    if isinstance(result, Accepted):
        return result
    return {"data": {"url": f"{address(exchange.state, exchange.call)}/login.php"}}
