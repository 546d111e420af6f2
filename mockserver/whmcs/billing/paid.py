"""What follows when an invoice is paid: what is on it goes on for a period more, and the client is told."""

from datetime import datetime

from counterfoil.mockserver.engine.moments import add_days, add_months
from counterfoil.mockserver.whmcs.billing import upgrades
from counterfoil.mockserver.whmcs.domains.lifecycle import lifecycle_status
from counterfoil.mockserver.whmcs.model.billing import Invoice
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, ServiceAddon
from counterfoil.mockserver.whmcs.model.tlds import tld_of

#: why the daily tasks suspend a service, in the vendor's words; what was suspended for another reason is not for money
OVERDUE = "Overdue on Payment"


#: the kinds of lines for a domain that nobody has registered yet
_ORDERED = frozenset(("registration", "transfer"))


def mark(installation: Installation, invoice: Invoice) -> None:
    """Remember that what is on the invoice has been invoiced for the day on which it is due next."""
    for item in invoice.items:
        held = _held(installation, "domain" if item.kind == "renewal" else item.kind, item.subject)
        if held is not None:
            held.invoiced = held.next_due


def go_on(installation: Installation, invoice: Invoice, at: datetime) -> None:
    """Let everything go on that the invoice is for; what an order renews of domains waits until it is accepted."""
    for item in invoice.items:
        if item.kind == "upgrade":
            upgrades.carry_out(installation, item.subject, at.date())
        held = _held(installation, item.kind, item.subject)
        if item.kind in _ORDERED:
            _pay_for_years(installation.domains.get(item.subject))
        elif isinstance(held, Domain):
            _renew_domain(installation, held, at)
        elif held is not None:
            _renew(installation, held, at)


def _held(installation: Installation, kind: str, number: int) -> Service | ServiceAddon | Domain | None:
    if kind == "service":
        return installation.services.get(number)
    if kind == "addon":
        return installation.service_addons.get(number)
    return installation.domains.get(number) if kind == "domain" else None


def tell(installation: Installation, invoice: Invoice, at: datetime) -> None:
    """Tell the client that the invoice is paid."""
    method = installation.payment_methods.get(invoice.method)
    by_card = method is not None and method.takes_cards and bool(invoice.payments)
    installation.mail(
        installation.clients[invoice.client],
        "Credit Card Payment Confirmation" if by_card else "Invoice Payment Confirmation",
        f"Payment of invoice {invoice.id}", at, invoice=invoice.id,
    )  # fmt: skip


def _renew(installation: Installation, held: Service | ServiceAddon, at: datetime) -> None:
    """It is next due a period later; one that was suspended for money goes on, unless that is still too little."""
    if held.next_due is None:
        return
    held.next_due = add_months(held.next_due, CYCLES[held.cycle])
    owes = held.next_due <= add_days(at, -installation.settings.suspend_days).date()
    if held.status != "Suspended" or owes:
        return
    if isinstance(held, ServiceAddon):
        held.status = "Active"
    elif held.suspension == OVERDUE:
        held.status, held.suspension = "Active", ""
        installation.mail(
            installation.clients[held.client], "Service Unsuspension Notification",
            f"Service {held.id} goes on", at, service=held.id,
        )  # fmt: skip


def _pay_for_years(domain: Domain | None) -> None:
    """It is next due when the years are over that are paid for; once it is registered, when it expires."""
    if domain is not None and domain.expires is None and domain.next_due is not None:
        domain.next_due = add_months(domain.next_due, 12 * domain.years)


def _renew_domain(installation: Installation, domain: Domain, at: datetime) -> None:
    """It has its years more, unless it is too late for that."""
    tld = tld_of(domain.name, installation.tlds)
    if domain.expires is None or lifecycle_status(domain, tld, at.date()) == "Expired":
        return
    domain.expires = add_months(domain.expires, 12 * domain.years)
    domain.next_due = add_months(domain.next_due or domain.expires, 12 * domain.years)
    installation.mail(
        installation.clients[domain.client], "Domain Renewal Confirmation", f"Domain {domain.name} is renewed", at,
        domain=domain.id,
    )  # fmt: skip
