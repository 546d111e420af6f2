"""What answers have in common: the same facts, whatever notation, type or wrapper they stand in."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import jsonpath_rfc9535

from counterfoil.reports.mismatch import as_block, mismatches
from counterfoil.specs.pointers import NOWHERE, at_pointer, steps_of


def found(tree: Any, place: str) -> list[Any]:
    """What stands at a place: one value under a pointer, all that a query finds."""
    if not place.startswith("$"):
        value = at_pointer(tree, place)
        return [] if value is NOWHERE else [value]
    if not isinstance(tree, dict | list):
        return []
    return list(jsonpath_rfc9535.find(place, tree).values())


def entries(tree: Any, place: str) -> list[Any]:
    """The entries of the list at a place: one that stands alone is a list of one, and what is under ids is a list."""
    values = found(tree, place)
    if place.startswith("$"):
        return values
    listed = values[0] if values else None
    if isinstance(listed, Mapping):
        return list(listed.values()) if _is_by_id(listed) else [listed]
    return list(listed) if isinstance(listed, list) else []


def first(tree: Any, place: str) -> Any:
    """The first value at a place; NOWHERE where there is none."""
    return next(iter(found(tree, place)), NOWHERE)


def plain(node: Any, besides: Iterable[str] = ()) -> Any:
    """The facts in a tree: numbers and flags as texts, what is empty left out, a list of one as the one."""
    if isinstance(node, Mapping):
        left_out = frozenset(besides)
        below = {name: plain(each, left_out) for name, each in node.items() if name not in left_out}
        told = {name: each for name, each in below.items() if each is not None}
        if told.keys() == {"$"}:
            return told["$"]
        return (plain(list(told.values())) if _is_by_id(told) else told) or None
    if isinstance(node, list | tuple):
        every = [plain(each, besides) for each in node]
        return every[0] if len(every) == 1 else every or None
    if node is None or node is False or node == "":
        return None
    return "1" if node is True else _text(node)


def _is_by_id(told: Mapping[str, Any]) -> bool:
    return bool(told) and all(str(name).isdecimal() for name in told)


def _text(value: Any) -> str:
    """A number as it is, without the decimals that say nothing; any other text as it stands."""
    text = str(value)
    if not text[-1:].isdecimal() or len(text) > 24 or (text[:1] in "0+" and not text.startswith("0.")):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return f"{number.normalize():f}" if number.is_finite() else text


def without(tree: Any, places: Iterable[str]) -> Any:
    """The tree without what stands at these places: pointers, or the properties of each entry of a list (`/items/*/id`)."""
    for place in places:
        tree = _without(tree, steps_of(place))
    return tree


def _without(tree: Any, steps: list[str]) -> Any:
    if not steps:
        return None
    step, *rest = steps
    if isinstance(tree, Mapping):
        names = list(tree) if step == "*" else [step]
        kept = {name: below for name, below in tree.items() if name not in names}
        return {**kept, **{name: _without(tree[name], rest) for name in names if name in tree and rest}}
    if isinstance(tree, list) and step == "*":
        return [_without(each, rest) for each in tree]
    return tree


def shared(one: Any, other: Any) -> tuple[Any, Any]:
    """What both speak of: maps without the names that only one of them has."""
    one, other = _listed(one, other), _listed(other, one)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        both = {name: shared(one[name], other[name]) for name in one if name in other}
        return {name: each[0] for name, each in both.items()}, {name: each[1] for name, each in both.items()}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [shared(*each) for each in zip(one, other, strict=True)]
        return [each[0] for each in pairs], [each[1] for each in pairs]
    return one, other


def _listed(node: Any, beside: Any) -> Any:
    """A map by ids as a list, beside a list of the same."""
    by_id = isinstance(beside, list) and isinstance(node, Mapping) and _is_by_id(node)
    return list(node.values()) if by_id else node


def same(one: Any, other: Any, besides: Iterable[str] = ()) -> bool:
    """Whether two trees say the same of what both of them speak of."""
    mine, theirs = shared(without(one, besides), without(other, besides))
    return bool(plain(mine) == plain(theirs))


def different(one: Any, other: Any, besides: Iterable[str] = ()) -> str:
    """Where they differ, place by place."""
    before, after = shared(without(one, besides), without(other, besides))
    found = mismatches(before, after, lambda mine, theirs: bool(plain(mine) == plain(theirs)), absent=NOWHERE)
    return as_block(found) or "one of them says more"


def matching(fitting: Sequence[Sequence[int]]) -> list[int] | None:
    """One place for each, from those that fit it, and no place twice; None where that cannot be."""
    holders: dict[int, int] = {}

    def seated(one: int, asked: set[int]) -> bool:
        """Whether there is a place for it, or one whose holder can take another."""
        for place in sorted(fitting[one], key=holders.__contains__):  # what is free comes first
            if place not in asked:
                asked.add(place)
                if place not in holders or seated(holders[place], asked):
                    holders[place] = one
                    return True
        return False

    if not all(seated(one, set()) for one in range(len(fitting))):
        return None
    places = {one: place for place, one in holders.items()}
    return [places[one] for one in range(len(fitting))]
