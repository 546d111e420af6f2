"""Whether anything has changed: what read operations answer, before and after."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from counterfoil.contracts.generate.examples import example_request, usual_fields
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request
from counterfoil.specs import Operation
from counterfoil.specs.schemas import schemas_of

_MOST = 3


def watchers(request: Request, world: Target) -> list[Request]:
    """Requests that read what an accepted one would change, as far as the contract has such.

    Of the operations that only read, these are the ones above the request's path, those at it, and those that stand under
    the same heading; each takes nothing, or nothing but what the request itself carries.
    """
    operation = request.operation
    every = [each for each in world.contract.operations.values() if each.effect == "reads" and each.id != operation.id]
    near = [each for each in every if _is_near(each, operation)]
    near.sort(key=lambda each: (each.path == operation.path, _shared(each, operation)), reverse=True)
    beside = [each for each in every if each not in near and _headings(each) & _headings(operation)]
    found = (_reading(each, request, world) for each in (*near, *beside))
    return [each for each in found if each is not None][:_MOST]


def state(requests: list[Request], world: Target) -> list[tuple[int, Any]]:
    """What they are answered now."""
    exchanges = [world.send(request) for request in requests]
    return [(exchange.status, exchange.tree) for exchange in exchanges]


def _is_near(reader: Operation, operation: Operation) -> bool:
    """Whether the reader's path is the operation's, or leads to it: `/carts/{id}` to `/carts/{id}/items`."""
    return reader.function is None and f"{operation.path}/".startswith(f"{reader.path}/")


def _shared(reader: Operation, operation: Operation) -> int:
    return len(reader.path) if _is_near(reader, operation) else 0


def _headings(operation: Operation) -> set[str]:
    return set(operation.raw.get("tags", ()))


def _reading(reader: Operation, request: Request, world: Target) -> Request | None:
    """The reader's request, filled with what the other one carries; None where something is missing."""
    body = request.body if isinstance(request.body, dict) else {}
    carried = {**body, **request.query, **request.path}
    needed = {(each.place, each.name) for each in reader.parameters if each.required or each.place == "path"}
    query, fixed = usual_fields(world.contract, reader)
    for media in reader.request.values():
        needed |= {("body", name) for name in _required(media.schema, world) if name not in fixed}
    function = world.contract.function_property or ""
    needed -= {(place, name) for place, name in needed if name == function}
    if not all(name in carried for _, name in needed):
        return None
    base = example_request(world, reader)
    given: dict[str, dict[str, Any]] = {place: {} for place in ("path", "query", "header", "body")}
    for place, name in needed:
        given[place][name] = carried[name]
    return replace(
        base,
        path=given["path"],
        query={**({function: base.query[function]} if function in base.query else {}), **query, **given["query"]},
        headers={name: str(value) for name, value in given["header"].items()},
        body={**fixed, **given["body"]} if reader.request else None,
        session=request.session,
    )


def _required(schema: Any, world: Target) -> Iterator[str]:
    schema = schemas_of(world.contract).deref(schema)
    if isinstance(schema, dict):
        yield from schema.get("required", ())
        for part in schema.get("allOf", ()):
            yield from _required(part, world)
