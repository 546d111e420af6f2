"""The liberties of a billing panel."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from counterfoil.mockserver.billmanager.dialect import FORMATS
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.billmanager.seed import seeded_state
from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.steps import Answer, Reply
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.liberties.liberty import Liberties

LIBERTIES = Liberties("billmanager")

ORDERS = ("order_item", "order_item_by_query")
WAYS_TO_ORDER = (*ORDERS, "quick_order_item", "old_order_item")
#: the lists of which nobody has shown one
TABLES = ("list_orders", "list_payments", "list_services", "list_accounts")
LISTS = ("list_tariffs", *TABLES)
#: the refusals of which nobody has shown the kind, and those of which nobody has shown what they are about
_OWN_KIND = {
    "pricelist_not_found", "datacenter_not_found", "addon_not_found", "project_not_found", "lineitem_not_found",
    "not_enough_money", "paymethod_not_found", "cart_is_empty", "request_too_large",
    "item_is_not_free", "billorder_not_found", "basket_of_several_providers", "payment_not_found",
    "service_is_not_active", "payment_is_paid", "service_not_found",
}  # fmt: skip
_OWN_OBJECT = _OWN_KIND | {"login_required", "session_expired"}


def rows(reply: Reply) -> Iterator[Body]:
    """The rows of the list in an answer, without the buttons beside them."""
    doc = reply.body["doc"]
    for listed in (doc, *_several(doc.get("list", []))):
        yield from _several(listed.get("elem", [])) if listed.get("$name") != "toolbar" else ()


def _several(found: Body | list[Body]) -> list[Body]:
    return found if isinstance(found, list) else [found]


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


@LIBERTIES.seeded("installation")
def nothing_is_sold_for_three_years(state: Panel, now: datetime, seed: int) -> Panel:
    """Who knows what will be in three years? Nothing is sold for so long."""
    for tariff in state.tariffs.values():
        tariff.prices.pop(36, None)
    return state


@LIBERTIES.seeded("effects")
def services_go_on_for_five_days(state: Panel, now: datetime, seed: int) -> Panel:
    """A service is renewed, or stops, five days after it has expired."""
    state.settings.grace_days = 5
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


@LIBERTIES.accepted("form", "list_orders")
def orders_stand_in_a_list(exchange: Exchange, reply: Reply) -> None:
    """Orders stand in a list of those that are open."""
    doc = reply.body["doc"]
    doc["list"] = {"$name": "openlist", **({"elem": doc.pop("elem")} if "elem" in doc else {})}


@LIBERTIES.accepted("form", *TABLES)
def tables_come_with_their_buttons(exchange: Exchange, reply: Reply) -> None:
    """Beside the rows there is a list of what can be done with them."""
    if not isinstance(reply.body["doc"].get("list"), dict):
        reply.body["doc"]["list"] = {"$name": "toolbar", "elem": {"name": {"$": "filter"}}}


@LIBERTIES.accepted("form", "list_tariffs")
def price_lists_have_more_lists(exchange: Exchange, reply: Reply) -> None:
    """Behind the tariffs there are other lists than the providers."""
    reply.body["doc"]["list"][1:] = [{"$name": "toolbar", "elem": {"name": {"$": "filter"}}}]


@LIBERTIES.accepted("form", "get_cart")
def an_empty_cart_has_an_empty_list(exchange: Exchange, reply: Reply) -> None:
    """The list of items is always there."""
    reply.body["doc"].setdefault("list", {"$name": "lineitems"})


@LIBERTIES.accepted("form", "get_cart")
def items_show_no_more_than_was_seen(exchange: Exchange, reply: Reply) -> None:
    """An item has its name and price; its tariff, data center and renewal stand on a page of their own."""
    for row in rows(reply):
        for name in ("pricelist", "datacenter", "autoprolong"):
            row.pop(name, None)


@LIBERTIES.accepted("form", "get_cart")
def periods_are_told_to_a_person(exchange: Exchange, reply: Reply) -> None:
    """Beside an item's name stands for how many months it is, in words."""
    for row in rows(reply):
        row["main"]["period"]["$"] = f"for {row['main']['period']['$']} mo."


@LIBERTIES.accepted("form", "get_basket")
def the_basket_names_nothing(exchange: Exchange, reply: Reply) -> None:
    """In the old basket an item is an id, a type and a price."""
    for row in rows(reply):
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
    for row in rows(reply):
        for name in ("project", "project_name", "currency", "createdate", "expiredate", "itemtype"):
            if name in row:
                row[f"{name}_shown"] = row.pop(name)


@LIBERTIES.refused("form")
def forms_say_so_themselves(exchange: Exchange, reply: Reply) -> None:
    """A form is a document of type form, with its fields and without a description of them."""
    doc = reply.body["doc"]
    if "form" in doc.get("metadata", {}):
        reply.body["doc"] = {"$type": "form", **{name: each for name, each in doc.items() if name != "metadata"}}


@LIBERTIES.refused("form")
def who_names_nobody_is_asked_who_it_is(exchange: Exchange, reply: Reply) -> None:
    """Whoever wants to log in and says no name is shown the form."""
    call, doc = exchange.call, reply.body["doc"]
    if call.function == "auth" and not {"username", "authinfo"} & call.given.keys() and doc.pop("error", None):
        doc |= {"username": {"$": ""}, "metadata": {"$name": "auth", "$type": "form"}}


@LIBERTIES.accepted("form", "get_cart", "get_basket")
def amounts_have_their_currency(exchange: Exchange, reply: Reply) -> None:
    """Where an amount stands in no column of its own, its currency stands behind it."""
    doc = reply.body["doc"]
    for name in ("total_sum", "full_discount"):
        if name in doc:
            doc[name]["$"] += " EUR"
    for row in rows(reply):
        for addon in _several(row.get("configuration", {}).get("elem", [])):
            addon["configuration_price"]["$"] += " EUR"


@LIBERTIES.accepted("form", "list_payments")
def what_is_unpaid_has_an_empty_day(exchange: Exchange, reply: Reply) -> None:
    """A payment that has not come has a day of payment all the same, and there is nothing in it."""
    for row in rows(reply):
        row.setdefault("pay_date", {"$": ""})


@LIBERTIES.wire("form")
def json_is_called_text(exchange: Exchange, answer: Answer) -> Answer:
    """JSON goes out as a kind of text, and a named list that is alone is an array all the same."""
    if not answer.content_type.startswith("application/json"):
        return answer
    tree = msgspec.json.decode(answer.body)
    lists = tree["doc"].get("list")
    if isinstance(lists, dict):
        tree["doc"]["list"] = [lists]
    return answer._replace(content_type="text/json; charset=utf-8", body=wire.json(tree))


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
