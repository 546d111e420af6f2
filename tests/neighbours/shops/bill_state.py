"""The billing itself: carts, baskets, orders, payments, services and balances. Knows nothing of HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import bill_data as data
from bill_data import Addon, Tariff

D = Decimal
CENT, NOTHING = D("0.01"), D(0)
ACTIVATION_SECONDS = 1.5
ORDERED, ACTIVE, IN_WORK = "1", "2", "5"
NEW, PAID = "1", "2"


class BillError(Exception):
    """A refusal: its type, the object it is about, the value, and which words to use."""

    def __init__(self, kind: str, about: str = "", value: str = "", words: str | None = None) -> None:
        super().__init__(kind, about, value)
        self.kind, self.about, self.value, self.words = kind, about, value, words or kind


def cents(value: Decimal) -> Decimal:
    """An amount of money with two places."""
    return D(value).quantize(CENT, ROUND_HALF_UP)


def whole(params: dict[str, str], name: str) -> int:
    """A parameter that has to be a whole number."""
    text = params.get(name, "")
    if text == "":
        raise BillError("value", name, words="empty")
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise BillError("value", name, text)
    return int(text)


def flag(params: dict[str, str], name: str, default: bool) -> bool:
    """A flag: on or off, small letters; an empty one counts as not told."""
    text = params.get(name, "")
    if text not in ("", "on", "off"):
        raise BillError("value", name, text)
    return default if text == "" else text == "on"


def renewal(params: dict[str, str]) -> bool:
    """autoprolong: a flag, or as on the older page a number of months, where 0 is off."""
    if re.fullmatch(r"\d{1,3}", params.get("autoprolong", ""), re.ASCII):
        return int(params["autoprolong"]) > 0
    return flag(params, "autoprolong", True)


@dataclass
class Item:
    """Something that a client wants: a tariff with all its settings. The id comes with its place."""

    tariff: Tariff
    period: int
    datacenter: int
    autoprolong: bool
    options: list[tuple[Addon, str, Decimal]]
    domain: str
    image: str
    id: int = 0

    @property
    def cost(self) -> Decimal:
        """The tariff's price for the period, and the options for every month of it."""
        return cents(self.tariff.prices[self.period] + self.period * sum((price for *_, price in self.options), D(0)))


@dataclass
class Service:
    """A service of a client; one that is paid for becomes active after a moment."""

    id: int
    item: Item
    paid_at: float | None

    @property
    def status(self) -> str:
        """Ordered, in work, or active."""
        if self.paid_at is None:
            return ORDERED
        return ACTIVE if time.monotonic() - self.paid_at >= ACTIVATION_SECONDS else IN_WORK


@dataclass
class Payment:
    """The one payment of an order."""

    id: int
    order: int
    amount: Decimal
    paymethod: int
    status: str


@dataclass
class Order:
    """One or more items for which a payment is created."""

    id: int
    services: list[Service]
    payment: Payment


@dataclass
class Account:
    """A client at a provider: money, one cart, one old basket, and all that came of them."""

    id: int
    client: int
    client_name: str
    provider: data.Provider
    balance: Decimal
    cart: list[Item] = field(default_factory=list)
    basket: list[Item] = field(default_factory=list)
    billorder: int | None = None
    promocode: str = ""
    orders: list[Order] = field(default_factory=list)

    def tariffs(self, itemtype: str | None = None) -> list[Tariff]:
        """What this provider sells, the dearest ids first."""
        found = [t for t in data.TARIFFS if t.provider == self.provider.id and itemtype in (None, t.itemtype)]
        return sorted(found, key=lambda tariff: -tariff.id)

    def discount(self) -> Decimal:
        """What the promo code takes off the old basket."""
        percent = data.PROMOCODES.get(self.promocode, D(0))
        return cents(sum((item.cost for item in self.basket), D(0)) * percent / 100)


def addon_value(addon: Addon, params: dict[str, str]) -> tuple[str, Decimal]:
    """The value of an addon and its price for a month; not told means the least, off, or the first choice."""
    name = f"addon_{addon.id}"
    if addon.kind == "switch":
        chosen = flag(params, name, False)
        return ("on", addon.price) if chosen else ("off", D(0))
    if params.get(name, "") == "":
        number = addon.minimum if addon.kind == "integer" else next(iter(addon.entries))
    else:
        number = whole(params, name)
    if addon.kind == "choice":
        if number not in addon.entries:
            raise BillError("value", name, str(number))
        return str(number), addon.entries[number][1]
    fits = addon.minimum <= number <= addon.maximum and (number - addon.minimum) % addon.step == 0
    if not fits:
        raise BillError("value", name, str(number))
    return str(number), addon.price * max(0, number - addon.limit)


