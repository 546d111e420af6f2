"""What a run may do to its targets, as its caller says, and which targets it has to be careful with."""

import re

import msgspec

from counterfoil.contracts.http.loopback import is_loopback

#: how the reasons begin for which `--writes` is the mend
NEEDS_WRITES = "needs --writes"

_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*/\s*(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the caller allows. `run` is part of every mark; `rate` is how many requests a second may be sent at most."""

    run: str = ""
    read_only: bool = False
    writes: bool = False
    max_orders: int = 10
    rate: float | None = None

    def are_for(self, url: str, safety: str | None) -> bool:
        """Whether the run is careful at that URL: at any but this machine's own, or where somebody asks for it.

        `safety` is what the profile says. Whoever says `--writes` wants it written down and limited anywhere.
        """
        if self.read_only or self.writes or safety == "careful":
            return True
        return safety != "free" and not is_loopback(url)


def per_second(rate: str) -> float:
    """`5/s`, `300/m` and `1000/h` as requests per second. Raises ValueError."""
    found = _RATE.fullmatch(rate.strip())
    if not found or not float(found[1]):
        raise ValueError(f"{rate!r} is no rate: write it as 5/s or 300/m")
    return float(found[1]) / _SECONDS[found[2]]
