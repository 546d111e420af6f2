"""An order of Shop-Script as an answer shows it, whatever the form of the answer; and what it adds up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from counterfoil.contracts.phases.laws.context import Law

TOTAL = Law(
    "total_is_the_sum",
    "An order's total is the sum of its rows, less the discount, with shipping and the taxes on top.",
    "add_order",
    "observed",
    promises=("total_is_the_sum",),
)
TAX = Law(
    "tax_is_that_of_the_rows",
    "An order's tax is that of its rows, inside and on top.",
    "add_order",
    "observed",
    promises=("tax_of_the_order", "item_has_its_tax"),
)

#: the parameters of an order that say whether stock is taken for it
_STOCK = ("reduced", "reduce_times")
_LAST_DECIMAL = Decimal("0.0001")
_NOTHING = Decimal()


@dataclass(frozen=True)
class Row:
    """One row of an order. `service` is the service variant, None where the row is a product's."""

    id: int
    parent: int | None
    sku: int
    service: int | None
    price: Decimal
    quantity: Decimal
    #: per cent, and whether the price has it inside
    tax: Decimal
    inside: bool


@dataclass(frozen=True)
class Order:
    """An order, and under `facts` all that is shown of it: the same for the same order in every form."""

    facts: Mapping[str, Any]
    id: int
    contact: int
    state: str
    rows: tuple[Row, ...]

    def amount(self, name: str) -> Decimal:
        """One of the order's amounts."""
        return Decimal(str(self.facts[name]))

    @property
    def params(self) -> Mapping[str, Any]:
        """The order's parameters."""
        found: Mapping[str, Any] = self.facts.get("params", {})
        return found

    @property
    def ordered(self) -> list[tuple[int, Decimal, list[int]]]:
        """What was ordered: variant, quantity, and the variants of the services that follow it."""
        lines: list[tuple[int, Decimal, list[int]]] = []
        for row in self.rows:
            if row.service is None:
                lines.append((row.sku, row.quantity, []))
            elif lines:
                lines[-1][2].append(row.service)
        return lines

    @property
    def settled(self) -> dict[str, Any]:
        """What no action on the order changes."""
        left = {name: value for name, value in self.facts.items() if name not in ("state_id", "update_datetime")}
        left["params"] = {name: value for name, value in self.params.items() if name not in _STOCK}
        return left

    @property
    def takes_stock(self) -> bool:
        """Whether stock is taken for the order now."""
        return str(self.params.get("reduced")) == "1"


def order(tree: Mapping[str, Any]) -> Order:
    """The order in an answer."""
    known = facts(tree)
    rows = tuple(_row(item) for item in known.get("items", ()))
    return Order(known, int(tree["id"]), int(tree["contact_id"]), str(tree.get("state_id")), rows)


def facts(tree: Any) -> Any:
    """What a tree says, without the ways in which formats differ: rows under ids are a list, what is empty is left out."""
    if isinstance(tree, Mapping):
        plain = {name: value for name, each in tree.items() if (value := facts(each)) is not None}
        if isinstance(plain.get("items"), dict):
            plain["items"] = list(plain["items"].values())
        return plain or None
    if isinstance(tree, list):
        return [facts(each) for each in tree] or None
    return None if tree is False or tree == "" else _plain(tree)


def _plain(value: Any) -> Any:
    """A value as it is written in every format: a number that nobody describes is a text in some."""
    if value is None or isinstance(value, bool):
        return "1" if value else None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return value
    return f"{number.normalize():f}" if number.is_finite() else value


def _row(item: Mapping[str, Any]) -> Row:
    parent = item.get("parent_id")
    return Row(
        id=int(item["id"]),
        parent=None if parent is None else int(parent),
        sku=int(item["sku_id"]),
        service=int(item["service_variant_id"]) if item["type"] == "service" else None,
        price=Decimal(str(item["price"])),
        quantity=Decimal(str(item["quantity"])),
        tax=Decimal(str(item.get("tax_percent") or 0)),
        inside=str(item.get("tax_included") or 0) == "1",
    )


def wrong_total(shown: Order) -> str | None:
    """In which way the total does not follow from the rows, if it does not."""
    amounts = [row.price * row.quantity for row in shown.rows]
    amounts += [_tax(row) for row in shown.rows if not row.inside]
    due = sum(amounts, _NOTHING) - shown.amount("discount") + shown.amount("shipping")
    return _differs(due, shown.amount("total"), amounts)


def wrong_tax(shown: Order) -> str | None:
    """In which way the tax does not follow from the rows, if it does not."""
    taxes = [_tax(row) for row in shown.rows]
    return _differs(sum(taxes, _NOTHING), shown.amount("tax"), [*taxes, *taxes])  # of an amount that is rounded itself


def _tax(row: Row) -> Decimal:
    return row.price * row.quantity * row.tax / (100 + row.tax if row.inside else 100)


def _differs(due: Decimal, told: Decimal, amounts: Sequence[Decimal]) -> str | None:
    """How the amounts differ by more than rounding each part, or only their sum, can explain."""
    rounded = sum(amount != amount.quantize(_LAST_DECIMAL, ROUND_HALF_UP) for amount in amounts)
    if abs(due - told) <= rounded * _LAST_DECIMAL / 2:
        return None
    return f"The rows make {due.normalize():f}, but there is {told.normalize():f}."
