"""Clients that openapi-python-client has generated order at all three vendors. Writes what came of it."""

import json
import os
import sys

from billmanager.api.cart import get_cart
from billmanager.api.orders import order_item
from billmanager.client import Client as Panel
from billmanager.models import OrderItemRequest, OrderItemRequestOrderPeriod
from shopscript.api.orders import add_order as add_shop_order
from shopscript.api.orders import get_order
from shopscript.client import AuthenticatedClient as Shop
from shopscript.models import OrderAddRequest
from whmcs_classic.api.orders import add_order, get_orders
from whmcs_classic.client import Client as Whmcs
from whmcs_classic.models import AddOrderRequest, AddOrderRequestAction, GetOrdersRequest, GetOrdersRequestAction

BASE = os.environ["BASE_URL"]


def whmcs() -> str:
    known = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret"}
    client = Whmcs(base_url=BASE)
    order = AddOrderRequest(
        action=AddOrderRequestAction.ADDORDER, clientid=1, paymentmethod="mailin", pid=1, billingcycle="monthly",
        domain="generated.example", **known,
    )  # fmt: skip
    placed = add_order.sync(client=client, body=order)
    listed = GetOrdersRequest(action=GetOrdersRequestAction.GETORDERS, id=placed.orderid, **known)
    return get_orders.sync(client=client, body=listed).orders.order[0].status


def panel() -> int:
    client = Panel(base_url=BASE)
    item = OrderItemRequest(
        func="v2.vds.order.param", order_period=OrderItemRequestOrderPeriod.VALUE_1, pricelist=111, sok="ok", addon_5="10",
        authinfo="demo:demo",
    )  # fmt: skip
    order_item.sync(client=client, body=item)
    return int(get_cart.sync(client=client, func="cart", authinfo="demo:demo").to_dict()["doc"]["total"]["count"]["$"])


def shop() -> float:
    client = Shop(base_url=BASE, token="counterfoil-token")
    placed = add_shop_order.sync(
        client=client, body=OrderAddRequest(contact_id=1, items0sku_id="1", items0quantity="2")
    )
    return get_order.sync(client=client, id=placed.id).total


if __name__ == "__main__":
    json.dump({"status": whmcs(), "items": panel(), "total": shop()}, sys.stdout)
