"""What a request means on the wire, and which clauses of the contract it breaks, whatever its maker intended."""

from typing import Any

from contracts import wire
from contracts.exchange import Sent
from contracts.meaning import as_read
from contracts.schemas import Clause, schemas_of
from specs import Contract, Operation, Parameter


def broken_by(sent: Sent, operation: Operation, contract: Contract) -> dict[str, Clause] | None:
    """The clauses that the request breaks, by place and clause (`body:/items:required`); None where nobody can say.

    It is judged generously: an empty text may count as absent, an integer may have a sign, a format is not looked at.
    A request that is called invalid is invalid to everybody.
    """
    if sent.method != operation.method:
        return None
    found: dict[str, Clause] = {}
    in_query = wire.tree(sent.query)
    for parameter in operation.parameters:
        value, present = _parameter(parameter, sent, in_query)
        if not present:
            if parameter.required:
                message = f"{parameter.name!r} is a required parameter"
                found[f"{parameter.place}:/{parameter.name}:required"] = Clause(
                    f"/{parameter.name}", "required", parameter.evidence, message
                )
            continue
        read = as_read(value, parameter.schema, contract, "form")
        for clause in schemas_of(contract).broken(parameter.schema, read, parameter.evidence):
            placed = Clause(f"/{parameter.name}{clause.pointer}", clause.keyword, clause.evidence, clause.message)
            found[f"{parameter.place}:{placed.id}"] = placed
    if operation.request:
        body = _body(sent, operation, contract)
        if body is None:
            return None
        found.update((f"body:{clause.id}", clause) for clause in body)
    return found


def _parameter(parameter: Parameter, sent: Sent, in_query: dict[str, Any]) -> tuple[Any, bool]:
    if parameter.place == "path":
        return sent.path.get(parameter.name, ""), True
    if parameter.place == "header":
        value: Any = next((v for name, v in sent.headers.items() if name.lower() == parameter.name.lower()), "")
    elif parameter.schema.get("type") == "array":
        value = [value for name, value in sent.query if name in (parameter.name, f"{parameter.name}[]")]
        value = value or in_query.get(parameter.name, "")
    else:
        value = in_query.get(parameter.name, "")
    return value, value not in ("", [])


def _body(sent: Sent, operation: Operation, contract: Contract) -> list[Clause] | None:
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
        form = wire.tree(sent.fields)
        readings = [as_read(tree, media.schema, contract, "form") for tree in (form, _without_empty(form))]
        as_sent, without_empty = (schemas.broken(media.schema, reading, operation.evidence) for reading in readings)
        # an empty field may count as absent or as an empty text: wrong is only what is wrong both ways
        return [clause for clause in without_empty if clause.pointer in {other.pointer for other in as_sent}]
    if sent.media_type and sent.media_type.endswith("json"):
        try:
            return schemas.broken(media.schema, wire.read(sent.body, wire.JSON), operation.evidence)
        except wire.Unreadable as error:
            return [Clause("", "json", operation.evidence, str(error))]
    return None


def _without_empty(tree: dict[str, Any]) -> dict[str, Any]:
    """The form without its empty fields, and without what then holds nothing."""
    result: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            below = _without_empty(value)
            if below:
                result[name] = below
        elif value != "":
            result[name] = value
    return result
