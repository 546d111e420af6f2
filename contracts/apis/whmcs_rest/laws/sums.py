"""What a cart's sums have to be by plain sense, however an installation rounds, taxes and shows its quantities."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import product
from typing import Any

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Contents, value
from counterfoil.contracts.phases.laws.context import Law

_FOLLOWS = ("a_carts_totals_follow_from_its_items",)

SUBTOTAL = Law(
    "subtotal_is_the_sum",
    "The subtotal of a cart is what everything in it costs, setup fees included.",
    "get_cart",
    promises=_FOLLOWS,
)
TOTAL = Law(
    "total_follows",
    "The total of a cart is its subtotal without the discounts and with the taxes.",
    "get_cart",
    promises=_FOLLOWS,
)
TAXED = Law(
    "taxes_are_no_more_than_they_say", "A tax is no more than its percentage of a cart.", "get_cart", promises=_FOLLOWS
)
RECURS = Law(
    "what_recurs_is_the_sum",
    "A recurring total of a cart without discounts and taxes is what is paid in that cycle again.",
    "get_cart",
    promises=("recurring_totals_stand_apart",),
)
ONE_CURRENCY = Law(
    "a_cart_has_one_currency", "All amounts of a cart are in one currency.", "get_cart", promises=_FOLLOWS
)
DISPLAYED = Law(
    "amounts_display_their_values",
    "The text of an amount shows its value, and its signs are those of its currency.",
    "get_cart",
    promises=("an_amount_is_shown_as_it_is",),
)

SUMS = (SUBTOTAL, TOTAL, TAXED, RECURS, ONE_CURRENCY, DISPLAYED)

#: how far sums of rounded amounts may be from each other, for each of them
_ROUNDED = Decimal("0.01")


def sums_told(contents: Contents, signs: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Law, str | None]]:
    """Each law of what a cart comes to, and in which way it does not hold, if so."""
    yield SUBTOTAL, _wrong_subtotal(contents)
    yield TOTAL, _wrong_total(contents["totals"])
    yield TAXED, _wrong_taxes(contents)
    yield RECURS, _wrong_recurring(contents)
    every = list(amounts([contents["items"], contents["totals"]]))
    codes = sorted({each["code"] for each in every})
    yield ONE_CURRENCY, None if len(codes) <= 1 else f"There are amounts in {' and in '.join(codes)}."
    yield DISPLAYED, next((told for each in every if (told := _wrong_display(each, signs))), None)


def amounts(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every amount below."""
    if isinstance(node, Mapping):
        if node.get("value") is not None and node.get("display_value") is not None:
            yield node
        for below in node.values():
            yield from amounts(below)
    elif isinstance(node, list):
        for below in node:
            yield from amounts(below)


def _prices(item: Mapping[str, Any], many: int = 1) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    """The billing of an item and of all that belongs to it, with how often each is had."""
    own = int(item.get("quantity", 1))
    yield item.get("billing") or {}, own, own * many
    for addon in item.get("addons") or ():
        yield from _prices(addon, own)
    for option in item.get("config_options") or ():
        yield option.get("billing") or {}, own, own
    if isinstance(item.get("domain"), Mapping):
        yield from _prices(item["domain"])
    for part in (item.get("items") or ()) if item.get("type") == "bundle" else ():
        yield from _prices(part)


def _possible(contents: Contents, due: Callable[[Mapping[str, Any]], Decimal | None]) -> set[Decimal] | None:
    """What is due for all: as amounts of whole lines, or of one piece, which no document says. None where one is not told."""
    sums = [Decimal()] * 3
    for item in contents["items"]:
        for billing, own, with_whole in _prices(item):
            amount = due(billing)
            if amount is None:
                return None
            sums = [sums[0] + amount, sums[1] + amount * own, sums[2] + amount * with_whole]
    return set(sums)


def _due_now(billing: Mapping[str, Any]) -> Decimal | None:
    price = billing.get("price") or {}
    if len(price.keys() & {"onetime", "recurring"}) > 1:
        return None  # which of them is due now, no document says
    return sum((value(each["setup"]) + value(each["amount"]) for each in price.values()), Decimal())


