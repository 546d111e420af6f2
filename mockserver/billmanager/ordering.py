"""From a tariff to a service: configured, put in a cart, ordered, paid."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from counterfoil.mockserver.billmanager.catalogue import Tariff
from counterfoil.mockserver.billmanager.clients import Account, Client
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


def tariff(panel: Panel, client: Client, kind: str, number: int, provider: int | None = None) -> Tariff:
    """The tariff, if it is one for this product type, the provider's who is named, and the client has an account there."""
    chosen = panel.tariffs.get(number)
    is_offered = chosen is not None and chosen.kind == kind and provider in (None, chosen.provider)
    if chosen is None or not is_offered or client.account(chosen.provider) is None:
        raise Refusal("pricelist_not_found", id=number)
    return chosen


def tariffs(panel: Panel, client: Client, kind: str) -> list[Tariff]:
    """The tariffs for this product type that the client can order, by their ids."""
    return [each for each in panel.tariffs.values() if each.kind == kind and client.account(each.provider)]


def configure(panel: Panel, client: Client, selection: Selection) -> Item:
    """The selection as an item with its price.

    Raises:
        Refusal: no such tariff, data center or addon.
        NotOffered: the period, or the value of an addon or of another parameter.
    """
    chosen = tariff(panel, client, selection.kind, selection.tariff, selection.provider)
    price = chosen.prices.get(selection.period)
    if price is None:
        raise NotOffered(selection.period)
    autoprolong = selection.period if selection.autoprolong is None else selection.autoprolong
    if autoprolong and autoprolong not in chosen.prices:
        raise NotOffered(autoprolong, "autoprolong")
    datacenter = selection.datacenter
    if datacenter is None:
        datacenter = next(iter(chosen.datacenters), None)
    elif datacenter not in chosen.datacenters:
        raise Refusal("datacenter_not_found", id=datacenter)
    template = selection.template or next((each.id for each in chosen.templates), "")
    if chosen.templates and template not in {each.id for each in chosen.templates}:
        raise NotOffered(template, "ostempl")
    if selection.recipe and (selection.recipe, template) not in {(each.id, each.template) for each in chosen.recipes}:
        raise NotOffered(selection.recipe, "recipe")
    return Item(
        tariff=chosen.id, name=chosen.name, kind=chosen.kind, provider=chosen.provider, period=selection.period,
        price=price, extras=list(_extras(chosen, selection.addons, selection.period)), addons=selection.addons,
        datacenter=datacenter, autoprolong=autoprolong, domain=selection.domain,
        template=template if chosen.templates else "", recipe=selection.recipe, remote=selection.remote,
    )  # fmt: skip


def _extras(tariff: Tariff, values: Mapping[int, str], months: int) -> Iterator[Extra]:
    for number, value in values.items():
        addon = tariff.addon(number)
        if addon is None:
            raise Refusal("addon_not_found", id=number)
        reckoned = addon.reckon(value)
        if reckoned is None:
            raise NotOffered(value, f"addon_{number}")
        shown, monthly = reckoned
        yield Extra(addon=number, name=addon.name, value=shown, price=monthly * months)


def put_in_cart(panel: Panel, client: Client, items: Sequence[Item]) -> Item:
    """The items, in the new cart for their provider. The first of them."""
    for item in items:
        item.id = panel.next_id("item")
        client.put(item)
    return items[0]


def order_at_once(panel: Panel, client: Client, items: Sequence[Item], now: datetime) -> Placed:
    """Order items past the cart, paid from the client's account there. Raises Refusal where that has too little."""
    return place(panel, client, items, BALANCE, now)


def delete_item(client: Client, number: int, provider: int | None = None) -> Item:
    """Take the item out of the new cart in which it lies. Raises Refusal where it lies in none of those meant."""
    for owner, cart in client.carts.items():
        if number in cart.items and provider in (None, owner):
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
    placed = place(panel, client, items, method, now)
    for item in items:
        del cart.items[item.id]  # after the order, which may be refused
    return placed


def _item(items: Mapping[int, Item], number: int) -> Item:
    item = items.get(number)
    if item is None:
        raise Refusal("lineitem_not_found", id=number)
    return item


def place(panel: Panel, client: Client, items: Sequence[Item], method: int, now: datetime, number: int = 0) -> Placed:
    """One order and one payment for all items, which are one provider's; what costs nothing is paid.

    The order has a number of its own where it has been given one before.
    """
    account, cost = panel.account(client, items[0].provider), cost_of(items)
    if method == BALANCE:
        take(panel, account, cost)
    paid = method == BALANCE or not cost
    order = Order(
        id=number or panel.next_id("order"), provider=account.provider, created=now, cost=cost,
        payment=panel.next_id("payment"), services=[],
    )  # fmt: skip
    payment = Payment(
        id=order.payment, order=order.id, provider=account.provider, method=method, amount=cost, created=now,
        paid=now if paid else None,
    )  # fmt: skip
    services = [
        Service(
            id=panel.next_id("service"), order=order.id, kind=item.kind, tariff=item.tariff, name=item.name,
            provider=item.provider, period=item.period, cost=item.cost, addons=item.addons, datacenter=item.datacenter,
            autoprolong=item.autoprolong, domain=item.domain, template=item.template, recipe=item.recipe,
            remote=item.remote, active=paid, created=now, expires=add_months(now.date(), item.period),
        )
        for item in items
    ]  # fmt: skip
    order.services = [service.id for service in services]
    client.orders.append(order)
    client.payments.append(payment)
    client.services.extend(services)
    if paid:
        panel.expect(service.expires for service in services)
    return Placed(order, payment, services)


def take(panel: Panel, account: Account, cost: Decimal) -> None:
    """Take the money from the account. Raises Refusal where there is too little."""
    if account.balance < cost:
        raise Refusal("not_enough_money", cost=cost, balance=account.balance, currency=panel.currency)
    account.balance -= cost
