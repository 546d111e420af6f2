"""Domain names and the TLDs that they are sold under: which names there can be, and what a year costs."""

import re
from decimal import Decimal

import idna
import msgspec

from counterfoil.mockserver.whmcs.model.catalogue import NOTHING

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LONGEST = 253

#: names that start so are premium: each of their prices is so many times the usual one
PREMIUM = "premium"
PREMIUM_TIMES = 10


class TldPrice(msgspec.Struct, kw_only=True, frozen=True):
    """What a year costs under a TLD; a transfer can be impossible."""

    register: Decimal
    transfer: Decimal | None = None
    renew: Decimal


class RegistrantChoice(msgspec.Struct, kw_only=True, frozen=True):
    """One answer that a registry takes."""

    value: str
    label: str = ""


class RegistrantField(msgspec.Struct, kw_only=True, frozen=True):
    """Something more that a registry wants to know of a registrant."""

    name: str
    #: dropdown, radio, tickbox, text or display
    kind: str = "text"
    required: bool = False
    #: from another field to those of its values with which this one is required
    required_if: dict[str, list[str]] = {}
    default: str = ""
    values: list[RegistrantChoice] = []


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
    #: whether names are suggested under it to whoever asks for no TLD
    suggested: bool = False
    #: whether there is a way to find out if a name is taken
    lookup: bool = True
    #: how long an expired domain can still be renewed, and what that costs more, in the default currency; first the
    #: grace period, then redemption; 0 days for none
    grace_days: int = 30
    grace_price: Decimal = NOTHING
    redemption_days: int = 30
    redemption_price: Decimal = NOTHING
    fields: list[RegistrantField] = []

    def price(self, name: str, currency: int) -> TldPrice:
        """What a year of this very name costs."""
        usual = self.prices[currency]
        return times(usual, PREMIUM_TIMES) if is_premium(name) else usual


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


def is_premium(name: str) -> bool:
    """Whether the name costs more than others; it is in small letters."""
    return name.startswith(PREMIUM)


def times(price: TldPrice, many: int) -> TldPrice:
    """So many times the price."""
    transfer = None if price.transfer is None else price.transfer * many
    return TldPrice(register=price.register * many, transfer=transfer, renew=price.renew * many)
