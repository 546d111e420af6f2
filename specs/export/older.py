"""OpenAPI 3.1 as 3.0: JSON Schema's words where the older version has others."""

from typing import Any

VERSION = "3.0.3"
_DATA = frozenset(("value", "example", "default", "enum", "required", "security"))


def as_older(document: dict[str, Any]) -> dict[str, Any]:
    """The document, which has plain schemas already, as OpenAPI 3.0."""
    made: dict[str, Any] = _mapped(document)
    about = {key: value for key, value in document["info"].items() if key != "summary"}
    if "license" in about:
        about["license"] = {key: value for key, value in about["license"].items() if key != "identifier"}
    return {**made, "openapi": VERSION, "info": about}


def _mapped(node: Any, key: str = "") -> Any:
    if isinstance(node, list):
        return [_mapped(each) for each in node]
    if not isinstance(node, dict):
        return node
    if key == "schema":
        return _schema(node)
    if key == "schemas":
        return {name: _schema(each) for name, each in node.items()}
    return {name: below if name in _DATA else _mapped(below, name) for name, below in node.items()}


def _schema(schema: Any) -> Any:
    """One schema, and those below it."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:  # nothing may stand beside it
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return {"allOf": [{"$ref": schema["$ref"]}], **beside} if beside else schema
    made = dict(schema)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in made:
            made[key] = [_schema(each) for each in made[key]]
    for key in ("items", "additionalProperties", "not"):
        if key in made:
            made[key] = _schema(made[key])
    if "properties" in made:
        made["properties"] = {name: _schema(each) for name, each in made["properties"].items()}
    if "const" in made:
        made["enum"] = [made.pop("const")]
    if made.get("examples"):
        made["example"] = made["examples"][0]
    made.pop("examples", None)
    _bounds(made)
    return _nullable(made)


def _bounds(schema: dict[str, Any]) -> None:
    """An exclusive bound is a bound with a mark."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if exclusive in schema:
            schema[bound], schema[exclusive] = schema[exclusive], True


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Null is a mark too, and a value has one type."""
    types = schema.get("type")
    if types == "array":
        schema.setdefault("items", {})
    if isinstance(types, list):
        others = [each for each in types if each != "null"]
        schema = {key: value for key, value in schema.items() if key != "type"}
        if len(others) == 1:
            schema["type"] = others[0]
        elif others:
            schema["anyOf"] = [{"type": each, **({"items": {}} if each == "array" else {})} for each in others]
        if len(others) < len(types):
            schema["nullable"] = True
        return _nullable(schema)
    for key in ("oneOf", "anyOf"):
        branches = schema.get(key, [])
        kinds = [each for each in branches if each.get("type") != "null"]
        if len(kinds) < len(branches):
            schema = {name: value for name, value in schema.items() if name != key}
            return {**schema, "allOf" if len(kinds) == 1 else key: kinds, "nullable": True}
    return schema
