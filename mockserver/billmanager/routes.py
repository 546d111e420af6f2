"""One function per operation of the panel."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import wraps

import msgspec

from counterfoil.mockserver.billmanager import ordering, paying, render, renewal, tables
from counterfoil.mockserver.billmanager.catalogue import Tariff
from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.items import Selection
from counterfoil.mockserver.billmanager.messages import REFUSALS, say
from counterfoil.mockserver.billmanager.panel import NotOffered, Panel
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Accepted, Body, Call, Handler

LONGEST_SHOWN = 100
#: digits
LONGEST_PERIOD = 5

_ADDON = re.compile("addon_([0-9]+)")
#: what a form asks for that knows nothing else
_FIELDS: Mapping[str, Sequence[str]] = {
    "delete_cart_item": ["id"], "change_basket": ["id"], "pay_payment": ["elid"], "edit_service": ["elid", "autoprolong"],
    "prolong_service": ["elid", "period"], "make_login_key": ["username", "key"], "delete_service": ["elid"],
}  # fmt: skip


def explain(refusal: Refusal, call: Call) -> Refusal:
    """The refusal, which says why in the caller's language and in the contract's words, with the facts that all tell."""
    if isinstance(refusal, NotOffered):
        refusal.facts["parameter"] = refusal.parameter or period_name(call)
    language, facts = call.caller.language, refusal.facts
    facts |= {"function": call.function, "lang": language}
    if "value" in facts:
        facts["value"] = str(facts["value"])[:LONGEST_SHOWN]
    if refusal.body is None:
        facts["message"] = say(REFUSALS, facts.get("text", refusal.name), language, facts)
    return refusal


def order_form(panel: Panel, call: Call, tariff: Tariff) -> Body:
    """What an order function shows that was not confirmed: for the period that was sent, under whichever name."""
    name = period_name(call)
    sent = (call.given.get(each) for each in (name, "period"))
    months = next((int(each) for each in map(str, sent) if each.isdecimal() and len(each) < LONGEST_PERIOD), 1)
    months = months if months in tariff.prices else min(tariff.prices)
    return render.order_form(panel, tariff, months, addon_values(call), call.function, name, call.caller.language)


def form(panel: Panel, call: Call, operation: str) -> Body:
    """What another function shows that was not confirmed."""
    given, language = call.given, call.caller.language
    if operation == "confirm_cart_order":
        return render.payment_form(panel, call.function, ["elid", "project", "paymethod_id"], "paymethod_id")
    if operation == "pay_order":
        body = render.form(call.function, ["billorder", "paymethod"], {})
        body["doc"] |= render.payment_methods(panel, _client(call).basket.order)["doc"]
        return body
    if operation in ("edit_service", "prolong_service") and isinstance(given.get("elid"), int):
        with suppress(Refusal):
            service = renewal.service_of(_client(call), given["elid"], provider=provider(call))
            if operation == "edit_service":
                return render.edit_form(call.function, service, language)
            sent = given.get("period")
            months: int = sent if isinstance(sent, int) else service.period
            offered = panel.tariffs[service.tariff].prices if service.tariff in panel.tariffs else {}
            return render.prolong_form(
                call.function, service, renewal.goes_on(service, months, call.now),
                {str(each): str(each) for each in offered}, renewal.cost(panel, service, months),
            )  # fmt: skip
    return render.form(call.function, _FIELDS.get(operation, ()), {})


def period_name(call: Call) -> str:
    """What the order function calls the months; source 000 gives them a new name."""
    return "order_period" if call.function.startswith("v2.") else "period"


def item_type(call: Call) -> str:
    """The product type in the name of an order function or of its list of tariffs."""
    parts = call.function.split(".")
    return parts[1] if parts[0] == "v2" else parts[0]


def addon_values(call: Call) -> dict[int, str]:
    """The addons that were sent, by their ids."""
    given = call.given
    return {
        number(match[1]): given[name]
        for name in given
        if (match := _ADDON.fullmatch(name)) and isinstance(given[name], str)
    }


def number(digits: str) -> int:
    """The number that the digits spell. A longer one than Python reads is nobody's id, so its first digits will do."""
    return int(digits[:4000])


def provider(call: Call) -> int | None:
    """The provider that the caller means: then what is another's is not there. None where none is named."""
    project = call.given.get("project")
    return project if isinstance(project, int) else None


def _client(call: Call) -> Client:
    client: Client = call.caller.client
    return client


