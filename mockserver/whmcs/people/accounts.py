"""Opening and closing a client's account, and finding clients."""

import re
from datetime import datetime

import msgspec

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.people import Client, User, digest
from counterfoil.mockserver.whmcs.people.countries import country

_EMAIL = re.compile(r"[^@\s]+@([^@\s.]+\.)+[^@\s.]{2,}")
LONGEST_EMAIL = 254


class ClientDetails(msgspec.Struct, kw_only=True):
    """What somebody says of themselves; empty where they say nothing."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    email: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    language: str = ""
    notes: str = ""


def check(installation: Installation, details: ClientDetails) -> None:
    """Refuse details with which there can be no client, in the order in which a form asks for them."""
    email = details.email
    for wrong, refusal in (
        (not details.first_name, "first_name_missing"),
        (not details.last_name, "last_name_missing"),
        (not email, "email_missing"),
        (not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL, "email_invalid"),
        (not details.address1, "address_missing"),
        (not details.city, "city_missing"),
        (not details.state, "state_missing"),
        (not details.postcode, "postcode_missing"),
        (country(details.country.upper()) is None, "country_invalid"),
        (not details.phone, "phone_number_missing"),
        (taken(installation, email), "email_taken"),
    ):
        if wrong:
            raise Refusal(refusal)


def taken(installation: Installation, email: str) -> bool:
    """Whether somebody has that email address, letter case aside."""
    email = email.lower()
    return email in installation.users_by_email or email in installation.clients_by_email


def open_account(
    installation: Installation, details: ClientDetails, password: str, now: datetime, *, currency: int | None, ip: str
) -> Client:
    """A new client, and its user with that password."""
    check(installation, details)
    if currency is None:
        currency = installation.settings.default_currency
    if currency not in installation.currencies:
        raise UnusableValue("currency", f"there is no currency {currency}")
    number = installation.next_id("client")
    client = Client(
        id=number, uuid=uuid(installation, number), **{**msgspec.structs.asdict(details), "country": details.country.upper()},
        currency=currency, registered=now.date(), ip=ip,
    )  # fmt: skip
    user = User(
        id=installation.next_id("user"), email=details.email, password=digest(password),
        first_name=details.first_name, last_name=details.last_name, clients=[number],
    )  # fmt: skip
    installation.add_client(client)
    installation.add_user(user)
    return client


def change_account(
    installation: Installation,
    client: Client,
    said: dict[str, str],
    *,
    currency: int | None = None,
    status: str | None = None,
    password: str | None = None,
) -> None:
    """What is said of the client is so from now on; the password is that of the user to whom the client belongs."""
    email = said.pop("email", client.email)
    other = installation.clients_by_email.get(email.lower(), client.id)
    if other != client.id:
        raise Refusal("email_duplicate")
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL:
        raise UnusableValue("email", f"{email[:80]!r} is no email address")
    if "country" in said and country(said["country"].upper()) is None:
        raise UnusableValue("country", f"{said['country']!r} is no country")
    if currency is not None and currency not in installation.currencies:
        raise UnusableValue("currency", f"there is no currency {currency}")
    installation.change_email(client, email)
    for name, value in said.items():
        setattr(client, name, value.upper() if name == "country" else value)
    client.currency, client.status = currency or client.currency, status or client.status
    owner = installation.users.get(installation.owners.get(client.id, 0))
    if password is not None and owner is not None:
        owner.password = digest(password)


def close_account(installation: Installation, number: int | None) -> Client:
    """The client is Closed and cannot order; what it has stays as it is."""
    client = installation.client(number)
    client.status = "Closed"
    return client


def search(installation: Installation, text: str) -> list[Client]:
    """The clients that begin with the text in a name, the company's or the email address, sorted by name."""
    text = text.lower()
    clients = [
        client
        for client in installation.clients.values()
        if any(
            each.lower().startswith(text)
            for each in (client.name, client.last_name, client.company, client.email)
        )
    ]  # fmt: skip
    clients.sort(
        key=lambda client: (client.last_name.lower(), client.first_name.lower(), client.company.lower(), client.id)
    )
    return clients


def clients_with(installation: Installation, text: str) -> list[Client]:
    """The clients in whose company, email address or id, or in whose owner's name or email address, the text occurs."""
    text = text.lower()
    clients = []
    for client in installation.clients.values():
        owner = installation.users.get(installation.owners.get(client.id, 0))
        known = (owner.name, owner.email) if owner is not None else ()
        if any(text in each.lower() for each in (client.company, client.email, str(client.id), *known)):
            clients.append(client)
    return clients


def users_with(installation: Installation, text: str) -> list[User]:
    """The users in whose email address, first or last name the text occurs, by their ids."""
    text = text.lower()
    return [
        user
        for user in installation.users.values()
        if any(text in each.lower() for each in (user.email, user.first_name, user.last_name))
    ]


def uuid(installation: Installation, client: int) -> str:
    """A client's UUID: it looks random, and is the same for the same seed."""
    text = installation.random("client", client)[:16].hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
