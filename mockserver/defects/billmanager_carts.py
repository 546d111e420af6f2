"""The mistakes of a billing panel in what is in a cart, what it costs, and what ordering it does."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

from counterfoil.mockserver.billmanager import paying, render, tables
from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.items import Cart, Item
from counterfoil.mockserver.billmanager.routes import HANDLERS
from counterfoil.mockserver.defects.billmanager import LISTS, ORDERS, bought
from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Accepted

DEFECTS = Defects("billmanager")


def _newest(client: Client) -> Item | None:
    """What was put into a cart last."""
    items = [item for cart in client.carts.values() for item in cart.items.values()]
    return max(items, key=lambda item: item.id, default=None)


def _balances(client: Client) -> list[Decimal]:
    return [account.balance for account in client.accounts]


def _line_items(reply: Reply) -> list[Any]:
    """The items of the cart in an answer."""
    found = reply.body["doc"].get("list", {}).get("elem", [])
    return found if isinstance(found, list) else [found]


@DEFECTS.accepted("arithmetic", "get_cart")
def cart_counts_its_tariffs(exchange: Exchange, reply: Reply) -> None:
    """The number of items is that of the rows, after they were grouped by their tariffs."""
    reply.body["doc"]["total"]["count"]["$"] = str(len({item["pricelist"]["$"] for item in _line_items(reply)}))


@DEFECTS.accepted("arithmetic", "get_cart")
def cart_total_is_that_of_the_last_item(exchange: Exchange, reply: Reply) -> None:
    """The total is set in the loop, where it should be added to."""
    for item in _line_items(reply):
        reply.body["doc"]["total"]["cost"]["$"] = item["price"]["price"]["cost"]["$"]


@DEFECTS.handler("arithmetic", *ORDERS)
def addons_cost_the_same_however_many(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An addon has a price, which we add; that its value may be a number of something came later."""
    result, client = honest(), exchange.call.caller.client
    item = None if bought(result) else _newest(client)
    for extra in item.extras if item else ():
        if extra.value.isdecimal() and int(extra.value):
            extra.price /= int(extra.value)
    return result


