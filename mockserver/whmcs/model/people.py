"""Who deals with the installation: clients with their users and contacts, affiliates, administrators, API callers."""

import hashlib
from datetime import date
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.model.catalogue import NOTHING


class Credential(msgspec.Struct, kw_only=True):
    """A pair for programs, with the role that says what they may do."""

    identifier: str
    secret: str
    read_only: bool = False


class Administrator(msgspec.Struct, kw_only=True):
    """Someone who runs the installation."""

    id: int
    username: str
    #: as `digest` makes it
    password: str
    first_name: str
    last_name: str
    email: str
    second_factor: str = ""
    #: whether the programs' door opens for this name and password
    may_call: bool = False


class User(msgspec.Struct, kw_only=True):
    """Someone who can log in, and the clients that are theirs."""

    id: int
    email: str
    #: as `digest` makes it
    password: str
    first_name: str
    last_name: str
    second_factor: str = ""
    clients: list[int] = []

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class Client(msgspec.Struct, kw_only=True):
    """Who orders and pays."""

    id: int
    uuid: str = ""
    first_name: str
    last_name: str
    company: str = ""
    email: str
    address1: str
    address2: str = ""
    city: str
    state: str
    postcode: str
    country: str
    phone: str
    currency: int
    #: Active, Inactive or Closed
    status: str = "Active"
    credit: Decimal = NOTHING
    tax_exempt: bool = False
    #: per cent, what the client's group pays less for whatever is in a cart
    discount: Decimal = NOTHING
    registered: date
    ip: str = ""
    language: str = ""
    notes: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class Contact(msgspec.Struct, kw_only=True):
    """Another person of a client, for instance the registrant of its domains."""

    id: int
    client: int
    first_name: str
    last_name: str
    email: str


class Affiliate(msgspec.Struct, kw_only=True):
    """A client who is paid for the orders that they bring."""

    id: int
    client: int


def digest(password: str) -> str:
    """The password as it is kept: its MD5, which is also what an administrator's program sends."""
    return hashlib.md5(password.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
