"""Money as this API shows it."""

from decimal import Decimal

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.catalogue import Currency


def amount(value: Decimal, currency: Currency) -> Body:
    """The schema `Amount`; the value already has the currency's cents."""
    return {
        "value": f"{value:.2f}",
        "code": currency.code,
        "display_value": currency.text(value),
        "prefix": currency.prefix,
        "suffix": currency.suffix,
    }
