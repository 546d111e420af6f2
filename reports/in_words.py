"""What was expected of a value, as a person says it: the JSON Schemas that cases are written with, in words."""

import json
from collections.abc import Iterator
from typing import Any

from counterfoil.reports.printable import counted

_TYPES = {
    "string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
    "object": "an object", "array": "a list", "null": "null",
}  # fmt: skip
_ENDS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
#: what only repeats what another word of the schema says
_SILENT = {"minProperties", "maxProperties", "maxContains", "format"}


def in_words(expected: str) -> str:
    """The schema in words, where it has a common form; else what was given."""
    try:
        schema = json.loads(expected)
    except ValueError:
        return expected
    return _said(schema) or expected


def _said(schema: Any) -> str:
    """Nothing, where the schema has a word that is not known here."""
    if not isinstance(schema, dict) or not schema:
        return ""
    parts = [_part(name, value, schema) for name, value in schema.items() if name not in _SILENT or len(schema) == 1]
    return "" if None in parts else " ".join(part for part in parts if part)


def _part(name: str, value: Any, beside: dict[str, Any]) -> str | None:
    match name:
        case "const":
            return _json(value)
        case "enum" if isinstance(value, list):
            return " or ".join(map(_json, value))
        case "type" if isinstance(value, str | list):
            every = value if isinstance(value, list) else [value]
            return " or ".join(_TYPES.get(str(each), str(each)) for each in every)
        case "minItems" | "maxItems":
            return _many(beside) if name == min(each for each in ("minItems", "maxItems") if each in beside) else ""
        case "pattern" | "format":
            return f"{'' if 'type' in beside else 'a text '}like {value}"
        case "anyOf" | "oneOf" if isinstance(value, list):
            return _either(value)
        case "not":
            said = _said(value)
            return f"not {said}" if said else None
        case "contains" | "items":
            said = _said(value)
            return f"{'an entry' if name == 'contains' else 'in each entry'}: {said}" if said else None
        case "properties" if isinstance(value, dict):
            return _each_of(value)
        case _:
            return f"{_ENDS[name]} {_json(value)}" if name in _ENDS else None


def _many(schema: dict[str, Any]) -> str:
    least, most = schema.get("minItems", 0), schema.get("maxItems", 0)
    if least == most:
        return counted(least, "entry")
    if least and most:
        return f"{least} to {counted(most, 'entry')}"
    return f"at least {counted(least, 'entry')}" if least else f"at most {counted(most, 'entry')}"


def _either(schemas: list[Any]) -> str | None:
    """A number that may be written as a text is that number."""
    constants = [each["const"] for each in schemas if isinstance(each, dict) and "const" in each]
    patterns = [
        each for each in schemas if isinstance(each, dict) and each.get("type") == "string" and "pattern" in each
    ]
    if len(constants) == 1 and len(patterns) == len(schemas) - 1:
        return _json(constants[0])
    said = [_said(each) for each in schemas]
    return " or ".join(said) if all(said) else None


def _each_of(properties: dict[str, Any]) -> str | None:
    said = dict(_all(properties))
    return ", ".join(f"{name} {each}" for name, each in said.items()) if all(said.values()) else None


def _all(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, schema in properties.items():
        yield name, _said(schema)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
