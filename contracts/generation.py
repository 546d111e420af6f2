"""Makes up requests with Schemathesis, the same ones for the same seed, and puts known ids where ids belong."""

import contextlib
import random
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NotSet
from schemathesis.core.errors import SchemathesisError
from schemathesis.generation import GenerationMode

from contracts.narrowed import function_names, narrowed
from contracts.profile import Scalar
from contracts.target import Request
from specs import Contract, Operation

# Nothing that this machine, an earlier run or our own source text knows may decide what is generated.
_CONFIG = {
    "analysis": {"constants": {"enabled": False}},
    "cache": {"enabled": False},
    "generation": {
        "allow-x00": False,
        "codec": "utf-8",
        "with-security-parameters": False,
        "allow-extra-parameters": False,
        "database": "none",
    },
}
# Hypothesis would read literals out of every module of this project, and so generate others after every edit.
_NO_CONSTANTS = Constants()
providers._get_local_constants = lambda: _NO_CONSTANTS  # noqa: SLF001 - there is no setting for it


@lru_cache
def _schema(contract: Contract, invalid: bool) -> Any:
    return schemathesis.openapi.from_dict(narrowed(contract, invalid), config=SchemathesisConfig.from_dict(_CONFIG))


def generate(
    contract: Contract, operation: Operation, invalid: bool, examples: int, seed: int
) -> list[tuple[Request, int]]:
    """So many made-up requests, each with a number to draw from; fewer, where no more different ones can be made."""
    key = operation.path if operation.function is None else f"{operation.path}#{operation.function}"
    mode = GenerationMode.NEGATIVE if invalid else GenerationMode.POSITIVE
    made: dict[str, tuple[Request, int]] = {}
    try:
        strategy = _schema(contract, invalid)[key][operation.method].as_strategy(generation_mode=mode)
    except SchemathesisError:
        return []

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(strategy, st.integers(0, 2**32 - 1))
    def every(case: Any, number: int) -> None:
        request = _request(operation, case)
        if request is not None:
            made.setdefault(written(request), (request, number))

    # an operation that takes nothing cannot be asked wrongly
    with contextlib.suppress(HypothesisException, SchemathesisError):
        every()
    return list(made.values())


def written(request: Request) -> str:
    """The request as generated, in a text that is the same in every run."""
    return repr((request.path, request.query, request.headers, request.body, request.media_type))


def _request(operation: Operation, case: Any) -> Request | None:
    path = {name: str(value).replace("/", "").replace("\\", "") for name, value in (case.path_parameters or {}).items()}
    if any(value in ("", ".", "..") for value in path.values()):
        return None  # that would be another path
    headers = {name: str(value) for name, value in (case.headers or {}).items() if _can_be_sent(str(value))}
    body = None if isinstance(case.body, NotSet) else case.body
    return Request(
        operation, path, dict(case.query or {}), headers, body, media_type=case.media_type if body is not None else None
    )


def _can_be_sent(value: str) -> bool:
    return value.isprintable() and value.isascii() and value == value.strip()


def with_known_ids(
    request: Request, ids: Mapping[str, Scalar], never: Collection[str], number: int, contract: Contract
) -> Request:
    """The request with about half of its ids (by property name) replaced by ones that exist, to get past `not found`.

    Properties that are `never` made up, such as credentials, are left out.
    """
    draw = random.Random(number)  # noqa: S311 - the numbers decide what is tested, they protect nothing

    def known(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {
                name: _replaced(value, ids[name], draw) if name in ids else known(value) for name, value in node.items()
            }
        return [known(value) for value in node] if isinstance(node, list) else node

    def own(tree: Any) -> Any:
        return {k: v for k, v in tree.items() if str(k).lower() not in never} if isinstance(tree, Mapping) else tree

    body = own(known(request.body))
    # without the function's name, or with another one, it would be another operation's request
    for name, options in _function_names(contract, request.operation.id).items():
        body = {**(body if isinstance(body, dict) else {}), name: draw.choice(options)}
    path = {name: _replaced(value, ids[name], draw) if name in ids else value for name, value in request.path.items()}
    query = _without_noise(own(known(request.query)), request.operation, draw)
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


def _replaced(value: Any, known: Scalar, draw: random.Random) -> Any:
    if isinstance(value, Mapping):
        return {key: _replaced(below, known, draw) for key, below in value.items()}
    if isinstance(value, list):
        return [_replaced(below, known, draw) for below in value]
    return known if draw.random() < 0.5 else value


@lru_cache
def _function_names(contract: Contract, operation: str) -> dict[str, list[str]]:
    return function_names(contract, contract.operations[operation])
