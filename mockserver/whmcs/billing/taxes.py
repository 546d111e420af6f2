"""Which taxes somebody pays, and how much they are."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.model.billing import TaxRule
from counterfoil.mockserver.whmcs.model.carts import Place
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import Client

_LEVELS = (1, 2)


class TaxRates(msgspec.Struct, frozen=True):
    """The rates that hold for someone, in per cent, one of each level."""

    rate: Decimal = NOTHING
    rate2: Decimal = NOTHING
    #: whether the second tax is also taken on the first
    compound: bool = False

    def on(self, amount: Decimal) -> tuple[Decimal, Decimal]:
        """Both taxes on the amount."""
        if amount <= 0 or not (self.rate or self.rate2):
            return NOTHING, NOTHING
        tax = cents(amount * self.rate / 100)
        tax2 = cents((amount + tax if self.compound else amount) * self.rate2 / 100)
        return tax, tax2


def place_of(client: Client) -> Place:
    """Where the client lives."""
    return Place(country=client.country, state=client.state or None)


def rules_for(installation: Installation, client: Client | None, place: Place | None) -> list[TaxRule | None]:
    """The rule of each level that holds for the client, or for a guest, there; None where no tax is due."""
    if place is None or (client is not None and client.tax_exempt):
        return [None for _ in _LEVELS]
    return [_closest(installation.tax_rules, level, place) for level in _LEVELS]


def rates_of(installation: Installation, rules: Sequence[TaxRule | None]) -> TaxRates:
    """The rates of the rules."""
    rate, rate2 = [rule.rate if rule is not None else NOTHING for rule in rules]
    return TaxRates(rate, rate2, installation.settings.compound_tax)


def _closest(rules: Iterable[TaxRule], level: int, place: Place) -> TaxRule | None:
    """The rule that says most about the place, of several that say as much the first; None if it takes nothing."""
    state = (place.state or "").lower()
    best, most = None, (False, False)
    for rule in rules:
        if rule.level == level and rule.country in ("", place.country) and (not rule.states or state in rule.states):
            says = (bool(rule.country), bool(rule.states))
            if best is None or says > most:
                best, most = rule, says
    return best if best is not None and best.rate else None
