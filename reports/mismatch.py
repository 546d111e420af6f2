"""What was expected and what came, as JSON: only where they differ, each place with both values side by side."""

import dataclasses
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

import msgspec

from counterfoil.reports.printable import visible
from counterfoil.reports.results import Mismatch

#: stands for a value where there is none
NOTHING = "nothing"
_MOST = 12
#: what a report keeps of a value; more of it is handed on, so that a secret is whole where it is masked
LONGEST_VALUE = 2_000
HANDED_ON = 10 * LONGEST_VALUE
_BLOCK = re.compile(r"^at: (.*)\n  expected: (.*)\n  got: (.*)$", re.MULTILINE)
_ABSENT: Any = object()


def told(value: Any) -> str:
    """A value as JSON, in one line."""
    return msgspec.json.encode(_plain(value)).decode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return msgspec.Raw(f"{value:f}".encode()) if value.is_finite() else str(value)
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else _name(key): _plain(each) for key, each in value.items()}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, AbstractSet):
        return sorted(map(_plain, value), key=str)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_plain(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return str(value)


def _name(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def mismatches(
    expected: Any, got: Any, alike: Callable[[Any, Any], bool] = operator.eq, absent: Any = _ABSENT
) -> list[Mismatch]:
    """Every place in which the two differ; `absent` stands in them for a value that is not there."""
    return [
        Mismatch(at, _shown(one, absent), _shown(other, absent))
        for at, one, other in _differing(expected, got, alike, absent, "")
    ]


def _differing(one: Any, other: Any, alike: Callable[[Any, Any], bool], absent: Any, at: str) -> Iterator[Any]:
    if one is not absent and other is not absent and alike(one, other):
        return
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in dict.fromkeys((*one, *other)):
            pair = one.get(name, absent), other.get(name, absent)
            yield from _differing(*pair, alike, absent, f"{at}/{_name(name) if not isinstance(name, str) else name}")
    elif _is_list(one) and _is_list(other) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from _differing(*pair, alike, absent, f"{at}/{number}")
    else:
        yield at, one, other


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and not hasattr(value, "_asdict")


def _shown(value: Any, absent: Any) -> str:
    return NOTHING if value is absent or value is _ABSENT else told(value)[:HANDED_ON]


def as_block(found: Sequence[Mismatch]) -> str:
    """The differences as they stand within a sentence of a law, until `parted` takes them out again."""
    return "".join(f"\nat: {each.at}\n  expected: {each.expected}\n  got: {each.got}\n" for each in found[:_MOST])


def parted(why: str) -> tuple[str, tuple[Mismatch, ...]]:
    """A sentence, and the differences that stood in it."""
    found = tuple(Mismatch(*match.groups()) for match in _BLOCK.finditer(why))
    lines = (line.rstrip() for line in _BLOCK.sub("", why).splitlines())
    return "\n".join(line for line in lines if line.strip(" .;:")), found


def side_by_side(found: Sequence[Mismatch], limit: int = 200) -> list[str]:
    """Place, expected and got side by side, where that fits; below each other, where it does not."""
    rows = [
        [f"at {visible(each.at)}" if each.at else "", *(_cut(value, limit) for value in (each.expected, each.got))]
        for each in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    if sum(widths) <= _BESIDE:
        return [
            f"{place:<{widths[0]}}{'  ' if widths[0] else ''}expected {expected:<{widths[1]}}  got {got}".rstrip()
            for place, expected, got in rows
        ]
    lines = []
    for place, expected, got in rows:
        lines += [place] if place else []
        lines += [f"  expected {expected}", f"  got      {got}"]
    return lines


_BESIDE = 56


def _cut(value: str, limit: int) -> str:
    shown = visible(value)
    return shown if len(shown) <= limit else f"{shown[: limit - 2]} …"


def in_title(found: Sequence[Mismatch], limit: int = 60) -> str:
    """The first difference as the end of a title: the field, and both values."""
    for each in found:
        return f"{each.at or 'the value'} is {_cut(each.got, limit)}, expected {_cut(each.expected, limit)}"
    return ""
