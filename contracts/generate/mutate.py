"""Breaks one clause of an instance and nothing else.

A request's, to see whether a target notices; a recorded answer's, to see whether the checks do. What comes out is
validated: it breaks exactly what it was meant to break.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from counterfoil.contracts.generate.invalid_values import misnamed, wrong
from counterfoil.contracts.wire import nesting, wire
from counterfoil.contracts.wire.claims import false_claims
from counterfoil.contracts.wire.described import described
from counterfoil.contracts.wire.form_validity import broken_in_form
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.contracts.wire.places import GONE, grafts, openings, places, put, value_at
from counterfoil.specs import Contract
from counterfoil.specs.clauses import CLAIMS, Clause, place_of
from counterfoil.specs.pointers import steps_of
from counterfoil.specs.schemas import schemas_of

_MOST_PLACES = 8
_MOST_TRIED = 80
_OF_NAMES = frozenset(("pattern", "minLength", "maxLength", "enum", "const", "format"))
_OF_TEXTS = dict.fromkeys(
    ("required", "minLength", "minItems", "minProperties"), "what is empty may count as absent there"
)
#: a media type that no contract has
FOREIGN = "application/x-counterfoil"


class Unbreakable(Exception):
    """The clause cannot be broken here, on its own; the message says why in a few words."""


@dataclass(frozen=True)
class Broken:
    """An instance with one clause broken. `also` names clauses that no value could keep while it breaks this one.

    A value of another type, for instance, is none of an enum's. They are about the same place, or the same amount.
    """

    instance: Any
    also: tuple[str, ...] = ()


def broken(
    clause: Clause,
    instance: Any,
    contract: Contract,
    dialect: str = "json",
    donors: Sequence[Any] = (),
    by_place: bool = False,
) -> Broken:
    """The instance with this clause broken and nothing else; the same one every time.

    The instance is valid. It is a body's tree, or for a clause of a parameter, the parameters of that place by name; for
    a clause of an answer's header, the header's value. `dialect` says what can be written: in `json` anything; in `form`,
    `query`, `path`, `header`, `xml`, `pairs` and `notation` every leaf is a text, and what is empty may count as absent.
    Where the instance lacks what the clause speaks of, it is taken from one of the `donors`, which are valid instances.
    With `by_place`, it is enough that what is broken stands in the clause's place or below: of a union, a value that no
    branch takes breaks whichever branch comes nearest.

    Raises:
        Unbreakable: with the reason.
    """
    subject = _Subject(clause, contract, dialect)
    own = subject.own
    tried: dict[str, None] = {}
    second: Broken | None = None
    third: Broken | None = None
    for candidate in _limited(_candidates(clause, instance, donors, subject.holds), _MOST_TRIED):
        as_written = subject.written(candidate)
        if as_written is GONE:
            continue
        breaks = subject.breaks(as_written)
        if breaks == {own}:
            return Broken(as_written)
        if own in breaks and second is None and all(_belongs(other, own) for other in breaks):
            second = Broken(as_written, tuple(sorted(breaks - {own})))
        elif by_place and third is None and breaks and all(_is_at(other, own) for other in breaks):
            third = Broken(as_written, tuple(sorted(breaks)))
        tried |= dict.fromkeys(sorted(breaks))
    found = second or third
    if found is not None:
        return found
    raise Unbreakable(subject.why_not(tried, instance))


def schema_of(clause: Clause, contract: Contract) -> Any:
    """The schema that the clause is a part of: of a body, of a header, or of all parameters of its place."""
    operation = contract.operations[clause.operation]
    if clause.part == "request":
        if clause.place == "body":
            return next((media.schema for media in operation.request.values()), {})
        return _parameters(contract, operation.id, clause.place)
    status, _, kind = clause.place.partition(":")
    answer = operation.answers[int(status)]
    if kind == "header":
        return answer.headers[clause.pointer].get("schema", {})
    medias = (media.schema for name, media in answer.media.items() if place_of(answer.status, name) == clause.place)
    return next(medias, {})


@lru_cache
def _parameters(contract: Contract, operation: str, place: str) -> dict[str, Any]:
    """The parameters of a place as the properties of one object."""
    here = [each for each in contract.operations[operation].parameters if each.place == place]
    return {
        "type": "object",
        "required": [each.name for each in here if each.required],
        "properties": {each.name: each.schema for each in here},
    }


class _Subject:
    """What an instance is judged by: the schema of the clause, and the dialect that it is written in."""

    def __init__(self, clause: Clause, contract: Contract, dialect: str) -> None:
        self._clause, self._contract, self._dialect = clause, contract, dialect
        self._schema = schema_of(clause, contract)
        self._schemas = schemas_of(contract)
        self.own = f"{clause.pointer or '/'}:{clause.keyword}"
        # what a value claims is looked at only for its own clauses, since it takes long
        self._claims = clause.part == "answer" and (clause.keyword in CLAIMS or clause.value in ("int32", "int64"))
        if clause.place.endswith(":header"):
            self.own = f"/:{clause.keyword}"

    def written(self, tree: Any) -> Any:
        """The tree as it is once it was written and read again; `GONE` where it cannot be written."""
        if self._dialect in ("path", "header"):
            leaves = tree.values() if isinstance(tree, Mapping) else (tree,)
            return tree if all(_fits_in(self._dialect, leaf) for leaf in leaves) else GONE
        if self._dialect in ("xml", "pairs", "notation"):
            texts = _texts(tree)
            if self._dialect == "notation":
                return texts
            return as_read(texts, self._schema, self._contract, "xml" if self._dialect == "xml" else "pairs")
        return tree

    def breaks(self, tree: Any) -> set[str]:
        """The clauses that the tree breaks."""
        if self._dialect in ("form", "query"):
            if not isinstance(tree, dict):
                return set()
            found = broken_in_form(
                nesting.fields(tree, self._contract.brackets), self._schema, self._contract, "", formats=True
            )
        elif self._dialect in ("path", "header"):
            read = as_read(_texts(tree), self._schema, self._contract, "form")
            found = self._schemas.broken(self._schema, read, "", formats=True)
        else:
            found = self._schemas.broken(self._schema, tree, "", formats=True)
        if self._claims:
            every = described(self._contract, self._schema, tree, "documented")
            return {clause.id for clause in (*found, *false_claims(every))}
        return {clause.id for clause in found}

    def holds(self, tree: Any) -> bool:
        """Whether the tree breaks nothing."""
        return not self.breaks(tree)

    def why_not(self, tried: Mapping[str, None], instance: Any) -> str:
        """The reason for a person: nothing to break it in, nothing that breaks it, or nothing that breaks it alone."""
        clause, others, steps = (
            self._clause,
            [each for each in tried if each != self.own],
            steps_of(self._clause.pointer),
        )
        if self._dialect != "json" and clause.keyword in _OF_TEXTS:
            return _OF_TEXTS[clause.keyword]
        if self._dialect != "json" and clause.keyword == "type" and not clause.pointer:
            return "the whole is always an object there"
        if self._dialect != "json" and clause.keyword == "type" and "string" in clause.value:
            return "any text is a string there"
        if not tried and next(places(instance, steps), None) is None:
            has_parent = next(places(instance, steps[:-1]), None) is not None
            return f"there is no {clause.pointer if has_parent else clause.pointer.rpartition('/')[0]} to break it in"
        if clause.keyword == "format" and not tried:
            return f"the validator does not know the format {clause.value}"
        told = f"what breaks it breaks {', '.join(others[:3])} instead"
        return told if others else "no value that was tried breaks it"


def _fits_in(dialect: str, leaf: Any) -> bool:
    """Whether a path or a header can carry the value, as a text that is not empty."""
    if isinstance(leaf, list | dict) or leaf is None:
        return False
    text = wire.text(leaf)
    if dialect == "path":
        return text not in ("", ".", "..") and "/" not in text and "\\" not in text
    return text != "" and text.isprintable() and text.isascii() and text == text.strip()


def _texts(tree: Any) -> Any:
    """The tree with its leaves as texts, which is all that a form, XML and pairs have."""
    if isinstance(tree, dict):
        return {name: _texts(below) for name, below in tree.items()}
    return [_texts(below) for below in tree] if isinstance(tree, list) else wire.text(tree)


def _candidates(clause: Clause, instance: Any, donors: Sequence[Any], holds: Callable[[Any], bool]) -> Iterator[Any]:
    """Instances that may break the clause, those nearest to the given one first."""
    yield from _changed(clause, instance)
    for donor in donors:
        for extended in grafts(instance, donor, steps_of(clause.pointer)):
            if holds(extended):
                yield from _changed(clause, extended)


def _changed(clause: Clause, instance: Any) -> Iterator[Any]:
    steps = [] if clause.place.endswith(":header") else steps_of(clause.pointer)
    there = list(_limited(places(instance, steps), _MOST_PLACES))
    if clause.keyword in ("required", "dependentRequired"):
        yield from (put(instance, place, GONE) for place in there)
        # an object without any property leaves nothing behind in a form
        alone = [place for place in there if len(value_at(instance, place[:-1])) == 1]
        yield from (put(instance, place[:-1], {"counterfoil": "stub"}) for place in alone)
        return
    new = [] if there or not steps else list(_limited(openings(instance, steps), _MOST_PLACES))
    for says in (clause.value, *clause.others):
        for place in there:
            yield from (put(instance, place, value) for value in _wrong(clause, says, value_at(instance, place)))
        for place, of_members in new:
            for value in _wrong(clause, says, None):
                yield from (
                    put(instance, place, each) for each in (([value], {"1": value}) if of_members else (value,))
                )


def _wrong(clause: Clause, says: Any, held: Any) -> Iterator[Any]:
    yield from wrong(clause.keyword, says, held)
    if clause.keyword in _OF_NAMES:
        yield from misnamed(held if isinstance(held, dict) else {}, clause.keyword, says)


def _belongs(other: str, own: str) -> bool:
    """Whether the other clause is about the same place, or about the other half of an amount."""
    (place, _, keyword), (own_place, _, own_keyword) = other.rpartition(":"), own.rpartition(":")
    return place == own_place or keyword == own_keyword == "x-amount"


def _is_at(broken_id: str, own: str) -> bool:
    """Whether a broken clause stands in another one's place or below."""
    place, own_place = broken_id.rpartition(":")[0], own.rpartition(":")[0].rstrip("/")
    return f"{place}/".startswith(f"{own_place}/")


def _limited(values: Iterator[Any], most: int) -> Iterator[Any]:
    for _, value in zip(range(most), values, strict=False):
        yield value
