"""The mistakes of a WHMCS that is called through its REST API: what may be ordered, and what it costs again."""

from collections.abc import Callable

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.steps import Result
from counterfoil.mockserver.engine.varied import Exchange

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
