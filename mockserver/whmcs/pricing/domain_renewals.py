"""What the renewal of a domain costs, also when it comes late."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from counterfoil.mockserver.whmcs.domains.lifecycle import lifecycle_status
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain
from counterfoil.mockserver.whmcs.model.tlds import tld_of
from counterfoil.mockserver.whmcs.pricing import order_lines
from counterfoil.mockserver.whmcs.pricing.order_lines import Line

#: no renewal is for more years
MOST_YEARS = 9


def line(installation: Installation, currency: int, domain: Domain, years: int, today: date) -> Line:
    """So many years for the domain on that day, with the fee of the grace or redemption period that it is in.

    UnusableValue if the TLD is not sold for so many.
    """
    renewal = order_lines.renewal_line(installation, currency, domain, years)
    tld = tld_of(domain.name, installation.tlds)
    if tld is not None:
        status = lifecycle_status(domain, tld, today)
        fee = {"Grace": tld.grace_price, "Redemption": tld.redemption_price}.get(status, NOTHING)
        renewal.late_fee, renewal.late = cents(fee * installation.currencies[currency].rate), status.lower()
    return renewal


def renewal_price(installation: Installation, currency: int, domain: Domain, years: int, today: date) -> Decimal:
    """What so many years cost on that day. UnusableValue if the TLD is not sold for so many."""
    return line(installation, currency, domain, years, today).due


def renewable(installation: Installation, domain: Domain, today: date) -> bool:
    """Whether the domain can be renewed on that day: its TLD is sold, and it has not expired for good."""
    tld = tld_of(domain.name, installation.tlds)
    return tld is not None and lifecycle_status(domain, tld, today) in ("Active", "Grace", "Redemption")


def periods(installation: Installation, currency: int, domain: Domain, today: date) -> Iterator[tuple[int, Decimal]]:
    """For how many years the domain can be renewed on that day, and what each period costs."""
    tld = tld_of(domain.name, installation.tlds)
    if tld is None or not renewable(installation, domain, today):
        return
    for years in range(tld.min_years, min(tld.max_years, MOST_YEARS) + 1):
        yield years, renewal_price(installation, currency, domain, years, today)
