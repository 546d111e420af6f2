"""The panel's things as the contract names them: `$name` is an attribute, `$` the text of an element."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from counterfoil.mockserver.billmanager.catalogue import Addon, Tariff
from counterfoil.mockserver.billmanager.clients import Account
from counterfoil.mockserver.billmanager.elements import if_any, named, several, switch, text
from counterfoil.mockserver.billmanager.items import Cart, Item
from counterfoil.mockserver.billmanager.messages import TITLES, WORDS, say
from counterfoil.mockserver.billmanager.ordering import Placed
from counterfoil.mockserver.billmanager.orders import Order, Service
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
    return {"doc": {"lineitem.id": text(item.id), "elid": text(item.id), "ok": text("")}}


def item_in_basket(item: Item, basket: Cart) -> Body:
    """What was put into the old one, which will become the order."""
    return {"doc": {"item.id": text(item.id), "billorder": text(basket.order), "ok": text("")}}


def ordered_at_once(placed: Placed) -> Body:
    """The one service that came of an order past the cart."""
    return {
        "doc": {
            "id": text(placed.services[0].id), "billorder": text(placed.order.id),
            "payment_id": text(placed.payment.id), "ok": text(""),
        }
    }  # fmt: skip


def cart_ordered(placed: Placed, account: Account) -> Body:
    """An order for which nothing remains to be paid."""
    return {
        "doc": {
            "billorder": text(placed.order.id), "payment_id": text(placed.payment.id),
            "balance": text(account.balance), "ok": text("func=order"),
        }
    }  # fmt: skip


def cart_ordered_unpaid(placed: Placed) -> Body:
    """An order that has still to be paid, and where."""
    return {
        "doc": {
            "billorder": text(placed.order.id), "payment_id": text(placed.payment.id),
            "ok": text(f"{BINARY}?func=payment.pay&elid={placed.payment.id}"),
        }
    }  # fmt: skip


def cart(cart: Cart, currency: str) -> Body:
    """A new cart; an empty one has no list."""
    items = [_line_item(item, currency) for item in cart.items.values()]
    total = {"cost": text(cart.cost), "currency": text(currency), "count": text(len(items))}
    return {"doc": {"total": total, **({"list": named("lineitems", items)} if items else {})}}


def _line_item(item: Item, currency: str) -> Body:
    addons = [
        {
            "configuration_name": text(extra.name), "configuration_value": text(extra.value),
            "configuration_price": text(extra.price),
        }
        for extra in item.extras
    ]  # fmt: skip
    return {
        "id": text(item.id), "elid": text(item.id), "main": {"name": text(item.name), "period": text(item.period)},
        "price": {"price": {"cost": text(item.cost), "currency": text(currency)}},
        **({"configuration": several("elem", addons)} if addons else {}),
        "pricelist": text(item.tariff), **if_any("datacenter", item.datacenter),
        "autoprolong": switch(item.autoprolong), **if_any("domain", item.domain),
    }  # fmt: skip


def basket(basket: Cart, discount: Decimal) -> Body:
    """The old cart."""
    items = [
        {
            "item.id": text(item.id), "item.type": text(item.kind), "item.name": text(item.name),
            **if_any("item.domain", item.domain), "item.period": text(item.period),
            "item.autoprolong": switch(item.autoprolong), "cost": text(item.cost),
        }
        for item in basket.items.values()
    ]  # fmt: skip
    return {
        "doc": {
            "total_sum": text(basket.cost - discount), "full_discount": text(discount),
            **if_any("billorder", basket.order), "list": named("itemlist", items),
        }
    }  # fmt: skip


def tariffs(panel: Panel, tariffs: Sequence[Tariff], language: str) -> Body:
    """What can be ordered, where, for how long and from whom."""
    centers = {number: panel.datacenters[number].name for each in tariffs for number in each.datacenters}
    months = sorted({length for each in tariffs for length in each.prices})
    providers = {each.provider: panel.providers[each.provider].name for each in tariffs}
    return {
        "doc": {
            "slist": [
                _choice("datacenter", {str(number): name for number, name in sorted(centers.items())}),
                _choice("period", {str(each): _months(each, language) for each in months}),
            ],
            "list": [
                named("pricelist", [_tariff(panel, tariff) for tariff in tariffs]),
                named("projectlist", [{"project": text(number), "project_name": text(name)}
                                      for number, name in providers.items()]),
            ],
        }
    }  # fmt: skip


def _tariff(panel: Panel, tariff: Tariff) -> Body:
    centers = [{"$id": str(number), "$": panel.datacenters[number].name} for number in tariff.datacenters]
    prices = [
        {"period": text(months), "cost": text(cost), "currency": text(panel.currency)}
        for months, cost in tariff.prices.items()
    ]
    details = [{"name": text(each.name), "value": text(each.value)} for each in tariff.details]
    return {
        "id": text(tariff.id), "title": text(tariff.name), "description": text(tariff.description),
        **several("detail", details), "prices": several("price", prices), "itemtype": text(tariff.kind),
        "project": text(tariff.provider), **several("datacenter", centers),
        **several("addon", [_addon(addon) for addon in tariff.addons]),
    }  # fmt: skip


def _addon(addon: Addon) -> Body:
    shown: Body = {"$id": str(addon.id), "$type": _ADDON_TYPES[addon.kind], "name": text(addon.name)}
    if addon.kind == "number":
        shown |= {"min": text(addon.least), "max": text(addon.most), "step": text(addon.step)}
    if addon.kind == "choice":
        return shown | several(
            "val", [{"$key": str(each.id), "$cost": str(each.price), "$": each.name} for each in addon.choices]
        )
    return shown | {"cost": text(addon.price)}


def form(
    function: str,
    fields: Iterable[str],
    choices: Mapping[str, Mapping[str, str]],
    lists: Mapping[str, list[Body]] = MappingProxyType({}),
) -> Body:
    """What a function shows that was not confirmed: its fields, for some what they may be, and what stands beside."""
    shown = several("field", [{"$name": name} for name in fields]) or text("")
    return {
        "doc": {
            "metadata": {"$name": function, "$type": "form", "form": shown},
            **several("slist", [_choice(name, entries) for name, entries in choices.items()]),
            **several("list", [named(name, rows) for name, rows in lists.items()]),
        }
    }


def order_form(
    panel: Panel, tariff: Tariff, months: int, addons: Mapping[int, str], function: str, period: str, language: str
) -> Body:  # fmt: skip
    """What an order function shows that was not confirmed; `period` is its name for the months."""
    on_off = {word: say(WORDS, word, language) for word in ("on", "off")}
    choices = {period: {str(each): _months(each, language) for each in tariff.prices}}
    if tariff.datacenters:
        choices["datacenter"] = {str(number): panel.datacenters[number].name for number in tariff.datacenters}
    choices["autoprolong"] = on_off
    if tariff.templates:
        choices["ostempl"] = {each.id: each.name for each in tariff.templates}
        choices["recipe"] = {"null": "--"} | {each.id: each.name for each in tariff.recipes}
    for addon in tariff.addons:
        if addon.kind != "number":
            choices[f"addon_{addon.id}"] = {str(each.id): each.name for each in addon.choices} or on_off
    counted = [f"addon_{addon.id}" for addon in tariff.addons if addon.kind == "number"]
    own = ["order_count"] if panel.kinds[tariff.kind] else ["domain"]
    cost = tariff.cost(months, addons)
    summary = {"name": text(tariff.name), "cost": text(cost), "currency": text(panel.currency)}
    total = {"cost": text(cost), "currency": text(panel.currency)}
    body = form(
        function, [*choices, *counted, *own], choices, {"pricelist_summary": [summary], "total_summary": [total]}
    )
    for each in body["doc"]["slist"]:
        if each["$name"] == "ostempl":
            _mark(each, "$cost", {template.id: "0.00" for template in tariff.templates})
        if each["$name"] == "recipe":
            _mark(each, "$depend", {recipe.id: recipe.template for recipe in tariff.recipes})
    body["doc"]["orderinfo"] = text(say(WORDS, "total", language, {"cost": cost, "currency": panel.currency}))
    return body


def _mark(choice: Body, name: str, values: Mapping[str, str]) -> None:
    entries = choice["val"]
    for entry in entries if isinstance(entries, list) else [entries]:
        if entry["$key"] in values:
            entry[name] = values[entry["$key"]]


def payment_form(panel: Panel, function: str, fields: Iterable[str], method: str) -> Body:
    """What a function shows that was not confirmed and needs to know how to pay."""
    methods = {str(number): name for number, name in panel.payment_methods.items()}
    return form(function, fields, {method: methods})


def payment_methods(panel: Panel, order: int) -> Body:
    """How an order can be paid."""
    rows = [{"paymethod": text(number), "name": text(name)} for number, name in panel.payment_methods.items()]
    return {"doc": {
        **if_any("billorder", order), "payment_currency": text(panel.currency), "list": named("methodlist", rows),
    }}  # fmt: skip


def prolonged(order: Order, service: Service, account: Account) -> Body:
    """A service that goes on."""
    return {
        "doc": {
            "billorder": text(order.id), "payment_id": text(order.payment), "balance": text(account.balance),
            "expiredate": text(service.expires), "ok": text("func=order"),
        }
    }  # fmt: skip


def prolong_form(function: str, service: Service, until: date, choices: Mapping[str, str], cost: Decimal) -> Body:
    """What the renewal of a service shows that was not confirmed."""
    body = form(function, ["elid", "period"], {"period": choices})
    body["doc"] |= {
        "title_name": text(service.name), "expiredate": text(service.expires), "newexpiredate": text(until),
        "cost": text(cost),
    }  # fmt: skip
    return body


def edit_form(function: str, service: Service, language: str) -> Body:
    """What a service shows that was not edited."""
    on_off = {word: say(WORDS, word, language) for word in ("on", "off")}
    body = form(function, ["elid", "autoprolong"], {"autoprolong": on_off})
    body["doc"] |= {"elid": text(service.id), "name": text(service.name), "autoprolong": switch(service.autoprolong)}
    return body


def _choice(name: str, entries: Mapping[str, str]) -> Body:
    return {"$name": name, **several("val", [{"$key": key, "$": value} for key, value in entries.items()])}


def _months(months: int, language: str) -> str:
    return say(WORDS, "month" if months == 1 else "months", language, {"months": months})
