"""What stands in a cart of the WHMCS REST API, read from an answer; and what it adds up to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from counterfoil.contracts.phases.laws.context import Law

Contents = Mapping[str, Any]
Line = Mapping[str, Any]

_CENT = Decimal("0.01")

TOTALS = Law(
    "totals_add_up",
    "The totals of a cart follow from its items, discounts and taxes.",
    "get_cart",
    "chosen",
    promises=("a_carts_totals_follow_from_its_items",),
)
RECURRING = Law(
    "recurring_totals_add_up",
    "The recurring totals of a cart are the sums of what its items cost in each cycle.",
    "get_cart",
    "chosen",
    promises=("recurring_totals_stand_apart",),
)


@dataclass(frozen=True)
class Price:
    """What a line costs once, and in every period; the code is the currency's."""

    setup: Decimal
    amount: Decimal
    code: str

    def times(self, number: int) -> "Price":
        """The price of so many."""
        return Price(self.setup * number, self.amount * number, self.code)

    def __str__(self) -> str:
        return f"{self.setup} + {self.amount} {self.code}"


def value(amount: Mapping[str, Any]) -> Decimal:
    """An `Amount` as a number."""
    return Decimal(amount["value"])


def price(billing: Mapping[str, Any] | None) -> Price | None:
    """What a line's `billing` says that it costs; None where it says nothing."""
    told = (billing or {}).get("price") or {}
    parts = [told[name] for name in ("onetime", "recurring") if name in told]
    if not parts:
        return None
    setup, amount = (sum((value(part[name]) for part in parts), Decimal()) for name in ("setup", "amount"))
    return Price(setup, amount, parts[0]["amount"]["code"])


def priced(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The item, and everything in it that has a price of its own."""
    yield item
    for name in ("addons", "config_options"):
        yield from item.get(name) or ()
    if isinstance(item.get("domain"), Mapping):
        yield from priced(item["domain"])
    if item.get("type") == "bundle":
        for part in item.get("items") or ():
            yield from priced(part)


def item_ids(contents: Contents) -> list[str]:
    """The ids of everything in a cart that has one."""
    return [part["item_id"] for item in contents["items"] for part in priced(item) if "item_id" in part]


def line(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a buyer chose about an item, without what follows from it: prices, texts and stock."""
    kind = item.get("type") or ("product" if "product" in item else "addon")
    told: dict[str, Any] = {"kind": kind, "item_id": item.get("item_id")}
    if kind == "product":
        told |= {"product": item["product"]["id"], "quantity": item["quantity"], "domain": item.get("domain") or None}
        told["cycle"] = (item["billing"] or {}).get("cycle")
        told["addons"] = {each["addon"]["id"]: each["quantity"] for each in item.get("addons") or ()}
        told["options"] = {each["id"]: each.get("option", {}).get("value") for each in item.get("config_options") or ()}
    elif kind == "bundle":
        told |= {"id": item["id"], "items": [line(part) for part in item.get("items") or ()]}
    else:
        names = ("name", "period", "id", "service_id", "quantity", "dns_management", "id_protection", "epp_code")
        told |= {name: item[name] for name in names if name in item}
    return told


def lines(contents: Contents) -> list[dict[str, Any]]:
    """What a buyer chose, item by item."""
    return [line(item) for item in contents["items"]]


def wrong_totals(contents: Contents) -> str | None:
    """In which way the totals do not follow from the items, if they do not."""
    totals = contents["totals"]
    parts = [part for item in contents["items"] for part in priced(item)]
    prices = [found for part in parts if (found := price(part.get("billing"))) is not None]
    subtotal = sum((each.setup + each.amount for each in prices), Decimal())
    if value(totals["subtotal"]) != subtotal:
        return f"The items cost {subtotal}, but the subtotal is {totals['subtotal']['value']}."
    discounts = [value(each["amount"]) for each in totals["discounts"]]
    if any(discount < 0 for discount in discounts):
        return f"A discount is negative: {', '.join(map(str, discounts))}."
    base = subtotal - sum(discounts, Decimal())
    for tax in totals["taxes"]:
        most = (base * Decimal(str(tax["percentage"])) / 100).quantize(_CENT, ROUND_HALF_UP)
        if not 0 <= value(tax["amount"]) <= max(most, Decimal()):  # what of the cart is taxed, no answer says
            return f"{tax['percentage']} % of {base} is {most}, but {tax['name']} is {tax['amount']['value']}."
    taxes = sum((value(tax["amount"]) for tax in totals["taxes"]), Decimal())
    total = max(base + taxes, Decimal())
    if value(totals["total"]) != total:
        return (
            f"{subtotal} less {subtotal - base} and with {taxes} of taxes is {total}, but the total is "
            f"{totals['total']['value']}."
        )
    return _mixed_currencies(totals, parts)


def _mixed_currencies(totals: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> str | None:
    amounts = [totals["subtotal"], totals["total"], *(each["amount"] for each in totals["discounts"])]
    amounts += [each["amount"] for each in (*totals["taxes"], *totals["recurring"])]
    for part in parts:
        for told in ((part.get("billing") or {}).get("price") or {}).values():
            amounts += [told["setup"], told["amount"]]
    codes = {amount["code"] for amount in amounts}
    return None if len(codes) == 1 else f"The amounts of one cart are in {' and '.join(sorted(codes))}."


def wrong_recurring_totals(contents: Contents) -> str | None:
    """In which way the recurring totals do not follow from the items, if they do not."""
    wanted: dict[Any, Decimal] = {}
    for item in contents["items"]:
        for part in priced(item):
            billing = part.get("billing") or {}
            recurring = (billing.get("price") or {}).get("recurring")
            if recurring is not None:
                cycle = billing.get("cycle")
                wanted[cycle] = wanted.get(cycle, Decimal()) + value(recurring["amount"])
    told: dict[Any, Decimal] = {}
    for each in contents["totals"]["recurring"]:
        if each["cycle"] in told:
            return f"The cycle {each['cycle']} stands twice among the recurring totals."
        told[each["cycle"]] = value(each["amount"])
    for cycle in wanted.keys() | told.keys():
        if wanted.get(cycle, 0) != told.get(cycle, 0):
            return f"The items cost {wanted.get(cycle, 0)} {cycle}, but the recurring total is {told.get(cycle, 0)}."
    return None
