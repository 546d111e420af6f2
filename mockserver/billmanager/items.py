"""What was chosen of a tariff, before it is ordered, and the carts in which it waits."""

from collections.abc import Iterable
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
    #: for how many months it is renewed each time; 0 for never, None for as many as were ordered
    autoprolong: int | None = 0
    domain: str = ""
    #: the operating system, and the program on it
    template: str = ""
    recipe: str = ""
    #: what the caller calls it
    remote: str = ""
    #: the provider that the caller means; None for whichever has the tariff
    provider: int | None = None


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
    #: the values of the addons, by their ids, as they were sent
    addons: dict[int, str] = {}
    datacenter: int | None = None
    #: for how many months it is renewed each time; 0 for never
    autoprolong: int = 0
    domain: str = ""
    template: str = ""
    recipe: str = ""
    remote: str = ""

    @property
    def cost(self) -> Decimal:
        """What it costs with its addons."""
        return self.price + sum((extra.price for extra in self.extras), NOTHING)


class Cart(msgspec.Struct, kw_only=True):
    """Items in the order in which they came, by their ids."""

    items: dict[int, Item] = {}
    #: the number of the order that an old cart will become; 0 while there is none
    order: int = 0
    promocode: str = ""

    @property
    def cost(self) -> Decimal:
        """What all items cost."""
        return cost_of(self.items.values())

    def of(self, provider: int | None) -> dict[int, Item]:
        """The items of one provider, or all of them where none is named."""
        return {number: item for number, item in self.items.items() if provider in (None, item.provider)}


def cost_of(items: Iterable[Item]) -> Decimal:
    """What the items cost together."""
    return sum((item.cost for item in items), NOTHING)
