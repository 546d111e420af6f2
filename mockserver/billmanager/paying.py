"""The old basket and the money: what waits there, what is paid, and what a payment makes active."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from counterfoil.mockserver.billmanager.catalogue import NOTHING
from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.items import Cart, Item
from counterfoil.mockserver.billmanager.ordering import BALANCE, Placed, place, take
from counterfoil.mockserver.billmanager.orders import Order, Payment, Service
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.engine.refusal import Refusal

_CENT = Decimal("0.01")


def put_in_basket(panel: Panel, client: Client, items: Sequence[Item]) -> Item:
    """The items, in the old basket, which gets the number of the order that it will become. The first of them."""
    basket = client.basket
    basket.order = basket.order or panel.next_id("order")
    for item in items:
        item.id = panel.next_id("item")
        basket.items[item.id] = item
    return items[0]


def delete_from_basket(client: Client, number: int, provider: int | None = None) -> None:
    """Take the item out of the old basket. Raises Refusal where it does not lie there."""
    _waiting(client.basket, number, provider)
    _take_out(client, [number])


def clear_basket(client: Client, provider: int | None = None) -> None:
    """Take everything out of the old basket, or what is one provider's."""
    _take_out(client, client.basket.of(provider))


def use_code(panel: Panel, client: Client, code: str, provider: int | None = None) -> None:
    """Take the code's discount off the old basket. Raises Refusal for an unknown code, and where nothing can use it."""
    if code not in panel.promocodes:
        raise Refusal("promocode_not_found", id=code)
    if not client.basket.of(provider):
        raise Refusal("promocode_not_used", id=code)
    client.basket.promocode = code


def discount(panel: Panel, basket: Cart) -> Decimal:
    """What the code takes off the basket."""
    return sum((each.cost - _reduced(panel, basket, each) for each in basket.items.values()), NOTHING)


def _reduced(panel: Panel, basket: Cart, item: Item) -> Decimal:
    percent = Decimal(panel.promocodes.get(basket.promocode, 0))
    return (item.cost * (100 - percent) / 100).quantize(_CENT, ROUND_HALF_UP)


def activate_free(panel: Panel, client: Client, number: int, now: datetime, provider: int | None = None) -> Placed:
    """Order the one item of the old basket that costs nothing. Raises Refusal for another."""
    item = _waiting(client.basket, number, provider)
    if item.cost:
        raise Refusal("item_is_not_free", id=number)
    placed = place(panel, client, [item], BALANCE, now)
    _take_out(client, [number])
    return placed


def order_basket(panel: Panel, client: Client, method: int, now: datetime, provider: int | None = None) -> Placed:
    """Order all that is in the old basket, or what is one provider's, with one payment.

    Raises:
        Refusal: no such way to pay, nothing in it, things of several providers, or too little money.
    """
    basket = client.basket
    items = list(basket.of(provider).values())
    if method not in panel.payment_methods:
        raise Refusal("paymethod_not_found", id=method)
    if not items:
        raise Refusal("cart_is_empty")
    if len({item.provider for item in items}) > 1:
        raise Refusal("basket_of_several_providers")
    sold = [_at_a_discount(panel, basket, item) for item in items]
    placed = place(panel, client, sold, method, now, basket.order)
    _take_out(client, [item.id for item in items])
    if client.basket.items:  # its number is the order's now
        client.basket.order = panel.next_id("order")
    return placed


def _at_a_discount(panel: Panel, basket: Cart, item: Item) -> Item:
    item.price -= item.cost - _reduced(panel, basket, item)
    return item


def unpaid(client: Client, number: int, provider: int | None = None, *, by_order: bool = False) -> Payment:
    """The payment of that id, or of the order of that id, which is not paid; that provider's, if one is named.

    Raises Refusal where there is none.
    """
    for payment in reversed(client.payments):
        if number == (payment.order if by_order else payment.id) and provider in (None, payment.provider):
            if payment.paid is not None:
                raise Refusal("payment_is_paid", id=number)
            return payment
    raise Refusal("billorder_not_found" if by_order else "payment_not_found", id=number)


def pay(panel: Panel, client: Client, payment: Payment, now: datetime, method: int | None = None) -> Placed:
    """Pay it, from the account or from elsewhere; what was ordered is active from now on.

    Raises:
        Refusal: no such way to pay, or too little money on the account.
    """
    method = payment.method if method is None else method
    if method not in panel.payment_methods:
        raise Refusal("paymethod_not_found", id=method)
    if method == BALANCE:
        take(panel, panel.account(client, payment.provider), payment.amount)
    payment.method, payment.paid = method, now
    order = next(order for order in client.orders if order.id == payment.order)
    services = _services(client, order)
    for service in services:
        if not service.active and not service.stopped:
            service.active, service.expires = True, add_months(now.date(), service.period)
    panel.expect(service.expires for service in services)
    return Placed(order, payment, services)


def waits(panel: Panel, client: Client, payment: Payment, method: int) -> Placed:
    """Let the payment be made in another way, from where its money has yet to come. Raises Refusal for an unknown way."""
    if method not in panel.payment_methods:
        raise Refusal("paymethod_not_found", id=method)
    payment.method = method
    order = next(order for order in client.orders if order.id == payment.order)
    return Placed(order, payment, _services(client, order))


def _services(client: Client, order: Order) -> list[Service]:
    return [service for service in client.services if service.id in order.services]


def _waiting(basket: Cart, number: int, provider: int | None) -> Item:
    item = basket.of(provider).get(number)
    if item is None:
        raise Refusal("lineitem_not_found", id=number)
    return item


def _take_out(client: Client, numbers: Iterable[int]) -> None:
    for number in numbers:
        del client.basket.items[number]
    if not client.basket.items:
        client.basket = Cart()
