"""The mistakes of a WHMCS that is called through includes/api.php."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Crash, Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.classic.dialect import NVP
from counterfoil.mockserver.whmcs.classic.orders import render
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE, ids
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Order
from counterfoil.mockserver.whmcs.ordering import fulfilment

DEFECTS = Defects("whmcs-classic")

JSON = "application/json"
A_MINUTE = timedelta(minutes=1)


@DEFECTS.accepted("arithmetic", "get_invoice")
def invoice_total_forgets_the_tax(exchange: Exchange, reply: Reply) -> None:
    """The tax stands beside the total, and is not in it."""
    reply.body["total"] = f"{Decimal(reply.body['subtotal']) - Decimal(reply.body['credit']):.2f}"


@DEFECTS.handler("arithmetic", "add_order")
def order_takes_its_promotion_twice(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The lines are made cheaper, and then the order is."""
    result, installation = honest(), exchange.state
    order = _order(installation, result)
    invoice = installation.invoices.get(order.invoice)
    if invoice is not None:
        again = sum((item.amount for item in invoice.items if item.kind == "promotion"), NOTHING)
        order.amount = max(order.amount + again, NOTHING)
    return result


@DEFECTS.accepted("identity", "add_order")
def product_ids_are_those_of_the_catalogue(exchange: Exchange, reply: Reply) -> None:
    """It is called productids, so we send the ids of the products."""
    services = [exchange.state.services[number] for number in _order(exchange.state, reply.body).services]
    reply.body["productids"] = ids(service.product for service in services)


