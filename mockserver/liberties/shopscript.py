"""The liberties of a Shop-Script shop."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.liberties.liberty import Liberties
from counterfoil.mockserver.shopscript import render, workflow
from counterfoil.mockserver.shopscript.contacts import Contact
from counterfoil.mockserver.shopscript.dialect import XML
from counterfoil.mockserver.shopscript.orders import LogEntry
from counterfoil.mockserver.shopscript.seed import seeded_state
from counterfoil.mockserver.shopscript.shop import Shop

LIBERTIES = Liberties("shopscript")

#: the operations that show orders
SHOWS = ("add_order", "get_order", "search_orders")
_MISSING = re.compile("Required parameter is missing: “([a-z_]+)”.")
WORDS = ("texts_before_3_2_0", "texts_are_russian", "texts_are_left_out", "texts_are_our_own")
_DESCRIPTION = "error_description"


def _orders(reply: Reply) -> Iterator[Body]:
    """The orders in an answer."""
    yield from reply.body.get("orders", [reply.body])


@LIBERTIES.seeded("installation")
def another_shop(state: Shop, now: datetime, seed: int) -> Shop:
    """We sell other things, at other prices and taxes, in another currency, and have counted to other numbers."""
    return seeded_state(now, seed, Path(__file__).parent / "installations" / "shopscript.yaml")


@LIBERTIES.refused("words", apart=WORDS)
def texts_before_3_2_0(exchange: Exchange, reply: Reply) -> None:
    """Before version 3.2.0, what is missing had no quotes around it, and no full stop behind."""
    if _DESCRIPTION in reply.body:
        reply.body[_DESCRIPTION] = _MISSING.sub(r"Required parameter is missing: \1", reply.body[_DESCRIPTION])


@LIBERTIES.refused("words", apart=WORDS)
def texts_are_russian(exchange: Exchange, reply: Reply) -> None:
    """The token's owner reads Russian."""
    if _DESCRIPTION in reply.body:
        reply.body[_DESCRIPTION] = _MISSING.sub(r"Отсутствует обязательный параметр: «\1».", reply.body[_DESCRIPTION])
        if reply.body[_DESCRIPTION].isascii():
            reply.body[_DESCRIPTION] = "Запрос не может быть выполнен."


@LIBERTIES.refused("words", apart=WORDS)
def texts_are_left_out(exchange: Exchange, reply: Reply) -> None:
    """Our refusals have a code and no text."""
    reply.body.pop(_DESCRIPTION, None)


@LIBERTIES.refused("words", apart=WORDS)
def texts_are_our_own(exchange: Exchange, reply: Reply) -> None:
    """We have written all texts ourselves, and friendlier."""
    if _DESCRIPTION in reply.body:
        reply.body[_DESCRIPTION] = f"Sorry, we cannot do that for you ({reply.body['error'].replace('_', ' ')})."


@LIBERTIES.refused("extras")
def refusals_have_a_trace_id(exchange: Exchange, reply: Reply) -> None:
    """Whoever calls our support is asked for it."""
    reply.body["trace_id"] = f"t-{exchange.call.now:%H%M%S}"


@LIBERTIES.accepted("extras", *SHOWS)
def orders_show_more_columns(exchange: Exchange, reply: Reply) -> None:
    """An order is answered with all columns of its table, and its items too."""
    for order in _orders(reply):
        order |= {"assigned_contact_id": None, "auth_date": None, "is_first": 0, "paid_date": None, "unsettled": 0}
        for item in order.get("items", ()):
            item |= {"ext": "jpg", "file_name": "", "file_size": 0}


@LIBERTIES.accepted("form", *SHOWS)
def photos_are_gravatars(exchange: Exchange, reply: Reply) -> None:
    """Somebody has switched Gravatar on."""
    for order in _orders(reply):
        if "contact" in order:
            order["contact"]["photo_50x50"] = "//www.gravatar.com/avatar/0?size=50&default=mm"


