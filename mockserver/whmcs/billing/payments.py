"""Paying an invoice, with money or with the client's credit; and what follows when nothing is left to pay."""

from datetime import datetime
from decimal import Decimal

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing import paid
from counterfoil.mockserver.whmcs.model.billing import Invoice, Payment
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents
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
    confirmed: bool = True,
) -> Payment:
    """A payment of the invoice, of all that is left if no amount is named.

    The invoice is Paid when nothing is left, and the client is told unless it is not to be confirmed. What was paid too
    much becomes the client's credit.
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
    settle(installation, invoice, at, confirmed=confirmed)
    return payment


def settle(installation: Installation, invoice: Invoice, at: datetime, *, confirmed: bool = True) -> None:
    """The invoice is Paid if it was Unpaid and nothing is left, and what is on it goes on for a period more."""
    if invoice.status == "Unpaid" and invoice.balance <= 0:
        invoice.status, invoice.paid = "Paid", at
        if confirmed:
            paid.tell(installation, invoice, at)
        paid.go_on(installation, invoice, at)


def take_credit(installation: Installation, invoice: Invoice) -> None:
    """The client's credit settles what it can of the invoice."""
    client = installation.clients[invoice.client]
    if client.credit > 0:
        taken = max(min(client.credit, invoice.balance), NOTHING)
        client.credit -= taken
        invoice.credit += taken


def return_credit(installation: Installation, invoice: Invoice) -> None:
    """What credit has settled of the invoice is the client's again."""
    installation.clients[invoice.client].credit += invoice.credit
    invoice.credit = NOTHING


def announce(installation: Installation, invoice: Invoice, at: datetime) -> None:
    """Tell the client of a new invoice."""
    method = installation.payment_methods.get(invoice.method)
    installation.mail(
        installation.clients[invoice.client],
        "Credit Card Invoice Created" if method is not None and method.takes_cards else "Invoice Created",
        f"Invoice {invoice.id} over {installation.currency_of(installation.clients[invoice.client]).text(invoice.total)}",
        at, invoice=invoice.id,
    )  # fmt: skip