def _wrong_subtotal(contents: Contents) -> str | None:
    possible = _possible(contents, _due_now)
    if possible is None or "subtotal" not in contents["totals"]:
        return None
    told = value(contents["totals"]["subtotal"])
    if told in possible:
        return None
    return f"The items come to {' or '.join(map(str, sorted(possible)))}, but the subtotal is {told}."


def _wrong_total(totals: Mapping[str, Any]) -> str | None:
    if not {"subtotal", "total"} <= totals.keys():
        return None
    subtotal, total = value(totals["subtotal"]), value(totals["total"])
    off = sum((abs(value(each["amount"])) for each in totals.get("discounts") or ()), Decimal())
    taxes = totals.get("taxes") or []
    taxed = sum((value(each["amount"]) for each in taxes), Decimal())
    left = max(subtotal - off, Decimal())
    possible = {left + taxed, left} if _are_inside(left, taxes) else {left + taxed}
    if any(abs(total - each) <= _ROUNDED * len(taxes) for each in possible):
        return None
    return f"{subtotal} less {off} and with {taxed} of taxes is {left + taxed}, but the total is {total}."


def _are_inside(paid: Decimal, taxes: list[Mapping[str, Any]]) -> bool:
    """Whether these taxes can be a part of what is paid: prices may have their taxes in them."""
    rate = sum((Decimal(str(each["percentage"])) for each in taxes), Decimal())
    most = paid * rate / (100 + rate) + _ROUNDED * len(taxes)
    return sum((value(each["amount"]) for each in taxes), Decimal()) <= most


def _wrong_taxes(contents: Contents) -> str | None:
    totals = contents["totals"]
    if "subtotal" not in totals:
        return None
    paid = value(totals["subtotal"])
    # each piece of what costs something may be taxed, and rounded, by itself
    pieces = sum(many for item in contents["items"] for billing, _, many in _prices(item) if _due_now(billing) != 0)
    before = Decimal()
    for each in totals.get("taxes") or ():
        rate, amount = Decimal(str(each["percentage"])), value(each["amount"])
        most = (paid + before) * rate / 100
        if amount > 0 and amount - most >= max(_ROUNDED, _ROUNDED / 2 * pieces):
            return f"{rate} % of {paid} is {most}, but {each['name']} is {amount}."
        before += amount
    return None


def _wrong_recurring(contents: Contents) -> str | None:
    totals = contents["totals"]
    told = [(each["cycle"], value(each["amount"])) for each in totals.get("recurring") or ()]
    cycles = [cycle for cycle, _ in told]
    if len(set(cycles)) < len(cycles):
        return f"The cycles are {', '.join(map(str, cycles))}."
    if totals.get("discounts") or totals.get("taxes"):
        return None  # whether they are a part of it, no document says
    for cycle, amount in told:
        possible = _possible(contents, partial(_due_again, cycle)) or set()
        if amount not in possible:
            wanted = " or ".join(map(str, sorted(possible)))
            return f"The items cost {wanted} {cycle} again, but the recurring total is {amount}."
    return None


def _due_again(cycle: str | None, billing: Mapping[str, Any]) -> Decimal:
    recurring = (billing.get("price") or {}).get("recurring")
    return value(recurring["amount"]) if recurring and billing.get("cycle") == cycle else Decimal()


def _wrong_display(amount: Mapping[str, Any], signs: Mapping[str, tuple[str, str]]) -> str | None:
    """In which way an amount's text does not show its value, or its signs are another currency's."""
    shown, number = str(amount["display_value"]), value(amount)
    digits = "".join(letter for letter in shown if letter.isdigit()).lstrip("0")
    written = (str(amount["value"]), *(f"{number:.{places}f}" for places in range(4)))
    if digits not in {each.replace(".", "").replace("-", "").lstrip("0") for each in written}:
        return f"{amount['value']} {amount['code']} is displayed as {shown}."
    known = signs.get(amount["code"])
    told = tuple(str(amount.get(name) or "").strip() for name in ("prefix", "suffix"))
    if known is not None and told not in set(product({known[0], ""}, {known[1], ""})):
        return (
            f"The signs of {amount['code']} are {' and '.join(known)}, but those of an amount are {' and '.join(told)}."
        )
    return None
