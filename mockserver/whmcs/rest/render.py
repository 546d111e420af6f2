"""People and the installation itself, as the REST API shows them. Pure functions."""

from collections.abc import Iterable
from datetime import datetime

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.catalogue import CYCLES, Currency, PaymentMethod
from counterfoil.mockserver.whmcs.countries import Country, State
from counterfoil.mockserver.whmcs.installation import Installation
from counterfoil.mockserver.whmcs.people import Administrator, Client, User
from counterfoil.mockserver.whmcs.promotions import Promotion

DONE: Body = {}
SECOND_FACTOR = "key"
CHALLENGE: Body = {
    "condition": "twofa",
    "fields": [{"name": SECOND_FACTOR, "description": "Verification code", "type": "number"}],
}
TIMEZONE = "UTC"

#: the billing cycles that recur, as a buyer reads them
CYCLE_NAMES = {
    "monthly": "Monthly", "quarterly": "Quarterly", "semiannually": "Semi-Annually", "annually": "Annually",
    "biennially": "Biennially", "triennially": "Triennially",
}  # fmt: skip
_PROMOTION_TYPES = {
    "percentage": "Percentage", "fixed": "Fixed Amount", "override": "Price Override", "setup": "Free Setup",
}  # fmt: skip
_SHORTEST, _LONGEST = 2, 64


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


def country(each: Country, states: Iterable[Body]) -> Body:
    """A country with these of its states."""
    return {"code": each.code, "name": each.name, "states": list(states)}


def state(each: State) -> Body:
    """A state, province or region."""
    return {"code": each.code, "name": each.name}


def cycle(name: str) -> Body:
    """A billing cycle that recurs."""
    return {"cycle": name, "description": CYCLE_NAMES[name], "months": CYCLES[name]}


def payment_method(method: PaymentMethod) -> Body:
    """A way to pay."""
    return {"name": method.name, "description": method.title}


def promotion(each: Promotion) -> Body:
    """A promotion code and what it gives; no number of payments where there is no limit."""
    return {
        "code": each.code,
        "type": _PROMOTION_TYPES[each.kind],
        "value": float(each.value),
        "is_recurring": each.recurring,
        "number_of_recurring": each.recurs_for or None,
    }


def client(each: Client, selected: int | None) -> Body:
    """A client, and whether it is the one that is acted for."""
    return {"uuid": each.uuid, "company": each.company[:_LONGEST], "selected": each.id == selected}


def admin_client(each: Client) -> Body:
    """A client as administrators find it: nobody acts for it."""
    return {**client(each, None), "id": each.id}


def user(installation: Installation, each: User, selected: int | None) -> Body:
    """A user with their clients."""
    return {**_person(each), "clients": [client(installation.clients[n], selected) for n in sorted(each.clients)]}


def admin_user(installation: Installation, each: User, selected: int | None) -> Body:
    """A user as administrators see them."""
    return {**user(installation, each, selected), "id": each.id}


def administrator(each: Administrator) -> Body:
    """An administrator."""
    return _person(each)


def _person(each: User | Administrator) -> Body:
    return {"email": each.email, "firstname": _name(each.first_name), "lastname": _name(each.last_name)}


def _name(text: str) -> str:
    """A name of two letters at least, since others are none here: a single letter is shown as an initial."""
    return text[:_LONGEST] if len(text) >= _SHORTEST else f"{text or '-'}."
