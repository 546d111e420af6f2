"""The liberties that a billing panel takes with what is ordered: how it reads a request, and what comes of it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from counterfoil.mockserver.billmanager import render
from counterfoil.mockserver.billmanager.dialect import FORMATS
from counterfoil.mockserver.billmanager.messages import LANGUAGES
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.liberties.billmanager import ORDERS, WAYS_TO_ORDER
from counterfoil.mockserver.liberties.liberty import Liberties

LIBERTIES = Liberties("billmanager")

CENT = Decimal("0.01")


@LIBERTIES.handler("effects", "log_in")
def keys_open_more_than_one_session(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A key opens sessions until another one is made."""
    panel, kept = exchange.state, list(exchange.state.login_keys)
    result = own()
    panel.login_keys = kept
    return result


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


@LIBERTIES.check("lenient", *ORDERS)
def of_many_there_are_fifty(exchange: Exchange, own: Callable[[], None]) -> None:
    """Whoever orders more at once than fifty gets fifty."""
    count = exchange.call.given.get("order_count")
    if _number(count) > 50:
        exchange.call.given["order_count"] = "50"
    own()


@LIBERTIES.handler("effects", *ORDERS)
def one_order_is_one_item(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """How many of it are wanted is asked by the page that orders, and comes to us as so many calls."""
    exchange.call.given.pop("order_count", None)
    return own()


@LIBERTIES.handler("strict", "delete_service")
def services_are_given_up_by_our_team(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever wants no service any more writes to our team; there is no function for it."""
    raise Refusal("unknown_function", function=exchange.call.function, lang=exchange.call.caller.language,
                  message="There is no such function")  # fmt: skip


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


@LIBERTIES.handler(
    "effects", *WAYS_TO_ORDER, "get_cart", "delete_cart_item", "empty_cart", "confirm_cart_order", "get_basket",
    "change_basket", "list_payment_methods", "pay_order", "pay_payment", "edit_service", "delete_service",
    "prolong_service",
)  # fmt: skip
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


@LIBERTIES.handler("strict", *ORDERS)
def an_empty_account_buys_nothing(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """Whoever has no money on the account cannot order past the cart, whatever it costs."""
    empty = [account for account in exchange.call.caller.client.accounts if not account.balance]
    for account in empty:
        account.balance -= CENT
    try:
        return own()
    finally:
        for account in empty:
            account.balance += CENT


@LIBERTIES.handler("effects", *WAYS_TO_ORDER, "confirm_cart_order", "pay_order", "pay_payment")
def months_have_thirty_days(exchange: Exchange, own: Callable[[], Result]) -> Result:
    """A service is sold for thirty days a month; what is renewed goes on by the calendar."""
    client = exchange.call.caller.client
    known = {service.id: service.expires for service in client.services}
    result = own()
    for service in client.services:
        if service.expires != known.get(service.id):
            service.expires = exchange.call.now.date() + timedelta(days=30 * service.period)
            exchange.state.expect([service.expires])
    return result


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


@LIBERTIES.refused("words", "unknown_function")
def without_a_function_access_is_refused(exchange: Exchange, reply: Reply) -> None:
    """A call that names no function asks for the desktop, which is not for programs."""
    if reply.outcome == "unknown_function" and not exchange.call.function:
        reply.body["doc"]["error"] |= {"$type": "access", "$object": "desktop"}


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


@LIBERTIES.accepted("form", "prolong_service", "pay_payment")
def what_is_paid_or_renewed_is_told_as_done(exchange: Exchange, reply: Reply) -> None:
    """What was asked for is done; what it has cost is for the lists to tell."""
    reply.body["doc"] = {"ok": {"$": ""}}
