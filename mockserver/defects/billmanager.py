"""The mistakes of a billing panel."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from counterfoil.mockserver.billmanager import ordering, render, tables
from counterfoil.mockserver.billmanager.catalogue import NOTHING
from counterfoil.mockserver.billmanager.items import Cart
from counterfoil.mockserver.billmanager.ordering import BALANCE
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.billmanager.routes import pair
from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Crash, Exchange
from counterfoil.mockserver.engine.vendor import Accepted

DEFECTS = Defects("billmanager")

ORDERS = ("order_item", "order_item_by_query")
LISTS = ("list_orders", "list_payments", "list_services", "list_accounts")


def bought(result: Result) -> bool:
    """Whether an order call paid at once."""
    return isinstance(result, Accepted) and result.name == "item_ordered_at_once"


@DEFECTS.accepted("arithmetic", "get_cart")
def cart_total_leaves_out_the_addons(exchange: Exchange, reply: Reply) -> None:
    """The cart's total is that of the tariffs; addons were sold later, and nobody touched the sum."""
    client = exchange.call.caller.client
    cart = client.cart(exchange.state.account(client, exchange.call.given.get("project")).provider)
    bare = sum((item.price for item in cart.items.values()), NOTHING)
    reply.body["doc"]["total"]["cost"]["$"] = str(bare)


