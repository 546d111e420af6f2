"""Money and quantities as the shop's database keeps them: decimals with a fixed number of places."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import msgspec

ZERO = Decimal("0.0000")
MOST_MONEY = Decimal("99999999999.9999")
MOST_PIECES = Decimal("999999999999.999")

_MONEY = Decimal("0.0001")
_PIECES = Decimal("0.001")


def money(amount: Decimal) -> Decimal:
    """The amount with four decimals, halves away from zero."""
    return amount.quantize(_MONEY, ROUND_HALF_UP)


class Money(msgspec.Struct, frozen=True):
    """The currency of an order, and what one of each currency is in the shop's main one."""

    currency: str
    rates: Mapping[str, Decimal] = {}

    @property
    def rate(self) -> Decimal:
        """What one of the order's currency is in the main one."""
        return self.rates.get(self.currency, Decimal(1))

    def of(self, amount: Decimal, currency: str = "") -> Decimal:
        """An amount of that currency, of the main one if none is named, in the order's."""
        if currency == self.currency or not (currency or self.currency in self.rates):
            return money(amount)
        return money(amount * self.rates.get(currency, Decimal(1)) / self.rate)


def pieces(number: Decimal) -> Decimal:
    """The quantity with three decimals, halves away from zero."""
    return number.quantize(_PIECES, ROUND_HALF_UP)
