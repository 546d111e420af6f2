"""What the installation sells: groups, products, their options and fields, addons, bundles; and in which currencies."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

import msgspec

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")

#: the billing cycles, and how many months one lasts; what is paid once or never has none
CYCLES: dict[str, int] = {
    "free": 0,
    "onetime": 0,
    "monthly": 1,
    "quarterly": 3,
    "semiannually": 6,
    "annually": 12,
    "biennially": 24,
    "triennially": 36,
}


class Price(msgspec.Struct, frozen=True):
    """What one period costs, and what the first one costs besides."""

    amount: Decimal
    setup: Decimal = NOTHING


FREE = Price(NOTHING)

#: by currency, then by billing cycle; a cycle that is not there is not offered
Prices = dict[int, dict[str, Price]]


class Currency(msgspec.Struct, kw_only=True):
    """A currency that prices stand in; its rate is what one unit of the default currency makes in it."""

    id: int
    code: str
    prefix: str
    suffix: str
    rate: Decimal

    def text(self, amount: Decimal) -> str:
        """The amount as a reader expects it."""
        return f"{self.prefix}{amount:.2f}{self.suffix}"


class PaymentMethod(msgspec.Struct, kw_only=True):
    """A way to pay."""

    name: str
    title: str
    takes_cards: bool = False


class Feature(msgspec.Struct, kw_only=True):
    """One line of what a group's products have in common."""

    id: int
    name: str
    description: str = ""
    position: int = 0


class Group(msgspec.Struct, kw_only=True):
    """Products, or bundles, that are shown together."""

    id: int
    name: str
    headline: str = ""
    tagline: str = ""
    icon: str = ""
    position: int = 0
    features: list[Feature] = []


class CustomField(msgspec.Struct, kw_only=True):
    """A question that belongs to a product."""

    id: int
    name: str
    description: str = ""
    #: text, link, password, dropdown, checkbox or textarea
    kind: str = "text"
    choices: list[str] = []
    validation: str = ""
    required: bool = False
    on_order_form: bool = True

    def __post_init__(self) -> None:
        try:
            re.compile(self.validation)
        except re.error as error:
            raise ValueError(f"the validation of {self.name!r} is no regular expression: {error}") from error

    def fits(self, answer: str | bool) -> bool:
        """Whether it can be answered so; no answer at all, an empty text or false, always can be given."""
        if not answer:
            return True
        if (self.kind == "checkbox") is not isinstance(answer, bool):
            return False
        if isinstance(answer, bool):
            return True
        chosen = self.kind != "dropdown" or answer in self.choices
        return chosen and (not self.validation or re.search(self.validation, answer) is not None)


class Product(msgspec.Struct, kw_only=True):
    """Something that can be ordered."""

    id: int
    group: int
    #: hostingaccount, reselleraccount, server or other
    kind: str
    name: str
    tagline: str = ""
    description: str = ""
    module: str = ""
    #: free, onetime or recurring
    pay: str
    prices: Prices
    taxed: bool = False
    #: how many are left; None where nobody counts
    stock: int | None = None
    needs_domain: bool = False
    #: how several at once are handled: not at all (0), as several services (1), as one service with a quantity (3)
    quantities: int = 0
    fields: list[CustomField] = []
    options: list[int] = []
    addons: list[int] = []
    cross_sells: list[int] = []
    position: int = 0

    @property
    def asked(self) -> list[CustomField]:
        """The fields that its buyer is asked; the others are for those who run the installation."""
        return [field for field in self.fields if field.on_order_form]

    def cycle(self, asked: str | None, currency: int) -> str | None:
        """The billing cycle that is meant; None if it is not offered.

        What is free or paid once has one cycle only, and its price is shown as the monthly one.
        """
        return meant_cycle(self.prices[currency], asked)


class Choice(msgspec.Struct, kw_only=True):
    """One choice of a configurable option; yes-or-no and quantities have a single one, for its price."""

    id: int
    name: str
    prices: Prices
    position: int = 0