def _at_the_price_of_the_shortest_period(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    result, item = honest(), _newest(exchange.call.caller.client)
    if item is not None and not bought(result):
        item.price = exchange.state.tariffs[item.tariff].prices[min(exchange.state.tariffs[item.tariff].prices)]
    return result


@DEFECTS.handler("arithmetic", *ORDERS)
def longer_periods_cost_what_a_month_costs(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We take the tariff's first price, which is the one for a month."""
    return _at_the_price_of_the_shortest_period(exchange, honest)


@DEFECTS.handler("arithmetic", "quick_order_item")
def certificates_cost_the_same_for_any_period(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Certificates were sold for a year and no longer when this was written."""
    return _at_the_price_of_the_shortest_period(exchange, honest)


def _for_nothing(exchange: Exchange, honest: Callable[[], Result], free: Callable[[Result], bool]) -> Result:
    """What the honest program does, without the money that it takes."""
    client = exchange.call.caller.client
    before = _balances(client)
    result = honest()
    for account, balance in zip(client.accounts, before, strict=True):
        account.balance = balance if free(result) else account.balance
    return result


@DEFECTS.handler("arithmetic", *ORDERS)
def what_skips_the_cart_costs_nothing(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """It is the cart that takes the money, and this does not go through the cart."""
    return _for_nothing(exchange, honest, bought)


@DEFECTS.handler("arithmetic", "confirm_cart_order")
def orders_from_the_cart_cost_nothing(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The payment is marked as paid, and the account is for the accountants."""
    return _for_nothing(exchange, honest, lambda _: True)


@DEFECTS.handler("arithmetic", *ORDERS)
def what_skips_the_cart_is_paid_twice(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The order takes its money when it is made, and again when the service is opened."""
    client = exchange.call.caller.client
    before = _balances(client)
    result = honest()
    for account, balance in zip(client.accounts, before, strict=True):
        account.balance -= balance - account.balance if bought(result) else 0
    return result


@DEFECTS.handler("visibility", "get_cart")
def carts_of_all_clients_are_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The cart is looked up by its provider; that it has a client, too, is for the session to know."""
    panel, client = exchange.state, exchange.call.caller.client
    honest()
    provider = panel.account(client, exchange.call.given.get("project")).provider
    items = {number: item for each in panel.clients.values() for number, item in each.cart(provider).items.items()}
    body = render.cart(Cart(items=items), panel.currency)
    return body if items else Accepted("cart_listed_empty", body)


@DEFECTS.handler("visibility", "list_payments")
def payments_of_all_clients_are_listed(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The list was made for our accountants, who have to see all of them."""
    panel = exchange.state
    every = [row for client in panel.clients.values() for row in tables.payment_rows(panel, client)]
    return tables.table(every, exchange.call.given)


@DEFECTS.handler("visibility", "list_services")
def services_of_all_clients_are_listed(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A product type has one list of services, and the client is a column of it."""
    panel, kind = exchange.state, exchange.call.function
    every = [each for client in panel.clients.values() for each in client.services if each.kind == kind]
    return tables.table(tables.service_rows(every, panel.currency), exchange.call.given)


@DEFECTS.handler("visibility", "list_payments")
def payments_are_not_narrowed(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The filter is kept by the page, where a person has set it."""
    exchange.call.given.pop("filter", None)
    return honest()


@DEFECTS.handler("lost update", "delete_cart_item")
def deletion_takes_the_first_item(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The row that is marked on the page is deleted, and a program marks none."""
    given = exchange.call.given
    for cart in exchange.call.caller.client.carts.values():
        if given["id"] in cart.items:
            exchange.call.given = given | {"id": min(cart.items)}
    return honest()


@DEFECTS.handler("lost update", "confirm_cart_order")
def ordering_one_item_takes_all(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An order is made of the cart; that one may want a part of it we heard later."""
    exchange.call.given = {name: value for name, value in exchange.call.given.items() if name != "elid"}
    return honest()


@DEFECTS.handler("lost update", "empty_cart")
def emptied_cart_keeps_its_last_item(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We delete the rows from the first to the last, and stop before it."""
    item = _newest(exchange.call.caller.client)
    result = honest()
    if item is not None:
        exchange.call.caller.client.put(item)
    return result


@DEFECTS.handler("lost update", "confirm_cart_order")
def orders_have_no_payment(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A payment is made when somebody chooses how to pay, on the page after this one."""
    result = honest()
    exchange.call.caller.client.payments.pop()
    return result


@DEFECTS.handler("refusal", *ORDERS)
def what_skips_the_cart_is_in_it_too(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Everything that is ordered goes through the cart, and what is paid at once is not taken out of it."""
    result = honest()
    if bought(result):
        exchange.call.given = {**exchange.call.given, "skipbasket": "off"}
        honest()
    return result


@DEFECTS.check("validation", *ORDERS)
def looking_at_the_form_orders(exchange: Exchange, honest: Callable[[], None]) -> None:
    """To know what it would cost we put the item into the cart, and forget to take it out."""
    try:
        honest()
    except Refusal as refusal:
        call, given = exchange.call, exchange.call.given
        if refusal.name == "order_form":
            call.given = {"order_period": 1, **given, "sok": "ok", "skipbasket": "off"}
            with suppress(Refusal):
                HANDLERS["order_item"](exchange.state, call)
            call.given = given
        raise


@DEFECTS.check("validation", "delete_cart_item", "empty_cart")
def the_cart_asks_for_no_confirmation(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Whoever calls from a program knows what they want."""
    exchange.call.given.setdefault("sok", "ok")
    honest()


@DEFECTS.handler("visibility", "quick_order_item")
def quick_orders_go_into_the_old_basket(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """With the flag the answer is that of the new cart, and the item goes where it has always gone."""
    client, result = exchange.call.caller.client, honest()
    item = _newest(client)
    if isinstance(result, Accepted) and result.name == "item_in_cart" and item is not None:
        paying.put_in_basket(exchange.state, client, [client.carts[item.provider].items.pop(item.id)])
    return result


@DEFECTS.accepted("format", "get_cart", *LISTS)
def a_row_that_is_alone_is_a_list(exchange: Exchange, reply: Reply) -> None:
    """Rows are a list, however many there are; JSON is not XML, and that was decided elsewhere."""
    doc = reply.body["doc"]
    for place in (doc, doc.get("list", {})):
        if isinstance(place.get("elem"), dict):
            place["elem"] = [place["elem"]]


def _texts(node: Any) -> Iterator[dict[str, Any]]:
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _texts(below)
    if isinstance(node, dict) and isinstance(node.get("$"), str):
        yield node


@DEFECTS.accepted("format", "get_cart", "list_accounts")
def amounts_lose_their_last_zero(exchange: Exchange, reply: Reply) -> None:
    """An amount is a double, which is written without what it does not need."""
    for text in _texts(reply.body["doc"]):
        text["$"] = re.sub(r"^(-?[0-9]+\.[0-9])0$", r"\1", text["$"])
