"""What was chosen of a tariff, before it is ordered, and the carts in which it waits."""

from decimal import Decimal

import msgspec

from counterfoil.mockserver.billmanager.catalogue import NOTHING


class Selection(msgspec.Struct, kw_only=True):
    """What a client has chosen of a tariff."""

    kind: str
    tariff: int
    #: months
    period: int
    #: by the addons' ids
    addons: dict[int, str] = {}
    datacenter: int | None = None
    autoprolong: bool = False
    domain: str = ""


class Extra(msgspec.Struct, kw_only=True):
    """An addon as it was chosen."""

    addon: int
    name: str
    value: str
    #: for the whole period
    price: Decimal


class Item(msgspec.Struct, kw_only=True):
    """One thing that a client is about to order."""

    #: 0 until it lies in a cart
    id: int = 0
    tariff: int
    name: str
    kind: str
    provider: int
    #: months
    period: int
    #: the tariff's, for the whole period
    price: Decimal
    extras: list[Extra] = []
    datacenter: int | None = None
    autoprolong: bool = False
    domain: str = ""

    @property
    def cost(self) -> Decimal:
        """What it costs with its addons."""
        return self.price + sum((extra.price for extra in self.extras), NOTHING)


class Cart(msgspec.Struct, kw_only=True):
    """Items in the order in which they came, by their ids."""

    items: dict[int, Item] = {}

    @property
    def cost(self) -> Decimal:
        """What all items cost."""
        return cost_of(list(self.items.values()))


def cost_of(items: list[Item]) -> Decimal:
    """What the items cost together."""
    return sum((item.cost for item in items), NOTHING)
