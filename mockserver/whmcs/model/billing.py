"""Invoices with what is on them and what has been paid, and the rules of taxes."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.model.catalogue import NOTHING


class TaxRule(msgspec.Struct, kw_only=True):
    """A tax on one of two levels; without state it holds in all of the country, without country everywhere."""

    name: str
    level: int = 1
    country: str = ""
    #: the state's name or code
    states: list[str] = []
    rate: Decimal


class InvoiceItem(msgspec.Struct, kw_only=True):
    """A line of an invoice."""

    id: int
    #: service, setup, addon, registration, transfer, renewal, promotion, discount, upgrade, or item for what somebody has
    #: written; the renewal of a service or of an addon is of its own kind. `domain` is the renewal of a domain that nobody has ordered: the domain fell due
    kind: str
    #: the service, addon or domain that it is for
    subject: int
    description: str
    amount: Decimal
    taxed: bool = False


class Payment(msgspec.Struct, kw_only=True):
    """Money that came in for an invoice, or was paid back."""

    id: int
    method: str
    reference: str
    at: datetime
    amount: Decimal
    fees: Decimal = NOTHING
    paid_back: Decimal = NOTHING
    description: str = ""


class Transaction(msgspec.Struct, kw_only=True):
    """Money that came in or went out for no invoice."""

    #: 0 for none
    client: int
    currency: int
    payment: Payment


class Invoice(msgspec.Struct, kw_only=True):
    """What a client is asked to pay."""

    id: int
    client: int
    issued: date
    due: date
    paid: datetime | None = None
    #: when a card was last charged for it, with or without success
    attempted: datetime | None = None
    #: Draft, Unpaid, Paid, Cancelled, Refunded, Collections or Payment Pending
    status: str = "Unpaid"
    method: str
    items: list[InvoiceItem]
    subtotal: Decimal
    #: what the client's credit has settled
    credit: Decimal = NOTHING
    tax: Decimal = NOTHING
    tax2: Decimal = NOTHING
    rate: Decimal = NOTHING
    rate2: Decimal = NOTHING
    notes: str = ""
    payments: list[Payment] = []

    @property
    def total(self) -> Decimal:
        """What is asked for: everything, without what credit has settled."""
        return self.subtotal + self.tax + self.tax2 - self.credit

    @property
    def balance(self) -> Decimal:
        """What is left to pay; below zero where too much was paid."""
        if not self.payments:
            return self.total
        return self.total - sum((payment.amount - payment.paid_back for payment in self.payments), NOTHING)
