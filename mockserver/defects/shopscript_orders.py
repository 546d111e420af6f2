"""The mistakes of a Shop-Script shop in keeping and showing an order."""

from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.defects.shopscript import SHOWS, showing, shown, unmoved
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.shopscript.amounts import ZERO
from counterfoil.mockserver.shopscript.dialect import XML
from counterfoil.mockserver.shopscript.orders import Order
from counterfoil.mockserver.shopscript.workflow import DELETED

DEFECTS = Defects("shopscript")


def _items(order: Body) -> list[Body]:
    """The items of a shown order, in whichever form."""
    items = order["items"]
    return list(items.values() if isinstance(items, dict) else items)


@DEFECTS.handler("arithmetic", *SHOWS)
def services_are_in_no_total(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We add up the products; that a service is a row of its own came later."""

    def change(order: Order) -> Order:
        return replace(order, total=order.total - sum((row.amount for row in order.rows if row.is_service), ZERO))

    showing(exchange, change)
    return honest()


@DEFECTS.handler("arithmetic", *SHOWS)
def tax_on_top_is_in_no_total(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The tax is shown beside the total; our own prices have it inside, so nobody saw that it is not added."""

    def change(order: Order) -> Order:
        on_top = sum((row.tax for row in order.rows if not row.tax_included), ZERO)
        return replace(order, total=order.total - on_top)

    showing(exchange, change)
    return honest()


@DEFECTS.handler("arithmetic", *SHOWS)
def services_are_done_once(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A service is booked with its item, once, however many pieces of the item there are."""

    def change(order: Order) -> Order:
        more = sum((row.amount - row.price for row in order.rows if row.is_service), ZERO)
        rows = [replace(row, quantity=Decimal("1.000")) if row.is_service else row for row in order.rows]
        return replace(order, rows=rows, total=order.total - more)

    showing(exchange, change)
    return honest()


@DEFECTS.handler("identity", "add_order")
def all_orders_are_the_first_customers(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The customer is looked up without a condition, and the database gives the first one."""
    if "contact_id" in exchange.call.given:
        exchange.call.given["contact_id"] = min(exchange.state.contacts)
    return honest()


@DEFECTS.accepted("identity", *SHOWS)
def item_ids_begin_anew_in_each_order(exchange: Exchange, reply: Reply) -> None:
    """An item's id is the number of its row in the order."""
    for order in shown(reply):
        new = {str(item["id"]): number for number, item in enumerate(_items(order), 1)}
        for item in _items(order):
            item["id"] = type(item["id"])(new[str(item["id"])])
            if item.get("parent_id"):
                item["parent_id"] = type(item["parent_id"])(new.get(str(item["parent_id"]), item["parent_id"]))


@DEFECTS.accepted("identity", *SHOWS)
def items_name_the_order_before(exchange: Exchange, reply: Reply) -> None:
    """The rows are written before the order, and take the last number that there is."""
    for order in shown(reply):
        for item in _items(order):
            item["order_id"] = str(int(order["id"]) - 1)


@DEFECTS.handler("lost update", "act_on_order")
def action_is_not_kept(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The workflow says where the order goes, and whoever shows the order asks another table."""
    return unmoved(exchange, honest)


@DEFECTS.handler("lost update", "add_order")
def new_customers_have_but_a_name(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A new customer is made of the name; address and telephone number have tables of their own."""
    contact = exchange.call.given.get("contact")
    if isinstance(contact, dict):
        exchange.call.given["contact"] = {key: value for key, value in contact.items() if "name" in key}
    return honest()


@DEFECTS.handler("visibility", "get_order")
def deleted_orders_are_not_found(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Whatever reads orders leaves the deleted ones out, to be on the safe side."""
    order = exchange.state.orders.by_id.get(exchange.call.given["id"])
    if order is not None and order.state == DELETED:
        raise Refusal("order_not_found")
    return honest()


@DEFECTS.handler("validation", "add_order")
def caller_says_where_an_order_comes_from(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What is sent as params is merged over what we know ourselves, and not under it."""
    result, sent = honest(), exchange.call.given.get("params", {})
    exchange.state.orders.by_id[exchange.state.orders.ids[-1]].params.update(sent)
    if isinstance(result, dict):
        result["params"] |= sent
    return result


@DEFECTS.accepted("date", *SHOWS)
def creation_has_no_time(exchange: Exchange, reply: Reply) -> None:
    """The column of the day on which an order was made is a DATE."""
    for order in shown(reply):
        order["create_datetime"] = order["create_datetime"].partition(" ")[0]


@DEFECTS.accepted("currency", *SHOWS)
def currency_is_its_sign(exchange: Exchange, reply: Reply) -> None:
    """The currency comes from the template of the page, where it is a sign."""
    for order in shown(reply):
        order["currency"] = "$"


@DEFECTS.accepted("format", *SHOWS)
def registered_is_a_number(exchange: Exchange, reply: Reply) -> None:
    """The database has no booleans, and neither have we."""
    for order in shown(reply):
        order["contact"]["registered"] = int(order["contact"]["registered"])


@DEFECTS.wire("format")
def ampersands_are_bare_in_xml(exchange: Exchange, answer: Answer) -> Answer:
    """We write XML with a template, and an ampersand as an ampersand."""
    if not answer.content_type.startswith(XML):
        return answer
    return answer._replace(body=answer.body.replace(b"&amp;", b"&"))
