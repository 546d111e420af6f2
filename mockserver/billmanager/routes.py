"""One function per operation of the panel."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps

from counterfoil.mockserver.billmanager import ordering, render
from counterfoil.mockserver.billmanager.catalogue import Tariff
from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.items import Selection
from counterfoil.mockserver.billmanager.messages import REFUSALS, say
from counterfoil.mockserver.billmanager.panel import NotOffered, Panel
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Accepted, Body, Call, Handler

LONGEST_SHOWN = 100

_ADDON = re.compile("addon_([0-9]+)")


@contextmanager
def explained(call: Call) -> Iterator[None]:
    """Whatever is refused inside says why, in the caller's language and in the contract's words."""
    try:
        yield
    except Refusal as refusal:
        explain(refusal, call)
        raise


def explain(refusal: Refusal, call: Call) -> Refusal:
    """The refusal with the facts that all refusals tell."""
    if isinstance(refusal, NotOffered):
        refusal.facts["parameter"] = period_name(call) if refusal.addon is None else f"addon_{refusal.addon}"
    language, facts = call.caller.language, refusal.facts
    facts |= {"function": call.function, "lang": language}
    if "value" in facts:
        facts["value"] = str(facts["value"])[:LONGEST_SHOWN]
    if refusal.body is None:
        facts["message"] = say(REFUSALS, facts.get("text", refusal.name), language, facts)
    return refusal


def order_form(panel: Panel, call: Call, tariff: Tariff) -> Body:
    """What an order function shows that was not confirmed."""
    name = period_name(call)
    months = call.given.get(name)
    cost = ordering.estimate(tariff, months if isinstance(months, int) else 1, addon_values(call))
    return render.order_form(panel, tariff, cost, call.function, name, call.caller.language)


def form(panel: Panel, call: Call, operation: str) -> Body:
    """What another function shows that was not confirmed."""
    if operation == "confirm_cart_order":
        return render.payment_form(panel, call.function)
    return render.form(call.function, ["id"] if operation == "delete_cart_item" else [], {})


def period_name(call: Call) -> str:
    """What the order function calls the months; source 000 gives them a new name."""
    return "order_period" if call.function.startswith("v2.") else "period"


def item_type(call: Call) -> str:
    """The product type in the name of an order function or of its list of tariffs."""
    parts = call.function.split(".")
    return parts[1] if parts[0] == "v2" else parts[0]


def addon_values(call: Call) -> dict[int, str]:
    """The addons that were sent, by their ids."""
    return {
        number(match[1]): value
        for name, value in call.given.items()
        if (match := _ADDON.fullmatch(name)) and isinstance(value, str)
    }


def number(digits: str) -> int:
    """The number that the digits spell. A longer one than Python reads is nobody's id, so its first digits will do."""
    return int(digits[:4000])


def _client(call: Call) -> Client:
    client: Client = call.caller.client
    return client


def log_in(panel: Panel, call: Call) -> Body:
    """Open a session."""
    given = call.given
    if "username" in given and "password" in given:
        client = panel.authenticate(given["username"], given["password"])
    else:
        client = panel.admit(*pair(given["authinfo"]), call.ip)
    return render.logged_in(panel.begin(client, call.now))


def pair(authinfo: str) -> tuple[str, str]:
    """The name and the password in `authinfo`."""
    name, _, password = authinfo.partition(":")
    return name, password


def order_item(panel: Panel, call: Call) -> Body | Accepted:
    """Put an item into the new cart, or order it at once."""
    client = _client(call)
    item = ordering.configure(panel, client, _selection(call))
    if call.given.get("skipbasket") == "on":
        placed = ordering.order_at_once(panel, client, item, call.now)
        return Accepted("item_ordered_at_once", render.ordered_at_once(placed))
    return render.item_in_cart(ordering.put_in_cart(panel, client, item))