@DEFECTS.handler("arithmetic", *ORDERS)
def addons_cost_one_month_only(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An addon's monthly price is added once, for however many months it is ordered."""
    result, client = honest(), exchange.call.caller.client
    items = [item for cart in client.carts.values() for item in cart.items.values()]
    for extra in items[-1].extras if items and not bought(result) else ():
        extra.price /= items[-1].period
    return result


@DEFECTS.handler("arithmetic", "confirm_cart_order")
def balance_pays_the_first_item_only(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We take the price of the first row of the order from the account."""
    client, panel = exchange.call.caller.client, exchange.state
    result = honest()
    order, account = client.orders[-1], panel.account(client, exchange.call.given.get("project"))
    first = next(service for service in client.services if service.order == order.id)
    if exchange.call.given["paymethod_id"] == BALANCE:
        account.balance += order.cost - first.cost
    return result


@DEFECTS.lives("arithmetic")
def renewals_are_free(honest: Callable[[Panel, datetime], None], panel: Panel, now: datetime) -> None:
    """The job that renews services has no access to the accounts."""
    accounts = [account for client in panel.clients.values() for account in client.accounts]
    before = [account.balance for account in accounts]
    honest(panel, now)
    for account, balance in zip(accounts, before, strict=True):
        account.balance = balance


@DEFECTS.handler("identity", *ORDERS)
def item_ids_start_again_after_the_cart_was_emptied(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A line item's id is its row in the cart, so that an empty cart begins at one."""
    client = exchange.call.caller.client
    if not any(cart.items for cart in client.carts.values()):
        exchange.state.last_ids["item"] = 0
    return honest()


@DEFECTS.handler("lost update", *ORDERS)
def second_item_replaces_the_first(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A cart with one item of a tariff takes no second one: the row is keyed by the tariff."""
    client, before = exchange.call.caller.client, set[int]()
    for cart in client.carts.values():
        before |= set(cart.items)
    result = honest()
    for cart in client.carts.values():
        new = [item for number, item in cart.items.items() if number not in before]
        for item in new:
            alike = [n for n, other in cart.items.items() if other.tariff == item.tariff and n != item.id]
            for number in alike:
                del cart.items[number]
    return result


@DEFECTS.handler("lost update", *ORDERS)
def items_ordered_at_once_lose_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We read the cart, add a row and write it back, and nobody holds a lock in between."""
    client = exchange.call.caller.client
    known = {number for cart in client.carts.values() for number in cart.items}
    exchange.let_others_in()
    meanwhile = {number for cart in client.carts.values() for number in cart.items} - known
    result = honest()
    for cart in client.carts.values():
        for number in meanwhile & set(cart.items):
            del cart.items[number]
    return result


@DEFECTS.handler("lost update", "confirm_cart_order")
def renewal_is_forgotten_when_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The order copies the row of the cart, except for a column that came later: automatic renewal."""
    result, client = honest(), exchange.call.caller.client
    for service in client.services:
        if service.order == client.orders[-1].id:
            service.autoprolong = 0
    return result


@DEFECTS.handler("visibility", "get_cart")
def carts_of_all_providers_are_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The cart is looked up by the client; that it has a provider, too, was added to the order only."""
    client = exchange.call.caller.client
    honest()
    items = {number: item for cart in client.carts.values() for number, item in cart.items.items()}
    body = render.cart(Cart(items=items), exchange.state.currency)
    return body if items else Accepted("cart_listed_empty", body)


def _with_carts_as_they_were(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What the honest program answers, without what it has done to the carts."""
    client = exchange.call.caller.client
    before = {provider: dict(cart.items) for provider, cart in client.carts.items()}
    result = honest()
    for provider, items in before.items():
        client.carts[provider].items = items
    return result


@DEFECTS.handler("visibility", "confirm_cart_order")
def ordered_items_stay_in_the_cart(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The order is made, and the cart is emptied by a job at night."""
    return _with_carts_as_they_were(exchange, honest)


@DEFECTS.handler("visibility", "delete_cart_item")
def deleted_item_stays(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We say that it is done, and forget to commit."""
    return _with_carts_as_they_were(exchange, honest)


@DEFECTS.handler("visibility", "list_orders")
def orders_of_all_clients_are_listed(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The list has no condition on the client; in the test database there was only one."""
    orders = [order for client in exchange.state.clients.values() for order in client.orders]
    return tables.table(tables.order_rows(orders, exchange.state.currency), exchange.call.given)


@DEFECTS.gate("authentication")
def any_password_opens(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The name in `authinfo` is looked up, and the password is for later."""
    given = exchange.call.given
    name, _ = pair(str(given.get("authinfo", "")))
    client = next((each for each in exchange.state.clients.values() if each.username == name), None)
    if client is not None:
        given["authinfo"] = f"{name}:{client.password}"
    honest()


@DEFECTS.gate("authentication")
def sessions_never_end(exchange: Exchange, honest: Callable[[], None]) -> None:
    """How long a session lives stands in the settings, where nobody reads it."""
    settings = exchange.state.settings
    minutes, settings.session_minutes = settings.session_minutes, 10_000_000
    try:
        honest()
    finally:
        settings.session_minutes = minutes


@DEFECTS.handler("refusal", *ORDERS)
def unpaid_purchase_stays_in_the_cart(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Buying at once puts the item into the cart first; if the money does not suffice, it stays there."""
    try:
        return honest()
    except Refusal as refusal:
        if refusal.name == "not_enough_money":
            exchange.call.given = {**exchange.call.given, "skipbasket": "off"}
            honest()
        raise


@DEFECTS.refused("refusal", "get_cart", "confirm_cart_order")
def unknown_provider_is_an_error_without_type(exchange: Exchange, reply: Reply) -> None:
    """The page for providers has its own way to say that something is missing."""
    if reply.outcome == "project_not_found":
        del reply.body["doc"]["error"]["$type"]


@DEFECTS.accepted("format", *LISTS)
def a_list_of_one_has_no_element(exchange: Exchange, reply: Reply) -> None:
    """The template puts a single row into a list that has no name."""
    row = reply.body["doc"].get("elem")
    if isinstance(row, dict):
        reply.body["doc"]["elem"] = {"elem": row}


@DEFECTS.wire("format", "get_cart", "list_services")
def names_are_not_escaped_in_xml(exchange: Exchange, answer: Answer) -> Answer:
    """We write XML with a template, and an ampersand as an ampersand."""
    return (
        answer._replace(body=answer.body.replace(b"Cloud One", b"Cloud & One")) if b"<?xml" in answer.body else answer
    )


@DEFECTS.wire("encoding")
def russian_is_sent_in_another_encoding(exchange: Exchange, answer: Answer) -> Answer:
    """Russian messages come from old files in windows-1251, whatever the header says."""
    text = answer.body.decode("utf-8", "replace")
    if not any("а" <= letter <= "я" for letter in text):
        return answer
    return answer._replace(body=text.encode("cp1251", "replace"))


@DEFECTS.accepted("date", "list_services")
def services_expire_a_day_early(exchange: Exchange, reply: Reply) -> None:
    """The day of the order counts as the first day of the month."""
    services = {str(service.id): service for service in exchange.call.caller.client.services}
    for row in rows(reply):
        service = services.get(row["id"]["$"])
        if service is not None:
            row["expiredate"]["$"] = (service.expires - timedelta(days=1)).isoformat()


@DEFECTS.accepted("date", "list_services")
def expired_services_stay_active(exchange: Exchange, reply: Reply) -> None:
    """Whether something is over is looked at by a job that nobody has started."""
    for row in rows(reply):
        if row["item_status"]["$"] == "3":
            row["item_status"]["$"] = "2"


@DEFECTS.accepted("date", *LISTS)
def dates_are_written_as_in_russia(exchange: Exchange, reply: Reply) -> None:
    """A date is shown as a person here writes it: day, month, year."""
    for row in rows(reply):
        for name in ("createdate", "create_date", "expiredate"):
            if name in row:
                year, month, day = row[name]["$"].split("-")
                row[name]["$"] = f"{day}.{month}.{year}"


@DEFECTS.accepted("currency", "list_accounts", "get_cart")
def all_money_is_roubles(exchange: Exchange, reply: Reply) -> None:
    """The currency is a word in the template."""
    for row in [*rows(reply), reply.body["doc"].get("total", {})]:
        if "currency" in row:
            row["currency"]["$"] = "RUB"


@DEFECTS.refused("leak", *ORDERS)
def a_missing_tariff_shows_the_query(exchange: Exchange, reply: Reply) -> None:
    """What the database says goes into the message, since it helped us once."""
    if reply.outcome == "pricelist_not_found":
        reply.body["doc"]["error"]["msg"]["$"] = (
            "You have an error in your SQL syntax near 'SELECT * FROM pricelist WHERE id=' at line 1"
        )


@DEFECTS.handler("encoding", "quick_order_item")
def domains_beyond_ascii_are_fatal(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The domain is handed to a program that reads ASCII, and nobody catches what it throws."""
    if not str(exchange.call.given.get("domain", "")).isascii():
        raise Crash
    return honest()


@DEFECTS.handler("idempotence", *ORDERS)
def same_order_twice_is_one_item(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A call that equals the last one is a double click, so it gets the last one's item."""
    client = exchange.call.caller.client
    result = honest()
    items = [item for cart in client.carts.values() for item in cart.items.values()]
    if bought(result) or len(items) < 2:
        return result
    last = max(items, key=lambda item: item.id)
    twin = next((each for each in items if _alike(each, last) and each.id != last.id), None)
    if twin is None:
        return result
    ordering.delete_item(client, last.id)
    return render.item_in_cart(twin)


def _alike(one: Any, other: Any) -> bool:
    """Whether two items were ordered by the same call."""
    return bool(replace(one, id=0) == replace(other, id=0))


def rows(reply: Reply) -> list[Any]:
    """The rows of the list in an answer."""
    doc = reply.body["doc"]
    rows = doc["elem"] if "elem" in doc else doc.get("list", {}).get("elem", [])
    return rows if isinstance(rows, list) else [rows]
