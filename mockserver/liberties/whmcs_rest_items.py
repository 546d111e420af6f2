"""The liberties that a WHMCS takes with single items of a cart, and with what their sums are made of."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.liberties.liberty import Liberties
from counterfoil.mockserver.liberties.whmcs_rest_carts import SHOWN
from counterfoil.mockserver.whmcs.carts import totals
from counterfoil.mockserver.whmcs.model.carts import CartAddon, DomainItem, ProductItem, word
from counterfoil.mockserver.whmcs.model.catalogue import CENT
from counterfoil.mockserver.whmcs.rest.carts import render
from counterfoil.mockserver.whmcs.rest.carts.routes import buyer_of
from counterfoil.mockserver.whmcs.rest.domains.render import domain_prices

LIBERTIES = Liberties("whmcs-rest")


def _cart(exchange: Exchange) -> Body:
    return render.cart(exchange.state, buyer_of(exchange.state, exchange.call), exchange.call.caller.cart)


# sums


@LIBERTIES.accepted("form", *SHOWN)
def what_recurs_is_not_summed(exchange: Exchange, reply: Reply) -> None:
    """Totals tell what is to be paid now; what comes again stands with each item."""
    data = reply.body["data"]
    if isinstance(data, dict) and "totals" in data:
        data["totals"]["recurring"] = []


@LIBERTIES.handler("effects", *SHOWN)
def half_cents_go_to_the_even_one(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Half a cent of tax is rounded to the even cent, as banks do it."""
    result = own()
    body = result if isinstance(result, dict) else result.body
    sums = body["data"].get("totals") if isinstance(body["data"], dict) else None
    if sums is None:
        return result
    due = Decimal(sums["subtotal"]["value"]) - sum(Decimal(each["amount"]["value"]) for each in sums["discounts"])
    exact = [due * Decimal(str(each["percentage"])) / 100 for each in sums["taxes"]]
    for tax, amount in zip(sums["taxes"], exact, strict=True):
        even, shown = amount.quantize(CENT, ROUND_HALF_EVEN), Decimal(tax["amount"]["value"])
        if even != shown and abs(amount - even) == CENT / 2:
            _less(tax["amount"], shown - even)
            _less(sums["total"], shown - even)
    return result


def _less(amount: Body, by: Decimal) -> None:
    amount["display_value"] = amount["display_value"].replace(amount["value"], str(Decimal(amount["value"]) - by))
    amount["value"] = str(Decimal(amount["value"]) - by)


