"""What an order asks for, whoever asks and in whatever words."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec


class ServiceRequest(msgspec.Struct, kw_only=True):
    """A product to order."""

    #: what the line is called by whoever asks
    line: str
    product: int
    cycle: str | None = None
    domain: str = ""
    host_name: str = ""
    addons: Sequence[int] = ()
    fields: dict[int, str] | None = None
    options: dict[int, int] | None = None
    #: in place of the product's own
    price: Decimal | None = None


class DomainRequest(msgspec.Struct, kw_only=True):
    """A domain to register or to transfer."""

    #: what the line is called by whoever asks
    line: str
    name: str
    transfer: bool = False
    years: int = 1
    code: str = ""
    dns_management: bool = False
    email_forwarding: bool = False
    id_protection: bool = False
    fields: dict[str, str] | None = None
    #: in place of the TLD's own
    price: Decimal | None = None
    renewal_price: Decimal | None = None


class AddonRequest(msgspec.Struct, kw_only=True):
    """An addon to order for a service that exists."""

    addon: int | None
    service: int | None


class OrderRequest(msgspec.Struct, kw_only=True):
    """All that is asked for at one time, and by whom."""

    client: int | None
    method: str | None
    services: Sequence[ServiceRequest] = ()
    domains: Sequence[DomainRequest] = ()
    addons: Sequence[AddonRequest] = ()
    #: from a domain to the years that are added to it
    renewals: dict[str, int] = {}
    promotion: str = ""
    #: whether the promotion is also given on what it is not meant for
    on_everything: bool = False
    affiliate: int | None = None
    contact: int | None = None
    name_servers: tuple[str, ...] = ()
    ip: str = ""
    invoiced: bool = True
    #: whether the client is told of the order, and of its invoice
    confirmed: bool = True
    announced: bool = True
