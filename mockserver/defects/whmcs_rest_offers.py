"""The mistakes of a WHMCS that is called through its REST API: what may be ordered, and what it costs again."""

from collections.abc import Callable
from decimal import Decimal

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.defects.whmcs_rest_carts import CARTS
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.rest.carts.routes import buyer_of
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount

DEFECTS = Defects("whmcs-rest")

_LEAST = -(2**31)


@DEFECTS.handler("validation", "validate_cart", "checkout_cart")
def registrants_are_asked_nothing(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What a registry wants to know is asked by the registrar's own page, later, we thought."""
    asked = {name: tld.fields for name, tld in exchange.state.tlds.items()}
    for tld in exchange.state.tlds.values():
        tld.fields = []
    try:
        return honest()
    finally:
        for name, fields in asked.items():
            exchange.state.tlds[name].fields = fields


@DEFECTS.check("validation", "add_cart_items", "update_cart_item")
def numbers_end_on_one_side_only(exchange: Exchange, honest: Callable[[], None]) -> None:
    """A quantity that is too large is an error; one that is too small is one."""
    body = exchange.call.given.get("body", {})
    items = body.get("items", [body])
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("quantity"), int) and item["quantity"] < _LEAST:
            item["quantity"] = 1
    honest()


@DEFECTS.accepted("arithmetic", *CARTS)
def late_fees_come_again(exchange: Exchange, reply: Reply) -> None:
    """What a late renewal costs is one number, and that number is what recurs."""
    currency = buyer_of(exchange.state, exchange.call).currency

    def value(of: Body) -> Decimal:
        return Decimal(of["value"])

    data, more = reply.body["data"], Decimal(0)
    for item in data["items"]:
        price = (item.get("billing") or {}).get("price") or {}
        if item.get("type") == "domain_renewal" and "recurring" in price:
            fee = value(price["recurring"]["setup"])
            price["recurring"] = {
                "setup": amount(Decimal(0), currency),
                "amount": amount(value(price["recurring"]["amount"]) + fee, currency),
            }
            more += fee
    for each in data["totals"]["recurring"][:1] if more else ():
        each["amount"] = amount(value(each["amount"]) + more, currency)


@DEFECTS.accepted("arithmetic", "get_bundle_group")
def bundles_are_listed_without_setup_fees(exchange: Exchange, reply: Reply) -> None:
    """The price of a bundle was typed in when it was made, by somebody who forgot what is paid once."""
    currency = exchange.call.caller.currency
    for bundle in reply.body["data"]["bundles"]:
        bundle["price"] = amount(max(Decimal(bundle["price"]["value"]) - 15, Decimal(0)), currency)
