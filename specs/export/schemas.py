"""Schemas as code generators read them: types, properties and unions, without conditions between fields."""

from collections.abc import Iterable
from typing import Any

from counterfoil.specs.loader import resolve

_DATA = frozenset(("default", "enum", "const", "examples"))
_UNIONS = ("oneOf", "anyOf")
_KEPT = _DATA | frozenset((
    "type", "title", "description", "deprecated", "readOnly", "writeOnly", "required", "pattern", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties",
))  # fmt: skip
#: others are words of our own, or of nobody that a generator knows
_FORMATS = frozenset(
    ("date", "date-time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname", "int32", "int64", "float", "double")
)
_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}


class Typed:
    """Makes the schemas of one document plainer."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def deref(self, schema: Any) -> Any:
        """The schema, or what its `$ref` leads to with what stands beside it."""
        while isinstance(schema, dict) and "$ref" in schema:
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**resolve(self._document, schema["$ref"]), **beside}
        return schema

    def of(self, schema: Any) -> Any:
        """The schema with its types alone."""
        if not isinstance(schema, dict):
            return {} if schema else {"not": {}}
        if "$ref" in schema:
            return {key: value for key, value in schema.items() if key in ("$ref", "description", "default")}
        made = {key: value for key, value in schema.items() if key in _KEPT}
        if schema.get("format") in _FORMATS:
            made["format"] = schema["format"]
        if "properties" in schema:
            made["properties"] = {name: _called(name, self.of(below)) for name, below in schema["properties"].items()}
        for key in ("items", "additionalProperties"):
            if key in schema:
                made[key] = self.of(schema[key]) if isinstance(schema[key], dict) else schema[key]
        if "array" in _listed(made.get("type")):
            made.setdefault("items", {})
        if "patternProperties" in schema:
            made.setdefault("additionalProperties", self.of(next(iter(schema["patternProperties"].values()))))
        _plain_words(made)
        return _open(self._united(self._chosen(made, schema), schema.get("allOf", ())))

    def _chosen(self, made: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        """With the branches of its unions that are kinds of values; those that only demand something are left out."""
        for key in _UNIONS:
            branches = schema.get(key, ())
            if branches and all(each.keys() & {"$ref", "type", "const", *_UNIONS} for each in branches):
                made[key] = [self.of(each) for each in branches]
        return made

    def _united(self, made: dict[str, Any], parts: Iterable[Any]) -> dict[str, Any]:
        """With the parts that all hold: objects become one, and what only demands something is left out."""
        others = []
        for part in parts:
            whole = self.of(self.deref(part))
            if whole.get("type") == "object" or "properties" in whole:
                made = _merged(made, whole)
            elif part.keys() & {"$ref", *_UNIONS}:
                others.append(self.of(part))
            else:
                made = {**{key: value for key, value in whole.items() if key != "required"}, **made}
        if len(others) == 1 and not made.keys() - {"description"}:
            return {**others[0], **made}
        return {**made, "allOf": others} if others else made


def _listed(types: Any) -> list[Any]:
    return types if isinstance(types, list) else [types]


def _open(schema: dict[str, Any]) -> dict[str, Any]:
    """Members without a name of their own may be anything beside those that have one: in TypeScript, their type is for all."""
    if schema.get("properties") and isinstance(schema.get("additionalProperties"), dict):
        return {**schema, "additionalProperties": True}
    return schema


def _called(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A generator calls a type by its property, and has no word for the name `$`."""
    is_named = "$ref" in schema or any(letter.isalnum() for letter in name)
    return schema if is_named else {"title": "Value", **schema}


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What both describe of an object; where they differ, the first one counts."""
    merged = {"type": "object", **other, **one}
    properties = {**one.get("properties", {})}
    for name, below in other.get("properties", {}).items():
        properties.setdefault(name, below)
    required = dict.fromkeys([*one.get("required", ()), *other.get("required", ())])
    together = {"properties": properties, "required": list(required)}
    return merged | {key: value for key, value in together.items() if value}


def _plain_words(schema: dict[str, Any]) -> None:
    """Of words that differ in their letter case alone, one stays; a list of words and numbers is no list of words."""
    if "const" in schema:
        schema.setdefault("type", _TYPES[type(schema["const"])])
    words = schema.get("enum")
    if words is None:
        return
    if len({type(each) for each in words if each is not None}) > 1:
        del schema["enum"]
        return
    spelled: dict[Any, Any] = {}
    for each in words:
        spelled.setdefault(each.lower() if isinstance(each, str) else each, each)
    schema["enum"] = list(spelled.values())
    if "type" not in schema:
        types = [_TYPES[type(each)] for each in words]
        schema["type"] = types[0] if len(set(types)) == 1 else list(dict.fromkeys(types))
