"""Promotion codes: when one can be used, and what it takes off a line."""

from datetime import date
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents


class Promotion(msgspec.Struct, kw_only=True):
    """A code that makes things cheaper."""

    id: int
    code: str
    #: percentage, fixed, override (a price in place of the usual one) or setup (no setup fee)
    kind: str
    #: per cent, or an amount in the default currency
    value: Decimal
    #: whether the price stays lower after the first payment
    recurring: bool = False
    #: for how many payments after the first; 0 for all
    recurs_for: int = 0
    #: billing cycles that it is limited to
    cycles: list[str] = []
    #: what it is limited to; with all three empty it is for everything
    products: list[int] = []
    addons: list[int] = []
    tlds: list[str] = []
    starts: date | None = None
    ends: date | None = None
    #: 0 for any number
    max_uses: int = 0
    uses: int = 0
    #: a fixed amount comes off the order's first line that it fits, not off each
    once: bool = False
    notes: str = ""

    def usable(self, today: date) -> bool:
        """Whether the code gives anything on that day."""
        return (
            (self.starts is None or self.starts <= today)
            and (self.ends is None or today <= self.ends)
            and (self.max_uses == 0 or self.uses < self.max_uses)
        )

    def meant_for(self, *, product: int = 0, addon: int = 0, tld: str = "") -> bool:
        """Whether it is for this product, addon or TLD."""
        if not (self.products or self.addons or self.tlds):
            return True
        return product in self.products or addon in self.addons or tld in self.tlds

    def discount(self, amount: Decimal, setup: Decimal, rate: Decimal, quantity: int = 1) -> Decimal:
        """What comes off a payment of that amount and setup fee for so many; `rate` is that of its currency."""
        if self.kind == "percentage":
            off = (amount + setup) * self.value / 100
        elif self.kind == "fixed":
            off = self.value * rate
        elif self.kind == "override":
            off = amount - self.value * rate * quantity
        else:
            off = setup
        return max(min(cents(off), amount + setup), NOTHING)
