"""Money and quantities as the shop's database keeps them: decimals with a fixed number of places."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import msgspec

ZERO = Decimal("0.0000")
#: the rate of the main currency, with the places that a rate has
ONE = Decimal("1.00000000")
MOST_MONEY = Decimal("99999999999.9999")
MOST_PIECES = Decimal("999999999999.999")

_MONEY = Decimal("0.0001")
_PIECES = Decimal("0.001")


def money(amount: Decimal) -> Decimal:
    """The amount with four decimals, halves away from zero."""
    return amount.quantize(_MONEY, ROUND_HALF_UP)


class Money(msgspec.Struct, frozen=True):
    """The currency of an order, and how its prices follow from those in other currencies."""

    currency: str
    main: str
    #: what one of a currency is in the main one
    rates: Mapping[str, Decimal] = {}

    def rate(self, currency: str) -> Decimal:
        """What one of the currency is in the main one."""
        return ONE if currency in ("", self.main) else self.rates.get(currency, ONE)

    def of(self, amount: Decimal, currency: str = "") -> Decimal:
        """An amount of that currency, of the main one if none is named, in the order's."""
        if currency == self.currency or (not currency and self.currency == self.main):
            return money(amount)
        return money(amount * self.rate(currency) / self.rate(self.currency))


def pieces(number: Decimal) -> Decimal:
    """The quantity with three decimals, halves away from zero."""
    return number.quantize(_PIECES, ROUND_HALF_UP)
