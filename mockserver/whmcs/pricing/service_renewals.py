"""Whether a service, or an addon that a service has, can be renewed before it is due, and what that adds and costs."""

from datetime import date

from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES
from counterfoil.mockserver.whmcs.model.orders import Service, ServiceAddon

Held = Service | ServiceAddon

RENEWABLE = frozenset(("Active", "Suspended"))


def why_not(held: Held) -> str | None:
    """Why it cannot be renewed; None if it can, at its recurring price."""
    if held.status not in RENEWABLE:
        return f"it is {held.status}"
    if not CYCLES[held.cycle] or held.next_due is None:
        return "it is not paid for again and again"
    return None


def period(held: Held) -> tuple[date, date] | None:
    """The time that a renewal adds, from the day on which it is due next; None where nothing is ever due again."""
    if not CYCLES[held.cycle] or held.next_due is None:
        return None
    return held.next_due, add_months(held.next_due, CYCLES[held.cycle])
