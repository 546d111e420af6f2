"""The mistakes of a Shop-Script shop."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import escape
from typing import Any

from msgspec.structs import replace

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.shopscript import stock
from counterfoil.mockserver.shopscript.amounts import ZERO
from counterfoil.mockserver.shopscript.dialect import XML
from counterfoil.mockserver.shopscript.orders import Order
from counterfoil.mockserver.shopscript.routes import HANDLERS
from counterfoil.mockserver.shopscript.shop import APP, Shop

DEFECTS = Defects("shopscript")

#: the operations that show orders
SHOWS = ("add_order", "get_order", "search_orders")
_WHOLE = frozenset(("total", "create_datetime", "contact", "items"))
A_MINUTE = timedelta(minutes=1)


def shown(reply: Reply) -> list[Body]:
    """The orders in an answer, but for those of which only some keys were asked for."""
    orders: list[Body] = reply.body.get("orders", [reply.body])
    return [order for order in orders if order.keys() >= _WHOLE]


def showing(exchange: Exchange, change: Callable[[Order], Order]) -> None:
    """Let all orders be shown so."""
    form = exchange.call.caller.order_form
    exchange.call.caller.order_form = lambda order, contact, alone: form(change(order), contact, alone)


def unmoved(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What is answered, and the order is in the state in which it was before."""
    orders = exchange.state.orders
    order = orders.by_id.get(exchange.call.given["id"])
    before = order.state if order is not None else ""
    result = honest()
    orders.move(order, before)
    return result


def _lose(shop: Shop, order: Order) -> None:
    """Forget the order."""
    del shop.orders.by_id[order.id]
    shop.orders.ids.remove(order.id)
    shop.orders.ids_by_state[order.state].remove(order.id)


