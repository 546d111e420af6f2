"""What time does: a service is renewed when it expires, or it stops."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.ordering import BALANCE, take
from counterfoil.mockserver.billmanager.orders import Order, Payment, Service
from counterfoil.mockserver.billmanager.panel import NotOffered, Panel
from counterfoil.mockserver.engine.moments import add_days, add_months
from counterfoil.mockserver.engine.refusal import Refusal


def settle(panel: Panel, now: datetime) -> None:
    """Renew or stop all services that have expired by now, day by day."""
    grace = panel.settings.grace_days
    today = (add_days(now, -grace) if grace else now).date()
    if today < panel.next_due:
        return
    while due := [each for each in _active(panel) if each[1].expires <= today]:
        client, service = min(due, key=lambda each: (each[1].expires, each[1].id))
        _renew_or_stop(panel, client, service)
    panel.next_due = first_due(panel)


def first_due(panel: Panel) -> date:
    """The first day on which a service expires."""
    return min((service.expires for _, service in _active(panel)), default=date.max)


def _active(panel: Panel) -> Iterator[tuple[Client, Service]]:
    for client in panel.clients.values():
        for service in client.services:
            if service.active and service.expires < date.max:
                yield client, service


def _renew_or_stop(panel: Panel, client: Client, service: Service) -> None:
    at = add_days(datetime.combine(service.expires, time()), panel.settings.grace_days)
    try:
        if service.autoprolong:
            prolong(panel, client, service, service.autoprolong, at)
            return
    except Refusal:  # too little money, or the tariff is not sold for so long any more
        pass
    service.active, service.stopped = False, True


def cost(panel: Panel, service: Service, months: int) -> Decimal:
    """What it costs to renew the service for so many months. Raises NotOffered for a period that is not sold."""
    if months == service.period:
        return service.cost
    tariff = panel.tariffs.get(service.tariff)
    if tariff is None or months not in tariff.prices:
        raise NotOffered(months, "period")
    return tariff.cost(months, service.addons)


def goes_on(service: Service, months: int, now: datetime) -> date:
    """Until when it is paid for once it is renewed: one that has stopped begins anew."""
    return add_months(now.date() if service.stopped else service.expires, months)


def prolong(panel: Panel, client: Client, service: Service, months: int, now: datetime) -> Order:
    """Renew the service from the account: an order of its own, with its payment.

    Raises:
        Refusal: the service is not paid for, or the account has too little.
        NotOffered: the period.
    """
    if not service.active and not service.stopped:
        raise Refusal("service_is_not_active", id=service.id)
    price, account = cost(panel, service, months), panel.account(client, service.provider)
    take(panel, account, price)
    order = Order(
        id=panel.next_id("order"), provider=account.provider, created=now, cost=price,
        payment=panel.next_id("payment"), services=[service.id],
    )  # fmt: skip
    client.orders.append(order)
    client.payments.append(Payment(
        id=order.payment, order=order.id, provider=account.provider, method=BALANCE, amount=price, created=now, paid=now,
    ))  # fmt: skip
    service.expires = goes_on(service, months, now)
    service.active, service.stopped = True, False
    panel.expect((service.expires,))
    return order


def service_of(client: Client, number: int, kind: str = "", provider: int | None = None) -> Service:
    """The client's service of that id; of that product type and that provider, if they are named.

    Raises Refusal where there is none.
    """
    for service in client.services:
        if service.id == number and kind in ("", service.kind) and provider in (None, service.provider):
            return service
    raise Refusal("service_not_found", id=number)