class ConfigOption(msgspec.Struct, kw_only=True):
    """Something of a product that the buyer sets."""

    id: int
    name: str
    #: dropdown, radio, yesno or quantity
    kind: str
    choices: list[Choice]
    minimum: int = 0
    maximum: int = 0
    description: str = ""
    position: int = 0

    @property
    def default(self) -> int:
        """The value where none was chosen: the first choice, no, or the smallest quantity."""
        return self.choices[0].id if self.kind in ("dropdown", "radio") else self.minimum

    def fits(self, value: int) -> bool:
        """Whether the value is one that can be chosen."""
        if self.kind == "yesno":
            return value in (0, 1)
        if self.kind == "quantity":
            return self.minimum <= value <= self.maximum
        return any(choice.id == value for choice in self.choices)

    def price(self, value: int, currency: int, cycle: str) -> Price:
        """What the value adds to the product's price."""
        if self.kind in ("yesno", "quantity"):
            one = self.choices[0].prices[currency].get(cycle, FREE)
            return one if value == 1 else Price(one.amount * value, one.setup if value else NOTHING)
        return next(choice for choice in self.choices if choice.id == value).prices[currency].get(cycle, FREE)

    def shown(self, value: int) -> str | int:
        """The value as it is shown: the choice's name, or the number."""
        if self.kind in ("yesno", "quantity"):
            return value
        return next((choice.name for choice in self.choices if choice.id == value), value)


class Addon(msgspec.Struct, kw_only=True):
    """Something that is added to a service."""

    id: int
    name: str
    description: str = ""
    prices: Prices
    taxed: bool = False
    #: whether more than one can be ordered at once
    several: bool = False

    def cycle(self, beside: str, currency: int) -> str:
        """The cycle beside a service's own: the same if it is offered, else the shortest."""
        prices = self.prices[currency]
        return beside if beside in prices else next(cycle for cycle in CYCLES if cycle in prices)


class BundlePart(msgspec.Struct, kw_only=True):
    """What a bundle holds: a product on its terms, with its domain if that is part of it, or a domain alone."""

    id: int
    #: product or domain
    kind: str
    name: str = ""
    description: str = ""
    product: int = 0
    cycle: str = ""
    #: its own price in the default currency, in place of the usual one
    price: Decimal | None = None
    options: dict[int, int] = {}
    addons: list[int] = []
    #: under which TLDs the domain can be; empty where the bundle has none
    tlds: list[str] = []
    #: 0 leaves it to the buyer
    years: int = 0
    #: dns_management, email_forwarding and id_protection, as far as they come with the domain
    extras: list[str] = []
    #: that of the domain beside a product, as `price` is the product's
    domain_price: Decimal | None = None


class Bundle(msgspec.Struct, kw_only=True):
    """Several things that are sold together."""

    id: int
    group: int
    name: str
    description: str = ""
    max_uses: int = 0
    uses: int = 0
    allows_promotions: bool = False
    featured: bool = False
    items: list[BundlePart] = []

    @property
    def orderable(self) -> bool:
        """Whether it can still be ordered."""
        return self.max_uses == 0 or self.uses < self.max_uses


Positioned = TypeVar("Positioned", Group, Product, Feature, ConfigOption, Choice)


def in_order(rows: Iterable[Positioned]) -> list[Positioned]:
    """The rows as they are shown: by their position, those of the same one by their id."""
    return sorted(rows, key=lambda row: (row.position, row.id))


def meant_cycle(prices: dict[str, Price], asked: str | None) -> str | None:
    """The offered cycle that is asked for (the first, if none is); None if it is not offered."""
    if asked is None:
        return next(iter(prices))
    asked = asked.lower()
    if asked in prices:
        return asked
    only = next(iter(prices))
    return only if asked == "monthly" and only in ("free", "onetime") else None


def cents(amount: Decimal) -> Decimal:
    """The amount in whole cents."""
    return amount.quantize(CENT, "ROUND_HALF_UP")
