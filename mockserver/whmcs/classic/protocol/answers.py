"""What answers to all functions have in common: days, names of billing cycles and payment methods."""

from collections.abc import Iterable
from datetime import date, datetime

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.installation import Installation

DONE: Body = {"result": "success"}
NO_DAY = "0000-00-00"
NO_MOMENT = "0000-00-00 00:00:00"

CYCLE_NAMES = {
    "free": "Free Account", "onetime": "One Time", "monthly": "Monthly", "quarterly": "Quarterly",
    "semiannually": "Semi-Annually", "annually": "Annually", "biennially": "Biennially",
    "triennially": "Triennially",
}  # fmt: skip
PROMOTION_TYPES = {
    "percentage": "Percentage", "fixed": "Fixed Amount", "override": "Price Override", "setup": "Free Setup",
}  # fmt: skip


def day(moment: date | None) -> str:
    """A day, or zeros."""
    return NO_DAY if moment is None else moment.isoformat()


def second(moment: datetime | None) -> str:
    """A moment, or zeros."""
    return NO_MOMENT if moment is None else moment.isoformat(" ")


def ids(numbers: Iterable[int]) -> str:
    """Ids with commas between them."""
    return ",".join(map(str, numbers))


def method_name(installation: Installation, name: str) -> str:
    """The payment method as a reader knows it."""
    method = installation.payment_methods.get(name)
    return method.title if method else name
