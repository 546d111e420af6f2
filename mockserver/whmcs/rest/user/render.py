"""Users and their clients, as the REST API shows them. Pure functions."""

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import Administrator, Client, User

SECOND_FACTOR = "key"
CHALLENGE: Body = {
    "condition": "twofa",
    "fields": [{"name": SECOND_FACTOR, "description": "Verification code", "type": "number"}],
}
_SHORTEST, _LONGEST = 2, 64


def client(each: Client, selected: int | None) -> Body:
    """A client, and whether it is the one that is acted for."""
    return {"uuid": each.uuid, "company": each.company[:_LONGEST], "selected": each.id == selected}


def user(installation: Installation, each: User, selected: int | None) -> Body:
    """A user with their clients."""
    return {**person(each), "clients": [client(installation.clients[n], selected) for n in sorted(each.clients)]}


def person(each: User | Administrator) -> Body:
    """Whoever can log in: names and email address."""
    return {"email": each.email, "firstname": _name(each.first_name), "lastname": _name(each.last_name)}


def _name(text: str) -> str:
    """A name of two letters at least, since others are none here: a single letter is shown as an initial."""
    return text[:_LONGEST] if len(text) >= _SHORTEST else f"{text or '-'}."
