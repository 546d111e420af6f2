"""The liberties of a billing panel."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from counterfoil.mockserver.billmanager import render
from counterfoil.mockserver.billmanager.dialect import FORMATS
from counterfoil.mockserver.billmanager.messages import LANGUAGES
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.billmanager.seed import seeded_state
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Accepted, Body
from counterfoil.mockserver.liberties.liberty import Liberties

LIBERTIES = Liberties("billmanager")

ORDERS = ("order_item", "order_item_by_query")
WAYS_TO_ORDER = (*ORDERS, "quick_order_item")
#: the lists of which nobody has shown one
LISTS = ("list_tariffs", "list_orders", "list_payments", "list_services", "list_accounts")
#: the refusals of which nobody has shown the kind, and those of which nobody has shown what they are about
_OWN_KIND = {
    "pricelist_not_found", "datacenter_not_found", "addon_not_found", "project_not_found", "lineitem_not_found",
    "not_enough_money", "paymethod_not_found", "cart_is_empty", "request_too_large",
}  # fmt: skip
_OWN_OBJECT = _OWN_KIND | {"login_required", "session_expired"}


def _rows(reply: Reply) -> Iterator[Body]:
    listed = reply.body["doc"].get("list", reply.body["doc"])
    rows = listed.get("elem", []) if isinstance(listed, dict) else []
    yield from rows if isinstance(rows, list) else [rows]


# what there is


@LIBERTIES.seeded("installation")
def another_panel(state: Panel, now: datetime, seed: int) -> Panel:
    """We sell other tariffs of other providers, in another currency, with other addons in other steps."""
    return seeded_state(now, seed, Path(__file__).parent / "installations" / "billmanager.yaml")


@LIBERTIES.seeded("installation")
def tariffs_are_listed_backwards(state: Panel, now: datetime, seed: int) -> Panel:
    """The newest tariff is first in its list; nobody has promised an order."""
    state.tariffs = dict(sorted(state.tariffs.items(), reverse=True))
    return state


@LIBERTIES.seeded("installation")
def a_panel_for_russia(state: Panel, now: datetime, seed: int) -> Panel:
    """Whoever names no language is spoken to in Russian."""
    state.settings.language = "ru"
    return state


@LIBERTIES.seeded("lenient")
def certificates_by_the_new_function(state: Panel, now: datetime, seed: int) -> Panel:
    """The new order functions serve certificates and domains as well."""
    state.kinds |= dict.fromkeys(state.kinds, True)
    return state


# words and names of refusals


@LIBERTIES.refused("words")
def messages_are_our_own(exchange: Exchange, reply: Reply) -> None:
    """A message says what our support team would say."""
    error = reply.body["doc"].get("error")
    if error is not None and error["$lang"] == "en":
        error["msg"]["$"] = f"Sorry! Please ask our team and say {error['$type']}."


@LIBERTIES.refused("words")
def refusals_are_of_other_kinds(exchange: Exchange, reply: Reply) -> None:
    """What is not there is a wrong value; without money it is the payment that fails."""
    if reply.outcome in _OWN_KIND:
        reply.body["doc"]["error"]["$type"] = "payment_failed" if reply.outcome == "not_enough_money" else "value"


@LIBERTIES.refused("words")
def refusals_are_about_other_objects(exchange: Exchange, reply: Reply) -> None:
    """A refusal is about the function, unless it is about a value."""
    if reply.outcome in _OWN_OBJECT:
        reply.body["doc"]["error"]["$object"] = "access" if reply.outcome in ("login_required", "session_expired") else (
            exchange.call.function or "request")  # fmt: skip


@LIBERTIES.refused("extras")
def refusals_have_a_stack(exchange: Exchange, reply: Reply) -> None:
    """The code, the stack and the detail come with each refusal."""
    error = reply.body["doc"].get("error")
    if error is not None:
        error |= {"$code": "1", "stack": {"action": {"$level": "29", "$user": "", "$": exchange.call.function}}}


@LIBERTIES.refused("form")
def refusals_tell_no_facts(exchange: Exchange, reply: Reply) -> None:
    """The text is all; of what facts it was made we do not tell."""
    reply.body["doc"].get("error", {}).pop("param", None)


# how answers are written


@LIBERTIES.accepted("extras")
def the_root_tells_more(exchange: Exchange, reply: Reply) -> None:
    """Host, theme and filters come with every answer, and the parameters without the password."""
    given = exchange.call.given.items()
    shown = {name: {"$": value} for name, value in given if isinstance(value, str) and "auth" not in name + value}
    shown.pop("password", None)
    reply.body["doc"] |= {"$host": "https://panel.example", "$themename": "orion", "$notify": "", "$features": "a1",
                          "saved_filters": {"$": ""}, "tparams": shown}  # fmt: skip


@LIBERTIES.accepted("form", *LISTS, apart=("lists_are_several",))
def lists_are_bare_elements(exchange: Exchange, reply: Reply) -> None:
    """The rows stand in the document itself, without a list around them."""
    listed = reply.body["doc"].pop("list")
    if "elem" in listed:
        reply.body["doc"]["elem"] = listed["elem"]


@LIBERTIES.accepted("form", *LISTS)
def lists_are_several(exchange: Exchange, reply: Reply) -> None:
    """Beside the list that was asked for there is one of what can be done with it."""
    buttons = {"$name": "toolbar", "elem": {"name": {"$": "filter"}}}
    reply.body["doc"]["list"] = [reply.body["doc"]["list"], buttons]


@LIBERTIES.accepted("form", "get_cart")
def an_empty_cart_has_an_empty_list(exchange: Exchange, reply: Reply) -> None:
    """The list of items is always there."""
    reply.body["doc"].setdefault("list", {"$name": "lineitems"})


@LIBERTIES.accepted("form", "get_cart")
def items_show_no_more_than_was_seen(exchange: Exchange, reply: Reply) -> None:
    """An item has its name and price; its tariff, data center and renewal stand on a page of their own."""
    for row in _rows(reply):
        for name in ("pricelist", "datacenter", "autoprolong"):
            row.pop(name, None)


@LIBERTIES.accepted("form", "get_cart")
def periods_are_told_to_a_person(exchange: Exchange, reply: Reply) -> None:
    """Beside an item's name stands for how many months it is, in words."""
    for row in _rows(reply):
        row["main"]["period"]["$"] = f"for {row['main']['period']['$']} mo."


