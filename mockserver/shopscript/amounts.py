"""Money and quantities as the shop's database keeps them: decimals with a fixed number of places."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.0000")
MOST_MONEY = Decimal("99999999999.9999")
MOST_PIECES = Decimal("999999999999.999")

_MONEY = Decimal("0.0001")
_PIECES = Decimal("0.001")


def money(amount: Decimal) -> Decimal:
    """The amount with four decimals, halves away from zero."""
    return amount.quantize(_MONEY, ROUND_HALF_UP)


def pieces(number: Decimal) -> Decimal:
    """The quantity with three decimals, halves away from zero."""
    return number.quantize(_PIECES, ROUND_HALF_UP)
