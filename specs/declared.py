"""Reads what a contract declares under `x-laws`, and tells what of it names nothing that there is."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec

from counterfoil.specs.laws import Call, Laws, Resource
from counterfoil.specs.quoting import complaint
from counterfoil.specs.reading import SpecError
from counterfoil.specs.view import Contract

SCHEMA = Path(__file__).with_name("laws.schema.json")


@lru_cache
def laws_of(contract: Contract) -> Laws:
    """What the contract declares. Raises SpecError."""
    declared = _with_every_list(contract.document.get("x-laws", {}))
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


def _with_every_list(declared: Mapping[str, Any]) -> dict[str, Any]:
    """What is declared, where each list says by itself what holds of every one."""
    lists, usual = declared.get("lists", {}), declared.get("every-list", {})
    if not isinstance(lists, Mapping) or not isinstance(usual, Mapping):
        return dict(declared)  # of which the schema tells what is wrong
    every = {name: {**usual, **pages} if isinstance(pages, Mapping) else pages for name, pages in lists.items()}
    return {**declared, "lists": every}


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
    yield from (kept for refused in resource.refuses.values() for kept in refused.keeps)
    yield from resource.remove.along if resource.remove else ()
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
        if resource.remove and resource.remove.begins and not resource.states:
            yield f"{where}/remove: it is said from which states, but there are no `states`"
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
