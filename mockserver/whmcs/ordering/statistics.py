"""What the installation has done, in counts and amounts, up to a day."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.model.billing import Payment
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation


class Statistics(msgspec.Struct, kw_only=True, frozen=True):
    """By periods (today, yesterday, thismonth, thisyear, alltime)."""

    #: in the default currency, paid back amounts taken off; not for yesterday
    incomes: Mapping[str, Decimal]
    #: by their states
    orders: Mapping[str, Mapping[str, int]]


def statistics(installation: Installation, today: date) -> Statistics:
    """The counts of that day, of its month and year, and of all time."""
    incomes = dict.fromkeys(("today", "thismonth", "thisyear", "alltime"), NOTHING)
    for currency, payment in _payments(installation):
        amount = (payment.amount - payment.paid_back) / installation.currencies[currency].rate
        for period in _periods(payment.at.date(), today) & incomes.keys():
            incomes[period] += amount
    orders: dict[str, Counter[str]] = {
        period: Counter() for period in ("today", "yesterday", "thismonth", "thisyear", "alltime")
    }
    for order in installation.orders.values():
        for period in _periods(order.placed.date(), today):
            orders[period][order.status] += 1
    return Statistics(incomes={period: cents(amount) for period, amount in incomes.items()}, orders=orders)


def _payments(installation: Installation) -> Iterator[tuple[int, Payment]]:
    for invoice in installation.invoices.values():
        for payment in invoice.payments:
            yield installation.clients[invoice.client].currency, payment
    for transaction in installation.transactions:
        yield transaction.currency, transaction.payment


def _periods(day: date, today: date) -> set[str]:
    """The periods, up to today, that the day is in."""
    periods = {"alltime"}
    if day == today:
        periods.add("today")
    if day == today - timedelta(1):
        periods.add("yesterday")
    if (day.year, day.month) == (today.year, today.month):
        periods.add("thismonth")
    if day.year == today.year:
        periods.add("thisyear")
    return periods
