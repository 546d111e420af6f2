"""The mistakes of a WHMCS that is called through its REST API: with what carts come to."""

from collections.abc import Iterator
from decimal import Decimal

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.defects.whmcs_rest_carts import CARTS
from counterfoil.mockserver.engine.steps import Reply
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING
from counterfoil.mockserver.whmcs.rest.carts.routes import buyer_of
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount

DEFECTS = Defects("whmcs-rest")


def _value(of: Body) -> Decimal:
    return Decimal(of["value"])


def _change(exchange: Exchange, reply: Reply, by: Decimal, *names: str) -> None:
    """Add so much to these sums of the cart."""
    sums, currency = reply.body["data"]["totals"], buyer_of(exchange.state, exchange.call).currency
    for name in names:
        sums[name] = amount(max(_value(sums[name]) + by, NOTHING), currency)


def _prices(reply: Reply, *parts: str) -> Iterator[Body]:
    """The prices of what belongs to the items under these names."""
    for item in reply.body["data"]["items"]:
        for name in parts:
            for part in item.get(name) or ():
                yield from ((part.get("billing") or {}).get("price") or {}).values()


@DEFECTS.accepted("arithmetic", *CARTS)
def cart_total_has_no_addons(exchange: Exchange, reply: Reply) -> None:
    """The cart adds up its items; that an addon has a price too was said in another meeting."""
    more = sum((_value(each["setup"]) + _value(each["amount"]) for each in _prices(reply, "addons")), NOTHING)
    _change(exchange, reply, -more, "subtotal", "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def cart_total_has_no_options(exchange: Exchange, reply: Reply) -> None:
    """What is chosen for a product is shown with its price, and added up nowhere."""
    more = sum((_value(each["setup"]) + _value(each["amount"]) for each in _prices(reply, "config_options")), NOTHING)
    _change(exchange, reply, -more, "subtotal", "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def cart_total_is_that_of_the_first_item(exchange: Exchange, reply: Reply) -> None:
    """A customer buys one thing, so we take the first row."""
    data = reply.body["data"]
    more = NOTHING
    for item in data["items"][1:]:
        for price in ((item.get("billing") or {}).get("price") or {}).values():
            more += _value(price["setup"]) + _value(price["amount"])
    _change(exchange, reply, -more, "subtotal", "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def taxes_stand_beside_the_total(exchange: Exchange, reply: Reply) -> None:
    """The taxes are worked out on top of the price, are shown, and are not in the total."""
    taxes = sum((_value(each["amount"]) for each in reply.body["data"]["totals"]["taxes"]), NOTHING)
    _change(exchange, reply, -taxes, "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def discount_is_added(exchange: Exchange, reply: Reply) -> None:
    """A discount became a negative number once, and we subtract it still."""
    off = sum((_value(each["amount"]) for each in reply.body["data"]["totals"]["discounts"]), NOTHING)
    _change(exchange, reply, 2 * off, "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def discount_is_shown_and_not_taken(exchange: Exchange, reply: Reply) -> None:
    """The discount has a row of its own, and the total is from before there was one."""
    off = sum((_value(each["amount"]) for each in reply.body["data"]["totals"]["discounts"]), NOTHING)
    _change(exchange, reply, off, "total")


@DEFECTS.accepted("arithmetic", *CARTS)
def taxes_are_doubled(exchange: Exchange, reply: Reply) -> None:
    """The taxes are worked out where the cart is and where the client is, which is the same place."""
    taxes = reply.body["data"]["totals"]["taxes"]
    currency = buyer_of(exchange.state, exchange.call).currency
    _change(exchange, reply, sum((_value(each["amount"]) for each in taxes), NOTHING), "total")
    for each in taxes:
        each["amount"] = amount(2 * _value(each["amount"]), currency)


@DEFECTS.accepted("arithmetic", *CARTS)
def setup_fees_recur(exchange: Exchange, reply: Reply) -> None:
    """What recurs is what is paid first, setup fee and all."""
    data, currency = reply.body["data"], buyer_of(exchange.state, exchange.call).currency
    for row in data["totals"]["recurring"]:
        for item in data["items"]:
            billing = item.get("billing") or {}
            price = (billing.get("price") or {}).get("recurring")
            if price and billing["cycle"] == row["cycle"]:
                row["amount"] = amount(_value(row["amount"]) + _value(price["setup"]), currency)


@DEFECTS.accepted("arithmetic", *CARTS)
def several_cost_as_much_as_one(exchange: Exchange, reply: Reply) -> None:
    """The price of a line is that of its product, and so is everything that is made of it."""
    data, currency = reply.body["data"], buyer_of(exchange.state, exchange.call).currency
    less = NOTHING
    for item in data["items"]:
        many = item.get("quantity", 1)
        for price in ((item.get("billing") or {}).get("price") or {}).values():
            for name, told in price.items():
                each = amount((_value(told) / many).quantize(Decimal("0.01")), currency)
                less += _value(told) - _value(each)
                price[name] = each
    data["totals"]["taxes"] = data["totals"]["discounts"] = data["totals"]["recurring"] = []
    sums = data["totals"]
    sums["total"] = sums["subtotal"] = amount(_value(sums["subtotal"]) - less, currency)


@DEFECTS.accepted("arithmetic", *CARTS)
def years_of_a_name_cost_as_much_as_one(exchange: Exchange, reply: Reply) -> None:
    """The price of a name is that of a year, and the years came later."""
    data, currency = reply.body["data"], buyer_of(exchange.state, exchange.call).currency
    less = NOTHING
    for item in data["items"]:
        if item.get("type") not in ("domain_register", "domain_transfer"):
            continue
        for price in ((item.get("billing") or {}).get("price") or {}).values():
            each = amount((_value(price["amount"]) / item["period"]).quantize(Decimal("0.01")), currency)
            less += _value(price["amount"]) - _value(each)
            price["amount"] = each
    if less:
        _change(exchange, reply, -less, "subtotal", "total")
        data["totals"]["recurring"] = []


@DEFECTS.accepted("format", *CARTS)
def total_is_displayed_without_its_discount(exchange: Exchange, reply: Reply) -> None:
    """The text of the total is from the line above, which is the subtotal."""
    sums = reply.body["data"]["totals"]
    sums["total"]["display_value"] = sums["subtotal"]["display_value"]


@DEFECTS.accepted("currency", *CARTS)
def recurring_totals_are_in_dollars(exchange: Exchange, reply: Reply) -> None:
    """What comes again is kept in the default currency, and nobody has converted it."""
    state = exchange.state
    default = state.currencies[state.settings.default_currency]
    for row in reply.body["data"]["totals"]["recurring"]:
        row["amount"] = amount(_value(row["amount"]), default)