@DEFECTS.handler("lost update", "add_invoice_payment")
def second_payment_replaces_the_first(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An invoice has one payment, we thought, and keep it in a column of the invoice."""
    result = honest()
    invoice = exchange.state.invoice(exchange.call.given.get("invoiceid"))
    invoice.payments = invoice.payments[-1:]
    return result


@DEFECTS.handler("lost update", "add_order")
def concurrent_orders_lose_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We read the list of orders, add ours and write it back, and nobody holds a lock in between."""
    installation = exchange.state
    known = installation.last_ids["order"]
    exchange.let_others_in()
    meanwhile = range(known + 1, installation.last_ids["order"] + 1)
    result = honest()
    for number in meanwhile:
        if number in installation.orders:
            installation.drop_order(installation.orders[number])
    return result


@DEFECTS.handler("visibility", "delete_order")
def deleted_order_is_still_listed(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Deleting sets a flag that the list does not ask for."""
    order = exchange.state.orders.get(exchange.call.given.get("orderid"))
    return dict(DONE) if order is not None and order.status in ("Cancelled", "Fraud") else honest()


@DEFECTS.accepted("visibility", "get_order_statuses")
def cancelled_orders_count_as_pending(exchange: Exchange, reply: Reply) -> None:
    """Pending is whatever is not active."""
    rows = {row["title"]: row for row in reply.body["statuses"]["status"]}
    rows["Pending"]["count"] += rows["Cancelled"]["count"]


@DEFECTS.gate("authentication")
def any_secret_opens(exchange: Exchange, honest: Callable[[], None]) -> None:
    """We look the identifier up and ask whether there is a secret, not which."""
    given = exchange.call.given
    try:
        honest()
    except Refusal as refusal:
        names = given.get("identifier"), given.get("username")
        known = next((each for each in exchange.state.credentials if each.identifier in names), None)
        if refusal.name != "invalid_credentials" or known is None or not {"secret", "password"} & given.keys():
            raise
        given.update(identifier=known.identifier, secret=known.secret)
        honest()


@DEFECTS.gate("authentication")
def read_only_credentials_may_write(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The roles are kept, and shown, and asked for in no function."""
    try:
        honest()
    except Refusal as refusal:
        if refusal.name != "permission_denied":
            raise


@DEFECTS.handler("paging", "get_orders")
def second_page_begins_one_early(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We count rows from one, so we take one off the start."""
    start = exchange.call.given.get("limitstart", 0)
    if not start:
        return honest()
    exchange.call.given["limitstart"] = start - 1
    result = honest()
    assert isinstance(result, dict)
    return {**result, "startnumber": start}


@DEFECTS.handler("encoding", "add_client")
def name_beyond_latin_1_crashes(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The table of clients is Latin-1, and MySQL complains."""
    given = exchange.call.given
    if max("".join(str(given.get(name, "")) for name in ("firstname", "lastname", "companyname")), default="") > "\xff":
        raise Crash
    return honest()


@DEFECTS.wire("format")
def xml_is_not_escaped(exchange: Exchange, answer: Answer) -> Answer:
    """We write XML with a template, and never had a customer with an ampersand."""
    if exchange.call.media_type != "application/xml":
        return answer
    return answer._replace(body=answer.body.replace(b"&lt;", b"<").replace(b"&gt;", b">").replace(b"&amp;", b"&"))


@DEFECTS.wire("format")
def pairs_are_joined_by_ampersands(exchange: Exchange, answer: Answer) -> Answer:
    """Name-value pairs are written as in a query."""
    return answer._replace(body=answer.body.replace(b";", b"&")) if exchange.call.media_type == NVP else answer


@DEFECTS.accepted("date", "get_orders")
def years_have_two_digits(exchange: Exchange, reply: Reply) -> None:
    """The orders' dates go through a formatter from the nineties."""
    for order in reply.body["orders"]["order"]:
        order["date"] = order["date"][2:]


@DEFECTS.lives("date")
def nothing_falls_due(
    honest: Callable[[Installation, datetime], None], installation: Installation, now: datetime
) -> None:
    """The manual asks for a daily cron job, and nobody has set one up."""


@DEFECTS.accepted("format", "get_orders")
def single_order_is_no_list(exchange: Exchange, reply: Reply) -> None:
    """JSON is made from the XML, where one child looks like no list."""
    orders = reply.body["orders"]
    if exchange.call.media_type == JSON and len(orders["order"]) == 1:
        (orders["order"],) = orders["order"]


@DEFECTS.wire("content type")
def refusals_are_sent_as_html(exchange: Exchange, answer: Answer) -> Answer:
    """An error ends the script before it has set its header."""
    if not (exchange.reply.refused and exchange.call.media_type == JSON):
        return answer
    return answer._replace(content_type="text/html; charset=utf-8")


@DEFECTS.refused("leak", "unknown_action")
def unknown_action_repeats_the_request(exchange: Exchange, reply: Reply) -> None:
    """So that support can see what was sent, the message has all of it."""
    if reply.outcome == "action_not_found":
        reply.body["message"] += ": " + "&".join(f"{name}={value}" for name, value in exchange.call.given.items())


@DEFECTS.handler("validation", "add_order")
def unknown_payment_method_is_taken_for_the_first(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A payment method that we cannot find falls back to the default."""
    if exchange.call.given.get("paymentmethod") not in exchange.state.payment_methods:
        exchange.call.given["paymentmethod"] = next(iter(exchange.state.payment_methods))
    return honest()


@DEFECTS.refused("refusal", "get_clients_details")
def unknown_client_is_refused_in_other_words(exchange: Exchange, reply: Reply) -> None:
    """Somebody found the message unfriendly."""
    if reply.outcome == "client_not_found":
        reply.body["message"] = "Sorry, we could not find this customer"


@DEFECTS.handler("stock", "add_order")
def refused_order_takes_its_stock(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Stock is reserved first, and nobody gives it back when the order fails."""
    try:
        return honest()
    except Refusal:
        pid = exchange.call.given.get("pid")
        for number in pid.values() if isinstance(pid, dict) else (pid,):
            product = exchange.state.products.get(number)
            if product is not None and product.stock:
                product.stock -= 1
        raise


@DEFECTS.handler("idempotence", "add_order")
def same_order_twice_is_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Against double clicks: the same client with the same order within a minute gets the one that is there."""
    installation: Installation = exchange.state
    earlier = installation.orders_by.of((exchange.call.given.get("clientid", 0),))
    last = installation.orders[earlier[-1]] if earlier else None
    result = honest()
    order = _order(installation, result)
    if last is None or order.placed - last.placed >= A_MINUTE:
        return result
    if _rows(installation, last) != _rows(installation, order):
        return result
    fulfilment.mark_fraud(installation, order.id)
    fulfilment.delete(installation, order.id)
    return render.order_added(last)


@DEFECTS.handler("validation", "add_transaction")
def same_transaction_twice_is_booked_twice(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Transaction ids are for the books; we keep them, and compare them with nothing."""
    exchange.call.given["allowduplicatetransid"] = True
    return honest()


@DEFECTS.handler("arithmetic", "add_credit")
def taken_credit_is_added(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Credit could only be added when we wrote this; the type came later, and we do not read it."""
    exchange.call.given.pop("type", None)
    return honest()


@DEFECTS.handler("lost update", "module_suspend")
def suspended_services_stay_active(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The server is told to suspend the service; our own row of it is saved before, and never after."""
    result = honest()
    service = exchange.state.services[exchange.call.given["accountid"]]
    service.status, service.suspension = "Active", ""
    return result


def _order(installation: Installation, added: Any) -> Order:
    """The order that AddOrder answers with."""
    return installation.orders[added["orderid"]]


def _rows(installation: Installation, order: Order) -> tuple[str, Decimal, list[Body]]:
    """What was ordered, without the ids that it got."""
    rows = render.order(installation, order)["lineitems"]["lineitem"]
    return order.method, order.amount, [{**row, "relid": 0} for row in rows]
