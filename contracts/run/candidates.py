"""What an answer offers as an id: where it stands, and what keeps each of the entries from being what is asked for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535.filter_expressions import NOTHING, Nothing
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from counterfoil.contracts.profile.model import Scalar
from counterfoil.specs.pointers import at_pointer

#: the arguments that say how long a page of a list is
_PAGE_SIZES = ("page_size", "limitnum", "limit")


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
    for entry in _nodes(tree, query.among):
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
        try:
            return bool(re.search(pattern.strip("/"), str(text)))
        except re.error:
            return False


class _Environment(JSONPathEnvironment):
    """JSONPath as RFC 9535 has it, with functions for numbers and patterns."""

    def setup_function_extensions(self) -> None:
        """Add our functions to those of the standard."""
        super().setup_function_extensions()
        self.function_extensions |= {"number": _Number(), "allows": _Allows()}


_JSONPATH = _Environment()


def _nodes(tree: Any, query: str) -> list[Any]:
    try:
        return list(_JSONPATH.find(query, tree).values()) if isinstance(tree, dict | list) else []
    except JSONPathError:
        return []  # an id that was found makes no query of it


def _picked(tree: Any, pick: str) -> Iterator[str]:
    """What the pointer or the query leads to, as far as it can be an id; a text may list several, with commas."""
    values = _nodes(tree, pick) if pick.startswith("$") else [at_pointer(tree, pick)]
    yield from (each for value in values if isinstance(value, str) for each in value.split(",") if each)
