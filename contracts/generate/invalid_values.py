"""Values that are wrong in one way: for each keyword of a schema, what breaks it, the likeliest first."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

_TEXT = "stub"
#: one of each type; for a list or a map, one that holds something, since an empty one may count as absent
_KINDS: tuple[Any, ...] = (_TEXT, 7, 1.5, True, [_TEXT], {"counterfoil": _TEXT}, None, "", [], {})
_NAMES = ("counterfoil", "-", "counterfoil/stub!", "", "x" * 300, "999999")
_FORMATS: dict[str, tuple[str, ...]] = {
    "date": ("2026-13-45", "45.13.2026", "9999-99-99"),
    "time": ("25:61:61Z",),
    "date-time": ("2026-13-45T25:61:61Z", "2026-13-45 25:61:61"),
    "email": ("stub@", "@stub.example", "stub at counterfoil.example"),
    "ipv4": ("300.1.1.1", "1.1.1"),
    "ipv6": ("12345::1", "::zz"),
    "uri": ("http://[stub", "stub stub", ":stub"),
    "uri-reference": ("http://[stub", "%zz", "\\\\stub\\"),
    "hostname": ("-stub-.example", "stub..example", "stub_!"),
    "uuid": ("00000000-0000-0000-0000-00000000000g",),
}


def wrong(keyword: str, says: Any, held: Any) -> Iterator[Any]:
    """Values to put where `held` is, which break the keyword if anything does. `held` is None where nothing is."""
    return _WRONG[keyword](says, held) if keyword in _WRONG else iter(())


def misnamed(held: Mapping[str, Any], keyword: str, says: Any) -> Iterator[dict[str, Any]]:
    """The map with one name that breaks what the keyword says of names."""
    value = next(iter(held.values()), 1)
    long = ("x" * (says + 1), "1" * (says + 1)) if keyword == "maxLength" else ()
    for name in (*long, *_NAMES):
        if name not in held:
            yield {name: value, **dict(list(held.items())[1:])}


def _kinds(says: Any, held: Any) -> Iterator[Any]:
    # a whole number in quotes is what a careless writer sends, and is the same on the wire of a form
    yield from (str(held),) if isinstance(held, int) and not isinstance(held, bool) else ()
    yield from _KINDS


def _others(says: Any, held: Any) -> Iterator[Any]:
    """Values that are none of the constants, of the same types first."""
    options = says if isinstance(says, list) else [says]
    for option in options[:2]:
        if isinstance(option, bool):
            yield not option
        elif isinstance(option, str):
            yield from ("counterfoil", f"{option}x", option[:-1], "X" * len(option))
        elif isinstance(option, int | float):
            yield from (max(o for o in options if isinstance(o, int | float)) + 1, option - 1, 987_654)
    yield from _KINDS


def _unmatched(says: Any, held: Any) -> Iterator[Any]:
    text = held if isinstance(held, str) else ""
    for added in ("!", " ", "x", "-", "0"):
        yield from (f"{text}{added}", f"{added}{text}") if text else ()
    yield from (text[:-1], text[1:]) if len(text) > 1 else ()
    yield from (text.upper(), text.lower(), text.swapcase(), text.replace(".", "")) if text else ()
    yield from ("counterfoil stub!", "counterfoil", "0", "-1", "#", "€", "0" * max(len(text), 1), "/", "", "x" * 300)


def _misformatted(says: Any, held: Any) -> Iterator[Any]:
    if says in ("int32", "int64"):
        yield from (2**31 if says == "int32" else 2**63, 2**70)
        return
    yield from _FORMATS.get(says, ())
    if isinstance(held, str):  # the same shape, so that a pattern beside the format holds
        yield "".join("9" if each.isdigit() else each for each in held)
        yield from (f"{held} stub", f" {held}")
    yield "counterfoil stub"


def _below(says: Any, held: Any) -> Iterator[Any]:
    yield from (says - 1, says - 0.01, says - 0.5, says - 1000)


def _above(says: Any, held: Any) -> Iterator[Any]:
    yield from (says + 1, says + 0.01, says + 0.5, says + 1000)


def _between(says: Any, held: Any) -> Iterator[Any]:
    base = held if isinstance(held, int | float) and not isinstance(held, bool) else says
    yield from (base + says / 2, base + says / 10, says / 2, says * 1.5)


def _short(says: Any, held: Any) -> Iterator[Any]:
    if isinstance(held, str):
        yield from (held[: says - 1], held[len(held) - says + 1 :])
    yield from ("x" * (says - 1), "1" * (says - 1))


def _long(says: Any, held: Any) -> Iterator[Any]:
    if isinstance(held, str) and held:
        missing = max(says + 1 - len(held), 1)
        yield from (held + held[-1] * missing, held[0] * missing + held, (held * (says + 1))[: says + 1])
        head, at, tail = held.partition("@")
        yield f"{head}{at}{'x' * missing}.{tail}" if at else f"{held} {'x' * missing}"
    yield from ("x" * (says + 1), "1" * (says + 1), "https://counterfoil.example/" + "x" * says)


def _few(says: Any, held: Any) -> Iterator[Any]:
    yield (held if isinstance(held, list) else [])[: says - 1]


def _many(says: Any, held: Any) -> Iterator[Any]:
    items = held if isinstance(held, list) and held else [1]
    yield (items * (says + 1))[: says + 1]
    yield [_TEXT + str(number) for number in range(says + 1)]
    yield list(range(1, says + 2))


def _twice(says: Any, held: Any) -> Iterator[Any]:
    if isinstance(held, list) and held:
        yield [*held, held[0]]
    yield from ([_TEXT, _TEXT], [1, 1])


def _thin(says: Any, held: Any) -> Iterator[Any]:
    yield dict(list(held.items())[: says - 1]) if isinstance(held, dict) else {}


def _thick(says: Any, held: Any) -> Iterator[Any]:
    own = held if isinstance(held, dict) else {}
    value = next(iter(own.values()), 1)
    for name in ("{}", "stub{}"):
        yield {**own, **{name.format(number): value for number in range(says + 1)}}


def _strange(says: Any, held: Any) -> Iterator[Any]:
    yield {**(held if isinstance(held, dict) else {}), "counterfoil": _TEXT}


def _without_any(says: Any, held: Any) -> Iterator[Any]:
    yield from ([], [_TEXT], [None])


def _forbidden(says: Any, held: Any) -> Iterator[Any]:
    node = says if isinstance(says, dict) else {}
    yield from (node["const"],) if "const" in node else node.get("enum", ())
    yield from _KINDS


def _nothing_of_it(says: Any, held: Any) -> Iterator[Any]:
    yield from _KINDS
    yield from ({**held, "counterfoil": _TEXT},) if isinstance(held, dict) else ()


def _unclaimed(says: Any, held: Any) -> Iterator[Any]:
    """A number with more digits or decimals than it may have."""
    digits, decimals = says
    base = held if isinstance(held, int | float) and not isinstance(held, bool) else 0
    yield from (base + 10.0 ** -(decimals + 1), round(base) + 10.0 ** -(decimals + 1), 10 ** (digits - decimals))


def _another_amount(says: Any, held: Any) -> Iterator[Any]:
    """An amount with other decimals, or a text that shows another one."""
    if isinstance(held, str):
        yield from (f"{held}0", held[:-1], "".join(str((int(d) + 1) % 10) if d.isdecimal() else d for d in held))
        yield f"-{held}"


def _miscounted(says: Any, held: Any) -> Iterator[Any]:
    if isinstance(held, str) and held.isdecimal():
        yield from (str(int(held) + 1), str(int(held) + 7))
    elif isinstance(held, int):
        yield from (held + 1, held + 7)


def _missummed(says: Any, held: Any) -> Iterator[Any]:
    if isinstance(held, int | float) and not isinstance(held, bool):
        yield held + 1
    elif isinstance(held, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", held):
        yield str(Decimal(held) + 1)
    elif isinstance(held, dict) and "$" in held:
        yield from ({**held, "$": each} for each in _missummed(says, held["$"]))


_WRONG: dict[str, Callable[[Any, Any], Iterator[Any]]] = {
    "type": _kinds, "enum": _others, "const": _others, "pattern": _unmatched, "format": _misformatted,
    "minimum": _below, "maximum": _above, "exclusiveMinimum": lambda says, held: iter((says, says - 1)),
    "exclusiveMaximum": lambda says, held: iter((says, says + 1)), "multipleOf": _between, "minLength": _short,
    "maxLength": _long, "minItems": _few, "maxItems": _many, "uniqueItems": _twice, "minProperties": _thin,
    "maxProperties": _thick, "additionalProperties": _strange, "contains": _without_any, "not": _forbidden,
    "oneOf": _nothing_of_it, "anyOf": _nothing_of_it, "x-decimal": _unclaimed, "x-amount": _another_amount,
    "x-counts": _miscounted, "x-sums": _missummed,
}  # fmt: skip