@LIBERTIES.accepted("form", "get_basket")
def the_basket_names_nothing(exchange: Exchange, reply: Reply) -> None:
    """In the old basket an item is an id, a type and a price."""
    for row in _rows(reply):
        row.pop("item.name")


@LIBERTIES.accepted("form", *WAYS_TO_ORDER)
def an_ordered_item_is_only_its_id(exchange: Exchange, reply: Reply) -> None:
    """Whoever has put something into a cart is told its id, and not that all is well."""
    reply.body["doc"].pop("ok", None)


@LIBERTIES.accepted("form", *ORDERS)
def a_purchase_is_told_as_done(exchange: Exchange, reply: Reply) -> None:
    """What was bought at once is done; which ids it has is for the lists to tell."""
    if reply.outcome == "item_ordered_at_once":
        reply.body["doc"] = {"ok": {"$": "func=order"}}


@LIBERTIES.accepted("form", "quick_order_item")
def an_item_in_the_basket_is_told_as_done(exchange: Exchange, reply: Reply) -> None:
    """The old basket says no more than that it has the item."""
    if reply.outcome == "item_in_basket":
        reply.body["doc"] = {"ok": {"$": "func=basket"}}


@LIBERTIES.accepted("form", "confirm_cart_order")
def an_order_is_told_by_its_elid(exchange: Exchange, reply: Reply) -> None:
    """The order that was made is the element that is now open, and nothing else is told."""
    doc = reply.body["doc"]
    reply.body["doc"] = {"elid": doc["billorder"], "ok": doc["ok"]}


@LIBERTIES.accepted("form", *LISTS)
def columns_have_other_names(exchange: Exchange, reply: Reply) -> None:
    """Which columns a list has is what its owner has chosen to see."""
    for row in _rows(reply):
        for name in ("project", "project_name", "currency", "createdate", "expiredate", "itemtype"):
            if name in row:
                row[f"{name}_shown"] = row.pop(name)


@LIBERTIES.refused("form")
def forms_say_so_themselves(exchange: Exchange, reply: Reply) -> None:
    """A form is a document of type form, with its fields and without a description of them."""
    doc = reply.body["doc"]
    if "form" in doc.get("metadata", {}):
        reply.body["doc"] = {"$type": "form", **{name: each for name, each in doc.items() if name != "metadata"}}


@LIBERTIES.wire("form")
def text_is_a_table(exchange: Exchange, answer: Answer) -> Answer:
    """As text, an answer is lines of names and values with a tab between, and no paths."""
    if not answer.content_type.startswith("text/plain"):
        return answer
    lines = [line.partition("=") for line in answer.body.decode().splitlines()]
    text = "".join(f"{path.rpartition('/')[2]}\t{value}\n" for path, _, value in lines)
    return answer._replace(body=text.encode())


@LIBERTIES.wire("form")
def developers_see_what_others_see(exchange: Exchange, answer: Answer) -> Answer:
    """For a developer the XML is set out in lines."""
    if exchange.call.given.get("out") != "devel":
        return answer
    return answer._replace(body=answer.body.replace(b"><", b">\n<"))