def log_in(panel: Panel, call: Call) -> Body:
    """Open a session."""
    given = call.given
    if "username" in given and "password" in given:
        client = panel.authenticate(given["username"], given["password"])
    elif "username" in given and "key" in given:
        client = panel.use_key(given["username"], given["key"])
    else:
        client = panel.admit(*pair(given["authinfo"]), call.ip)
    return render.logged_in(panel.begin(client, call.now))


def make_login_key(panel: Panel, call: Call) -> Body:
    """Make a key that opens one session."""
    panel.make_key(_client(call), call.given["username"], call.given["key"])
    return render.DONE


def pair(authinfo: str) -> tuple[str, str]:
    """The name and the password in `authinfo`."""
    name, _, password = authinfo.partition(":")
    return name, password


def order_item(panel: Panel, call: Call) -> Body | Accepted:
    """Put items into the new cart or the old one, or order them at once."""
    given, client = call.given, _client(call)
    items = [ordering.configure(panel, client, _selection(call)) for _ in range(given.get("order_count", 1))]
    if given.get("skipbasket") == "on":
        placed = ordering.order_at_once(panel, client, items, call.now)
        return Accepted("item_ordered_at_once", render.ordered_at_once(placed))
    new = call.function.startswith("v2.")
    if given.get("force_use_new_cart", "on" if new else "off") == "on":
        return Accepted("item_in_cart", render.item_in_cart(ordering.put_in_cart(panel, client, items)))
    item = paying.put_in_basket(panel, client, items)
    return Accepted("item_in_basket", render.item_in_basket(item, client.basket))


def _selection(call: Call) -> Selection:
    given = call.given
    return Selection(
        kind=item_type(call), tariff=given["pricelist"], period=given[period_name(call)], addons=addon_values(call),
        datacenter=given.get("datacenter"), autoprolong=renewed_for(given.get("autoprolong")),
        domain=given.get("domain", ""), template=given.get("ostempl", ""),
        recipe="" if given.get("recipe") == "null" else given.get("recipe", ""), remote=given.get("remoteid", ""),
        provider=provider(call),
    )  # fmt: skip


def renewed_for(autoprolong: str | None) -> int | None:
    """For how many months to renew: `on` is for as many as are ordered, and nothing, `off` and `null` for none."""
    if autoprolong in (None, "off", "null"):
        return 0
    return None if autoprolong == "on" else number(str(autoprolong))


def list_tariffs(panel: Panel, call: Call) -> Body:
    """The tariffs of a product type, of one provider and in one data center where they are named."""
    given = call.given
    found = [
        tariff for tariff in ordering.tariffs(panel, _client(call), item_type(call))
        if provider(call) in (None, tariff.provider)
        and (given.get("datacenter") is None or given["datacenter"] in tariff.datacenters)
    ]  # fmt: skip
    return render.tariffs(panel, found, call.caller.language)


def get_cart(panel: Panel, call: Call) -> Body | Accepted:
    """The new cart for a provider."""
    client = _client(call)
    cart = client.cart(panel.account(client, provider(call)).provider)
    body = render.cart(cart, panel.currency)
    return body if cart.items else Accepted("cart_listed_empty", body)


def delete_cart_item(panel: Panel, call: Call) -> Body:
    """Take an item out of a new cart."""
    ordering.delete_item(_client(call), call.given["id"], provider(call))
    return render.DONE


def empty_cart(panel: Panel, call: Call) -> Body:
    """Take everything out of the new cart for a provider."""
    client = _client(call)
    client.cart(panel.account(client, provider(call)).provider).items.clear()
    return render.DONE


def confirm_cart_order(panel: Panel, call: Call) -> Body | Accepted:
    """Order what is in the new cart for a provider, or some of it."""
    client, given = _client(call), call.given
    numbers = [number(each) for each in given["elid"].replace(" ", "").split(",")] if "elid" in given else None
    placed = ordering.order_from_cart(
        panel, client, given["paymethod_id"], call.now, provider=provider(call), numbers=numbers
    )
    return _ordered(panel, client, placed)


def get_basket(panel: Panel, call: Call) -> Body:
    """The old cart."""
    basket = _client(call).basket
    shown = msgspec.structs.replace(basket, items=basket.of(provider(call)))
    return render.basket(shown, paying.discount(panel, shown))


def change_basket(panel: Panel, call: Call) -> Body:
    """Take an item out of the old cart, or all of them, order one that is free, or use a code."""
    client, given = _client(call), call.given
    button = given.get("clicked_button")
    if button == "clearbasket":
        paying.clear_basket(client, provider(call))
    elif button is None:
        paying.use_code(panel, client, given["promocode"], provider(call))
    elif button == "delete":
        paying.delete_from_basket(client, given["id"], provider(call))
    else:
        paying.activate_free(panel, client, given["id"], call.now, provider(call))
    return render.DONE


