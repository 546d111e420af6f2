"""What can be ordered: tariffs with their prices, data centers and addons."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

NOTHING = Decimal("0.00")

_NUMBER = re.compile(r"[0-9]{1,20}")


class Provider(msgspec.Struct, kw_only=True):
    """Who sells; the panel may have several."""

    id: int
    name: str


class Datacenter(msgspec.Struct, kw_only=True):
    """Where a service can be opened."""

    id: int
    name: str


class Choice(msgspec.Struct, kw_only=True):
    """One entry of an addon that is chosen from a list, and what it costs a month."""

    id: int
    name: str
    price: Decimal = NOTHING


class Addon(msgspec.Struct, kw_only=True):
    """What can be had with a tariff, more or less of it."""

    id: int
    name: str
    #: counted from `least` to `most` in steps; one of the choices; or on and off
    kind: Literal["number", "choice", "flag"]
    #: a month, for one of what is counted, or for being on
    price: Decimal = NOTHING
    least: int = 0
    most: int = 0
    step: int = 1
    choices: list[Choice] = []

    def reckon(self, value: str) -> tuple[str, Decimal] | None:
        """How the value is shown and what it costs a month; None for a value that the addon cannot have."""
        if self.kind == "flag":
            return {"on": ("on", self.price), "off": ("off", NOTHING)}.get(value)
        number = int(value) if _NUMBER.fullmatch(value) else None
        if number is None:
            return None
        if self.kind == "choice":
            return next(((each.name, each.price) for each in self.choices if each.id == number), None)
        if not self.least <= number <= self.most or (number - self.least) % self.step:
            return None
        return str(number), self.price * number


class Detail(msgspec.Struct, kw_only=True):
    """What a tariff comes with, to be read by a person."""

    name: str
    value: str


class Template(msgspec.Struct, kw_only=True):
    """An operating system that a machine can be set up with."""

    id: str
    name: str


class Recipe(msgspec.Struct, kw_only=True):
    """A program that is set up besides, on one operating system."""

    id: str
    name: str
    template: str


class Tariff(msgspec.Struct, kw_only=True):
    """Something that can be ordered from one provider."""

    id: int
    name: str
    #: the internal name of the product type
    kind: str
    provider: int
    #: by the number of months
    prices: dict[int, Decimal]
    #: the first one is taken where none is named
    datacenters: list[int] = []
    addons: list[Addon] = []
    description: str = ""
    details: list[Detail] = []
    #: the first one is taken where none is named
    templates: list[Template] = []
    recipes: list[Recipe] = []

    def cost(self, months: int, values: Mapping[int, str]) -> Decimal:
        """What it costs for one of its periods with those addons; whatever cannot be had costs nothing."""
        reckoned = [
            addon.reckon(value) for number, value in values.items() if (addon := self.addon(number)) is not None
        ]  # fmt: skip
        return self.prices[months] + sum((monthly * months for _, monthly in filter(None, reckoned)), NOTHING)

    def addon(self, number: int) -> Addon | None:
        """The addon of that id, if the tariff has it."""
        return next((addon for addon in self.addons if addon.id == number), None)
