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
    """What a client has from an item: active once it is paid, until it expires."""

    id: int
    order: int
    kind: str
    tariff: int
    name: str
    provider: int
    #: months
    period: int
    cost: Decimal
    #: the values of its addons, by their ids
    addons: dict[int, str] = {}
    datacenter: int | None = None
    #: for how many months it is renewed each time; 0 for never
    autoprolong: int = 0
    domain: str = ""
    template: str = ""
    recipe: str = ""
    remote: str = ""
    active: bool
    #: whether it was active once and its time is over
    stopped: bool = False
    created: datetime
    expires: date
