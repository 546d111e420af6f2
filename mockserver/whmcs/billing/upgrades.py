"""What becomes of a service whose upgrade is paid."""

from counterfoil.mockserver.whmcs.model.catalogue import CYCLES
from counterfoil.mockserver.whmcs.model.installation import Installation


def carry_out(installation: Installation, number: int) -> None:
    """The service is what the upgrade makes of it, once; the day on which it is next due stays."""
    upgrade = installation.upgrades.get(number)
    service = None if upgrade is None else installation.services.get(upgrade.service)
    if upgrade is None or service is None or upgrade.done:
        return
    installation.change_service(
        service, product=upgrade.product, cycle=upgrade.cycle, recurring=upgrade.recurring, options=upgrade.options,
        next_due=service.next_due if CYCLES[upgrade.cycle] else None,
    )  # fmt: skip
    upgrade.done = True
