"""Messages that somebody has the installation send: from its templates, or in words of their own."""

from collections.abc import Mapping
from datetime import datetime

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import Client

#: what a message can be about
TYPES = ("general", "product", "domain", "invoice", "support", "affiliate")
#: the templates that the vendor ships and that can be sent so, and what each is about
_TEMPLATES: Mapping[str, str] = {
    "Client Signup Email": "general", "Client Email Address Verification": "general",
    "Hosting Account Welcome Email": "product", "Reseller Account Welcome Email": "product",
    "Dedicated/VPS Server Welcome Email": "product", "Other Product/Service Welcome Email": "product",
    "Service Suspension Notification": "product", "Service Unsuspension Notification": "product",
    "Cancellation Request Confirmation": "product",
    "Domain Registration Confirmation": "domain", "Domain Transfer Initiated": "domain",
    "Domain Renewal Confirmation": "domain", "Upcoming Domain Renewal Notice": "domain", "Expired Domain Notice": "domain",
    "Invoice Created": "invoice", "Credit Card Invoice Created": "invoice", "Invoice Payment Reminder": "invoice",
    "First Invoice Overdue Notice": "invoice", "Second Invoice Overdue Notice": "invoice",
    "Third Invoice Overdue Notice": "invoice", "Invoice Payment Confirmation": "invoice",
    "Credit Card Payment Confirmation": "invoice", "Credit Card Payment Failed": "invoice",
}  # fmt: skip


def send_template(installation: Installation, name: str, about: int | None, now: datetime) -> None:
    """Write down the message that the template makes. Refused unless there is one, and something that it is about."""
    if about is None:
        raise Refusal("related_id_missing")
    kind = _TEMPLATES.get(name)
    if kind is None:
        raise Refusal("template_not_found")
    _write_down(installation, kind, about, name, name, now)


def send_own(installation: Installation, kind: str, subject: str, about: int | None, now: datetime) -> None:
    """Write down a message in somebody's own words. Refused unless there is something that it is about."""
    if about is None:
        raise Refusal("related_id_missing")
    _write_down(installation, kind, about, "Custom Message", subject, now)


def _write_down(installation: Installation, kind: str, about: int, template: str, subject: str, now: datetime) -> None:
    client = _client(installation, kind, about)
    if client is None:
        raise Refusal("sending_failed")
    related = {} if kind == "general" else {"service" if kind == "product" else kind: about}
    installation.mail(client, template, subject, now, **related)


def _client(installation: Installation, kind: str, about: int) -> Client | None:
    """Whom a message is for that is about this; of tickets there are none."""
    tables: Mapping[str, Mapping[int, object]] = {
        "product": installation.services, "domain": installation.domains, "invoice": installation.invoices,
        "affiliate": installation.affiliates,
    }  # fmt: skip
    if kind == "general":
        return installation.clients.get(about)
    return installation.clients.get(getattr(tables.get(kind, {}).get(about), "client", 0))
