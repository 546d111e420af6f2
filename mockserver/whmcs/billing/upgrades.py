"""What becomes of a service whose upgrade is paid."""

from datetime import date

from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES
from counterfoil.mockserver.whmcs.model.installation import Installation


def carry_out(installation: Installation, number: int, today: date) -> None:
    """The service is what the upgrade makes of it, once; the day on which it is next due stays, or is a period from now."""
    upgrade = installation.upgrades.get(number)
    service = None if upgrade is None else installation.services.get(upgrade.service)
    if upgrade is None or service is None or upgrade.done:
        return
    months = CYCLES[upgrade.cycle]
    installation.change_service(
        service, product=upgrade.product, cycle=upgrade.cycle, recurring=upgrade.recurring, options=upgrade.options,
        next_due=(service.next_due or add_months(today, months)) if months else None,
    )  # fmt: skip
    upgrade.done = True
