"""Money that is written down by hand: what came in or went out, and the credit that clients have."""

from datetime import datetime
from decimal import Decimal

import msgspec

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing import payments
from counterfoil.mockserver.whmcs.model.billing import Invoice, Payment, Transaction
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.people import Client


class Entry(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody writes down; None where nothing is said."""

    method: str
    client: int | None = None
    invoice: int | None = None
    currency: int | None = None
    reference: str = ""
    at: datetime
    description: str = ""
    amount: Decimal = NOTHING
    paid_back: Decimal = NOTHING
    fees: Decimal = NOTHING
    #: whether it becomes the client's credit
    as_credit: bool = False
    #: whether another one may have its reference
    again: bool = False


def write_down(installation: Installation, entry: Entry) -> None:
    """Money came in or went out: for an invoice, as a client's credit, or for nothing that is known."""
    client, invoice = _whose(installation, entry)
    currency = _currency(installation, entry, client)
    if entry.reference and not entry.again and entry.reference in _references(installation):
        raise Refusal("transaction_not_unique")
    if entry.method not in installation.payment_methods:
        raise UnusableValue("payment method", f"there is no payment method {entry.method[:80]!r}")
    if invoice is not None and entry.as_credit:
        raise UnusableValue("as credit", "what is paid for an invoice is no credit")
    if invoice is not None and invoice.status == "Cancelled":
        raise UnusableValue("invoice", f"invoice {invoice.id} is cancelled")
    payment = Payment(
        id=installation.next_id("payment"), method=entry.method, reference=entry.reference, at=entry.at,
        amount=cents(entry.amount), fees=cents(entry.fees), paid_back=cents(entry.paid_back), description=entry.description,
    )  # fmt: skip
    if invoice is not None:
        too_much = payment.amount - payment.paid_back - max(invoice.balance, NOTHING)
        invoice.payments.append(payment)
        installation.clients[invoice.client].credit += max(too_much, NOTHING)
        payments.settle(installation, invoice, entry.at)
        return
    number = client.id if client is not None else 0
    installation.transactions.append(Transaction(client=number, currency=currency, payment=payment))
    if entry.as_credit and client is not None:
        client.credit += payment.amount - payment.paid_back


def change_credit(
    installation: Installation, number: int | None, amount: Decimal, administrator: int | None
) -> Decimal:
    """How much credit the client has, now that the amount is added, or taken if it is less than 0."""
    client = installation.client(number)
    if administrator is not None and administrator not in installation.administrators:
        raise Refusal("administrator_not_found")
    if client.credit + amount < 0:
        raise UnusableValue("amount", f"the client has {client.credit} of credit, which is less than {-amount}")
    client.credit += cents(amount)
    return client.credit


def _whose(installation: Installation, entry: Entry) -> tuple[Client | None, Invoice | None]:
    client = None if entry.client is None else installation.client(entry.client)
    if entry.invoice is None:
        return client, None
    invoice = installation.invoice(entry.invoice)
    if client is not None and invoice.client != client.id:
        raise Refusal("invoice_not_owned")
    return installation.clients[invoice.client], invoice


def _currency(installation: Installation, entry: Entry, client: Client | None) -> int:
    if entry.currency is not None and entry.currency not in installation.currencies:
        raise Refusal("currency_not_found")
    if client is None:
        if entry.currency is None:
            raise Refusal("currency_required")
        return entry.currency
    if entry.currency not in (None, client.currency):
        raise Refusal("currency_differs")
    return client.currency


def _references(installation: Installation) -> set[str]:
    paid = {payment.reference for invoice in installation.invoices.values() for payment in invoice.payments}
    return paid | {each.payment.reference for each in installation.transactions}
