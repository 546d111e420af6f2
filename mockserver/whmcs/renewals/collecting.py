"""Getting the money for an invoice that is due: cards are charged, and whoever owes is reminded."""

from datetime import datetime

from counterfoil.mockserver.whmcs.billing import payments
from counterfoil.mockserver.whmcs.model.billing import Invoice
from counterfoil.mockserver.whmcs.model.installation import Installation

_NOTICES = ("First", "Second", "Third")


def charge(installation: Installation, invoice: Invoice, at: datetime) -> None:
    """Charge the client's card, once, for what is left to pay; whether that works is a setting."""
    client = installation.clients[invoice.client]
    if invoice.status != "Unpaid" or client.status == "Closed":
        return
    invoice.attempted = at
    if installation.settings.card_charges == "approved":
        reference = f"CHARGE-{invoice.id}"
        payments.pay(installation, invoice.id, method=invoice.method, reference=reference, at=at)
    else:
        subject = f"The card was not charged for invoice {invoice.id}"
        installation.mail(client, "Credit Card Payment Failed", subject, at, invoice=invoice.id)


def remind(installation: Installation, invoice: Invoice, at: datetime) -> None:
    """Tell the client that an invoice is due, or for the how manieth time that it is overdue."""
    if invoice.status != "Unpaid":
        return
    days = sorted(day for day in installation.settings.reminder_days if day > 0)
    late = (at.date() - invoice.due).days
    if late in days:
        number = days.index(late)
        which = _NOTICES[min(number, len(_NOTICES) - 1)]
        template, subject = f"{which} Invoice Overdue Notice", f"Invoice {invoice.id} is overdue"
    else:
        template, subject = "Invoice Payment Reminder", f"Invoice {invoice.id} is to be paid"
    installation.mail(installation.clients[invoice.client], template, subject, at, invoice=invoice.id)
