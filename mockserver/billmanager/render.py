"""The panel's things as the contract names them: `$name` is an attribute, `$` the text of an element."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from counterfoil.mockserver.billmanager.catalogue import Addon, Tariff
from counterfoil.mockserver.billmanager.clients import Account, Client
from counterfoil.mockserver.billmanager.items import Cart, Item
from counterfoil.mockserver.billmanager.messages import TITLES, WORDS, say
from counterfoil.mockserver.billmanager.ordering import Placed
from counterfoil.mockserver.billmanager.orders import Order, Payment, Service
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.billmanager.sessions import Session
from counterfoil.mockserver.engine.vendor import Body

BINARY = "/billmgr"

#: by what an addon is in the catalogue
_ADDON_TYPES = {"number": "integer", "choice": "enum", "flag": "flag"}


def signed(body: Body, function: str, language: str) -> Body:
    """The answer with what every answer says of itself."""
    return {"doc": {"$lang": language, "$func": function, "$binary": BINARY, **body["doc"]}}


def developed(body: Body, operation: str, function: str, language: str) -> Body:
    """The answer with what a developer sees besides."""
    kind = "list" if operation.startswith(("get_", "list_")) else "action"
    title = {"$name": "title", "$": say(TITLES, operation, language)}
    return {
        "doc": {
            "metadata": {"$name": function, "$type": kind},
            "messages": {"$name": function, "msg": title},
            **body["doc"],
        }
    }


def logged_in(session: Session) -> Body:
    """A new session; its level is a client's."""
    return {"doc": {"auth": {"$id": session.id, "$level": "16", "$": session.id}}}


DONE: Body = {"doc": {"ok": {"$": ""}}}


def item_in_cart(item: Item) -> Body:
    """What was put into the new cart."""
    return {"doc": {"lineitem.id": _text(item.id), "elid": _text(item.id), "ok": _text("")}}


def item_in_basket(item: Item) -> Body:
    """What was put into the old one."""
    return {"doc": {"item.id": _text(item.id), "ok": _text("")}}


def ordered_at_once(placed: Placed) -> Body:
    """The one service that came of an order past the cart."""
    return {
        "doc": {
            "id": _text(placed.services[0].id), "billorder": _text(placed.order.id),
            "payment_id": _text(placed.payment.id), "ok": _text(""),
        }
    }  # fmt: skip


def cart_ordered(placed: Placed, account: Account) -> Body:
    """An order for which nothing remains to be paid."""
    return {
        "doc": {
            "billorder": _text(placed.order.id), "payment_id": _text(placed.payment.id),
            "balance": _text(account.balance), "ok": _text("func=order"),
        }
    }  # fmt: skip


def cart_ordered_unpaid(placed: Placed) -> Body:
    """An order that has still to be paid, and where."""
    return {
        "doc": {
            "billorder": _text(placed.order.id), "payment_id": _text(placed.payment.id),
            "ok": _text(f"{BINARY}?func=payment.pay&elid={placed.payment.id}"),
        }
    }  # fmt: skip


def cart(cart: Cart, currency: str) -> Body:
    """A new cart; an empty one has no list."""
    items = [_line_item(item, currency) for item in cart.items.values()]
    total = {"cost": _text(cart.cost), "currency": _text(currency), "count": _text(len(items))}
    return {"doc": {"total": total, **(_list("lineitems", items) if items else {})}}


def _line_item(item: Item, currency: str) -> Body:
    addons = [
        {
            "configuration_name": _text(extra.name), "configuration_value": _text(extra.value),
            "configuration_price": _text(extra.price),
        }
        for extra in item.extras
    ]  # fmt: skip
    return {
        "id": _text(item.id), "elid": _text(item.id), "main": {"name": _text(item.name), "period": _text(item.period)},
        "price": {"price": {"cost": _text(item.cost), "currency": _text(currency)}},
        **({"configuration": _several("elem", addons)} if addons else {}),
        "pricelist": _text(item.tariff), **_if_any("datacenter", item.datacenter),
        "autoprolong": _switch(item.autoprolong),
    }  # fmt: skip


def basket(basket: Cart) -> Body:
    """The old cart."""
    items = [
        {
            "item.id": _text(item.id), "item.type": _text(item.kind), "item.name": _text(item.name),
            "item.period": _text(item.period), "item.autoprolong": _switch(item.autoprolong), "cost": _text(item.cost),
        }
        for item in basket.items.values()
    ]  # fmt: skip
    return {"doc": {"total_sum": _text(basket.cost), **_list("itemlist", items)}}


def tariffs(panel: Panel, tariffs: Iterable[Tariff]) -> Body:
    """What can be ordered, and with what."""
    return {"doc": _list("pricelist", [_tariff(panel, tariff) for tariff in tariffs])}


def _tariff(panel: Panel, tariff: Tariff) -> Body:
    centers = [{"$id": str(number), "$": panel.datacenters[number].name} for number in tariff.datacenters]
    return {
        "id": _text(tariff.id), "name": _text(tariff.name), "itemtype": _text(tariff.kind),
        "project": _text(tariff.provider), "currency": _text(panel.currency),
        **_several("period", [{"$length": str(each), "cost": _text(cost)} for each, cost in tariff.prices.items()]),
        **_several("datacenter", centers), **_several("addon", [_addon(addon) for addon in tariff.addons]),
    }  # fmt: skip


