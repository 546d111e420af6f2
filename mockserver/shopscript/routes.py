"""The shop's operations: each reads its call, lets the shop act, and renders what came of it."""

from collections.abc import Mapping
from decimal import Decimal
from functools import wraps
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.shopscript import render, search, workflow
from counterfoil.mockserver.shopscript.orders import Order, OrderedItem
from counterfoil.mockserver.shopscript.shop import Shop


def add_order(shop: Shop, call: Call) -> Body:
    """Place an order."""
    given = call.given
    customer = given["contact_id"] if "contact_id" in given else given["contact"]
    items = [_ordered_item(item) for item in given["items"]]
    order = shop.place(customer, items, call.now, given.get("comment"), _params(shop, call))
    return _order(shop, call, order, _is_json(call))


def get_order(shop: Shop, call: Call) -> Body:
    """Read one order."""
    return _order(shop, call, shop.orders.find(call.given["id"]), _is_json(call))


def search_orders(shop: Shop, call: Call) -> Body:
    """List orders."""
    given = call.given
    offset, limit = given.get("offset", 0), given.get("limit", 100)
    ids = search.in_order(shop.orders, search.selected(shop.orders, given.get("hash", "")), given.get("sort", ""))
    orders = [render.listed(_order(shop, call, order, False)) for order in shop.orders.page(ids, offset, limit)]
    if given.get("fields"):
        orders = [render.reduced(order, given["fields"]) for order in orders]
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


def _is_json(call: Call) -> bool:
    return call.media_type == "application/json"


def _order(shop: Shop, call: Call, order: Order, keyed: bool) -> Body:
    contact = shop.contacts[order.contact_id]
    body: Body = call.caller.order_form(order, contact, keyed)
    if shop.settings.gravatar:
        body["contact"]["photo_50x50"] = render.gravatar(contact)
    return body


def _ordered_item(item: Mapping[str, Any]) -> OrderedItem:
    services = tuple([service["service_variant_id"] for service in item.get("services", ())])
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


def _answering(handler: Handler) -> Handler:
    """The handler, whose answer is in the format of the query; a refusal's stays as it is."""

    @wraps(handler)
    def answer(shop: Shop, call: Call) -> Any:
        refused, call.media_type = call.media_type, call.caller.media_type
        try:
            return handler(shop, call)
        except Refusal:
            call.media_type = refused
            raise

    return answer


HANDLERS: Mapping[str, Handler] = {
    handler.__name__: _answering(handler)
    for handler in (
        add_order, get_order, search_orders, act_on_order, list_order_actions, delete_order, unknown_method,
    )
}  # fmt: skip