@LIBERTIES.handler("effects", "set_cart_geolocation")
def the_place_of_a_user_is_known(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Where a user's cart is, nobody has to say, and nobody can."""
    if exchange.call.caller.user is not None:
        raise Refusal("body_invalid", field="country_code", reason="the place is that of the client")
    return own()


# items


@LIBERTIES.handler("effects", "delete_cart_item")
def parts_go_with_the_whole(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What is part of a bundle, or an addon of a product, is removed with it, and not by itself."""
    item = exchange.call.caller.item
    if isinstance(item, CartAddon) or (isinstance(item, ProductItem | DomainItem) and item.bundle):
        raise Refusal("item_not_found", item_id=exchange.call.given["item_id"], cart_id=exchange.call.given["cart_id"])
    return own()


@LIBERTIES.handler("effects", "update_cart_item")
def changed_items_are_new_ones(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An item with other terms is another item, with an id of its own."""
    own()
    item, state = exchange.call.caller.item, exchange.state
    item.id = word(state.random("cart item", state.next_id("cart_item")), len(item.id))
    return _cart(exchange)


@LIBERTIES.handler("effects", "update_cart_item")
def what_is_left_out_is_taken_back(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A body says all of an item; what it leaves out is off."""
    own()
    body, item = exchange.call.given["body"], exchange.call.caller.item
    if isinstance(item, DomainItem):
        for name in ("dns_management", "email_forwarding", "id_protection"):
            if name not in body:
                setattr(item, name, False)
    return _cart(exchange)


@LIBERTIES.handler("effects", "set_cart_item_custom_fields", "set_cart_item_config_options")
def values_are_set_all_together(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Fields and options that a body does not name have no value any more."""
    item, name = exchange.call.caller.item, exchange.operation.id.removeprefix("set_cart_item_")
    own()
    named = {each["id"] for each in exchange.call.given["body"].get(name, ())}
    held = item.fields if name == "custom_fields" else item.options
    for number in [each for each in held if each not in named]:
        del held[number]
    return _cart(exchange)


@LIBERTIES.accepted("form", *SHOWN)
def fields_without_a_value_are_not_shown(exchange: Exchange, reply: Reply) -> None:
    """An item shows the fields that were answered."""
    for item in reply.body["data"].get("items", ()):
        if "custom_fields" in item:
            item["custom_fields"] = [each for each in item["custom_fields"] if each["value"]]


@LIBERTIES.handler("strict", "update_cart_item_config_option", "update_cart_item_custom_field")
def no_value_is_no_value(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Null is nothing that could be chosen."""
    if exchange.call.given["body"].get("value", 0) is None:
        raise Refusal("body_invalid", field="value", reason="it is null")
    return own()


# promotions


@LIBERTIES.handler("strict", "apply_cart_promotion")
def a_cart_keeps_its_first_code(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A cart takes one code; another one is refused until the first is removed."""
    held = exchange.state.promotions.get(exchange.call.caller.cart.promotion or 0)
    if held is not None and held.code != exchange.call.given["body"].get("code"):
        raise Refusal("promotion_inapplicable", code=str(exchange.call.given["body"].get("code")))
    return own()


@LIBERTIES.handler("lenient", "apply_cart_promotion")
def no_code_takes_the_code_away(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """To apply nothing is to remove what was applied."""
    if not exchange.call.given["body"].get("code"):
        exchange.call.caller.cart.promotion = None
        return _cart(exchange)
    return own()


@LIBERTIES.handler("effects", "delete_cart_item", "clear_cart_items")
def codes_go_with_what_they_were_for(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A code that gives nothing any more is removed."""
    own()
    state, cart = exchange.state, exchange.call.caller.cart
    if not totals.totals(state, buyer_of(state, exchange.call), cart).promotion:
        cart.promotion = None
    return _cart(exchange)


@LIBERTIES.handler("strict", "remove_cart_promotion")
def there_has_to_be_a_code(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Where there is no code, none can be removed."""
    if exchange.call.caller.cart.promotion is None:
        raise Refusal("cart_not_found", cart_id=exchange.call.given["cart_id"])
    return own()


# validation and checkout


@LIBERTIES.accepted("effects", "validate_cart")
def faults_are_left_to_the_checkout(exchange: Exchange, reply: Reply) -> None:
    """Whether a cart can be had is looked at when it is checked out; before that only an empty one is wrong."""
    rows = reply.body["data"].get("validation_errors", [])
    reply.body["data"]["validation_errors"] = [row for row in rows if "item_id" not in row]


@LIBERTIES.check("strict", "checkout_cart")
def a_checkout_has_no_body(exchange: Exchange, own: Callable[[], None]) -> None:
    """What is sent with a checkout is refused: a newer version would have read it."""
    own()
    if exchange.call.sent.strip() not in (b"", b"{}"):
        raise Refusal("body_invalid" if "body_invalid" in exchange.operation.refusals else "cart_not_found",
                      field="body", reason="none is expected", cart_id=exchange.call.given["cart_id"])  # fmt: skip


@LIBERTIES.accepted("form", "get_domain_availability", "check_spotlight_domains", "query_domain_suggestions")
def premium_names_show_the_prices_of_others(exchange: Exchange, reply: Reply) -> None:
    """A premium name is listed at the prices of its TLD; its own price stands beside them."""
    data, currency = reply.body["data"], exchange.call.caller.currency
    for each in data if isinstance(data, list) else [data["domain"]]:
        if each["is_premium"]:
            tld = exchange.state.tlds[each["tld"]]
            each["pricing"] = domain_prices(tld, tld.prices[currency.id], currency)
            each["shortest_period"] = each["pricing"][0]


@LIBERTIES.accepted("form", "get_bundle_group")
def bundles_are_shown_by_their_first_part(exchange: Exchange, reply: Reply) -> None:
    """A bundle is shown at the price of its first part; what the rest costs is seen in the cart."""
    for bundle in reply.body["data"]["bundles"]:
        bundle["price"] = bundle.get("bundle_items", {}).get("price", bundle["price"])


# what no document requires


@LIBERTIES.accepted("form", "get_domain_availability", "checkout_cart", "get_bundle_group",
                    "create_user_session", "create_admin_session")  # fmt: skip
def answers_leave_out_what_nobody_requires(exchange: Exchange, reply: Reply) -> None:
    """What no document says to be there is not there, if something else tells it."""
    data = reply.body.get("data")
    if isinstance(data, dict):
        data.pop("is_tld_available", None)
        if "order_id" in data:
            data.pop("url", None)
        for item in data.get("items", ()):
            item.pop("bundle_type", None)
    reply.body.pop("condition", None)


@LIBERTIES.check("lenient", "add_cart_items")
def of_an_addon_only_its_id_is_read(exchange: Exchange, own: Callable[[], None]) -> None:
    """Name and description of an addon for a service may hold anything: nobody looks at them."""
    body = exchange.call.given.get("body", {})
    items = body.get("items") if isinstance(body, dict) else None
    for item in items if isinstance(items, list) else ():
        data = item.get("data") if isinstance(item, dict) and item.get("type") == "addon" else None
        if isinstance(data, dict):
            item["data"] = {name: value for name, value in data.items() if name not in ("name", "description")}
    own()


@LIBERTIES.check("lenient", "update_cart_item")
def years_are_as_many_as_can_be_had(exchange: Exchange, own: Callable[[], None]) -> None:
    """More years than a registry takes are as many as it takes."""
    body = exchange.call.given.get("body", {})
    if body.get("type") in ("domain_transfer", "domain_renewal") and isinstance(body.get("period"), int):
        exchange.call.given["body"] = {**body, "period": min(body["period"], 9)}
    own()
