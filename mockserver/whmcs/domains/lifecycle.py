"""Where a domain is in its life: active, late, or over."""

from datetime import date

from counterfoil.mockserver.whmcs.model.orders import Domain
from counterfoil.mockserver.whmcs.model.tlds import Tld

#: states in which a domain cannot be renewed
NOT_RENEWABLE = frozenset(("Pending", "Cancelled", "Pending Transfer", "Transferred", "Fraud"))


def lifecycle_status(domain: Domain, tld: Tld | None, today: date) -> str:
    """Where the domain is in its life: Pending, Active, Grace, Redemption, Expired or Cancelled.

    It is Active through the day on which it expires. After that come the days of its TLD's grace period, then those of
    redemption; then it is Expired for good.
    """
    if domain.status in ("Pending", "Pending Transfer"):
        return "Pending"
    if domain.status in NOT_RENEWABLE:
        return "Cancelled"
    if domain.expires is None or today <= domain.expires:
        return domain.status if domain.expires is None else "Active"
    over, grace, redemption = (today - domain.expires).days, *_late_days(tld)
    if over <= grace:
        return "Grace"
    return "Redemption" if over <= grace + redemption else "Expired"


def shown_status(domain: Domain, tld: Tld | None, today: date) -> str:
    """The domain's status with what time has made of it: Grace, Redemption or Expired in place of Active."""
    lives = domain.status in ("Active", "Expired") and domain.expires is not None
    return lifecycle_status(domain, tld, today) if lives else domain.status


def days_left(domain: Domain, tld: Tld | None, today: date) -> int:
    """How many days are left of the grace or redemption period that the domain is in; 0 in neither."""
    grace, redemption = _late_days(tld)
    end = {"Grace": grace, "Redemption": grace + redemption}.get(lifecycle_status(domain, tld, today))
    return end - (today - domain.expires).days if end is not None and domain.expires is not None else 0


def _late_days(tld: Tld | None) -> tuple[int, int]:
    return (tld.grace_days, tld.redemption_days) if tld is not None else (0, 0)