@DEFECTS.handler("arithmetic", *SHOWS)
def order_total_forgets_the_quantity(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We add up the prices of the rows; that one can buy two of a thing came later."""

    def change(order: Order) -> Order:
        forgotten = sum((row.amount - row.price for row in order.rows if row.quantity > 1), ZERO)
        return replace(order, total=order.total - forgotten)

    showing(exchange, change)
    return honest()


@DEFECTS.handler("identity", *SHOWS)
def services_name_a_product_as_their_parent(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A service's parent_id should be the row above it, and we join the product."""

    def change(order: Order) -> Order:
        return replace(
            order, rows=[replace(row, parent_id=row.product_id) if row.is_service else row for row in order.rows]
        )

    showing(exchange, change)
    return honest()


@DEFECTS.handler("lost update", "act_on_order")
def action_drops_the_comment(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An action saves the whole order anew, and the form of the action has no comment."""
    result = honest()
    exchange.state.orders.find(exchange.call.given["id"]).comment = None
    return result


@DEFECTS.handler("lost update", "add_order")
def concurrent_sales_lose_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We read the orders, add ours and write them back, and nobody holds a lock in between."""
    shop = exchange.state
    known = len(shop.orders.ids)
    exchange.let_others_in()
    meanwhile = shop.orders.ids[known:]
    result = honest()
    for number in meanwhile:
        _lose(shop, shop.orders.by_id[number])
    return result


@DEFECTS.handler("visibility", "delete_order")
def deletion_is_not_kept(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We answer with the order's new state, and save the old one."""
    return unmoved(exchange, honest)


@DEFECTS.handler("visibility", "search_orders")
def newest_order_is_not_found(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Searches go to a copy of the database, which is one order behind."""
    ids = exchange.state.orders.ids
    newest = ids.pop() if ids else None
    try:
        return honest()
    finally:
        if newest is not None:
            ids.append(newest)


@DEFECTS.gate("authentication")
def expired_token_is_accepted(exchange: Exchange, honest: Callable[[], None]) -> None:
    """We write down until when a token is valid, and never look."""
    token = exchange.state.tokens.get(exchange.call.caller.token)
    if token is None:
        return honest()
    expires, token.expires = token.expires, None
    try:
        honest()
    finally:
        token.expires = expires


@DEFECTS.gate("authentication")
def token_of_another_app_is_accepted(exchange: Exchange, honest: Callable[[], None]) -> None:
    """A token is a token; what it is for is checked in the browser."""
    token = exchange.state.tokens.get(exchange.call.caller.token)
    if token is None:
        return honest()
    scope, token.scope = token.scope, [APP]
    try:
        honest()
    finally:
        token.scope = scope


@DEFECTS.accepted("paging", "search_orders")
def count_is_that_of_the_page(exchange: Exchange, reply: Reply) -> None:
    """We count what we have read."""
    reply.body["count"] = len(reply.body["orders"])


@DEFECTS.accepted("encoding", *SHOWS)
def names_are_escaped_twice(exchange: Exchange, reply: Reply) -> None:
    """Names are escaped when they are read, and again when they are shown."""
    for order in shown(reply):
        order["contact"]["name"] = escape(order["contact"]["name"])


@DEFECTS.handler("encoding", "add_order")
def comments_become_question_marks(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The column for comments is Latin-1, and MySQL does not complain."""
    given = exchange.call.given
    if "comment" in given:
        given["comment"] = given["comment"].encode("latin-1", "replace").decode("latin-1")
    return honest()


@DEFECTS.accepted("format", *SHOWS)
def totals_are_texts(exchange: Exchange, reply: Reply) -> None:
    """The total goes through number_format, which returns a string."""
    for order in shown(reply):
        if isinstance(order["total"], Decimal):
            order["total"] = f"{order['total']:f}"


@DEFECTS.accepted("format", "get_order")
def items_show_their_profit(exchange: Exchange, reply: Reply) -> None:
    """The back office wanted a column with the profit, and the API shows all columns."""
    items = reply.body["items"]
    for item in items.values() if isinstance(items, dict) else items:
        item["profit"] = Decimal(item["price"]) - Decimal(item["purchase_price"])


@DEFECTS.accepted("format", *SHOWS)
def single_item_is_no_list(exchange: Exchange, reply: Reply) -> None:
    """Our serializer came from XML: of one child it makes no list."""
    for order in shown(reply):
        if exchange.call.media_type != XML and isinstance(order["items"], list) and len(order["items"]) == 1:
            (order["items"],) = order["items"]


@DEFECTS.accepted("date", *SHOWS)
def days_come_before_months(exchange: Exchange, reply: Reply) -> None:
    """Dates are written as the shop's owner likes to read them."""
    for order in shown(reply):
        day, _, clock = order["create_datetime"].partition(" ")
        order["create_datetime"] = f"{'.'.join(reversed(day.split('-')))} {clock}"


@DEFECTS.wire("content type")
def xml_is_sent_as_json(exchange: Exchange, answer: Answer) -> Answer:
    """XML came later, and the header stayed."""
    return answer._replace(content_type=answer.content_type.replace(XML, "application/json"))


@DEFECTS.refused("leak", "get_order")
def unknown_order_shows_the_query(exchange: Exchange, reply: Reply) -> None:
    """The exception's message is the error's description."""
    if reply.outcome == "order_not_found":
        reply.body["error_description"] += " SQLSTATE[02000]: No data: SELECT * FROM shop_order o WHERE o.id = ?"


@DEFECTS.handler("refusal", "act_on_order")
def refused_action_leaves_a_mark(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We note when the order was changed, and then see whether it can be."""
    try:
        return honest()
    except Refusal as refusal:
        if refusal.name == "action_unavailable":
            exchange.state.orders.find(exchange.call.given["id"]).updated = exchange.call.now
        raise


@DEFECTS.refused("refusal", "act_on_order")
def unavailable_action_is_a_conflict(exchange: Exchange, reply: Reply) -> None:
    """HTTP has a status for this, whatever the documentation says."""
    if reply.outcome == "action_unavailable":
        reply.status = 409


@DEFECTS.handler("stock", "delete_order", "act_on_order")
def deleted_order_keeps_its_stock(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Whoever deletes an order puts the goods back by hand."""
    shop, order = exchange.state, exchange.state.orders.by_id.get(exchange.call.given["id"])
    taken, times = (order.stock_taken, order.times_taken) if order is not None else (False, 0)
    result = honest()
    if taken and not order.stock_taken:
        stock.take(order, shop.catalogue)
        order.times_taken = times
    return result


@DEFECTS.handler("idempotence", "add_order")
def same_sale_twice_is_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Against double clicks: the same customer with the same goods within a minute gets the order that is there."""
    shop: Shop = exchange.state
    last = shop.orders.by_id[shop.orders.ids[-1]] if shop.orders.ids else None
    result = honest()
    order = shop.orders.by_id[shop.orders.ids[-1]]
    if last is None or _goods(last) != _goods(order) or order.created - last.created >= A_MINUTE:
        return result
    stock.give_back(order, shop.catalogue)
    _lose(shop, order)
    contact = shop.contacts[order.contact_id]
    contact.number_of_orders, contact.last_order_id = contact.number_of_orders - 1, last.id
    exchange.call.given = {"id": last.id}
    return HANDLERS["get_order"](shop, exchange.call)


def _goods(order: Order) -> Any:
    rows = [(row.sku_id, row.service_variant_id, row.quantity) for row in order.rows]
    return order.contact_id, order.comment, rows
