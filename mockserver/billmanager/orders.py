"""What an order leaves behind: the order itself, its payment and its services."""

from datetime import date, datetime
from decimal import Decimal

import msgspec


class Order(msgspec.Struct, kw_only=True):
    """One or more items that were ordered together, from one provider."""

    id: int
    provider: int
    created: datetime
    cost: Decimal
    payment: int
    services: list[int]


class Payment(msgspec.Struct, kw_only=True):
    """What is to be paid for an order, once."""

    id: int
    order: int
    provider: int
    method: int
    amount: Decimal
    created: datetime
    #: when the money came; None while it has not
    paid: datetime | None = None


class Service(msgspec.Struct, kw_only=True):
    """What a client has from an item: active once it is paid."""

    id: int
    order: int
    kind: str
    tariff: int
    name: str
    provider: int
    #: months
    period: int
    cost: Decimal
    datacenter: int | None = None
    autoprolong: bool = False
    domain: str = ""
    active: bool
    created: datetime
    expires: date
