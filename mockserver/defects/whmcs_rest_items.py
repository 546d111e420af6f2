"""The mistakes of a WHMCS that is called through its REST API: how it reads items, and what becomes of them."""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.defects.whmcs_rest_carts import CARTS
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.carts import ProductItem
from counterfoil.mockserver.whmcs.rest.carts.routes import shown
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount
from counterfoil.mockserver.whmcs.rest.protocol.paging import PAGE_SIZE
from counterfoil.mockserver.whmcs.rest.store import render as store

DEFECTS = Defects("whmcs-rest")

_LARGEST_PAGE = 500


def _items(exchange: Exchange) -> list[Body]:
    """The items that a request asks for, as far as they can be read."""
    body = exchange.call.given.get("body")
    items = body.get("items", [body]) if isinstance(body, dict) else []
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


# How a request is read


@DEFECTS.handler("lost update", "add_cart_items")
def first_item_of_several_is_added(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A page of the shop adds one thing at a time, so we read the first."""
    body = exchange.call.given["body"]
    body["items"] = body.get("items", [])[:1]
    return honest()


@DEFECTS.handler("lost update", "add_cart_items")
def new_items_come_without_addons(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Addons have a call of their own, and that they can come with an item was overlooked."""
    for item in _items(exchange):
        item.pop("addons", None)
    return honest()


@DEFECTS.handler("lost update", "add_cart_item_addons")
def last_addon_of_several_is_taken(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The addons are read in a loop, and what is kept of it is the last."""
    body = exchange.call.given["body"]
    body["addons"] = body.get("addons", [])[-1:]
    return honest()


@DEFECTS.handler("lost update", "set_cart_item_config_options")
def last_option_of_several_is_taken(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The options are read in a loop, and what is kept of it is the last."""
    body = exchange.call.given["body"]
    body["config_options"] = body.get("config_options", [])[-1:]
    return honest()


@DEFECTS.handler("validation", "add_cart_items")
def extras_count_whatever_they_say(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An extra is wanted if it is there, as with a checkbox of a form."""
    for item in _items(exchange):
        for name in ("dns_management", "email_forwarding", "id_protection"):
            if name in item:
                item[name] = True
    return honest()


@DEFECTS.handler("lost update", "add_cart_items")
def quantities_are_not_read(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A quantity is set in the cart, so nobody has looked for it where an item is added."""
    for item in _items(exchange):
        if item.get("type") == "product":
            item.pop("quantity", None)
    return honest()


@DEFECTS.check("validation", "add_cart_items", "update_cart_item")
def numbers_are_read_from_texts(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The language makes a number of any text, and nothing of many."""
    for item in _items(exchange):
        if isinstance(item.get("quantity"), str):
            digits = item["quantity"].strip()
            item["quantity"] = int(digits) if digits.isdecimal() else 0
    honest()


@DEFECTS.check("encoding", "set_cart_item_custom_fields", "update_cart_item_custom_field")
def texts_end_at_their_first_nul(exchange: Exchange, honest: Callable[[], None]) -> None:
    """A library in C reads the answer, to which a zero byte is the end."""
    body = exchange.call.given.get("body")
    rows = [body, *(body.get("custom_fields") or ())] if isinstance(body, dict) else []
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("value"), str):
            row["value"] = row["value"].partition("\0")[0]
    honest()


@DEFECTS.check("paging", "list_products", "list_countries", "list_carts", "get_cart")
def oversized_pages_are_cut(exchange: Exchange, honest: Callable[[], None]) -> None:
    """A size that is too large is the largest one, without a word."""
    given = exchange.call.given
    size = str(given.get("page_size", PAGE_SIZE))
    if size.isdecimal() and int(size) > _LARGEST_PAGE:
        given["page_size"] = str(_LARGEST_PAGE)
    honest()


# What becomes of it


@DEFECTS.handler("visibility", "clear_cart_items")
def cleared_cart_keeps_an_item(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We delete while we count, and leave the loop one too early."""
    cart = exchange.call.caller.cart
    first = cart.items[:1]
    honest()
    cart.items = first
    return shown(exchange.state, exchange.call)


@DEFECTS.handler("identity", "delete_cart_item")
def equal_items_go_together(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We delete by the product, since that is what a customer means."""
    cart, item = exchange.call.caller.cart, exchange.call.caller.item
    honest()
    if isinstance(item, ProductItem):
        cart.items = [each for each in cart.items if getattr(each, "product", None) != item.product]
    return shown(exchange.state, exchange.call)


@DEFECTS.handler("lost update", "remove_cart_promotion")
def removed_code_goes_on(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The code is taken out of the form, and stays in the session."""
    cart = exchange.call.caller.cart
    code = cart.promotion
    honest()
    cart.promotion = code
    return shown(exchange.state, exchange.call)


@DEFECTS.handler("lost update", "set_cart_geolocation")
def place_of_a_cart_is_not_saved(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We answer with the cart as it is at that place, and forget the place."""
    cart = exchange.call.caller.cart
    place = cart.place
    try:
        return honest()
    finally:
        cart.place = place


@DEFECTS.gate("arithmetic", *CARTS)
def users_are_taxed_where_the_cart_is(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The place of a cart comes first, whoever has set it; the client's address is for those who set none."""
    honest()
    caller = exchange.call.caller
    place = caller.cart.place
    if caller.client is not None and place is not None:
        caller.client = msgspec.structs.replace(caller.client, country=place.country, state=place.state or "")


@DEFECTS.handler("lost update", "checkout_cart")
def first_item_of_several_is_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An order had one product when this was written."""
    cart, items = exchange.call.caller.cart, list(exchange.call.caller.cart.items)
    cart.items = items[:1]
    try:
        result = honest()
    except BaseException:
        cart.items = items
        raise
    if cart.items:  # a guest's, which is ordered on another page
        cart.items = items
    return result


# What is on sale


@DEFECTS.accepted("currency", "list_products")
def list_has_yesterdays_prices(exchange: Exchange, reply: Reply) -> None:
    """The list comes from a cache that is filled at night, and the prices went up."""
    currency = exchange.call.caller.currency
    for product in reply.body["data"]:
        for price in product["pricing"].get("recurring") or ():
            price["amount"] = amount(Decimal(price["amount"]["value"]) - 1, currency)


@DEFECTS.accepted("visibility", "get_product_group")
def group_shows_what_is_in_no_other(exchange: Exchange, reply: Reply) -> None:
    """The products of a group are all that are on sale; the page hides what does not belong there."""
    products = exchange.state.products.values()
    currency = exchange.call.caller.currency
    reply.body["data"]["products"] = [store.product_pricing(exchange.state, each, currency) for each in products]


@DEFECTS.accepted("visibility", "get_domain_availability")
def taken_names_can_be_registered(exchange: Exchange, reply: Reply) -> None:
    """Whether a name is free is asked of our own database, and most names are not ours."""
    reply.body["data"]["is_domain_available"] = True
