"""What becomes of what nobody pays: services and addons are suspended, then terminated; domains expire."""

from datetime import datetime

from counterfoil.mockserver.whmcs.billing.paid import OVERDUE
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, ServiceAddon


def suspend(installation: Installation, held: Service | ServiceAddon, at: datetime) -> None:
    """Suspend what is active and overdue."""
    held.status = "Suspended"
    if isinstance(held, Service):
        held.suspension = OVERDUE
        installation.mail(
            installation.clients[held.client], "Service Suspension Notification", f"Service {held.id} is suspended",
            at, service=held.id,
        )  # fmt: skip


def terminate(installation: Installation, held: Service | ServiceAddon) -> None:
    """Terminate what is overdue for too long; with a service go its addons."""
    held.status = "Terminated"
    if isinstance(held, Service):
        for number in installation.addons_by.of(("service", held.id)):
            addon = installation.service_addons[number]
            if addon.status in ("Active", "Suspended"):
                addon.status = "Terminated"


def tell_of_expiry(installation: Installation, domain: Domain, at: datetime) -> None:
    """Tell the client that the domain has expired; what that makes of it follows from the day."""
    installation.mail(
        installation.clients[domain.client], "Expired Domain Notice", f"Domain {domain.name} has expired", at,
        domain=domain.id,
    )  # fmt: skip
