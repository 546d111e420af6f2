"""A contract's own examples with one thing changed in each: requests that cost nothing to make up.

They stand in for generated requests where a run is to take seconds. Each lacks one property or has a value of another
kind in its place; whether that is valid is judged by the contract, like everything that is sent.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.wire.places import GONE, put

_DEEPEST = 3


def variations(requests: Sequence[Request], seed: int) -> list[tuple[Request, int]]:
    """The requests varied, each with a number to draw from, in an order that the seed decides."""
    made: dict[str, Request] = {}
    for request in requests:
        for varied in _varied(request):
            made.setdefault(written(varied), varied)
    draw = random.Random(seed)  # noqa: S311 - the numbers decide what is tested, they protect nothing
    numbered = [(request, draw.getrandbits(32)) for request in made.values()]
    draw.shuffle(numbered)
    return numbered


def written(request: Request) -> str:
    """The request as made up, in a text that is the same in every run."""
    return repr(
        (request.path, request.query, request.headers, request.body, request.raw, request.media_type, request.tail)
    )


def _varied(request: Request) -> Iterator[Request]:
    for name, parameter in _undemanded(request):
        yield replace(request, query={**request.query, name: parameter})
    for query in _changed(dict(request.query), 1):
        yield replace(request, query=query)
    for name, value in request.path.items():
        yield replace(request, path={**request.path, name: f"no-{value}"})
    if request.body is not None:
        for body in _changed(request.body, _DEEPEST):
            yield replace(request, body=body)


def _undemanded(request: Request) -> Iterator[tuple[str, Any]]:
    """Values for the query parameters that the request does without: bounds, and what is beyond them."""
    for parameter in request.operation.parameters:
        if parameter.place != "query" or parameter.name in request.query:
            continue
        schema = parameter.schema
        for word, beyond in (("minimum", -1), ("maximum", 1)):
            if isinstance(schema.get(word), int):
                yield from ((parameter.name, schema[word]), (parameter.name, schema[word] + beyond))
        yield from ((parameter.name, value) for value in schema.get("enum", ())[:2])
        yield parameter.name, "neither"


def _changed(node: Any, depth: int) -> Iterator[Any]:
    """The tree with one member gone or of another kind."""
    if depth == 0 or not isinstance(node, dict | list):
        return
    pairs: list[tuple[Any, Any]] = list(node.items()) if isinstance(node, dict) else list(enumerate(node[:1]))
    for key, value in pairs:
        yield put(node, (key,), GONE)
        yield put(node, (key,), _of_another_kind(value))
        for below in _changed(value, depth - 1):
            yield put(node, (key,), below)


def _of_another_kind(value: Any) -> Any:
    if isinstance(value, str):
        return {"counterfoil": "stub"}
    return "stub" if value is not None else ["stub"]
