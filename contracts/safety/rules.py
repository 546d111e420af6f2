"""What a run may do to its targets, as its caller says, and how the run says it in its first line."""

import re
from typing import NamedTuple

import msgspec

#: how the reasons begin for which `--writes` is the mend
NEEDS_WRITES = "needs --writes"

_HARMLESS = "only what does nothing there even if it is accepted"
_WRITING = "Nothing moves money, and no more than --max-orders is created."
_MORE = "--writes lets the run create things there; --free lets it do anything, where that can be thrown away."
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*/\s*(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the caller allows. `run` is part of every mark; `rate` is how many requests a second may be sent at most.

    `free` is for what can be thrown away, and `mock` says that the target is a mock.
    """

    run: str = ""
    read_only: bool = False
    writes: bool = False
    max_orders: int = 10
    rate: float | None = None
    free: bool = False
    mock: bool = False

    def may_send(self, safety: str | None, trusted: str = "", doubt: str = "") -> "Allowed":
        """What may be sent to a target, of which the profile says `safety`; `trusted` is why it is known as a mock.

        An address is no evidence: staging is reached through tunnels and proxies of this machine, too. So whoever is no
        mock that is trusted, and whom nobody calls free, is treated with care; and who asks for care has it, with a mock,
        too. Whoever says `--writes` wants it written down and limited.
        """
        if self.read_only or safety == "careful":
            why = "--read-only is given" if self.read_only else 'the profile says safety = "careful"'
            return Allowed(True, f"{_HARMLESS}, since {why}")
        if trusted:
            return Allowed(False, f"anything, since {trusted}")
        if self.writes:
            return Allowed(True, "what creates something, and what changes what the run has made", _WRITING)
        if self.free or safety == "free":
            why = "--free is given" if self.free else 'the profile says safety = "free"'
            return Allowed(False, f"anything, since {why}")
        return Allowed(True, f"{_HARMLESS}, since {doubt or 'it is no mock'}", _MORE)


class Allowed(NamedTuple):
    """Whether what might do harm is withheld, what may be sent and why, and what else there is to know."""

    careful: bool
    says: str
    more: str = ""


def per_second(rate: str) -> float:
    """`5/s`, `300/m` and `1000/h` as requests per second. Raises ValueError."""
    found = _RATE.fullmatch(rate.strip())
    if not found or not float(found[1]):
        raise ValueError(f"{rate!r} is no rate: write it as 5/s or 300/m")
    return float(found[1]) / _SECONDS[found[2]]