def wanted_item(account: Account, itemtype: str, params: dict[str, str], period_name: str, form: bool) -> Item:
    """The item that the parameters of an order function describe; a form has defaults for what is missing."""
    if params.get("pricelist", "") == "":
        raise BillError("wizard_unavailable", "pricelist")
    number = whole(params, "pricelist")
    tariff = next((t for t in account.tariffs(itemtype) if t.id == number), None)
    if tariff is None:
        raise BillError("missed", "pricelist", str(number))
    period = next(iter(tariff.prices)) if form and not params.get(period_name) else whole(params, period_name)
    if period not in tariff.prices:
        raise BillError("value", period_name, str(period))
    datacenter = whole(params, "datacenter") if params.get("datacenter") else tariff.datacenters[0]
    if datacenter not in tariff.datacenters:
        raise BillError("missed", "datacenter", str(datacenter))
    known = {f"addon_{addon.id}" for addon in tariff.addons}
    for name, value in params.items():
        if name.startswith("addon_") and name not in known:
            raise BillError("value", name, value)
    image = params.get("ostempl") or (tariff.images[0] if tariff.images else "")
    if tariff.images and image not in tariff.images:
        raise BillError("value", "ostempl", image)
    options = [(addon, *addon_value(addon, params)) for addon in tariff.addons]
    domain = params.get("domain", "")[:255]
    return Item(tariff, period, datacenter, renewal(params), options, domain, image)


class Billing:
    """The whole installation. The caller holds the lock."""

    def __init__(self) -> None:
        self.accounts = {
            number: Account(number, client, name, data.PROVIDERS[provider], balance)
            for number, (client, name, provider, balance) in data.ACCOUNTS.items()
        }
        self.users = {user.name: user for user in data.USERS}
        self.last = {"item": 8100, "order": 6600, "payment": 4400, "service": 2900}
        nadja, kelp = self.accounts[811], self.accounts[812]
        old = wanted_item(
            nadja, "vds", {"pricelist": "507", "order_period": "3", "addon_904": "60"}, "order_period", False
        )
        self.order(nadja, [old], 0)
        old = wanted_item(kelp, "storage", {"pricelist": "533", "order_period": "1"}, "order_period", False)
        self.order(kelp, [old], 74)
        for account in (nadja, kelp):
            for service in account.orders[0].services:
                service.paid_at = service.paid_at and service.paid_at - 3600

    def next_id(self, kind: str) -> int:
        """The next number; numbers are given out over all clients, in steps of three."""
        self.last[kind] += 3
        return self.last[kind]

    def put_in_cart(self, account: Account, item: Item) -> Item:
        """A new item of the client's cart."""
        item.id = self.next_id("item")
        account.cart.append(item)
        return item

    def put_in_basket(self, account: Account, item: Item) -> Item:
        """A new item of the old basket, which has its order number from the first item on."""
        item.id = self.next_id("item")
        account.billorder = account.billorder or self.next_id("order")
        account.basket.append(item)
        return item

    def order(
        self,
        account: Account,
        items: Iterable[Item],
        paymethod: int,
        number: int | None = None,
        discount: Decimal = NOTHING,
    ) -> Order:
        """An order with its one payment; from the balance it is paid at once or not made at all."""
        items = list(items)
        if paymethod not in account.provider.paymethods:
            raise BillError("missed", "paymethod_id", str(paymethod))
        amount = cents(sum((item.cost for item in items), D(0)) - discount)
        at_once = paymethod == 0 or amount == 0
        if at_once and amount > account.balance:
            raise BillError("balance_too_low", "balance", f"{amount} {account.provider.currency}")
        if at_once:
            account.balance -= amount
        number = number or self.next_id("order")
        payment = Payment(self.next_id("payment"), number, amount, paymethod, PAID if at_once else NEW)
        paid_at = time.monotonic() if at_once else None
        made = Order(number, [Service(self.next_id("service"), item, paid_at) for item in items], payment)
        account.orders.append(made)
        return made

    def order_cart(self, account: Account, numbers: list[int], paymethod: int) -> Order:
        """Order items of the cart; they leave it."""
        items = [self.item_of(account.cart, number) for number in dict.fromkeys(numbers)]
        made = self.order(account, items, paymethod)
        account.cart = [item for item in account.cart if item not in items]
        return made

    def order_basket(self, account: Account, paymethod: int) -> Order:
        """Order the whole old basket under the number that it already has."""
        made = self.order(account, account.basket, paymethod, account.billorder, account.discount())
        self.clear_basket(account)
        return made

    def free_item(self, account: Account, number: int) -> Order:
        """Activate an item of the old basket that costs nothing."""
        item = self.item_of(account.basket, number)
        if item.cost:
            raise BillError("not_free", "id", f"{item.cost} {account.provider.currency}")
        made = self.order(account, [item], 0)
        self.drop_from_basket(account, number)
        return made

    @staticmethod
    def item_of(items: list[Item], number: int) -> Item:
        """An item of a cart or basket by its number."""
        found = next((item for item in items if item.id == number), None)
        if found is None:
            raise BillError("missed", "elid", str(number))
        return found

    def drop_from_basket(self, account: Account, number: int) -> None:
        """Take an item out of the old basket; an empty basket has no order number."""
        account.basket.remove(self.item_of(account.basket, number))
        if not account.basket:
            self.clear_basket(account)

    @staticmethod
    def clear_basket(account: Account) -> None:
        """Empty the old basket."""
        account.basket, account.billorder, account.promocode = [], None, ""
