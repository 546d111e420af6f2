"""What BILLmanager's functions show: forms, rows of lists, the result of an order."""

from __future__ import annotations

from decimal import Decimal

import bill_data as data
from bill_state import PAID, Account, Item, Order, cents, wanted_item
from bill_wire import Node


def money_nodes(amount: Decimal, account: Account) -> list[Node]:
    """An amount with its currency."""
    return [Node("cost", str(amount)), Node("currency", account.provider.currency)]


def addon_table(tariff: data.Tariff) -> list[Node]:
    """The options of a tariff with their bounds and their price for a month."""
    rows = []
    for addon in tariff.addons:
        facts = {"id": addon.id, "name": addon.name, "kind": addon.kind}
        if addon.kind != "choice":
            facts["cost"] = addon.price
        if addon.kind == "integer":
            facts |= {"min": addon.minimum, "max": addon.maximum, "step": addon.step, "limit": addon.limit}
        entries = [Node("entry", name, key=str(key), cost=str(cost)) for key, (name, cost) in addon.entries.items()]
        rows.append(Node("elem", *(Node(key, str(value)) for key, value in facts.items()), *entries))
    return [Node("list", *rows, name="addons")] if rows else []


def tariff_row(account: Account, tariff: data.Tariff, addons: bool) -> Node:
    """A tariff as a row of a list."""
    prices = [Node("period", Node("cost", str(cost)), length=str(months)) for months, cost in tariff.prices.items()]
    places = ",".join(map(str, tariff.datacenters))
    return Node(
        "elem",
        Node("id", str(tariff.id)),
        Node("pricelist", str(tariff.id)),
        Node("name", tariff.name),
        Node("itemtype", tariff.itemtype),
        Node("currency", account.provider.currency),
        Node("datacenter", places),
        Node("price", *prices),
        *(addon_table(tariff) if addons else []),
    )


def order_form(account: Account, itemtype: str, params: dict[str, str], period: str) -> list[Node]:
    """The form of an order, with what the tariff offers and what the choice would cost. It has no metadata."""
    item = wanted_item(account, itemtype, params, period, True)
    tariff = item.tariff
    offers = [Node("val", data.PERIOD_NAMES[months], key=str(months)) for months in tariff.prices]
    places = [Node("val", data.DATACENTERS[place], key=str(place)) for place in tariff.datacenters]
    lists = [Node("slist", *offers, name=period), Node("slist", *places, name="datacenter")]
    values = [
        Node("pricelist", str(tariff.id)),
        Node(period, str(item.period)),
        Node("datacenter", str(item.datacenter)),
        Node("autoprolong", "on" if item.autoprolong else "off"),
    ]
    if tariff.images:
        images = [Node("val", data.IMAGES[image], key=image) for image in tariff.images]
        lists.append(Node("slist", *images, name="ostempl"))
        values.append(Node("ostempl", item.image))
    for addon, value, _ in item.options:
        values.append(Node(f"addon_{addon.id}", value))
        if addon.kind == "choice":
            entries = [Node("val", name, key=str(number)) for number, (name, _) in addon.entries.items()]
            lists.append(Node("slist", *entries, name=f"addon_{addon.id}"))
    total = f"That comes to {item.cost} {account.provider.currency} for {data.PERIOD_NAMES[item.period]}"
    return [*values, *lists, *addon_table(tariff), Node("orderinfo", total)]


def cart_row(account: Account, item: Item) -> Node:
    """An item of the cart."""
    settings = [("Data center", data.DATACENTERS[item.datacenter], "0.00")]
    settings += [(addon.name, value, str(cents(price * item.period))) for addon, value, price in item.options]
    lines = [
        Node(
            "elem",
            Node("configuration_name", name),
            Node("configuration_value", value),
            Node("configuration_price", price),
        )
        for name, value, price in settings
    ]
    button = Node("button", Node("name", "delete"), Node("type", "action"), Node("func", "cart"))
    return Node(
        "elem",
        Node("id", str(item.id)),
        Node("elid", str(item.id)),
        Node("main", Node("name", item.tariff.name), Node("period", data.PERIOD_NAMES[item.period])),
        Node("price", Node("price", *money_nodes(item.cost, account))),
        Node("configuration", *lines),
        Node("pricelist", str(item.tariff.id)),
        Node("order_period", str(item.period)),
        Node("datacenter", str(item.datacenter)),
        Node("autoprolong", "on" if item.autoprolong else "off"),
        Node("action", button),
    )


def ordered(made: Order) -> list[Node]:
    """What is told of an order: where it is to be paid, if it is not paid yet."""
    payment = made.payment
    place = "func=order" if payment.status == PAID else f"https://pay.polar.example/in?payment={payment.id}"
    return [Node("billorder", str(made.id)), Node("payment_id", str(payment.id)), Node("ok", place)]


def order_list(account: Account) -> list[Node]:
    """order: all orders"""
    return [
        Node(
            "elem",
            Node("id", str(made.id)),
            Node("number", f"{account.provider.id}-{made.id}"),
            Node("items", str(len(made.services))),
            Node("payment_id", str(made.payment.id)),
            Node("service", ",".join(str(service.id) for service in made.services)),
            Node("amount", str(made.payment.amount)),
            Node("currency", account.provider.currency),
            Node("status", made.payment.status),
        )
        for made in account.orders
    ]


def payment_list(account: Account) -> list[Node]:
    """payment: all payments, newest first"""
    methods = account.provider.paymethods
    return [
        Node(
            "elem",
            Node("id", str(made.payment.id)),
            Node("billorder", str(made.id)),
            Node("paymethod_name", methods[made.payment.paymethod]),
            Node("status", made.payment.status),
            Node("amount", str(made.payment.amount)),
            Node("currency", account.provider.currency),
        )
        for made in reversed(account.orders)
    ]


def service_list(account: Account, itemtype: str) -> list[Node]:
    """vds, dedic and so on: the services of a type"""
    return [
        Node(
            "elem",
            Node("id", str(service.id)),
            Node("name", item.tariff.name),
            Node("domain", item.domain),
            Node("pricelist", str(item.tariff.id)),
            Node("datacenter", str(item.datacenter)),
            Node("period", str(item.period)),
            Node("autoprolong", "on" if item.autoprolong else "off"),
            Node("item_status", service.status),
            Node("status", service.status),
            Node("cost", str(item.cost)),
        )
        for made in account.orders
        for service in made.services
        for item in [service.item]
        if item.tariff.itemtype == itemtype
    ]


def subaccount(account: Account) -> list[Node]:
    """subaccount: the money of the client at this provider"""
    return [
        Node(
            "elem",
            Node("id", str(account.id)),
            Node("client", str(account.client)),
            Node("name", account.client_name),
            Node("project", str(account.provider.id)),
            Node("project_name", account.provider.name),
            Node("balance", str(cents(account.balance))),
            Node("currency", account.provider.currency),
        )
    ]
