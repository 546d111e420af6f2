"""What a contract declares over several calls, under `x-laws`: its resources, what becomes of them, how lists are read."""

from typing import Any

import msgspec

from counterfoil.specs.evidence import weakest
from counterfoil.specs.view import Contract


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


class Along(Call, frozen=True, kw_only=True):
    """What goes with what is removed: the entries that have its id, or all that the call shows."""

    entries: str | None = None
    by: str | None = None


class Remove(Call, frozen=True, kw_only=True, rename={"evidence": "x-evidence", "begins": "from"}):
    """How a resource is removed, from which states, what is left of it, and what goes with it."""

    begins: list[str] = []
    along: list[Along] = []
    leaves: dict[str, Any] | None = None
    again: str | None = None


class Refused(Call, frozen=True, kw_only=True):
    """A call that must be refused."""

    by: str | None = None
    without: list[str] = []
    instead: dict[str, Any] = {}
    keeps: list[Call] = []


class Action(Call, frozen=True, kw_only=True, rename={"evidence": "x-evidence", "begins": "from", "end": "to"}):
    """What leads from some states to another one; that it works from the chosen ones of them, no document says."""

    begins: list[str]
    end: str
    chosen: list[str] = []
    once: str | None = None


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
    letters: str | None = None


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


def evidence_of(contract: Contract, operation: str, *said: str | None) -> str:
    """How well a law is founded that an operation shows: as the nearest says, and no better than the operation is."""
    own = next((each for each in said if each), str(contract.document.get("x-evidence", "documented")))
    return weakest((own, contract.operations[operation].evidence))
