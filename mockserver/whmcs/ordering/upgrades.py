"""Upgrades: what another product, cycle or choice costs for the rest of a period, and the order of it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import msgspec

from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing import invoices, upgrades
from counterfoil.mockserver.whmcs.billing.invoices import Head, WrittenLine
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, NOTHING, Product, cents
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.orders import Order, Service, Upgrade
from counterfoil.mockserver.whmcs.ordering.placing import order_number


class UpgradeRequest(msgspec.Struct, kw_only=True, frozen=True):
    """What is asked for: another product, or other options of the same."""

    service: int | None
    method: str
    product: int | None = None
    cycle: str | None = None
    options: Mapping[int, int] | None = None
    promotion: str = ""


class Plan(msgspec.Struct, kw_only=True, frozen=True):
    """A priced upgrade that could be ordered as it is."""

    service: Service
    old: Product
    new: Product
    cycle: str
    options: dict[int, int] | None
    recurring: Decimal
    #: what it costs now, without taxes; below 0 where it costs less
    price: Decimal
    days_left: int
    days: int
    #: whether an earlier one waits to be paid
    waits: bool


def plan(installation: Installation, request: UpgradeRequest, today: date) -> Plan:
    """The upgrade with its price; nothing is changed. Refused if there is no such service, product, cycle or option."""
    service = installation.services.get(request.service or 0)
    if service is None:
        raise Refusal("service_not_found")
    if request.method not in installation.payment_methods:
        raise Refusal("invalid_payment_method", methods=",".join(sorted(installation.payment_methods)))
    old = installation.products[service.product]
    client = installation.clients[service.client]
    new, cycle = (
        (old, service.cycle) if request.options is not None else _product(installation, request, client.currency)
    )
    options = _options(installation, new, service.options or {}, request.options or {})
    price = new.prices[client.currency].get(cycle)
    recurring = (price.amount if price else service.recurring) + sum(
        (
            installation.options[each].price(value, client.currency, cycle).amount
            for each, value in (options or {}).items()
        ),
        NOTHING,
    )
    days_left, days = _days(service, today)
    cost = _share(recurring, days_left, _length(service, cycle)) - _share(service.recurring, days_left, days)
    promotion = installation.promotion(request.promotion, today) if request.promotion else None
    if promotion is not None and promotion.meant_for(product=new.id) and cost > 0:
        cost -= promotion.discount(cents(cost), NOTHING, installation.currency_of(client).rate)
    return Plan(
        service=service, old=old, new=new, cycle=cycle, options=options, price=cents(cost), days_left=days_left, days=days,
        recurring=recurring if CYCLES[cycle] else NOTHING, waits=_waits(installation, service),
    )  # fmt: skip


def order(installation: Installation, wanted: Plan, method: str, now: datetime) -> tuple[Order, Upgrade]:
    """The order of the upgrade: it is done when its invoice is paid, or at once if there is nothing to pay."""
    if wanted.waits:
        raise Refusal("upgrade_unpaid")
    client = installation.clients[wanted.service.client]
    number, upgrade_number = installation.next_id("order"), installation.next_id("upgrade")
    upgrade = Upgrade(
        id=upgrade_number, order=number, service=wanted.service.id, product=wanted.new.id, cycle=wanted.cycle,
        recurring=wanted.recurring, options=wanted.options, price=wanted.price,
    )  # fmt: skip
    installation.upgrades[upgrade.id] = upgrade
    placed = Order(
        id=number, number=order_number(installation, number), client=client.id, placed=now, method=method,
        upgrades=(upgrade.id,),
    )  # fmt: skip
    installation.mail(client, "Order Confirmation", f"Order {placed.number}", now, order=number)
    if wanted.price > 0:
        line = WrittenLine(
            description=f"Upgrade: {wanted.old.name} to {wanted.new.name} ({wanted.cycle})", amount=wanted.price,
            taxed=wanted.new.taxed, kind="upgrade", subject=upgrade.id,
        )  # fmt: skip
        invoice = invoices.create(
            installation, client.id, Head(method=method), [line], now,
            with_credit=installation.settings.apply_credit, announced=True,
        )  # fmt: skip
        placed.invoice, placed.amount = invoice.id, invoice.subtotal + invoice.tax + invoice.tax2
    else:
        client.credit -= wanted.price
        upgrades.carry_out(installation, upgrade.id, now.date())
    installation.add_order(placed)
    return placed, upgrade


def _product(installation: Installation, request: UpgradeRequest, currency: int) -> tuple[Product, str]:
    product = installation.products.get(request.product or 0)
    if product is None:
        raise UnusableValue("new product", f"there is no product {request.product or 0}")
    cycle = product.cycle(request.cycle, currency)
    if cycle is None:
        raise UnusableValue(
            "new cycle", f"{(request.cycle or '')[:80]!r} is none of the cycles of product {product.id}"
        )
    return product, cycle


def _options(
    installation: Installation, product: Product, had: Mapping[int, int], asked: Mapping[int, int]
) -> dict[int, int] | None:
    """The value of each option of the product: as asked for, as it was, or the default."""
    for number, value in asked.items():
        if number not in product.options or not installation.options[number].fits(value):
            raise UnusableValue("new options", f"{value} is no value of option {number}")
    values = {}
    for number in product.options:
        option = installation.options[number]
        kept = had.get(number, option.default)
        values[number] = asked.get(number, kept if option.fits(kept) else option.default)
    return values or None


def _days(service: Service, today: date) -> tuple[int, int]:
    """How many days are left of the period that has been paid, and how many it has; none where nothing is due again."""
    if service.next_due is None or not CYCLES[service.cycle]:
        return 0, 0
    days = (service.next_due - add_months(service.next_due, -CYCLES[service.cycle])).days
    return min(max((service.next_due - today).days, 0), days), days


def _length(service: Service, cycle: str) -> int:
    """How many days a period of that cycle has that began with the service's."""
    if service.next_due is None or not CYCLES[service.cycle] or not CYCLES[cycle]:
        return 0
    start = add_months(service.next_due, -CYCLES[service.cycle])
    return (add_months(start, CYCLES[cycle]) - start).days


def _share(amount: Decimal, days: int, of: int) -> Decimal:
    """What so many days of a period cost; all of it where there are no periods."""
    return amount * days / of if of else amount


def _waits(installation: Installation, service: Service) -> bool:
    for upgrade in installation.upgrades.values():
        if upgrade.service == service.id and not upgrade.done:
            placed = installation.orders.get(upgrade.order)
            invoice = installation.invoices.get(placed.invoice) if placed is not None else None
            if invoice is not None and invoice.status == "Unpaid":
                return True
    return False