def _addon(addon: Addon) -> Body:
    shown: Body = {"$id": str(addon.id), "$type": _ADDON_TYPES[addon.kind], "name": _text(addon.name)}
    if addon.kind == "number":
        shown |= {"min": _text(addon.least), "max": _text(addon.most), "step": _text(addon.step)}
    if addon.kind == "choice":
        return shown | _several(
            "val", [{"$key": str(each.id), "$cost": str(each.price), "$": each.name} for each in addon.choices]
        )
    return shown | {"cost": _text(addon.price)}


def orders(orders: Iterable[Order], currency: str) -> Body:
    """A client's orders."""
    return {"doc": _list("order", [
        {
            "id": _text(order.id), "project": _text(order.provider), "createdate": _text(order.created.date()),
            "count": _text(len(order.services)), "cost": _text(order.cost), "currency": _text(currency),
            "payment_id": _text(order.payment),
        }
        for order in orders
    ])}  # fmt: skip


def payments(payments: Iterable[Payment], currency: str) -> Body:
    """A client's payments: 1 is new, 2 is paid."""
    return {"doc": _list("payment", [
        {
            "id": _text(payment.id), "billorder": _text(payment.order), "project": _text(payment.provider),
            "paymethod_id": _text(payment.method), "cost": _text(payment.amount), "currency": _text(currency),
            "status": _text(2 if payment.paid else 1), "createdate": _text(payment.created.date()),
        }
        for payment in payments
    ])}  # fmt: skip


def services(kind: str, services: Iterable[Service], currency: str) -> Body:
    """A client's services of one product type: 1 is ordered, 2 is active."""
    return {"doc": _list(kind, [
        {
            "id": _text(service.id), "name": _text(service.name), **_if_any("domain", service.domain),
            "pricelist": _text(service.tariff), "project": _text(service.provider), "period": _text(service.period),
            "cost": _text(service.cost), "currency": _text(currency), **_if_any("datacenter", service.datacenter),
            "autoprolong": _switch(service.autoprolong), "item_status": _text(2 if service.active else 1),
            "createdate": _text(service.created.date()), "expiredate": _text(service.expires),
            "billorder": _text(service.order),
        }
        for service in services
    ])}  # fmt: skip


def accounts(panel: Panel, client: Client) -> Body:
    """A client's accounts, with the money on them."""
    return {"doc": _list("subaccount", [
        {
            "id": _text(account.id), "project": _text(account.provider),
            "project_name": _text(panel.providers[account.provider].name), "balance": _text(account.balance),
            "currency": _text(panel.currency),
        }
        for account in client.accounts
    ])}  # fmt: skip


def form(function: str, fields: Iterable[str], choices: Mapping[str, Mapping[str, str]]) -> Body:
    """What a function shows that was not confirmed: its fields, and for some what they may be."""
    shown = _several("field", [{"$name": name} for name in fields]) or _text("")
    lists = [
        {"$name": name, **_several("val", [{"$key": key, "$": text} for key, text in entries.items()])}
        for name, entries in choices.items()
    ]
    return {"doc": {"metadata": {"$name": function, "$type": "form", "form": shown}, **_several("slist", lists)}}


def order_form(
    panel: Panel, tariff: Tariff, cost: Decimal, function: str, period: str, language: str
) -> Body:  # fmt: skip
    """What an order function shows that was not confirmed; `period` is its name for the months."""
    switch = {word: say(WORDS, word, language) for word in ("on", "off")}
    choices = {period: {str(months): _months(months, language) for months in tariff.prices}}
    if tariff.datacenters:
        choices["datacenter"] = {str(number): panel.datacenters[number].name for number in tariff.datacenters}
    if panel.kinds[tariff.kind]:
        choices["autoprolong"] = switch
    for addon in tariff.addons:
        if addon.kind != "number":
            choices[f"addon_{addon.id}"] = {str(each.id): each.name for each in addon.choices} or switch
    counted = [f"addon_{addon.id}" for addon in tariff.addons if addon.kind == "number"]
    own = [] if panel.kinds[tariff.kind] else ["domain"]
    body = form(function, [*choices, *counted, *own], choices)
    body["doc"]["orderinfo"] = _text(say(WORDS, "total", language, {"cost": cost, "currency": panel.currency}))
    return body


def payment_form(panel: Panel, function: str) -> Body:
    """What the confirmation of an order shows that was not confirmed."""
    methods = {str(number): name for number, name in panel.payment_methods.items()}
    return form(function, ["elid", "project", "paymethod_id"], {"paymethod_id": methods})


def _months(months: int, language: str) -> str:
    return say(WORDS, "month" if months == 1 else "months", language, {"months": months})


def _text(value: Any) -> Body:
    return {"$": value.isoformat() if isinstance(value, date) else str(value)}


def _switch(on: bool) -> Body:
    return _text("on" if on else "off")


def _if_any(name: str, value: Any) -> Body:
    return {name: _text(value)} if value else {}


def _several(name: str, elements: list[Body]) -> Body:
    """The elements under their name: a list where there are several, nothing where there is none."""
    if not elements:
        return {}
    return {name: elements[0] if len(elements) == 1 else elements}


def _list(name: str, elements: list[Body]) -> Body:
    return {"list": {"$name": name, **_several("elem", elements)}}
