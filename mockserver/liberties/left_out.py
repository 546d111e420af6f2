"""Leaves out of an answer what only a choice has put into it."""

from functools import cache
from typing import Any

from counterfoil.mockserver.engine.founded import CHOSEN
from counterfoil.mockserver.engine.steps import Reply
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.specs import Contract
from counterfoil.specs.schemas import Schemas, said, schemas_of

contract = cache(Contract.load)


def without_chosen(name: str, exchange: Exchange, reply: Reply) -> None:
    """Take from the answer each property that no document has."""
    of = contract(name)
    answer = of.operations[exchange.operation.id].answers[reply.status]
    _leave_out(schemas_of(of), answer.media[exchange.call.media_type].schema, reply.body)


def _leave_out(schemas: Schemas, schema: Any, value: Any) -> None:
    schema = schemas.deref(schema)
    if isinstance(value, list):
        for each in value:
            _leave_out(schemas, schema.get("items", {}) if isinstance(schema, dict) else {}, each)
    if not isinstance(value, dict):
        return
    properties = schemas.properties(schema)
    for name in list(value):
        below = properties.get(name)
        if isinstance(below, dict) and said(below, "") == CHOSEN:
            del value[name]
        elif below is not None:
            for branch in _branches(schemas, below):
                _leave_out(schemas, branch, value[name])


def _branches(schemas: Schemas, schema: Any) -> list[Any]:
    """The schema, and those of its branches that are for several of what it is for one of."""
    opened = schemas.deref(schema)
    branches = opened.get("oneOf", []) if isinstance(opened, dict) else []
    return [schema, *branches]
