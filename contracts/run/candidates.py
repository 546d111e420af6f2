"""What an answer offers as an id: where it stands, and what keeps each of the entries from being what is asked for.

A target chooses ids and patterns, and what they are held to: none of them is more than a value, or takes long.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jsonschema_rs
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535.filter_expressions import NOTHING, Nothing
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from counterfoil.contracts.profile.model import Scalar
from counterfoil.specs.pointers import at_pointer

#: the arguments that say how long a page of a list is
_PAGE_SIZES = ("page_size", "limitnum", "limit")
#: what stands for itself in an address, a query and a pattern: an id with other signs is none that can be asked for
_ID = re.compile(
    r"(?!\.{1,2}$)[^\x00-\x20\x7f\"'()\[\]{}<>\\*+?|^$#%&/]+(?: [^\x00-\x20\x7f\"'()\[\]{}<>\\*+?|^$#%&/]+)*"
)
#: more than any id has, any list of what may be ordered, and any page of a list
_LONGEST_ID, _LONGEST_TEXT, _MOST_ENTRIES = 200, 4_000, 1_000
_PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)


@dataclass(frozen=True)
class Query:
    """How the ids are found in an answer, with every `{name}` in it filled."""

    picks: Sequence[str]
    among: str = ""
    unless: Mapping[str, str] = field(default_factory=dict)
    prefer: Sequence[str] = ()
    argument: str = ""


@dataclass(frozen=True)
class Candidate:
    """A value that may be the id, and what is wrong with it: nothing, if it is what is asked for."""

    value: str
    fault: str = ""


def candidates(tree: Any, query: Query) -> list[Candidate]:
    """What the answer offers, the best first. Those with a fault are there, too: somebody may have given one of them."""
    if not query.among:
        return [Candidate(value) for pick in query.picks for value in _picked(tree, pick)]
    found = []
    for entry in _nodes(tree, query.among)[:_MOST_ENTRIES]:
        fault = fault_of(entry, query.unless)
        rank = next(
            (place for place, sign in enumerate(query.prefer) if _nodes([entry], f"$[?{sign}]")), len(query.prefer)
        )
        value = query.argument or next((value for pick in query.picks for value in _picked(entry, pick)), None)
        if value is not None:
            found.append((rank, Candidate(value, fault)))
    return [candidate for _, candidate in sorted(found, key=lambda each: each[0])]


def fault_of(node: Any, unless: Mapping[str, str]) -> str:
    """The first thing that is wrong with it, or an empty text."""
    return next((told for told, sign in unless.items() if _nodes([node], f"$[?{sign}]")), "")


def is_whole(found: Sequence[Candidate], given: Mapping[str, Scalar]) -> bool:
    """Whether the list has no further page: what it does not have is not there then."""
    sizes = [given[name] for name in _PAGE_SIZES if name in given]
    return not sizes or len(found) < int(sizes[0])


def in_texts(node: Any) -> Any:
    """The tree with its numbers as texts: targets write them either way, and a query is to find both."""
    if isinstance(node, dict):
        return {key: in_texts(below) for key, below in node.items()}
    if isinstance(node, list):
        return [in_texts(below) for below in node]
    return str(node) if isinstance(node, int | float) and not isinstance(node, bool) else node


class _Number(FilterFunction):
    """`number(@.price)`: the number that a text stands for, so that it can be compared with another one."""

    arg_types = [ExpressionType.VALUE]  # noqa: RUF012 - so its base class asks for it
    return_type = ExpressionType.VALUE

    def __call__(self, value: object) -> float | Nothing:
        """The number, or nothing that any number compares with."""
        try:
            return float(str(value))
        except ValueError:
            return NOTHING


class _Allows(FilterFunction):
    """`allows(@.validation, 'text')`: whether a pattern that PHP or JavaScript would know lets the text pass."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - so its base class asks for it
    return_type = ExpressionType.LOGICAL

    def __call__(self, pattern: object, text: object) -> bool:
        """Whether it does; what is no pattern lets everything pass but what it cannot be asked about."""
        if not isinstance(pattern, str) or not pattern:
            return True
        return _is_in(pattern.strip("/"), str(text))


class _Matches(FilterFunction):
    """`match(@.a, 'pattern')` and `search`, for which the library would go over a text again and again."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - so its base class asks for it
    return_type = ExpressionType.LOGICAL

    def __init__(self, written: str) -> None:
        self._written = written

    def __call__(self, text: object, pattern: object) -> bool:
        """Whether the text does; what is no text, and what is no pattern, does not."""
        return isinstance(text, str) and isinstance(pattern, str) and _is_in(self._written.format(pattern), text)


@lru_cache(maxsize=512)
def _is_in(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text, in a time that grows with both; a pattern that is none is not."""
    if max(len(pattern), len(text)) > _LONGEST_TEXT:
        return False
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=_PATTERNS).is_valid(text)
    except (jsonschema_rs.ValidationError, ValueError):
        return False


class _Environment(JSONPathEnvironment):
    """JSONPath as RFC 9535 has it, with functions for numbers and patterns."""

    def setup_function_extensions(self) -> None:
        """Add our functions to those of the standard."""
        super().setup_function_extensions()
        self.function_extensions |= {"number": _Number(), "allows": _Allows()}
        self.function_extensions |= {"match": _Matches("^(?:{})$"), "search": _Matches("{}")}


_JSONPATH = _Environment()


def _nodes(tree: Any, query: str) -> list[Any]:
    try:
        return list(_JSONPATH.find(query, tree).values()) if isinstance(tree, dict | list) else []
    except JSONPathError:
        return []  # an id that was found makes no query of it


def _picked(tree: Any, pick: str) -> Iterator[str]:
    """What the pointer or the query leads to, as far as it can be an id; a text may list several, with commas."""
    values = _nodes(tree, pick) if pick.startswith("$") else [at_pointer(tree, pick)]
    yield from (each for value in values if isinstance(value, str) for each in value.split(",") if _is_id(each))


def _is_id(text: str) -> bool:
    return len(text) <= _LONGEST_ID and _ID.fullmatch(text) is not None
