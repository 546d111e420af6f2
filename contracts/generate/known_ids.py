"""Puts ids that exist where ids belong, so that made-up requests reach past the first `not found`."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from counterfoil.contracts.generate.generation_schema import function_names
from counterfoil.contracts.generate.variations import written
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.profile.model import Scalar
from counterfoil.specs import Contract, Operation


def with_known_ids(
    request: Request,
    ids: Mapping[str, Sequence[Scalar]],
    never: Collection[str],
    number: int,
    contract: Contract,
    share: float = 0.5,
) -> Request:
    """The request with about half of its ids (by property name) replaced by ones that exist, to get past `not found`.

    Properties that are `never` made up, such as credentials, are left out.
    """
    draw = random.Random(f"{number}{written(request)}")  # noqa: S311 - the numbers decide what is tested, they protect nothing

    def known(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {
                name: _replaced(value, ids[name], draw, share) if name in ids else known(value)
                for name, value in node.items()
            }
        return [known(value) for value in node] if isinstance(node, list) else node

    def own(tree: Any) -> Any:
        return {k: v for k, v in tree.items() if str(k).lower() not in never} if isinstance(tree, Mapping) else tree

    body = own(known(request.body))
    # without the function's name, or with another one, it would be another operation's request
    function = {name: draw.choice(options) for name, options in _function_names(contract, request.operation.id).items()}
    if function and request.operation.request:
        body = {**(body if isinstance(body, dict) else {}), **function}
    # behind an unknown id nobody looks into the body, and where there are two of them, they have to fit together
    share = max(share, 0.85) if request.operation.request or len(request.path) > 1 else share
    path = {
        name: _replaced(value, ids[name], draw, share) if name in ids else value for name, value in request.path.items()
    }
    query = _without_noise(own(known(request.query)), request.operation, draw)
    if not request.operation.request:
        query |= function
    return replace(request, query=query, path=path, body=body)


def _without_noise(query: Mapping[str, Any], operation: Operation, draw: random.Random) -> dict[str, Any]:
    """The query mostly without parameters that nobody documents, and half the time without those that it may lack.

    What is wrong in a query is often refused before anyone looks into the body.
    """
    documented = {parameter.name: parameter for parameter in operation.parameters}
    bare = operation.request and draw.random() < 0.5
    return {
        name: value
        for name, value in query.items()
        if (not bare or documented[name].required if name in documented else draw.random() < 0.1)
    }


def _replaced(value: Any, known: Sequence[Scalar], draw: random.Random, share: float) -> Any:
    if isinstance(value, Mapping):
        return {key: _replaced(below, known, draw, share) for key, below in value.items()}
    if isinstance(value, list):
        return [_replaced(below, known, draw, share) for below in value]
    return draw.choice(known) if draw.random() < share else value


@lru_cache
def _function_names(contract: Contract, operation: str) -> dict[str, list[str]]:
    return function_names(contract, contract.operations[operation])
