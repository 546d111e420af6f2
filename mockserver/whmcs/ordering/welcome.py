"""The messages that greet a client when what was ordered begins."""

from datetime import datetime

from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Order

_TEMPLATES = {
    "hostingaccount": "Hosting Account Welcome Email",
    "reselleraccount": "Reseller Account Welcome Email",
    "server": "Dedicated/VPS Server Welcome Email",
}
_OTHER = "Other Product/Service Welcome Email"


def welcome(installation: Installation, order: Order, at: datetime) -> None:
    """Tell the client that each service and each domain of the accepted order is there."""
    client = installation.clients[order.client]
    for number in order.services:
        product = installation.products[installation.services[number].product]
        template = _TEMPLATES.get(product.kind, _OTHER)
        installation.mail(client, template, f"{product.name} is ready", at, order=order.id, service=number)
    for number in order.domains:
        domain = installation.domains[number]
        template = "Domain Transfer Initiated" if domain.transferred else "Domain Registration Confirmation"
        installation.mail(client, template, f"Domain {domain.name}", at, order=order.id, domain=number)
    for renewal in order.renewals:
        subject = f"Domain {renewal.name} is renewed"
        installation.mail(
            client, "Domain Renewal Confirmation", subject, at, order=order.id, domain=renewal.domain
        )  # fmt: skip
