"""Clients: what they have at each provider, what lies in their carts, and what they have ordered."""

from decimal import Decimal

import msgspec

from counterfoil.mockserver.billmanager.items import Cart, Item
from counterfoil.mockserver.billmanager.orders import Order, Payment, Service


class Account(msgspec.Struct, kw_only=True):
    """A client's money at one provider."""

    id: int
    provider: int
    balance: Decimal


class Client(msgspec.Struct, kw_only=True):
    """Somebody who orders. All that is a client's own is found here and nowhere else."""

    id: int
    username: str
    password: str
    #: the first one's provider is meant where none is named
    accounts: list[Account]
    #: the one new cart for each provider, made when it is first needed
    carts: dict[int, Cart] = {}
    #: the old cart, for all providers
    basket: Cart = msgspec.field(default_factory=Cart)
    #: the oldest first
    orders: list[Order] = []
    payments: list[Payment] = []
    services: list[Service] = []

    def account(self, provider: int) -> Account | None:
        """The account at the provider, if there is one."""
        return next((account for account in self.accounts if account.provider == provider), None)

    def cart(self, provider: int) -> Cart:
        """The cart for the provider's tariffs; looking into it makes none."""
        return self.carts.get(provider) or Cart()

    def put(self, item: Item) -> None:
        """Put the item into the new cart for its provider."""
        self.carts.setdefault(item.provider, Cart()).items[item.id] = item
