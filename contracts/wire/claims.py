"""What a value claims of itself beyond its type: an amount, to be what its text shows; a count or a sum, to be right."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from counterfoil.contracts.wire.described import Described
from counterfoil.specs import sums
from counterfoil.specs.schemas import Clause

#: how many decimals the amounts of a currency have (ISO 4217), where it is not two
_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_NUMBER = re.compile(r"-?[0-9]+(?:\.([0-9]+))?")
_WIDTHS = {"int32": 31, "int64": 63}


def false_claims(places: Iterable[Described]) -> Iterator[Clause]:
    """The claims that a value makes and does not keep, place by place."""
    for place in places:
        words = place.said.by_word
        for keyword, broken in _CLAIMS.items():
            for claim, evidence in words.get(keyword, ()):
                yield from broken(place, claim, evidence)


def _format(place: Described, name: str, evidence: str) -> Iterator[Clause]:
    """`format: int32`, `int64`: an integer that a variable of that width holds. The formats of texts are a schema's."""
    value = place.value
    if name in _WIDTHS and isinstance(value, int) and not -(2 ** _WIDTHS[name]) <= value < 2 ** _WIDTHS[name]:
        yield Clause(place.pointer, "format", evidence, f"{value} does not fit into an {name}")


def _decimal(place: Described, size: list[int], evidence: str) -> Iterator[Clause]:
    """`x-decimal: [15, 4]`: at most 15 digits, four of them behind the point."""
    value = place.value
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    digits, decimals = size
    number = Decimal(repr(value))
    if number != round(number, decimals) or abs(number) >= 10 ** (digits - decimals):
        message = f"{value!r} is more than {digits} digits with {decimals} decimals can say"
        yield Clause(place.pointer, "x-decimal", evidence, message)


def _amount(place: Described, names: Mapping[str, str], evidence: str) -> Iterator[Clause]:
    """`x-amount`: the number has the decimals of its currency, or two; the text shows prefix, number and suffix."""
    if not isinstance(place.value, dict):
        return
    evidence = names.get("x-evidence", evidence)
    said = {part: place.value.get(name) for part, name in names.items() if part != "x-evidence"}
    number, currency, text = (said.get(part) for part in ("number", "currency", "text"))
    match = _NUMBER.fullmatch(number) if isinstance(number, str) else None
    if match is None:
        return  # its pattern has said that
    if len(match[1] or "") not in (2, _DECIMALS.get(str(currency), 2)):
        message = f"{number!r} has not the decimals of {currency or 'any currency'}"
        yield Clause(f"{place.pointer}/{names['number']}", "x-amount", evidence, message)
    around = [str(said.get(part) or "") for part in ("prefix", "suffix")]
    if isinstance(text, str) and not _shows(text, Decimal(match[0]), around):
        message = f"{text!r} does not show {number} between {around[0]!r} and {around[1]!r}"
        yield Clause(f"{place.pointer}/{names['text']}", "x-amount", evidence, message)


def _shows(text: str, number: Decimal, around: list[str]) -> bool:
    """Whether a reader sees that number, whatever separates its digits, with all of its decimals or rounded to none."""
    prefix, suffix = (" ".join(part.split()) for part in around)
    text = " ".join(text.split())
    negative = number < 0 and number.quantize(Decimal(1)) != 0
    if negative and not re.search(r"[-−(]", text):
        return False
    bare = re.sub(r"[-−()]", "", text)
    if not bare.startswith(prefix) or not bare.endswith(suffix):
        return False
    digits = re.sub(r"\D", "", bare[len(prefix) : len(bare) - len(suffix)])
    shown = [
        abs(number),
        *(abs(number).quantize(Decimal(1), rounding) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN)),
    ]
    return digits in [f"{each:f}".replace(".", "") for each in shown]


def _counts(place: Described, counted: Mapping[str, str], evidence: str) -> Iterator[Clause]:
    """`x-counts: {numreturned: /orders/order}`: the number says how long that list beside it is."""
    for name, pointer in counted.items():
        count = place.value.get(name) if isinstance(place.value, dict) else None
        if not isinstance(count, int | str) or not str(count).isdecimal():
            continue
        members = place.value
        for step in pointer.split("/")[1:]:
            members = members.get(step) if isinstance(members, dict) else None
        length = len(members) if isinstance(members, list) else 0
        if int(count) != length:
            message = f"{name} is {count}, but there are {length} in {pointer}"
            yield Clause(f"{place.pointer}/{name}", "x-counts", evidence, message, wanted=length, got=count)


def _sums(place: Described, terms: Mapping[str, Any], evidence: str) -> Iterator[Clause]:
    """`x-sums: {total: 'sum(items, price * quantity)'}`: the amount is what the term comes to."""
    own = str(terms.get("x-evidence", evidence))
    for name, term in terms.items():
        told = place.value
        for step in name.split("."):
            told = told.get(step) if isinstance(told, dict) else None
        told = told["$"] if isinstance(told, dict) and "$" in told else told
        if name == "x-evidence" or told is None or isinstance(told, bool):
            continue
        try:
            wrong = sums.difference(term, place.value, sums.number(told))
        except sums.Unknown:
            continue  # its type has said that
        if wrong:
            yield Clause(f"{place.pointer}/{name.replace('.', '/')}", "x-sums", own, wrong)


_CLAIMS: dict[str, Callable[[Described, Any, str], Iterator[Clause]]] = {
    "format": _format,
    "x-decimal": _decimal,
    "x-amount": _amount,
    "x-counts": _counts,
    "x-sums": _sums,
}
