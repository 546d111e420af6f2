"""A plain request for an operation, made from the contract's own examples."""

from typing import Any

from counterfoil.contracts.http.client import Request, Target, without_credentials
from counterfoil.specs import Contract, Operation
from counterfoil.specs.declared import laws_of
from counterfoil.specs.schemas import schemas_of


def example_request(target: Target, operation: Operation) -> Request:
    """The operation's first request example, and an example of each required parameter, with the target's credentials."""
    contract = target.contract
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    for node in _parameters(contract, operation):
        if node["in"] == "path":
            path[node["name"]] = _example(contract, node)
        elif node.get("required") and node["in"] == "query":
            query[node["name"]] = _example(contract, node)
        elif node.get("required") and node["in"] == "header":
            headers[node["name"]] = str(_example(contract, node))
    media = next(iter(operation.request.values()), None)
    example = next(iter(media.examples.values()), None) if media else None
    body = without_credentials(target, example.value) if example else None
    if body is None and media is not None:
        body = constants(contract, media.schema)
    return Request(operation, path, query, headers, body, media_type=media.media_type if media else None)


def harmless_request(target: Target) -> Request | None:
    """A request that reads, takes nothing, and carries the target's credentials; None where there is none."""
    for operation in target.contract.operations.values():
        if target.sessions.schemes(operation) and not target.sessions.is_optional(operation):
            continue  # a session opens it
        if operation.effect == "reads" and operation.function != "" and _takes_nothing(target.contract, operation):
            return example_request(target, operation)
    return None


def _takes_nothing(contract: Contract, operation: Operation) -> bool:
    """Whether nothing has to be told, but for what can only be one thing."""
    required = {name for media in operation.request.values() for name in _required(contract, media.schema)}
    fixed = {name for media in operation.request.values() for name in constants(contract, media.schema)}
    asked = [each for each in operation.parameters if each.required or each.place == "path"]
    return required <= fixed and all("const" in each.schema for each in asked)


def _required(contract: Contract, schema: Any) -> set[str]:
    schema = contract.deref(schema)
    if not isinstance(schema, dict):
        return set()
    below = (_required(contract, part) for part in schema.get("allOf", ()))
    return set(schema.get("required", ())).union(*below)


def constants(contract: Contract, schema: Any) -> dict[str, Any]:
    """The required properties for which the schema leaves one meaning: the name of the function in an RPC contract."""
    schema = contract.deref(schema)
    if not isinstance(schema, dict):
        return {}
    found: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        found.update(constants(contract, part))
    for name in schema.get("required", ()):
        below = contract.deref(schema.get("properties", {}).get(name, {}))
        options = [below["const"]] if "const" in below else below.get("enum", [])
        if options and len({str(option).casefold() for option in options}) == 1:
            found[name] = options[-1]
    return found


def parameter_constants(operation: Operation) -> dict[str, Any]:
    """The required query parameters for which the contract leaves one value."""
    return {
        parameter.name: parameter.schema["const"]
        for parameter in operation.parameters
        if parameter.place == "query" and parameter.required and "const" in parameter.schema
    }


def usual_fields(contract: Contract, operation: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
    """What every call of the operation has in its query and in its body: constants, and the notation that is read best.

    The latter the contract names (`x-every-call`, and `always` in `x-laws`): what is answered where none is asked for, a
    document may leave open.
    """
    always = {**contract.document.get("x-every-call", {}).get("notation", {}), **laws_of(contract).always}
    media = next(iter(operation.request.values()), None)
    queried = {each.name for each in operation.parameters if each.place == "query"}
    query = {**parameter_constants(operation), **{name: always[name] for name in always if name in queried}}
    if media is None:
        return query, {}
    known = schemas_of(contract).properties(media.schema)
    return query, {**constants(contract, media.schema), **{name: always[name] for name in always if name in known}}


def _parameters(contract: Contract, operation: Operation) -> list[dict[str, Any]]:
    key = operation.path if operation.function is None else f"{operation.path}#{operation.function}"
    item = contract.document["paths"][key]
    return [contract.deref(node) for node in (*item.get("parameters", ()), *operation.raw.get("parameters", ()))]


def _example(contract: Contract, node: dict[str, Any]) -> Any:
    if "example" in node:
        return node["example"]
    for example in node.get("examples", {}).values():
        return contract.deref(example).get("value")
    schema = contract.deref(node.get("schema", {}))
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    return 1 if schema.get("type") in ("integer", "number") else "1"
