"""What a contract declares over several calls, under `x-laws`: its resources, what becomes of them, how lists are read."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec

from counterfoil.specs.evidence import weakest
from counterfoil.specs.quoting import complaint
from counterfoil.specs.reading import SpecError
from counterfoil.specs.view import Contract

SCHEMA = Path(__file__).with_name("laws.schema.json")


class _Part(msgspec.Struct, frozen=True, kw_only=True, rename={"evidence": "x-evidence"}):
    """What says how well it is founded, where that differs from what it is a part of, and which promises it shows."""

    evidence: str | None = None
    promises: list[str] = []


class Caller(msgspec.Struct, frozen=True):
    """Who calls: in the session of an account, or with other credentials."""

    session: str | None = None
    credentials: dict[str, str | None] = {}


class Call(_Part, frozen=True, kw_only=True):
    """How an operation is called, and what its answer shows; a place in `unless` not where what is shown fits that schema."""

    operation: str
    given: dict[str, Any] = {}
    at: str | None = ""
    id: str | None = None
    shows: dict[str, str] = {}
    unless: dict[str, dict[str, Any]] = {}
    touches: list[str] = []
    tells: dict[str, Any] = {}
    sure: str | None = None


class Takes(msgspec.Struct, frozen=True, rename={"source": "from"}):
    """Of which stock it takes how many."""

    lines: str
    what: str
    many: str
    source: str
    stock: str


class Of(_Part, frozen=True, kw_only=True):
    """What a resource is made of, and what becomes of that."""

    resource: str
    holding: dict[str, int] = {}
    carries: dict[str, str] = {}
    empties: bool = False
    takes: Takes | None = None


class Make(Call, frozen=True, kw_only=True, rename={"evidence": "x-evidence", "ignored": "x-ignored"}):
    """How a resource is made."""

    ignores: dict[str, list[Any]] = {}
    ignored: str | None = None
    each: str | None = None
    of: Of | None = None
    again: str = ""


class Listing(Call, frozen=True, kw_only=True):
    """How a resource is found among others."""

    entries: str
    total: str | None = None
    find: dict[str, Any] = {}


class Remove(Call, frozen=True, kw_only=True):
    """How a resource is removed, and what is left of it."""

    leaves: dict[str, Any] | None = None
    again: str | None = None


class Refused(Call, frozen=True, kw_only=True):
    """A call that must be refused."""

    by: str | None = None
    without: list[str] = []
    instead: dict[str, Any] = {}


class Action(Call, frozen=True, kw_only=True, rename={"evidence": "x-evidence", "begins": "from", "end": "to"}):
    """What leads from some states to another one; that it works from the chosen ones of them, no document says."""

    begins: list[str]
    end: str
    chosen: list[str] = []


class Offered(_Part, frozen=True, kw_only=True):
    """Where a state says what it allows."""

    operation: str
    names: str
    given: dict[str, Any] = {}


class States(_Part, frozen=True, kw_only=True):
    """The life of a resource."""

    at: str
    actions: dict[str, Action]
    first: str | None = None
    touches: list[str] = []
    refusal: int | None = None
    offered: Offered | None = None


class Owner(_Part, frozen=True, kw_only=True):
    """Who must not reach a resource, and what they may try besides what its owner does."""

    strangers: list[str]
    of: list[str] = []
    calls: list[Call] = []


class Constant(_Part, frozen=True, kw_only=True):
    """What is the same wherever the same is meant."""

    is_: str = msgspec.field(name="is")
    of: str = ""
    by: list[str] = []


class Refers(_Part, frozen=True, kw_only=True):
    """What names something else that is shown beside it."""

    of: str
    by: str
    to: str
    id: str = "/id"
    same: list[str] = []


class Together(_Part, frozen=True, kw_only=True):
    """How many callers make one each at once."""

    callers: int = 8
    once: str | None = None


class Identity(msgspec.Struct, frozen=True, kw_only=True, rename={"name": "as"}):
    """Where a resource shows its id, and the name under which requests carry it."""

    at: str
    name: str
    grows: str | None = None
    also: dict[str, str] = {}


class Within(msgspec.Struct, frozen=True):
    """What a resource is a part of."""

    resource: str
    entries: str


class Resource(_Part, frozen=True, kw_only=True):
    """What can be made, read, listed, changed and removed."""

    id: Identity
    summary: str = ""
    within: Within | None = None
    by: list[str] = []
    known: list[Any] = []
    unknown: str | None = None
    most: int = 4
    besides: list[str] = []
    make: Make | None = None
    read: Call | None = None
    list: Listing | None = None
    change: tuple[Call, ...] = ()
    empty: Call | None = None
    remove: Remove | None = None
    states: States | None = None
    owner: Owner | None = None
    refuses: dict[str, Refused] = {}
    constant: dict[str, Constant] = {}
    refers: dict[str, Refers] = {}
    together: Together | None = None


class Usual(msgspec.Struct, frozen=True, kw_only=True, rename={"evidence": "x-evidence"}):
    """The size of a page that nobody asks for."""

    size: int
    evidence: str | None = None


class Filter(msgspec.Struct, frozen=True, rename={"written": "as"}):
    """How a parameter says what a list lets through."""

    parameter: str
    at: str
    written: str = "{value}"
    several: bool = False


class Page(msgspec.Struct, frozen=True, kw_only=True, rename={"evidence": "x-evidence"}):
    """The parameters of a page."""

    size: str
    number: str | None = None
    offset: str | None = None
    most: int = 50
    usual: Usual | None = None
    evidence: str | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True, rename={"evidence": "x-evidence"}):
    """By what the entries of a list are in order."""

    by: str
    descending: bool = False
    evidence: str | None = None


class Pages(_Part, frozen=True, kw_only=True):
    """A list that is read in parts, or filtered."""

    entries: str
    given: dict[str, Any] = {}
    by: list[str] = []
    holding: dict[str, int] = {}
    page: Page | None = None
    total: str | None = None
    tells: dict[str, str] = {}
    beyond: str | None = None
    order: Order | None = None
    filters: dict[str, Filter] = {}


class Tally(_Part, frozen=True, kw_only=True):
    """Counts of one answer that are the totals of a list."""

    operation: str
    entries: str
    by: str
    count: str
    list: str
    filter: str


class Notations(_Part, frozen=True, kw_only=True):
    """The parameter that chooses how an answer is written."""

    parameter: str
    values: list[str]
    besides: list[str] = []


class Laws(msgspec.Struct, frozen=True):
    """All that a contract declares."""

    callers: dict[str, Caller] = {}
    always: dict[str, Any] = {}
    resources: dict[str, Resource] = {}
    lists: dict[str, Pages] = {}
    notations: Notations | None = None
    tallies: dict[str, Tally] = {}

    def family(self, name: str) -> tuple[str, ...]:
        """The resource and its parts, down to the smallest."""
        parts = [
            each for each, resource in self.resources.items() if resource.within and resource.within.resource == name
        ]
        return (name, *(below for part in parts for below in self.family(part)))


@lru_cache
def laws_of(contract: Contract) -> Laws:
    """What the contract declares. Raises SpecError."""
    declared = contract.document.get("x-laws", {})
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    broken = jsonschema.exceptions.best_match(validator.iter_errors(declared))
    if broken is not None:
        place = "/".join(map(str, broken.absolute_path))
        raise SpecError(f"{contract.name} x-laws/{place}: {complaint(broken)}")
    laws = msgspec.convert(_called(declared), Laws)
    problem = next(_problems(laws, contract), None)
    if problem is not None:
        raise SpecError(f"{contract.name} x-laws/{problem}")
    return laws


def _called(declared: Mapping[str, Any]) -> dict[str, Any]:
    """What is declared, with each call that is but the name of an operation written out."""
    resources = {name: _written_out(resource) for name, resource in declared.get("resources", {}).items()}
    lists = {
        name: {**pages, "filters": _filters(pages.get("filters", {}))}
        for name, pages in declared.get("lists", {}).items()
    }
    return {**declared, "resources": resources, "lists": lists}


def _filters(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"parameter": name, "at": each} if isinstance(each, str) else each for name, each in written.items()}


def _written_out(resource: Mapping[str, Any]) -> dict[str, Any]:
    single: dict[str, Any] = {
        key: _call(resource[key]) for key in ("make", "read", "remove", "empty") if key in resource
    }
    several: dict[str, Any] = {"change": [_call(each) for each in resource.get("change", ())]}
    states, owner = resource.get("states"), resource.get("owner")
    if states:
        usual = {key: states[key] for key in ("operation", "given", "tells") if key in states}
        own = {key: below for key, below in states.items() if key not in usual}
        several["states"] = {**own, "actions": {name: {**usual, **each} for name, each in states["actions"].items()}}
    if owner:
        several["owner"] = {**owner, "calls": [_call(each) for each in owner.get("calls", ())]}
    return {**resource, **single, **several}


def _call(written: Any) -> Any:
    return {"operation": written} if isinstance(written, str) else written


def calls_of(resource: Resource) -> Iterator[Call]:
    """The calls of a resource."""
    single = (resource.make, resource.read, resource.list, resource.empty, resource.remove)
    yield from (call for call in single if call is not None)
    yield from (*resource.change, *resource.refuses.values())
    yield from resource.states.actions.values() if resource.states else ()
    yield from resource.owner.calls if resource.owner else ()


def _problems(laws: Laws, contract: Contract) -> Iterator[str]:
    """What names something that the contract does not have."""
    callers = set(laws.callers)
    for name, resource in laws.resources.items():
        where = f"resources/{name}"
        yield from _names(where, contract, ((call.operation, call.given) for call in calls_of(resource)))
        if resource.states and resource.states.offered:
            offered = resource.states.offered
            yield from _names(where, contract, [(offered.operation, offered.given)])
        if resource.within and resource.within.resource not in laws.resources:
            yield f"{where}: there is no resource {resource.within.resource!r} that it is within"
        made = resource.make.of if resource.make else None
        named = [made.resource, *made.holding, *([made.takes.source] if made.takes else [])] if made else []
        yield from (f"{where}: there is no resource {each!r}" for each in named if each not in laws.resources)
        if resource.within is None and not (resource.read or resource.list):
            yield f"{where}: neither `read` nor `list` shows it"
        if resource.make is None and resource.list is None and not resource.known:
            yield f"{where}: neither `make` nor `list` nor `known` says where one comes from"
        strangers = [*resource.owner.strangers, *resource.owner.of] if resource.owner else []
        strangers += [each.by for each in resource.refuses.values() if each.by]
        yield from (
            f"{where}: there is no caller {each!r}" for each in (*resource.by, *strangers) if each not in callers
        )
    for name, pages in laws.lists.items():
        page = [each for each in (pages.page.size, pages.page.number, pages.page.offset) if each] if pages.page else []
        yield from _names(
            f"lists/{name}",
            contract,
            [(name, {**pages.given, **dict.fromkeys([*page, *(each.parameter for each in pages.filters.values())])})],
        )
        yield from (f"lists/{name}: there is no caller {each!r}" for each in pages.by if each not in callers)
        yield from (
            f"lists/{name}: there is no resource {each!r}" for each in pages.holding if each not in laws.resources
        )
    for name, tally in laws.tallies.items():
        yield from _names(f"tallies/{name}", contract, [(tally.operation, {}), (tally.list, {tally.filter: None})])
        if tally.list not in laws.lists:
            yield f"tallies/{name}: {tally.list!r} is none of the lists"


def _names(where: str, contract: Contract, calls: Any) -> Iterator[str]:
    for operation, given in calls:
        if (known := contract.operations.get(operation)) is None:
            yield f"{where}: {operation!r} is no operation of {contract.name}"
            continue
        parameters = {each.name for each in known.parameters}
        if not known.request:
            yield from (f"{where}: {operation} has no parameter {each!r}" for each in given if each not in parameters)


def evidence_of(contract: Contract, operation: str, *said: str | None) -> str:
    """How well a law is founded that an operation shows: as the nearest says, and no better than the operation is."""
    own = next((each for each in said if each), str(contract.document.get("x-evidence", "documented")))
    return weakest((own, contract.operations[operation].evidence))