def list_payment_methods(panel: Panel, call: Call) -> Body:
    """How the old cart, or an order, can be paid."""
    client = _client(call)
    order = call.given.get("billorder", client.basket.order)
    if order != client.basket.order:
        paying.unpaid(client, order, provider(call), by_order=True)
    return render.payment_methods(panel, order)


def pay_order(panel: Panel, call: Call) -> Body | Accepted:
    """Order what is in the old cart, or pay for an order in another way."""
    client, given = _client(call), call.given
    order, method = given.get("billorder", client.basket.order), given["paymethod"]
    if order == client.basket.order:
        placed = paying.order_basket(panel, client, method, call.now, provider(call))
    else:
        payment = paying.unpaid(client, order, provider(call), by_order=True)
        if method == ordering.BALANCE:
            placed = paying.pay(panel, client, payment, call.now, method)
        else:
            placed = paying.waits(panel, client, payment, method)
    return _ordered(panel, client, placed)


def pay_payment(panel: Panel, call: Call) -> Body:
    """The money of a payment comes."""
    client = _client(call)
    placed = paying.pay(panel, client, paying.unpaid(client, call.given["elid"], provider(call)), call.now)
    return render.cart_ordered(placed, panel.account(client, placed.order.provider))


def _ordered(panel: Panel, client: Client, placed: ordering.Placed) -> Body | Accepted:
    if placed.payment.paid is None:
        return Accepted("cart_ordered_unpaid", render.cart_ordered_unpaid(placed))
    return render.cart_ordered(placed, panel.account(client, placed.order.provider))


def list_orders(panel: Panel, call: Call) -> Body:
    """The client's orders."""
    return tables.table(tables.order_rows(_client(call).orders, panel.currency), call.given)


def list_payments(panel: Panel, call: Call) -> Body:
    """The client's payments."""
    return tables.table(tables.payment_rows(panel, _client(call)), call.given)


def list_services(panel: Panel, call: Call) -> Body:
    """The client's services of a product type."""
    services = [service for service in _client(call).services if service.kind == call.function]
    return tables.table(tables.service_rows(services, panel.currency), call.given)


def edit_service(panel: Panel, call: Call) -> Body:
    """Say whether a service is renewed."""
    given = call.given
    service = renewal.service_of(_client(call), given["elid"], item_type(call), provider(call))
    wanted = renewed_for(given.get("autoprolong"))
    wanted = service.period if wanted is None else wanted
    if wanted:
        renewal.cost(panel, service, wanted)
    service.autoprolong = wanted
    return render.DONE


def delete_service(panel: Panel, call: Call) -> Body:
    """Give a service up; its order and payment stay."""
    client = _client(call)
    client.services.remove(renewal.service_of(client, call.given["elid"], item_type(call), provider(call)))
    return render.DONE


def prolong_service(panel: Panel, call: Call) -> Body:
    """Renew a service now, from the account."""
    client, given = _client(call), call.given
    service = renewal.service_of(client, given["elid"], provider=provider(call))
    order = renewal.prolong(panel, client, service, given.get("period", service.period), call.now)
    return render.prolonged(order, service, panel.account(client, service.provider))


def list_accounts(panel: Panel, call: Call) -> Body:
    """The client's accounts."""
    return tables.table(tables.account_rows(panel, _client(call)), call.given)


def unknown_function(panel: Panel, call: Call) -> Body:
    """Refuse what names no function."""
    raise Refusal("unknown_function")


def _explained(handler: Callable[[Panel, Call], Body | Accepted]) -> Handler:
    """The handler, whose refusals say why."""

    @wraps(handler)
    def handle(panel: Panel, call: Call) -> Body | Accepted:
        try:
            return handler(panel, call)
        except Refusal as refusal:
            explain(refusal, call)
            raise

    return handle


HANDLERS: Mapping[str, Handler] = {
    handler.__name__: _explained(handler)
    for handler in (
        log_in, make_login_key, order_item, list_tariffs, get_cart, delete_cart_item, empty_cart, confirm_cart_order, get_basket,
        change_basket, list_payment_methods, pay_order, pay_payment, list_orders, list_payments, list_services,
        edit_service, delete_service, prolong_service, list_accounts, unknown_function,
    )
} | dict.fromkeys(("order_item_by_query", "quick_order_item", "old_order_item"), _explained(order_item))  # fmt: skip
