"""What becomes of an order: accepted, set back, cancelled, marked as fraud, deleted."""

from datetime import date

from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing import payments
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Order

_DEAD = frozenset(("Cancelled", "Fraud"))


def accept(
    installation: Installation,
    number: int | None,
    today: date,
    *,
    server: int | None = None,
    username: str = "",
    password: str = "",
    registrar: str = "",
) -> None:
    """A pending order becomes active: its domains get their expiry date, renewed ones their further years."""
    order = installation.orders.get(number or 0)
    if order is None or order.status != "Pending":
        raise Refusal("order_not_found")
    _move(installation, order, "Active")
    for each in order.services:
        service = installation.services[each]
        service.server = server or service.server
        service.username = username or service.username
        service.password = password or service.password
    for each in order.domains:
        domain = installation.domains[each]
        domain.registrar = registrar or domain.registrar
        if domain.expires is None:
            domain.expires = domain.next_due = add_months(today, 12 * domain.years)
    for renewal in order.renewals:
        renewed = installation.domains.get(renewal.domain)
        if renewed is not None and not renewal.done:
            renewed.expires = add_months(renewed.expires or today, 12 * renewal.years)
            renewed.next_due = add_months(renewed.next_due or today, 12 * renewal.years)
            renewal.done = True


def set_pending(installation: Installation, number: int | None) -> None:
    """The order is Pending again, from whatever state."""
    _move(installation, installation.order(number), "Pending")


def cancel(installation: Installation, number: int | None) -> None:
    """A pending order becomes Cancelled."""
    order = installation.orders.get(number or 0)
    if order is None or order.status != "Pending":
        raise Refusal("order_not_found")
    _move(installation, order, "Cancelled")


def mark_fraud(installation: Installation, number: int | None) -> None:
    """The order is Fraud, from whatever state."""
    _move(installation, installation.order(number), "Fraud")


def delete(installation: Installation, number: int | None) -> None:
    """A cancelled or fraudulent order is gone, with all that it made; the credit that settled its invoice returns."""
    order = installation.order(number)
    if order.status not in _DEAD:
        raise Refusal("order_not_deletable")
    invoice = installation.invoices.get(order.invoice)
    if invoice is not None:
        payments.return_credit(installation, invoice)
        installation.drop_invoice(invoice)
    for each in order.addons:
        if each in installation.service_addons:
            installation.drop_addon(installation.service_addons[each])
    for each in order.services:
        service = installation.services[each]
        for addon in service.addons or ():  # those that later orders added go with their service
            _drop_later_addon(installation, addon)
        installation.drop_service(service)
    for each in order.domains:
        installation.drop_domain(installation.domains[each])
    for each in order.upgrades:
        del installation.upgrades[each]
    installation.drop_order(order)


def _drop_later_addon(installation: Installation, number: int) -> None:
    addon = installation.service_addons[number]
    later = installation.orders.get(addon.order)
    if later is not None:
        later.addons = tuple(each for each in later.addons if each != number)
    installation.drop_addon(addon)


def _move(installation: Installation, order: Order, status: str) -> None:
    """Put the order and all that it made into one state; the invoice, its credit and the stock follow."""
    if status == order.status:
        return
    if (status in _DEAD) != (order.status in _DEAD):
        _count_stock(installation, order, 1 if status in _DEAD else -1)
    for number in order.services:
        installation.services[number].status = status
    for number in order.addons:
        installation.service_addons[number].status = status
    for number in order.domains:
        installation.domains[number].status = status
    invoice = installation.invoices.get(order.invoice)
    if invoice is not None:
        if status in _DEAD and invoice.status == "Unpaid":
            invoice.status = "Cancelled"
            payments.return_credit(installation, invoice)
        elif status not in _DEAD and invoice.status == "Cancelled":
            invoice.status = "Unpaid"
    installation.move_order(order, status)


def _count_stock(installation: Installation, order: Order, by: int) -> None:
    """What is cancelled can be sold again; an order that comes back takes it, even where nothing is left."""
    for number in order.services:
        service = installation.services[number]
        product = installation.products[service.product]
        if product.stock is not None:
            product.stock += by * service.quantity
