"""Makes up requests with Schemathesis, the same ones for the same seed."""

import contextlib
from functools import lru_cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NotSet
from schemathesis.core.errors import SchemathesisError
from schemathesis.generation import GenerationMode

from counterfoil.contracts.generate import (
    constants,  # noqa: F401 - so that a seed gives the same data everywhere
    registrations,  # noqa: F401 - formats are made up as they are there
)
from counterfoil.contracts.generate.contract_schema import schema_of
from counterfoil.contracts.generate.generation_schema import narrowed
from counterfoil.contracts.generate.variations import written
from counterfoil.contracts.http.exchange import Request
from counterfoil.specs import Contract, Operation, Parameter

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

_NARROWER = frozenset(("enum", "const", "pattern", "minLength", "maxLength", "format"))


@lru_cache
def _schema(contract: Contract, invalid: bool) -> Any:
    return schema_of(contract, narrowed(contract, invalid), SchemathesisConfig.from_dict(_CONFIG))


def generate(
    contract: Contract, operation: Operation, invalid: bool, examples: int, seed: int
) -> list[tuple[Request, int]]:
    """So many made-up requests, each with a number to draw from; fewer, where no more different ones can be made."""
    key = operation.path if operation.function is None else f"{operation.path}#{operation.function}"
    if invalid and not operation.request and all(_takes_any_text(contract, each) for each in operation.parameters):
        return []  # only after a long search would it be found that there is nothing to find
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


def _takes_any_text(contract: Contract, parameter: Parameter) -> bool:
    schema = contract.deref(parameter.schema)
    return bool(schema.get("type") == "string" and not schema.keys() & _NARROWER)


def _request(operation: Operation, case: Any) -> Request | None:
    path = {name: str(value).replace("/", "").replace("\\", "") for name, value in (case.path_parameters or {}).items()}
    if any(value in ("", ".", "..") for value in path.values()):
        return None  # that would be another path
    headers = {name: str(value) for name, value in (case.headers or {}).items() if _can_be_sent(str(value))}
    body = None if isinstance(case.body, NotSet) else case.body
    media_type = case.media_type if body is not None else None
    raw = body if isinstance(body, bytes) else None  # what is to be no JSON at all
    return Request(operation, path, dict(case.query or {}), headers, None if raw is not None else body, raw, media_type)


def _can_be_sent(value: str) -> bool:
    return value.isprintable() and value.isascii() and value == value.strip()
