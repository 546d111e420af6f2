"""Paying an invoice, with money or with the client's credit; and what follows when nothing is left to pay."""

from datetime import datetime
from decimal import Decimal

from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.model.billing import Invoice, Payment
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue


def pay(
    installation: Installation,
    number: int | None,
    *,
    method: str,
    reference: str,
    at: datetime,
    amount: Decimal | None = None,
    fees: Decimal = NOTHING,
) -> Payment:
    """A payment of the invoice, of all that is left if no amount is named.

    The invoice is Paid when nothing is left. What was paid too much becomes the client's credit.
    """
    invoice = installation.invoice(number)
    if invoice.status == "Cancelled":
        raise Refusal("invoice_cancelled")
    if method not in installation.payment_methods:
        raise UnusableValue("method", f"there is no payment method {method[:80]!r}")
    left = invoice.balance
    payment = Payment(
        id=installation.next_id("payment"), method=method, reference=reference, at=at,
        amount=max(left, NOTHING) if amount is None else cents(amount), fees=cents(fees),
    )  # fmt: skip
    invoice.payments.append(payment)
    too_much = max(payment.amount - max(left, NOTHING), NOTHING)
    installation.clients[invoice.client].credit += too_much
    settle(installation, invoice, at)
    return payment


def settle(installation: Installation, invoice: Invoice, at: datetime) -> None:
    """The invoice is Paid if it was Unpaid and nothing is left, and what is on it is next due a period later."""
    if invoice.status == "Unpaid" and invoice.balance <= 0:
        invoice.status, invoice.paid = "Paid", at
        _move_due_dates(installation, invoice)


def take_credit(installation: Installation, invoice: Invoice) -> None:
    """The client's credit settles what it can of the invoice."""
    client = installation.clients[invoice.client]
    taken = max(min(client.credit, invoice.balance), NOTHING)
    client.credit -= taken
    invoice.credit += taken


def return_credit(installation: Installation, invoice: Invoice) -> None:
    """What credit has settled of the invoice is the client's again."""
    installation.clients[invoice.client].credit += invoice.credit
    invoice.credit = NOTHING


def _move_due_dates(installation: Installation, invoice: Invoice) -> None:
    """What has been paid is next due a period later."""
    for item in invoice.items:
        if item.kind == "service":
            held = installation.services.get(item.subject)
        elif item.kind == "addon":
            held = installation.service_addons.get(item.subject)  # type: ignore[assignment]
        else:
            continue
        if held is not None and held.next_due is not None:
            held.next_due = add_months(held.next_due, CYCLES[held.cycle])
