"""Why a field does not fit its schema, in few words."""

import re
from typing import Any

from counterfoil.specs import Contract
from counterfoil.specs.quoting import quoted

SHOWN = 80
PHP_SERIALIZED = "php-serialized"
NO_ARRAY = "it is not the base64 form of what PHP's serialize makes of a flat array"


def fields(contract: Contract, schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The schemas of a request's fields, wherever in its parts they stand: by their names, and by patterns of names."""
    schema = _open(contract, schema)
    schemas = {**schema.get("properties", {}), **schema.get("patternProperties", {})}
    for part in schema.get("allOf", ()):
        schemas.update(fields(contract, part))
    return schemas


def described(schemas: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """The schema of the field of that name; an empty one if there is none."""
    patterns = (schema for pattern, schema in schemas.items() if pattern.startswith("^") and re.search(pattern, name))
    return schemas.get(name) or next(patterns, {})


def explain(contract: Contract, schema: dict[str, Any], name: str, value: Any) -> tuple[str, str] | None:
    """The parameter as it was sent, with its index, and why its value does not fit; None if nothing is wrong."""
    schema = _open(contract, schema)
    branches = [_open(contract, branch) for branch in schema.get("oneOf", ())]
    for branch in branches:
        if (branch.get("type") == "object") == isinstance(value, dict):
            return explain(contract, branch, name, value)
    if schema.get("type") == "object":
        return _explain_map(contract, schema, name, value)
    if isinstance(value, dict):
        return name, "it is sent with an index, but has one value only"
    reason = _why(schema, value)
    return None if reason is None else (name, reason)


def _explain_map(contract: Contract, schema: dict[str, Any], name: str, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, dict):
        return name, f"{_show(value)} is not sent as {name}[...]"
    most = schema.get("maxProperties")
    if most is not None and len(value) > most:
        return name, f"it has more than {most} lines"
    for key, each in value.items():
        if "propertyNames" in schema and not (key.isascii() and key.isdigit() and len(key) < 3):
            return f"{name}[{key[:SHOWN]}]", f"{_show(key)} is no index from 0 to 99"
        explained = explain(contract, schema.get("additionalProperties", {}), f"{name}[{key[:SHOWN]}]", each)
        if explained is not None:
            return explained
    return None


def _why(schema: dict[str, Any], value: Any) -> str | None:
    match schema.get("type"):
        case "integer" if not isinstance(value, int):
            return f"{_show(value)} is not a whole number"
        case "number" if isinstance(value, str):
            return f"{_show(value)} is not a number"
        case "boolean" if not isinstance(value, bool):
            return f"{_show(value)} is neither yes nor no"
    if "enum" in schema and value not in schema["enum"]:
        return f"{_show(value)} is none of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, str):
        return _why_no_text(schema, value)
    if "minimum" in schema and value < schema["minimum"]:
        return f"{value} is less than {schema['minimum']}"
    if "maximum" in schema and value > schema["maximum"]:
        return f"{value} is more than {schema['maximum']}"
    return None


def _why_no_text(schema: dict[str, Any], value: str) -> str | None:
    if "anyOf" in schema:
        return f"{_show(value)} is no IP address"
    if "pattern" not in schema or re.search(schema["pattern"], value):
        return None
    if schema.get("format") == PHP_SERIALIZED:
        return NO_ARRAY
    return f"{_show(value)} is not written like {schema['examples'][0]}"


def _show(value: Any) -> str:
    return quoted(value[:SHOWN] if isinstance(value, str) else value)


def _open(contract: Contract, schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = contract.deref({"$ref": schema["$ref"]})
    return schema
