"""Domain names: which can be ordered, under which TLD, and for how much."""

import re
from decimal import Decimal

import idna
import msgspec

from mockserver.whmcs.catalogue import NOTHING

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LONGEST = 253

#: states in which a domain cannot be renewed
NOT_RENEWABLE = frozenset(("Pending", "Cancelled", "Pending Transfer", "Transferred", "Fraud"))


class TldPrice(msgspec.Struct, kw_only=True, frozen=True):
    """What a year costs under a TLD; a transfer can be impossible."""

    register: Decimal
    transfer: Decimal | None = None
    renew: Decimal


class Extras(msgspec.Struct, kw_only=True, frozen=True):
    """What a year of each extra of a domain costs."""

    dns_management: Decimal = NOTHING
    email_forwarding: Decimal = NOTHING
    id_protection: Decimal = NOTHING

    def price(self, dns_management: bool, email_forwarding: bool, id_protection: bool) -> Decimal:
        """What a year of the chosen extras costs."""
        return (
            (self.dns_management if dns_management else NOTHING)
            + (self.email_forwarding if email_forwarding else NOTHING)
            + (self.id_protection if id_protection else NOTHING)
        )


class Tld(msgspec.Struct, kw_only=True):
    """An ending under which the installation sells domains; it has no leading dot."""

    name: str
    #: by currency
    prices: dict[int, TldPrice]
    min_years: int = 1
    max_years: int = 10
    needs_code: bool = True
    categories: list[str] = []
    #: sale, new, hot or none
    group: str = ""
    spotlight: bool = False
    grace_days: int = 30
    grace_price: Decimal = NOTHING
    redemption_days: int = 30
    redemption_price: Decimal = NOTHING


def ascii_name(text: str) -> str | None:
    """The domain name in small ASCII letters; None if the text is no domain name."""
    name = text.strip().lower().rstrip(".")
    if len(name) > LONGEST:
        return None
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    labels = name.split(".")
    if len(name) > LONGEST or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return None
    return name


def tld_of(name: str, tlds: dict[str, Tld]) -> Tld | None:
    """The TLD that sells this very name: what stands behind its first dot."""
    return tlds.get(name.partition(".")[2])
