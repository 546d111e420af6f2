"""The invoices for what falls due: one for all that a client has to pay on one day in one way."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.whmcs.billing import paid, payments, taxes
from counterfoil.mockserver.whmcs.model.billing import Invoice, InvoiceItem
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, NOTHING
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, count_renewal
from counterfoil.mockserver.whmcs.renewals.due import Held

#: what falls due, with its kind
Falling = tuple[str, Held]


def make_invoices(installation: Installation, falling: Iterable[Falling], at: datetime) -> Iterator[Invoice]:
    """The invoices for the next period of each. The client's credit settles what it can, if that is how it is set."""
    for (client, due, method), together in groupby(sorted(falling, key=_order), key=lambda each: _together(each[1])):
        yield _invoice(installation, client, due, method, list(together), at)


def _together(held: Held) -> tuple[int, date, str]:
    assert held.next_due is not None
    return held.client, held.next_due, held.method


def _order(falling: Falling) -> tuple[tuple[int, date, str], int, int]:
    kind, held = falling
    return _together(held), ("service", "addon", "domain").index(kind), held.id


def _invoice(
    installation: Installation, client: int, due: date, method: str, falling: list[Falling], at: datetime
) -> Invoice:  # fmt: skip
    whose = installation.clients[client]
    items = [_item(installation, kind, held) for kind, held in falling]
    rates = taxes.rates_of(installation, taxes.rules_for(installation, whose, taxes.place_of(whose)))
    tax, tax2 = rates.on(_sum(items, taxed_only=True))
    invoice = Invoice(
        id=installation.next_id("invoice"), client=client, issued=at.date(), due=due, method=method, items=items,
        subtotal=_sum(items), tax=tax, tax2=tax2, rate=rates.rate, rate2=rates.rate2,
    )  # fmt: skip
    installation.add_invoice(invoice)
    paid.mark(installation, invoice)
    if installation.settings.apply_credit:
        payments.take_credit(installation, invoice)
    payments.announce(installation, invoice, at)
    payments.settle(installation, invoice, at)
    return invoice


def _sum(items: Iterable[InvoiceItem], *, taxed_only: bool = False) -> Decimal:
    return sum((item.amount for item in items if item.taxed or not taxed_only), NOTHING)


def _item(installation: Installation, kind: str, held: Held) -> InvoiceItem:
    description, taxed = _described(installation, held)
    item = InvoiceItem(
        id=installation.next_id("invoice_item"), kind=kind, subject=held.id, taxed=taxed, amount=held.recurring,
        description=f"{description} ({_period(held)})",
    )  # fmt: skip
    count_renewal(held)
    return item


def _described(installation: Installation, held: Held) -> tuple[str, bool]:
    """What it is, and whether it is taxed."""
    if isinstance(held, Domain):
        years = "1 year" if held.years == 1 else f"{held.years} years"
        return f"Domain renewal - {held.name} - {years}", installation.settings.tax_domains
    if isinstance(held, Service):
        product = installation.products[held.product]
        return f"{product.name} - {held.domain}" if held.domain else product.name, product.taxed
    addon = installation.addons[held.addon]
    return addon.name, addon.taxed


def _period(held: Held) -> str:
    """The first and the last day that are paid for."""
    assert held.next_due is not None
    months = 12 * held.years if isinstance(held, Domain) else CYCLES[held.cycle]
    return f"{held.next_due} - {add_months(held.next_due, months) - timedelta(1)}"