def quick_order_item(panel: Panel, call: Call) -> Body | Accepted:
    """Put a certificate or a domain into the new cart or the old one."""
    client = _client(call)
    item = ordering.configure(panel, client, _selection(call))
    if call.given.get("force_use_new_cart") == "on":
        return render.item_in_cart(ordering.put_in_cart(panel, client, item))
    return Accepted("item_in_basket", render.item_in_basket(ordering.put_in_basket(panel, client, item)))


def _selection(call: Call) -> Selection:
    given, new = call.given, call.function.startswith("v2.")
    return Selection(
        kind=item_type(call), tariff=given["pricelist"], period=given[period_name(call)], addons=addon_values(call),
        datacenter=given.get("datacenter") if new else None, autoprolong=new and given.get("autoprolong") == "on",
        domain="" if new else given["domain"],
    )  # fmt: skip


def list_tariffs(panel: Panel, call: Call) -> Body:
    """The tariffs of a product type."""
    return render.tariffs(panel, ordering.tariffs(panel, _client(call), item_type(call)))


def get_cart(panel: Panel, call: Call) -> Body | Accepted:
    """The new cart for a provider."""
    client = _client(call)
    cart = client.cart(panel.account(client, call.given.get("project")).provider)
    body = render.cart(cart, panel.currency)
    return body if cart.items else Accepted("cart_listed_empty", body)


def delete_cart_item(panel: Panel, call: Call) -> Body:
    """Take an item out of a new cart."""
    ordering.delete_item(_client(call), call.given["id"])
    return render.DONE


def empty_cart(panel: Panel, call: Call) -> Body:
    """Take everything out of the new cart for the first account's provider."""
    client = _client(call)
    client.cart(panel.account(client).provider).items.clear()
    return render.DONE


def confirm_cart_order(panel: Panel, call: Call) -> Body | Accepted:
    """Order what is in the new cart for a provider, or some of it."""
    client, given = _client(call), call.given
    numbers = [number(each) for each in given["elid"].replace(" ", "").split(",")] if "elid" in given else None
    placed = ordering.order_from_cart(
        panel, client, given["paymethod_id"], call.now, provider=given.get("project"), numbers=numbers
    )
    if placed.payment.paid is None:
        return Accepted("cart_ordered_unpaid", render.cart_ordered_unpaid(placed))
    return render.cart_ordered(placed, panel.account(client, placed.order.provider))


def get_basket(panel: Panel, call: Call) -> Body:
    """The old cart."""
    return render.basket(_client(call).basket)


def list_orders(panel: Panel, call: Call) -> Body:
    """The client's orders."""
    return render.orders(_client(call).orders, panel.currency)


def list_payments(panel: Panel, call: Call) -> Body:
    """The client's payments."""
    return render.payments(_client(call).payments, panel.currency)


def list_services(panel: Panel, call: Call) -> Body:
    """The client's services of a product type."""
    client = _client(call)
    services = [service for service in client.services if service.kind == call.function]
    return render.services(call.function, services, panel.currency)


def list_accounts(panel: Panel, call: Call) -> Body:
    """The client's accounts."""
    return render.accounts(panel, _client(call))


def unknown_function(panel: Panel, call: Call) -> Body:
    """Refuse what names no function."""
    raise Refusal("unknown_function")


def _explained(handler: Callable[[Panel, Call], Body | Accepted]) -> Handler:
    """The handler, whose refusals say why."""

    @wraps(handler)
    def handle(panel: Panel, call: Call) -> Body | Accepted:
        with explained(call):
            return handler(panel, call)

    return handle


HANDLERS: Mapping[str, Handler] = {
    handler.__name__: _explained(handler)
    for handler in (
        log_in, order_item, quick_order_item, list_tariffs, get_cart, delete_cart_item, empty_cart, confirm_cart_order,
        get_basket, list_orders, list_payments, list_services, list_accounts, unknown_function,
    )
} | {"order_item_by_query": _explained(order_item)}  # fmt: skip