@LIBERTIES.accepted("form", "list_order_actions")
def actions_are_a_bare_list(exchange: Exchange, reply: Reply) -> None:
    """What can be done is a list, and nothing around it."""
    if exchange.call.media_type != XML:
        reply.body = reply.body["actions"]


@LIBERTIES.wire("form")
def slashes_are_not_escaped(exchange: Exchange, answer: Answer) -> Answer:
    """We do not write JSON with PHP, and so without a backslash before every slash."""
    if not answer.content_type.startswith("application/json"):
        return answer
    return answer._replace(body=answer.body.replace(b"\\/", b"/"))


@LIBERTIES.wire("form")
def xml_is_on_one_line(exchange: Exchange, answer: Answer) -> Answer:
    """Nothing stands between the elements."""
    if not answer.content_type.startswith(XML):
        return answer
    return answer._replace(body=re.sub(rb">\n *(?=<)", b">", answer.body))


@LIBERTIES.handler("lenient", "add_order")
def phones_are_kept_as_they_are_written(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Of a telephone number, what stands between the digits is kept, too."""
    contact, result = exchange.call.given.get("contact"), own()
    if isinstance(contact, dict) and contact.get("phone") and isinstance(result, dict):
        exchange.state.contacts[int(result["contact_id"])].phone = contact["phone"]
        result["contact"]["phone"] = contact["phone"]
    return result


@LIBERTIES.handler("effects", "add_order")
def names_go_before_their_parts(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Where a name is given, it is the name, whatever its parts are."""
    contact = exchange.call.given.get("contact")
    if isinstance(contact, dict) and contact.get("name"):
        parts = ("firstname", "middlename", "lastname")
        exchange.call.given["contact"] = {field: value for field, value in contact.items() if field not in parts}
    return own()


@LIBERTIES.seeded("effects", apart=("stock_is_not_counted",))
def stock_sinks_when_the_work_begins(state: Shop, now: datetime, seed: int) -> Shop:
    """Stock is taken when an order is processed, not when it is placed."""
    state.settings.stock_counting = "process"
    return state


@LIBERTIES.seeded("effects")
def stock_is_not_counted(state: Shop, now: datetime, seed: int) -> Shop:
    """We do not count our stock."""
    state.settings.stock_counting = "none"
    return state


@LIBERTIES.check("lenient")
def odd_values_are_read_as_php_reads_them(exchange: Exchange, own: Callable[[], None]) -> None:
    """What is no number is 0, what is no list is empty; an item of which nothing is left is left out."""
    try:
        own()
    except Refusal as refusal:
        if refusal.name != "invalid_parameter":
            raise
        _repaired(exchange.call.given, exchange.operation.id)


def _repaired(given: Body, operation: str) -> None:
    if operation == "search_orders":
        _repaired_search(given)
        return
    if operation != "add_order":
        if not isinstance(given.get("id"), int) or given["id"] < 1:
            given["id"] = 0
        given["action"] = str(given.get("action", ""))
        return
    for name in ("contact_id", "contact"):
        if name in given and not _is_somebody(given[name]):
            given[name] = 0
    if "contact_id" not in given and "contact" not in given:
        raise Refusal("contact_missing")
    rows = given["items"] if isinstance(given.get("items"), list) else []
    given["items"] = [_row(row) for row in rows if isinstance(row, dict)]
    given["comment"] = given["comment"] if isinstance(given.get("comment"), str) else None
    params = given["params"] if isinstance(given.get("params"), dict) else {}
    given["params"] = {name: value for name, value in params.items() if isinstance(value, str)}


def _repaired_search(given: Body) -> None:
    for name in ("limit", "offset"):
        if name in given and not isinstance(given[name], int):
            digits = re.match(r"\d*", str(given[name]))
            given[name] = int(digits[0] or 0) if digits else 0
    if re.fullmatch(r"id/\d+(,\d+)*|search/.+", str(given.get("hash", "id/0"))) is None:
        del given["hash"]
    for name in ("fields", "sort"):
        given[name] = given[name] if isinstance(given.get(name), str) else ""


def _is_somebody(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(each, str) for each in value.values())
    return isinstance(value, int)


def _row(row: Body) -> Body:
    services = row["services"] if isinstance(row.get("services"), list) else []
    quantity = row.get("quantity", 1)
    return {
        "sku_id": row["sku_id"] if isinstance(row.get("sku_id"), int) else 0,
        "quantity": quantity if isinstance(quantity, int | float) and quantity > 0 else 1,
        "services": [
            each for each in services if isinstance(each, dict) and isinstance(each.get("service_variant_id"), int)
        ],
    }


@LIBERTIES.handler("strict", "add_order")
def whole_pieces_stay_whole(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Of what is sold by the piece, nobody can order a part; what is sold in tenths is sold in no smaller parts."""
    catalogue = exchange.state.catalogue
    for item in exchange.call.given["items"]:
        sku, quantity = catalogue.skus.get(item["sku_id"]), Decimal(item.get("quantity", 1))
        if sku is not None and quantity * catalogue.products[sku.product_id].denominator % 1:
            raise Refusal("invalid_parameter", parameter="quantity", reason="it is sold in larger parts")
    return own()


@LIBERTIES.handler("lenient", "add_order")
def anybody_can_order(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whether there is a contact of that number is not looked at; its name is then that of somebody who is gone."""
    try:
        return own()
    except Refusal as refusal:
        if refusal.name != "unknown_contact":
            raise
        number = refusal.facts["contact_id"]
    exchange.state.contacts[number] = Contact(id=number, name=f"(deleted contact {number})")
    return own()


@LIBERTIES.check("lenient", "search_orders")
def pages_may_have_no_orders(exchange: Exchange, own: Callable[[], None]) -> None:
    """A limit of 0 is no order at all, and still the number of all."""
    try:
        own()
    except Refusal as refusal:
        if refusal.name != "invalid_limit" or exchange.call.given["limit"] != 0:
            raise


@LIBERTIES.handler("effects", "search_orders")
def pages_have_thirty_orders_unless_told(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Without a limit it is thirty."""
    exchange.call.given.setdefault("limit", 30)
    return own()


@LIBERTIES.handler("order", "search_orders")
def the_oldest_order_is_first(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A search begins with the order that was placed first."""
    orders, call = exchange.state.orders, exchange.call
    result = own()
    assert isinstance(result, dict)
    offset, limit = result["offset"], result["limit"]
    call.given = {**call.given, "offset": max(result["count"] - offset - limit, 0)}
    call.given["limit"] = min(limit, max(result["count"] - offset, 0))
    turned = own() if call.given["limit"] and orders.ids else {"orders": []}
    assert isinstance(turned, dict)
    return {**result, "orders": turned["orders"][::-1]}


_MESSAGE = "message"


@LIBERTIES.handler("effects", "list_order_actions", "act_on_order")
def workflow_has_one_more_action(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever has not gone can be written to, in any state, which stays as it is."""
    shop, call = exchange.state, exchange.call
    order = shop.orders.by_id.get(call.given["id"])
    if order is None or order.state == workflow.DELETED:
        return own()
    if exchange.operation.id == "list_order_actions":
        listed = own()
        assert isinstance(listed, dict)
        return {"actions": [{"id": _MESSAGE, "name": "Write to the customer"}, *listed["actions"]]}
    if call.given["action"] != _MESSAGE:
        return own()
    order.updated = call.now
    number = shop.next_id("log")
    return render.action_done(LogEntry(
        id=number, order_id=order.id, action=_MESSAGE, before=order.state, after=order.state, at=call.now
    ))  # fmt: skip


@LIBERTIES.handler("lenient", "delete_order", "act_on_order")
def deleting_again_is_done(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Who deletes what is deleted has what was wanted."""
    shop, call = exchange.state, exchange.call
    order = shop.orders.by_id.get(call.given["id"])
    again = order is not None and order.state == workflow.DELETED
    if not again or call.given.get("action", workflow.DELETE) != workflow.DELETE:
        return own()
    return render.action_done(replace(order.log[-1], before=workflow.DELETED, at=call.now))
