"""What BILLmanager's answers say: tariffs, carts, orders, payments, services and accounts, whatever the notation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Addon:
    """An addon of a tariff: its parameter, and some of the values that it takes, with what each costs in a month."""

    name: str
    values: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Tariff:
    """Something that can be ordered. `prices` has the months that it is sold for."""

    id: str
    kind: str
    project: str
    prices: Mapping[int, Decimal]
    datacenters: tuple[str, ...]
    addons: tuple[Addon, ...]


@dataclass(frozen=True)
class Item:
    """What a line item or a service says of itself."""

    id: str
    tariff: str
    period: str
    cost: Decimal
    datacenter: str | None
    autoprolong: str


@dataclass(frozen=True)
class Cart:
    """A cart: what it says that it comes to, and what is in it."""

    cost: Decimal
    count: int
    items: tuple[Item, ...]


def many(node: Any) -> Sequence[Any]:
    """What repeats, as a list: one element stands alone, and none is left out."""
    if node is None:
        return []
    return node if isinstance(node, list) else [node]


def text(node: Mapping[str, Any], *path: str) -> str:
    """The text of an element below this one."""
    for name in path:
        node = node[name]
    return str(node["$"])


def rows(tree: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of an answer: those of the document itself, or else those of the first list that has some."""
    doc = tree["doc"]
    found = (many(each.get("elem")) for each in (doc, *many(doc.get("list"))))
    return next(filter(None, found), [])


def tariffs(tree: Mapping[str, Any]) -> list[Tariff]:
    """The tariffs in an answer."""
    return [_tariff(row) for row in rows(tree)]


def _tariff(row: Mapping[str, Any]) -> Tariff:
    return Tariff(
        id=text(row, "id"),
        kind=text(row, "itemtype"),
        project=text(row, "project"),
        prices={int(text(each, "period")): Decimal(text(each, "cost")) for each in many(row["prices"]["price"])},
        datacenters=tuple(str(each["$id"]) for each in many(row.get("datacenter"))),
        addons=tuple(_addon(each) for each in many(row.get("addon"))),
    )


def _addon(node: Mapping[str, Any]) -> Addon:
    name = f"addon_{node['$id']}"
    if node["$type"] == "enum":
        return Addon(name, tuple((str(each["$key"]), Decimal(each["$cost"])) for each in many(node.get("val"))))
    cost = Decimal(text(node, "cost"))
    if node["$type"] == "flag":
        return Addon(name, (("on", cost), ("off", Decimal())))
    least, most, step = (int(text(node, each)) for each in ("min", "max", "step"))
    numbers = sorted({least, least + step, least + (most - least) // step * step})
    return Addon(name, tuple((str(number), number * cost) for number in numbers))


def cart(tree: Mapping[str, Any]) -> Cart:
    """The cart in an answer."""
    total = tree["doc"]["total"]
    items = tuple(
        Item(
            text(row, "id"),
            text(row, "pricelist"),
            text(row, "main", "period"),
            Decimal(text(row, "price", "price", "cost")),
            text(row, "datacenter") if "datacenter" in row else None,
            text(row, "autoprolong"),
        )
        for row in rows(tree)
    )
    return Cart(Decimal(text(total, "cost")), int(text(total, "count")), items)


def service(row: Mapping[str, Any]) -> Item:
    """The service in a row of a list."""
    return Item(
        text(row, "id"),
        text(row, "pricelist"),
        text(row, "period"),
        Decimal(text(row, "cost")),
        text(row, "datacenter") if "datacenter" in row else None,
        text(row, "autoprolong"),
    )


def balances(tree: Mapping[str, Any]) -> dict[str, Decimal]:
    """The money of each account in an answer, by its provider, the first account first."""
    return {text(row, "project"): Decimal(text(row, "balance")) for row in rows(tree)}


def facts(tree: Any) -> Any:
    """What an answer says, without what only a developer's view has."""
    doc = {name: below for name, below in tree["doc"].items() if name not in ("metadata", "messages")}
    return {"doc": doc}
