"""A value place by place, with all that its schema says about what stands there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from counterfoil.specs import Contract
from counterfoil.specs.pointers import escaped
from counterfoil.specs.schemas import said, schemas_of

#: a schema that speaks of a value, and how well it is founded
Speaking = tuple[dict[str, Any], str]

#: members of lists of which it is remembered what is said of them
_MOST_KEPT = 256
_BESIDE = ("properties", "additionalProperties", "patternProperties")


@dataclass(frozen=True)
class Said:
    """What several schemas say of a value, each with its evidence; one object wherever the same is said."""

    schemas: tuple[Speaking, ...]

    @cached_property
    def names(self) -> set[str]:
        """The names of the properties that are described here."""
        return {name for schema, _ in self.schemas for name in schema.get("properties", ())}

    @cached_property
    def is_open(self) -> bool:
        """Whether this is a map, or nobody says which properties it has."""
        said_here = [word for schema, _ in self.schemas for word in _BESIDE if word in schema]
        return not self.names or any(word != "properties" for word in said_here)

    @cached_property
    def by_word(self) -> dict[str, list[tuple[Any, str]]]:
        """What stands behind each keyword, with the evidence of its schema."""
        words: dict[str, list[tuple[Any, str]]] = {}
        for schema, evidence in self.schemas:
            for word, value in schema.items():
                words.setdefault(word, []).append((value, evidence))
        return words


class Described(NamedTuple):
    """What stands in one place: the way to it, the value, and what is said of it.

    Of a union, only the branches speak under which the value is valid; all of them, where it is valid under none.
    """

    path: tuple[str | int, ...]
    pointer: str
    value: Any
    said: Said

    @property
    def schemas(self) -> tuple[Speaking, ...]:
        """The schemas that speak of the value, each with its evidence."""
        return self.said.schemas

    def undescribed(self) -> Iterator[str]:
        """Pointers to the properties that stand here, but in no schema."""
        if isinstance(self.value, dict) and not self.said.is_open:
            names = self.said.names
            yield from (f"{self.pointer}/{escaped(name)}" for name in self.value if name not in names)


def described(contract: Contract, schema: Any, value: Any, evidence: str) -> Iterator[Described]:
    """The whole value, then every place below that a schema describes. `evidence` is what the schema inherits."""
    walk = _walk(contract)
    waiting = [Described((), "", value, walk.said(schema, value, evidence))]
    while waiting:
        here = waiting.pop()
        yield here
        waiting += reversed(walk.below(here))


def only_described(contract: Contract, schema: Any, value: Any) -> Any:
    """The value without the properties of which its schema says nothing."""
    places = described(contract, schema, value, "")
    return _without(value, {pointer for place in places for pointer in place.undescribed()}, "")


def _without(node: Any, pointers: set[str], at: str) -> Any:
    if isinstance(node, dict):
        below = {name: f"{at}/{escaped(name)}" for name in node}
        return {name: _without(node[name], pointers, place) for name, place in below.items() if place not in pointers}
    if isinstance(node, list):
        return [_without(each, pointers, f"{at}/{number}") for number, each in enumerate(node)]
    return node


class _Walk:
    """Walks through values of one contract, and puts together only once what is said of a place."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._schemas = schemas_of(contract)
        # What is said is the same object wherever the same is said, and is known by its id, as schemas are: both are kept.
        self._kept: dict[tuple[Any, ...], tuple[Any, tuple[Speaking, ...]]] = {}
        #: what schemas say of any value
        self._of_any: dict[tuple[int, str], tuple[Speaking, ...]] = {}
        self._members: dict[tuple[int, str | int], tuple[list[Speaking], str]] = {}
        #: of the members of which always the same is said, whatever they are, what that is, and the step to them
        self._fixed: dict[tuple[int, str | int], tuple[Said | None, str]] = {}
        self._said: dict[int, Said] = {}

    def said(self, schema: Any, value: Any, evidence: str) -> Said:
        """What the schema says of the value."""
        return self._whole(self.speaking(schema, value, evidence)) if isinstance(schema, dict) else Said(())

    def _whole(self, speaking: tuple[Speaking, ...]) -> Said:
        known = self._said.get(id(speaking))
        if known is None:
            known = self._said[id(speaking)] = Said(speaking)
        return known

    def below(self, here: Described) -> list[Described]:
        """What stands in the value itself."""
        members: Iterable[tuple[str | int, Any]] = ()
        if isinstance(here.value, dict):
            members = here.value.items()
        elif isinstance(here.value, list):
            members = enumerate(here.value)
        places = []
        path, pointer, speaking = here.path, here.pointer, here.said.schemas
        for key, value in members:
            said, step = self._fixed.get((id(speaking), key)) or self._of_value(speaking, key, value)
            if said is not None:
                places.append(Described((*path, key), f"{pointer}/{step}", value, said))
        return places

    def _of_value(self, speaking: tuple[Speaking, ...], key: str | int, value: Any) -> tuple[Said | None, str]:
        """What is said of the value of a member, if anything is, and the step to it."""
        schemas, step = self._of_member(speaking, key)
        found = self._together(tuple(self.speaking(schema, value, evidence) for schema, evidence in schemas))
        told = (self._whole(found) if found else None), step
        if _is_kept(key, step) and all((id(schema), evidence) in self._of_any for schema, evidence in schemas):
            self._fixed[id(speaking), key] = told
        return told

    def speaking(self, schema: Any, value: Any, evidence: str) -> tuple[Speaking, ...]:
        """The schema and all that it is made of, as far as it speaks of this value."""
        known = self._of_any.get((id(schema), evidence))
        if known is not None:
            return known
        plain, own = self._schemas.deref(schema), said(schema, evidence)
        if "$ref" in schema:
            own = said(schema, said(self._contract.deref({"$ref": schema["$ref"]}), evidence))
        every = [part for part in self._parts(plain, value) if isinstance(part, dict)]
        parts = tuple(self.speaking(part, value, own) for part in every)
        key = (id(schema), evidence, *map(id, parts))
        if key not in self._kept:
            self._kept[key] = schema, ((plain, own), *(one for part in parts for one in part))
        result = self._kept[key][1]
        if not plain.keys() & _BY_VALUE and all((id(part), own) in self._of_any for part in every):
            self._of_any[id(schema), evidence] = result
        return result

    def _parts(self, schema: dict[str, Any], value: Any) -> Iterator[Any]:
        yield from schema.get("allOf", ())
        for word in ("oneOf", "anyOf"):
            branches = schema.get(word, ())
            fitting = [part for part in branches if self._schemas.holds(part, value)]
            yield from fitting or branches
        if "if" in schema:
            holds = self._schemas.holds(schema["if"], value)
            yield from (schema.get(word) for word in (("if", "then") if holds else ("else",)))

    def _of_member(self, speaking: tuple[Speaking, ...], key: str | int) -> tuple[list[Speaking], str]:
        """The schemas of a member, and the step of the pointer to it: its name, or `*` in a map or a list."""
        known = self._members.get((id(speaking), key))
        if known is None:
            below = [(each, evidence) for schema, evidence in speaking for each in _below(schema, key)]
            named = isinstance(key, str) and any(key in schema.get("properties", ()) for schema, _ in speaking)
            found = [(schema, evidence) for schema, evidence in below if isinstance(schema, dict)]
            known = found, escaped(str(key)) if named else "*"
            if _is_kept(key, known[1]):
                self._members[id(speaking), key] = known
        return known

    def _together(self, parts: tuple[tuple[Speaking, ...], ...]) -> tuple[Speaking, ...]:
        """What several schemas say of one value."""
        if len(parts) < 2:
            return parts[0] if parts else ()
        key = tuple(map(id, parts))
        if key not in self._kept:
            self._kept[key] = None, tuple(one for part in parts for one in part)
        return self._kept[key][1]


def _is_kept(key: str | int, step: str) -> bool:
    """Whether it is worth remembering: a target may send any number of other names."""
    return step != "*" or (isinstance(key, int) and key < _MOST_KEPT)


def _below(schema: dict[str, Any], key: str | int) -> list[Any]:
    """What the schema says of a member, or of an item."""
    if isinstance(key, int):
        first = schema.get("prefixItems", ())
        return [first[key] if key < len(first) else schema.get("items")]
    if key in schema.get("properties", ()):
        return [schema["properties"][key]]
    patterns = schema.get("patternProperties", {})
    matching = [below for pattern, below in patterns.items() if re.search(pattern, key)]
    return matching or [schema.get("additionalProperties")]


_BY_VALUE = frozenset(("oneOf", "anyOf", "if"))


@lru_cache
def _walk(contract: Contract) -> _Walk:
    return _Walk(contract)
