"""The shop's operations: each reads its call, lets the shop act, and renders what came of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.shopscript import render, workflow
from counterfoil.mockserver.shopscript.orders import Order, OrderedItem
from counterfoil.mockserver.shopscript.shop import Shop


def add_order(shop: Shop, call: Call) -> Body:
    """Place an order."""
    given = call.given
    customer = given["contact_id"] if "contact_id" in given else given["contact"]
    items = [_ordered_item(item) for item in given["items"]]
    order = shop.place(customer, items, call.now, given.get("comment"), _params(shop, call))
    return _order(shop, call, order)


def get_order(shop: Shop, call: Call) -> Body:
    """Read one order."""
    return _order(shop, call, shop.orders.find(call.given["id"]))


def search_orders(shop: Shop, call: Call) -> Body:
    """List orders."""
    offset, limit = call.given.get("offset", 0), call.given.get("limit", 100)
    ids = _selected(shop, call.given.get("hash", ""))
    orders = [
        call.caller.order_form(order, shop.contacts[order.contact_id], False)
        for order in shop.orders.page(ids, offset, limit)
    ]
    return render.order_list(orders, offset, limit, len(ids))


def act_on_order(shop: Shop, call: Call) -> Body:
    """Move an order through its workflow."""
    return render.action_done(shop.act(call.given["id"], call.given["action"], call.now))


def list_order_actions(shop: Shop, call: Call) -> Body:
    """List what can be done with an order."""
    return render.action_list(workflow.offered(shop.orders.find(call.given["id"]).state))


def delete_order(shop: Shop, call: Call) -> Body:
    """Delete an order."""
    return render.action_done(shop.delete(call.given["id"], call.now))


def unknown_method(shop: Shop, call: Call) -> Body:
    """Everything that reaches no method."""
    raise Refusal("unknown_method", method=call.function)


def _order(shop: Shop, call: Call, order: Order) -> Body:
    alone_in_json = call.media_type == "application/json"
    body: Body = call.caller.order_form(order, shop.contacts[order.contact_id], alone_in_json)
    return body


def _ordered_item(item: Mapping[str, Any]) -> OrderedItem:
    services = tuple(service["service_variant_id"] for service in item.get("services", ()))
    return OrderedItem(item["sku_id"], Decimal(item.get("quantity", 1)), services)


def _params(shop: Shop, call: Call) -> dict[str, str]:
    """What is kept with the order: the caller may add to it, but not say where the order comes from."""
    storefront = shop.settings.storefront
    return {
        "sales_channel": f"storefront:{storefront}",
        **call.given.get("params", {}),
        "storefront": storefront,
        "ip": call.ip,
        "user_agent": call.header("User-Agent") or "api",
    }


def _selected(shop: Shop, selector: str) -> list[int]:
    """The ascending ids of the orders that the search's hash selects."""
    kind, _, value = selector.partition("/")
    if kind == "id":
        return shop.orders.existing([int(each) for each in value.split(",") if len(each) < 20])
    if kind == "search":
        return shop.orders.ids_by_state.get(value.removeprefix("state_id="), [])
    return shop.orders.ids


HANDLERS: Mapping[str, Handler] = {
    handler.__name__: handler
    for handler in (
        add_order, get_order, search_orders, act_on_order, list_order_actions, delete_order, unknown_method,
    )
}  # fmt: skip
