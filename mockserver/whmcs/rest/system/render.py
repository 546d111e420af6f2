"""The installation, countries, currencies, billing cycles and payment methods, as the REST API shows them. Pure functions."""

from collections.abc import Iterable
from datetime import datetime

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, Currency, PaymentMethod
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people.countries import Country, State

TIMEZONE = "UTC"

#: the billing cycles that recur, as a buyer reads them
CYCLE_NAMES = {
    "monthly": "Monthly", "quarterly": "Quarterly", "semiannually": "Semi-Annually", "annually": "Annually",
    "biennially": "Biennially", "triennially": "Triennially",
}  # fmt: skip


def status(installation: Installation, now: datetime) -> Body:
    """The installation, as anyone may see it."""
    return {
        "server_time": f"{now.isoformat()}+00:00",
        "timezone": TIMEZONE,
        "currencies": [currency(installation, each) for each in currencies(installation)],
    }


def currencies(installation: Installation) -> list[Currency]:
    """The currencies, the default one first."""
    default = installation.settings.default_currency
    return sorted(installation.currencies.values(), key=lambda each: (each.id != default, each.id))


def currency(installation: Installation, each: Currency) -> Body:
    """A currency; its suffix has no space before it, unlike that of an amount."""
    return {
        "code": each.code,
        "prefix": each.prefix.strip(),
        "suffix": each.suffix.strip(),
        "default": each.id == installation.settings.default_currency,
    }


def country(each: Country, states: Iterable[State]) -> Body:
    """A country with these of its states, provinces or regions."""
    return {
        "code": each.code,
        "name": each.name,
        "states": [{"code": state.code, "name": state.name} for state in states],
    }


def cycle(name: str) -> Body:
    """A billing cycle that recurs."""
    return {"cycle": name, "description": CYCLE_NAMES[name], "months": CYCLES[name]}


def payment_method(method: PaymentMethod) -> Body:
    """A way to pay."""
    return {"name": method.name, "description": method.title}