@LIBERTIES.gate("form")
def without_a_notation_it_is_json(exchange: Exchange, own: Callable[[], None]) -> None:
    """Whoever names no notation gets JSON."""
    if "out" not in exchange.call.given:
        exchange.call.media_type = FORMATS["json"]
    own()


# what is odd


@LIBERTIES.gate("lenient")
def unknown_languages_and_notations_are_ours(exchange: Exchange, own: Callable[[], None]) -> None:
    """A language that we do not speak is our own, and an unknown notation is XML."""
    given = exchange.call.given
    for name, known in (("lang", LANGUAGES), ("out", tuple(FORMATS))):
        if name in given and given[name] not in known:
            del given[name]
    own()


@LIBERTIES.check("lenient")
def any_word_confirms_it(exchange: Exchange, own: Callable[[], None]) -> None:
    """Whatever stands in `sok` is a yes."""
    if isinstance(exchange.call.given.get("sok"), str):
        exchange.call.given["sok"] = "ok"
    own()


@LIBERTIES.check("lenient", *WAYS_TO_ORDER)
def flags_are_read_with_good_will(exchange: Exchange, own: Callable[[], None]) -> None:
    """1 and yes are on, in letters of any size, and everything else is off."""
    given = exchange.call.given
    for name in ("autoprolong", "skipbasket", "force_use_new_cart"):
        if isinstance(given.get(name), str):
            given[name] = "on" if given[name].lower() in ("on", "1", "yes") else "off"
    own()


@LIBERTIES.check("lenient", *WAYS_TO_ORDER)
def the_period_is_the_next_longer_one(exchange: Exchange, own: Callable[[], None]) -> None:
    """A period that the tariff does not have is the next one that it has."""
    call = exchange.call
    name = "order_period" if call.function.startswith("v2.") else "period"
    tariff = exchange.state.tariffs.get(_number(call.given.get("pricelist")))
    months = _number(call.given.get(name, "1"))
    if tariff is not None and name in call.given:
        fitting = [each for each in sorted(tariff.prices) if each >= months] or [max(tariff.prices)]
        call.given[name] = str(fitting[0])
    own()


