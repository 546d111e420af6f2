"""What a request means on the wire, and which clauses of the contract it breaks, whatever its maker intended."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from counterfoil.contracts.generate.examples import constants, parameter_constants
from counterfoil.contracts.http.exchange import Sent
from counterfoil.contracts.wire import nesting, wire
from counterfoil.contracts.wire.form_validity import broken_in_form, is_blank, is_list
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.specs import Contract, Operation, Parameter
from counterfoil.specs.evidence import of_refusal, weakest
from counterfoil.specs.schemas import Clause, schemas_of


def broken_by(sent: Sent, operation: Operation, contract: Contract, formats: bool = False) -> dict[str, Clause] | None:
    """The clauses that the request breaks, by place and clause (`body:/items:required`); None where nobody can say.

    It is judged generously: an empty or blank text may count as absent, and so may a parameter with brackets that is no list;
    an integer may have a sign, and a format is not looked at unless it is asked for. A request that is called invalid is invalid to everybody.
    """
    if sent.method != operation.method or _is_unclear(sent, operation, contract):
        return None
    found: dict[str, Clause] = {}
    in_query = nesting.readings(sent.query, contract.brackets)
    for parameter in operation.parameters:
        ways = [_broken(parameter, value, contract, formats) for value in _values(parameter, sent, in_query, contract)]
        if all(ways):
            found.update((f"{parameter.place}:{clause.id}", clause) for clause in ways[0])
    if operation.request:
        body = _body(sent, operation, contract, formats)
        if body is None:
            return None
        found.update((f"body:{clause.id}", clause) for clause in body)
    return {place: _founded(clause, place, operation, contract) for place, clause in found.items()}


def _founded(clause: Clause, place: str, operation: Operation, contract: Contract) -> Clause:
    """The clause, as well founded as it is that a request is refused which breaks it."""
    refusal = of_refusal(contract.document, place.partition(":")[0], clause.keyword, operation.raw)
    return replace(clause, evidence=weakest((clause.evidence, operation.evidence, refusal)))


def is_of_another(sent: Sent, operation: Operation, contract: Contract) -> bool:
    """Whether the request is another operation's: its path, once filled, or the constants of those that share a path.

    Then nobody can say by this operation what its answer means.
    """
    others = (each for each in contract.operations.values() if each is not operation)
    if "{" in operation.path:
        filled = operation.path
        for name, value in sent.path.items():
            filled = filled.replace("{" + name + "}", value)
        return any(other.path == filled for other in others)
    if contract.function_property is None:
        return False
    every = {**(sent.tree if isinstance(sent.tree, dict) else {}), **dict((*sent.query, *sent.fields))}
    given = {name: str(value).casefold() for name, value in every.items()}
    if _is_meant(given, operation.id, contract):
        return False
    return any(_is_meant(given, other.id, contract) for other in others)


def _is_meant(given: dict[str, str], operation: str, contract: Contract) -> bool:
    """Whether the request has the operation's constants, by which those that share a function are told apart."""
    fixed = _constants(contract, operation)
    return contract.function_property in fixed and all(given.get(name, "") == value for name, value in fixed.items())


@lru_cache(1024)
def _constants(contract: Contract, operation: str) -> dict[str, str]:
    """What stands in every request of the operation, in small letters."""
    asked = contract.operations[operation]
    fixed = parameter_constants(asked)
    for media in asked.request.values():
        fixed |= constants(contract, media.schema)
    return {name: str(value).casefold() for name, value in fixed.items()}


def _is_unclear(sent: Sent, operation: Operation, contract: Contract) -> bool:
    """Whether servers differ about what the query or the form says."""
    lists = [name for each in operation.parameters if is_list(each.schema) for name in (each.name, f"{each.name}[]")]
    return any(wire.is_unclear(pairs, contract.brackets, lists) for pairs in (sent.query, sent.fields))


def _values(parameter: Parameter, sent: Sent, in_query: list[dict[str, Any]], contract: Contract) -> list[Any]:
    """What the parameter may be in the request; None where it is absent."""
    if parameter.place == "path":
        return [sent.path.get(parameter.name, "")]
    values: list[Any]
    if parameter.place == "header":
        values = [next((v for name, v in sent.headers.items() if name.lower() == parameter.name.lower()), "")]
    elif parameter.exploded:
        names = [re.compile(pattern) for pattern in parameter.schema.get("patternProperties", {})]
        filled = [{name: value for name, value in reading.items() if value != ""} for reading in in_query]
        values = [{name: v for name, v in each.items() if any(p.search(name) for p in names)} or "" for each in filled]
    else:
        values = [reading.get(parameter.name, "") for reading in in_query]
        if is_list(parameter.schema):
            repeated = [value for name, value in sent.query if name in (parameter.name, f"{parameter.name}[]")]
            values = [repeated] if repeated else values
    # what is blank may count as absent, and what is empty does; so does a zero to PHP, where a word is expected
    words = contract.brackets and all(isinstance(word, str) for word in parameter.schema.get("enum", (0,)))
    blank = [None for value in values if is_blank(value) or (words and value == "0")]
    # `page[]=1` is another name to whoever reads no brackets there
    if not (parameter.exploded or is_list(contract.deref(parameter.schema))):
        blank += [None for value in values if isinstance(value, dict | list)]
    return [None if value in ("", []) else value for value in values] + blank


def _broken(parameter: Parameter, value: Any, contract: Contract, formats: bool) -> list[Clause]:
    """The clauses of the parameter that the value breaks, None being no value."""
    if value is None:
        message = f"`{parameter.name}` is a required parameter"
        absent = Clause(f"/{parameter.name}", "required", parameter.evidence, message)
        return [absent] if parameter.required else []
    read = as_read(value, parameter.schema, contract, "form")
    return [
        Clause(f"/{parameter.name}{clause.pointer}", clause.keyword, clause.evidence, clause.message)
        for clause in schemas_of(contract).broken(parameter.schema, read, parameter.evidence, formats)
    ]


def _body(sent: Sent, operation: Operation, contract: Contract, formats: bool) -> list[Clause] | None:
    """The clauses that the body breaks; None where its media type is not the contract's."""
    schemas = schemas_of(contract)
    required = contract.deref(operation.raw.get("requestBody", {})).get("required", False)
    if sent.media_type is None and not sent.body:
        if not required:
            return []
        return [Clause("", "required", operation.evidence, "the body is required")]
    media = operation.request.get(sent.media_type or "")
    if media is None:
        return None
    if sent.media_type in (wire.FORM, wire.MULTIPART):
        return broken_in_form(sent.fields, media.schema, contract, operation.evidence, formats)
    if sent.media_type and sent.media_type.endswith("json"):
        try:
            return schemas.broken(media.schema, wire.read(sent.body, wire.JSON), operation.evidence, formats)
        except wire.Ambiguous:
            return None
        except wire.Unreadable as error:
            return [Clause("", "json", operation.evidence, str(error))]
    return None
