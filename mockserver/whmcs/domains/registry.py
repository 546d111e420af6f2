"""What is known about a domain name: whether it can be had, under which TLD, and for how much.

It follows from the name and from who owns what here, so every question gets the same answer:

- under a TLD that is not sold, nothing can be had; under one that is sold without lookup, nothing is known
- what a client of this installation has, and has not cancelled, is registered
- otherwise the name's label decides: `taken…` and `example` are registered, `reserved…` is reserved, `free…` and
  `premium…` are available, the latter at a higher price; of all others, about one in eight is registered
"""

import hashlib

import idna
import msgspec

from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.tlds import Tld, ascii_name, is_premium

AVAILABLE = "available"
REGISTERED = "registered"
RESERVED = "reserved"
#: nobody can tell
UNKNOWN = "unknown"
#: the TLD is not sold here
UNSOLD = "unsold"

_GIVEN_UP = frozenset(("Cancelled", "Fraud"))
_BY_LABEL = (("taken", REGISTERED), ("reserved", RESERVED), ("premium", AVAILABLE), ("free", AVAILABLE))
_ONE_IN = 8


class NameStatus(msgspec.Struct, kw_only=True, frozen=True):
    """A domain name and whether it can be had."""

    #: in ASCII, small letters
    name: str
    #: in Unicode
    shown: str
    #: the TLD that it stands under, sold or not: what is behind the first dot
    ending: str
    #: None where the TLD is not sold
    tld: Tld | None
    #: one of the words above
    state: str
    premium: bool

    @property
    def label(self) -> str:
        """The name without its TLD."""
        return self.name.partition(".")[0]

    @property
    def shown_label(self) -> str:
        """The name without its TLD, in Unicode."""
        return self.shown.partition(".")[0]

    @property
    def registrable(self) -> bool:
        """Whether a registration can be ordered: nobody is known to have it."""
        return self.state in (AVAILABLE, UNKNOWN)

    @property
    def transferable(self) -> bool:
        """Whether a transfer can be ordered: somebody has it, as far as is known."""
        return self.state in (REGISTERED, UNKNOWN)


def status_of(installation: Installation, name: str) -> NameStatus | None:
    """What is known about the name, which is in Unicode or ASCII and in any letter case; None if it is no domain name."""
    read = ascii_name(name)
    shown = None if read is None else _unicode(read)
    if read is None or shown is None:
        return None
    ending = read.partition(".")[2]
    tld = installation.tlds.get(ending)
    premium = tld is not None and is_premium(read)
    return NameStatus(
        name=read, shown=shown, ending=ending, tld=tld, state=_state(installation, read, tld), premium=premium
    )


def sold_as(installation: Installation, ending: str) -> Tld | None:
    """The TLD that is meant, in whatever letters, with a dot before it or without; None if it is not sold."""
    return installation.tlds.get(ending.strip().lower().removeprefix("."))


def spotlight(installation: Installation, name: str) -> list[NameStatus] | None:
    """The name, with a TLD or without, under each TLD that is put forward; None if it cannot stand under them."""
    label = name.strip().partition(".")[0]
    checked = [status_of(installation, f"{label}.{tld.name}") for tld in installation.tlds.values() if tld.spotlight]
    statuses = [status for status in checked if status is not None]
    return statuses if len(statuses) == len(checked) else None


def _unicode(name: str) -> str | None:
    if "xn--" not in name:
        return name
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return None


def _state(installation: Installation, name: str, tld: Tld | None) -> str:
    if tld is None:
        return UNSOLD
    if not tld.lookup:
        return UNKNOWN
    owned = installation.domains_by.of(("name", name))
    if any(installation.domains[number].status not in _GIVEN_UP for number in owned):
        return REGISTERED
    label = name.partition(".")[0]
    if label == "example":
        return REGISTERED
    for start, state in _BY_LABEL:
        if label.startswith(start):
            return state
    return REGISTERED if hashlib.sha256(name.encode()).digest()[20] % _ONE_IN == 0 else AVAILABLE