def _number(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10 else 0


@LIBERTIES.handler("lenient", *WAYS_TO_ORDER)
def addons_that_cannot_be_had_are_left_out(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An addon that the tariff does not have, or a value that the addon does not have, is not ordered."""
    call = exchange.call
    tariff = exchange.state.tariffs.get(call.given["pricelist"])
    for name in [each for each in call.given if each.startswith("addon_")]:
        addon = tariff.addon(_number(name.removeprefix("addon_"))) if tariff else None
        if addon is None or addon.reckon(str(call.given[name])) is None:
            del call.given[name]
    return own()


@LIBERTIES.handler("lenient", *ORDERS)
def a_data_center_elsewhere_is_ours(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Where the tariff is not offered in that data center, it is opened in the one where it is."""
    tariff = exchange.state.tariffs.get(exchange.call.given["pricelist"])
    if tariff is not None and exchange.call.given.get("datacenter") not in tariff.datacenters:
        exchange.call.given.pop("datacenter", None)
    return own()


@LIBERTIES.handler("effects", *ORDERS)
def without_a_data_center_it_is_the_last(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever names no data center gets the newest of those in which the tariff is offered."""
    tariff = exchange.state.tariffs.get(exchange.call.given["pricelist"])
    if tariff is not None and tariff.datacenters:
        exchange.call.given.setdefault("datacenter", tariff.datacenters[-1])
    return own()


@LIBERTIES.check("lenient", *ORDERS)
def a_tariff_brings_its_own_function(exchange: Exchange, own: Callable[[], None]) -> None:
    """Which product type the function names does not matter; the tariff has one."""
    call = exchange.call
    tariff = exchange.state.tariffs.get(_number(call.given.get("pricelist")))
    if tariff is not None and exchange.state.kinds[tariff.kind]:
        call.function = f"v2.{tariff.kind}.order.param"
    own()


@LIBERTIES.check("effects", *ORDERS)
def renewal_is_the_default(exchange: Exchange, own: Callable[[], None]) -> None:
    """Whoever does not say whether to renew has it renewed."""
    exchange.call.given.setdefault("autoprolong", "on")
    own()


@LIBERTIES.handler("effects", *ORDERS)
def the_new_cart_wins_over_skipping_it(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Where an item is to go into the new cart and past it, it goes into the cart."""
    if exchange.call.given.get("force_use_new_cart") == "on":
        exchange.call.given.pop("skipbasket", None)
    return own()


@LIBERTIES.handler("effects", *WAYS_TO_ORDER, "confirm_cart_order")
def the_account_may_be_overdrawn(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Our clients have credit: the balance may fall below nothing."""
    accounts, credit = exchange.call.caller.client.accounts, 1_000_000
    for account in accounts:
        account.balance += credit
    try:
        result = own()
    finally:
        for account in accounts:
            account.balance -= credit
    if isinstance(result, dict) and "balance" in result["doc"]:
        account = exchange.state.account(exchange.call.caller.client, exchange.call.given.get("project"))
        return {"doc": {**result["doc"], "balance": {"$": str(account.balance)}}}
    return result


@LIBERTIES.handler("effects", "get_cart", "confirm_cart_order")
def providers_are_not_asked_for(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Nobody has told how a provider is named, and we do not read `project`."""
    exchange.call.given.pop("project", None)
    return own()


@LIBERTIES.handler("effects", "quick_order_item")
def there_is_but_the_new_cart(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """The old basket is gone, and whatever is ordered is in the new cart."""
    exchange.call.given["force_use_new_cart"] = "on"
    return own()


@LIBERTIES.handler("effects", "confirm_cart_order")
def orders_take_the_whole_cart(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """An order takes one item, or without one the whole cart; a list of items is none of ours."""
    elid = exchange.call.given.get("elid", "")
    if "," in elid:
        raise Refusal("lineitem_not_found", id=elid, function=exchange.call.function,
                      lang=exchange.call.caller.language, message="There is no such item")  # fmt: skip
    return own()


@LIBERTIES.handler("effects", "confirm_cart_order", *ORDERS)
def services_begin_at_night(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """What is paid for is active once the nightly job has run."""
    client = exchange.call.caller.client
    known = {service.id for service in client.services}
    result = own()
    for service in client.services:
        service.active = service.active and service.id in known
    return result


@LIBERTIES.handler("effects", "confirm_cart_order")
def what_is_free_is_invoiced(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A payment of nothing is a payment, and is made by whoever runs the panel."""
    client = exchange.call.caller.client
    result = own()
    if client.payments[-1].method != 0 and not client.payments[-1].amount:
        client.payments[-1].paid = None
        for service in client.services:
            service.active = service.active and service.order != client.orders[-1].id
        return Accepted("cart_ordered_unpaid", {"doc": {
            name: each for name, each in _doc(result).items() if name != "balance"
        }})  # fmt: skip
    return result


def _doc(result: Result) -> Body:
    body = result.body if isinstance(result, Accepted) else result
    doc: Body = body["doc"]
    return doc


@LIBERTIES.accepted("effects", "list_services")
def months_have_thirty_days(exchange: Exchange, reply: Reply) -> None:
    """A service runs for thirty days a month."""
    for row in _rows(reply):
        days = timedelta(days=30 * int(row["period"]["$"]))
        for begins, ends in (("createdate", "expiredate"), ("createdate_shown", "expiredate_shown")):
            if begins in row:
                row[ends]["$"] = (date.fromisoformat(row[begins]["$"]) + days).isoformat()


@LIBERTIES.accepted("order", "list_orders", "list_payments", "list_services", "list_accounts", "get_cart")
def the_newest_is_first(exchange: Exchange, reply: Reply) -> None:
    """Lists begin with what came last."""
    listed = reply.body["doc"].get("list", reply.body["doc"])
    for each in listed if isinstance(listed, list) else [listed]:
        if isinstance(each.get("elem"), list):
            each["elem"] = each["elem"][::-1]


@LIBERTIES.refused("status", "unknown_function")
def what_is_too_large_is_nothing(exchange: Exchange, reply: Reply) -> None:
    """A body that is too large is one without fields, in which nobody says who calls."""
    if reply.outcome == "request_too_large":
        message = {"$": "You are not logged in"}
        reply.outcome = "login_required"
        reply.body = {"doc": {"error": {"$type": "auth", "$object": "nologin", "$lang": "en", "msg": message}}}


@LIBERTIES.handler("lenient", "unknown_function")
def without_a_function_the_menu_comes(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A call that names no function is shown what there is, which is a form that does nothing."""
    if exchange.call.given.get("func"):
        return own()
    refusal = Refusal("unknown_function")
    refusal.body = render.form("desktop", [], {})
    raise refusal


@LIBERTIES.handler("effects", "delete_cart_item")
def deleting_what_is_gone_is_done(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever takes out what is not there has what was wanted."""
    try:
        return own()
    except Refusal as refusal:
        if refusal.name != "lineitem_not_found":
            raise
        return render.DONE


@LIBERTIES.handler("effects", "quick_order_item")
def the_domain_is_asked_for_later(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Which domain a certificate is for is asked once it is paid, so that it stands nowhere before."""
    given = exchange.call.given
    exchange.call.given = {**given, "domain": ""}
    result = own()
    for basket in (*exchange.call.caller.client.carts.values(), exchange.call.caller.client.basket):
        basket.items = {number: replace(item, domain="") for number, item in basket.items.items()}
    return result
