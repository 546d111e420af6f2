"""From a tariff to a service: configured, put in a cart, ordered, paid."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from counterfoil.mockserver.billmanager.catalogue import NOTHING, Tariff
from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.items import Extra, Item, Selection, cost_of
from counterfoil.mockserver.billmanager.orders import Order, Payment, Service
from counterfoil.mockserver.billmanager.panel import NotOffered, Panel
from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.engine.refusal import Refusal

#: the payment method that takes the money from the client's account at once
BALANCE = 0


class Placed(NamedTuple):
    """What came of an order."""

    order: Order
    payment: Payment
    services: list[Service]


def tariff(panel: Panel, client: Client, kind: str, number: int) -> Tariff:
    """The tariff, if it is one for this product type and the client has an account at its provider."""
    chosen = panel.tariffs.get(number)
    if chosen is None or chosen.kind != kind or client.account(chosen.provider) is None:
        raise Refusal("pricelist_not_found", id=number)
    return chosen


def tariffs(panel: Panel, client: Client, kind: str) -> list[Tariff]:
    """The tariffs for this product type that the client can order, by their ids."""
    return [each for each in panel.tariffs.values() if each.kind == kind and client.account(each.provider)]


def configure(panel: Panel, client: Client, selection: Selection) -> Item:
    """The selection as an item with its price.

    Raises:
        Refusal: no such tariff, data center or addon.
        NotOffered: the period, or an addon's value.
    """
    chosen = tariff(panel, client, selection.kind, selection.tariff)
    price = chosen.prices.get(selection.period)
    if price is None:
        raise NotOffered(selection.period)
    datacenter = selection.datacenter
    if datacenter is None:
        datacenter = next(iter(chosen.datacenters), None)
    elif datacenter not in chosen.datacenters:
        raise Refusal("datacenter_not_found", id=datacenter)
    return Item(
        tariff=chosen.id, name=chosen.name, kind=chosen.kind, provider=chosen.provider, period=selection.period,
        price=price, extras=list(_extras(chosen, selection.addons, selection.period)), datacenter=datacenter,
        autoprolong=selection.autoprolong, domain=selection.domain,
    )  # fmt: skip


def _extras(tariff: Tariff, values: Mapping[int, str], months: int) -> Iterator[Extra]:
    for number, value in values.items():
        addon = tariff.addon(number)
        if addon is None:
            raise Refusal("addon_not_found", id=number)
        reckoned = addon.reckon(value)
        if reckoned is None:
            raise NotOffered(value, number)
        shown, monthly = reckoned
        yield Extra(addon=number, name=addon.name, value=shown, price=monthly * months)


def estimate(tariff: Tariff, period: int, values: Mapping[int, str]) -> Decimal:
    """What the tariff costs for the period, or else for its shortest one, with those addons that can be had so."""
    months = period if period in tariff.prices else min(tariff.prices)
    reckoned = [
        addon.reckon(value) for number, value in values.items() if (addon := tariff.addon(number)) is not None
    ]  # fmt: skip
    return tariff.prices[months] + sum((monthly * months for _, monthly in filter(None, reckoned)), NOTHING)


def put_in_cart(panel: Panel, client: Client, item: Item) -> Item:
    """The item, in the new cart for its provider."""
    item.id = panel.next_id("item")
    client.put(item)
    return item


def put_in_basket(panel: Panel, client: Client, item: Item) -> Item:
    """The item, in the old cart."""
    item.id = panel.next_id("item")
    client.basket.items[item.id] = item
    return item


def order_at_once(panel: Panel, client: Client, item: Item, now: datetime) -> Placed:
    """Order the item past the cart, paid from the client's account there. Raises Refusal where that has too little."""
    return _place(panel, client, [item], BALANCE, now)


def delete_item(client: Client, number: int) -> Item:
    """Take the item out of the new cart in which it lies. Raises Refusal where it lies in none of the client's."""
    for cart in client.carts.values():
        if number in cart.items:
            return cart.items.pop(number)
    raise Refusal("lineitem_not_found", id=number)


def order_from_cart(
    panel: Panel, client: Client, method: int, now: datetime, *, provider: int | None, numbers: Sequence[int] | None
) -> Placed:
    """Order those items of the new cart for a provider, or all of them, with one payment.

    Raises:
        Refusal: no such account, item or payment method, nothing to order, or too little money; nothing has changed then.
    """
    cart = client.cart(panel.account(client, provider).provider)
    items = [_item(cart.items, number) for number in dict.fromkeys(cart.items if numbers is None else numbers)]
    if method not in panel.payment_methods:
        raise Refusal("paymethod_not_found", id=method)
    if not items:
        raise Refusal("cart_is_empty")
    placed = _place(panel, client, items, method, now)
    for item in items:
        del cart.items[item.id]  # after the order, which may be refused
    return placed


def _item(items: Mapping[int, Item], number: int) -> Item:
    item = items.get(number)
    if item is None:
        raise Refusal("lineitem_not_found", id=number)
    return item


def _place(panel: Panel, client: Client, items: list[Item], method: int, now: datetime) -> Placed:
    """One order and one payment for all items, which are one provider's; what costs nothing is paid."""
    account, cost = panel.account(client, items[0].provider), cost_of(items)
    if method == BALANCE:
        if account.balance < cost:
            raise Refusal("not_enough_money", cost=cost, balance=account.balance, currency=panel.currency)
        account.balance -= cost
    paid = method == BALANCE or not cost
    order = Order(
        id=panel.next_id("order"), provider=account.provider, created=now, cost=cost, payment=panel.next_id("payment"),
        services=[],
    )  # fmt: skip
    payment = Payment(
        id=order.payment, order=order.id, provider=account.provider, method=method, amount=cost, created=now,
        paid=now if paid else None,
    )  # fmt: skip
    services = [
        Service(
            id=panel.next_id("service"), order=order.id, kind=item.kind, tariff=item.tariff, name=item.name,
            provider=item.provider, period=item.period, cost=item.cost, datacenter=item.datacenter,
            autoprolong=item.autoprolong, domain=item.domain, active=paid, created=now,
            expires=add_months(now.date(), item.period),
        )
        for item in items
    ]  # fmt: skip
    order.services = [service.id for service in services]
    client.orders.append(order)
    client.payments.append(payment)
    client.services.extend(services)
    return Placed(order, payment, services)
