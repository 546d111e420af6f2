"""What is paid for again and again, and the days on which something is to be done about it."""

from collections.abc import Iterator
from datetime import date, timedelta

from counterfoil.mockserver.whmcs.model.catalogue import CYCLES
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, ServiceAddon

Held = Service | ServiceAddon | Domain

#: the kinds of what is held, as the lines of its invoices have them
SERVICE, ADDON, DOMAIN = "service", "addon", "domain"

_GOES_ON = frozenset(("Active", "Suspended"))


def all_held(installation: Installation) -> Iterator[tuple[str, Held]]:
    """Everything that clients have, with its kind."""
    for service in installation.services.values():
        yield SERVICE, service
    for addon in installation.service_addons.values():
        yield ADDON, addon
    for domain in installation.domains.values():
        yield DOMAIN, domain


def held_of(installation: Installation, kind: str, number: int) -> Held | None:
    """What has the id, if it is still there."""
    if kind == SERVICE:
        return installation.services.get(number)
    if kind == ADDON:
        return installation.service_addons.get(number)
    return installation.domains.get(number) if kind == DOMAIN else None


def invoice_day(installation: Installation, held: Held) -> date | None:
    """When the invoice for its next period is to be made; None where it has been, or where there is no next period."""
    if held.next_due is None or held.invoiced == held.next_due or not _is_renewed(installation, held):
        return None
    return shifted(held.next_due, -installation.settings.invoice_days)


def _is_renewed(installation: Installation, held: Held) -> bool:
    if installation.clients[held.client].status == "Closed":
        return False
    if isinstance(held, Domain):
        return held.status == "Active" and held.expires is not None and held.renews_by_itself
    return held.status in _GOES_ON and bool(CYCLES[held.cycle])


def suspension_day(installation: Installation, held: Service | ServiceAddon) -> date | None:
    """When it is suspended, unless it is paid for before."""
    return _after_due(held, "Active", days=installation.settings.suspend_days)


def termination_day(installation: Installation, held: Service | ServiceAddon) -> date | None:
    """When it is terminated, unless it is paid for before."""
    return _after_due(held, *_GOES_ON, days=installation.settings.terminate_days)


def _after_due(held: Service | ServiceAddon, *statuses: str, days: int) -> date | None:
    if not days or held.next_due is None or held.status not in statuses or not CYCLES[held.cycle]:
        return None
    return shifted(held.next_due, days)


def shifted(day: date, days: int) -> date:
    """So many days later or earlier, as far as dates go."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min
