"""What an order makes: services, their addons, domains, renewals; and the order itself."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.model.catalogue import NOTHING

#: the states of an order, as they are listed
STATUSES = ("Pending", "Active", "Fraud", "Cancelled")


class Service(msgspec.Struct, kw_only=True):
    """One product that one client has."""

    id: int
    client: int
    order: int
    product: int
    registered: date
    domain: str = ""
    host_name: str = ""
    quantity: int = 1
    cycle: str
    first_payment: Decimal
    recurring: Decimal
    method: str
    #: None where nothing is due again
    next_due: date | None = None
    #: the due day that has been invoiced
    invoiced: date | None = None
    #: Pending, Active, Suspended, Terminated, Cancelled or Fraud
    status: str = "Pending"
    #: why it is suspended
    suspension: str = ""
    promotion: int = 0
    #: how many renewals a promotion still makes cheaper, and by how much; 0 where it does so for good
    cheaper: int = 0
    cheaper_by: Decimal = NOTHING
    #: by field and by option; None for none, since most have none
    fields: dict[int, str] | None = None
    options: dict[int, int] | None = None
    addons: list[int] | None = None
    server: int = 0
    username: str = ""
    password: str = ""
    notes: str = ""


class ServiceAddon(msgspec.Struct, kw_only=True):
    """An addon that a service has."""

    id: int
    client: int
    order: int
    service: int
    addon: int
    registered: date
    cycle: str
    setup: Decimal
    recurring: Decimal
    first_payment: Decimal
    method: str
    next_due: date | None = None
    #: the due day that has been invoiced
    invoiced: date | None = None
    status: str = "Pending"
    #: how many renewals a promotion still makes cheaper, and by how much; 0 where it does so for good
    cheaper: int = 0
    cheaper_by: Decimal = NOTHING
    notes: str = ""


class Domain(msgspec.Struct, kw_only=True):
    """A domain that one client has."""

    id: int
    client: int
    order: int
    name: str
    transferred: bool = False
    years: int
    registered: date
    expires: date | None = None
    next_due: date | None = None
    #: the due day that has been invoiced
    invoiced: date | None = None
    first_payment: Decimal
    recurring: Decimal
    method: str
    #: Pending, Pending Transfer, Active, Expired, Cancelled, Transferred or Fraud
    status: str = "Pending"
    registrar: str = ""
    promotion: int = 0
    #: how many renewals a promotion still makes cheaper, and by how much; 0 where it does so for good
    cheaper: int = 0
    cheaper_by: Decimal = NOTHING
    contact: int = 0
    code: str = ""
    dns_management: bool = False
    email_forwarding: bool = False
    id_protection: bool = False
    fields: dict[str, str] | None = None
    renews_by_itself: bool = True
    notes: str = ""


def count_renewal(held: Service | ServiceAddon | Domain) -> None:
    """It is renewed at its price; after the last time that a promotion counts, the price is the usual one again."""
    if held.cheaper:
        held.cheaper -= 1
        if not held.cheaper:
            held.recurring, held.cheaper_by = held.recurring + held.cheaper_by, NOTHING
            if not isinstance(held, ServiceAddon):
                held.promotion = 0


class Renewal(msgspec.Struct, kw_only=True):
    """Years that an order adds to a domain."""

    domain: int
    name: str
    years: int
    amount: Decimal
    #: whether the years have been added
    done: bool = False


class Upgrade(msgspec.Struct, kw_only=True):
    """What an order makes of a service that there is, once it is paid."""

    id: int
    order: int
    service: int
    #: what it is to be
    product: int
    cycle: str
    recurring: Decimal
    options: dict[int, int] | None = None
    price: Decimal
    done: bool = False


class Order(msgspec.Struct, kw_only=True):
    """What a client asked for at one time."""

    id: int
    #: the number that the client sees
    number: str
    client: int
    placed: datetime
    status: str = "Pending"
    method: str
    #: all that it costs, taxes included
    amount: Decimal = NOTHING
    #: 0 where there is no invoice
    invoice: int = 0
    contact: int = 0
    affiliate: int = 0
    ip: str = ""
    name_servers: tuple[str, ...] = ()
    promotion: int = 0
    services: tuple[int, ...] = ()
    addons: tuple[int, ...] = ()
    domains: tuple[int, ...] = ()
    renewals: tuple[Renewal, ...] = ()
    upgrades: tuple[int, ...] = ()
    notes: str = ""
