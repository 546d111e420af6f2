"""What texts mean: a tree read from XML, from pairs or from a form, coerced by the schema that describes it."""

import re
from typing import Any, Literal

from counterfoil.specs import Contract
from counterfoil.specs.schemas import Schemas, schemas_of

Dialect = Literal["form", "pairs", "xml"]

# Read as generously as any server might: a value that is called wrong must be wrong to everybody.
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,400}(\.0*)?\s*")
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*")
_INDEX = re.compile(r"-?[0-9]{1,18}")
_YES = frozenset(("true", "on", "1", "yes"))
_NO = frozenset(("false", "off", "0", "no", ""))


def as_read(value: Any, schema: Any, contract: Contract, dialect: Dialect = "xml") -> Any:
    """The value with its texts read as the numbers, booleans, lists and nulls that the schema describes.

    What cannot be read so stays as it is, so that validation names it.
    """
    return _Reader(schemas_of(contract), dialect).read(value, schema)


class _Reader:
    def __init__(self, schemas: Schemas, dialect: Dialect) -> None:
        self._schemas = schemas
        self._dialect = dialect

    def read(self, value: Any, schema: Any) -> Any:
        schema = self._schemas.deref(schema)
        if not isinstance(schema, dict):
            return value
        for part in schema.get("allOf", ()):
            value = self.read(value, part)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                value = self._branch(value, schema[word])
        value = self._typed(value, schema)
        if "if" in schema:
            holds = self._schemas.holds(schema["if"], value)
            value = self.read(value, schema.get("then" if holds else "else"))
        return value

    def _branch(self, value: Any, branches: list[Any]) -> Any:
        """The value as the first branch reads it that then holds, or else as the one that comes closest."""
        candidates = [self.read(value, branch) for branch in branches]
        for branch, candidate in zip(branches, candidates, strict=True):
            if self._schemas.holds(branch, candidate):
                return candidate
        return candidates[self._schemas.nearest(branches, candidates)]

    def _typed(self, value: Any, schema: dict[str, Any]) -> Any:
        declared = schema.get("type", ())
        types = {declared} if isinstance(declared, str) else set(declared)
        if isinstance(value, str):
            value = self._text(value, schema, types)
        elif isinstance(value, dict) and "array" in types and "object" not in types:
            value = self._listed(value, schema.get("items"))
        if isinstance(value, list) and ("array" in types or "items" in schema):
            return [self.read(each, schema.get("items")) for each in value]
        if isinstance(value, dict):
            return self._object(value, schema)
        return value

    def _listed(self, value: dict[str, Any], items: Any) -> Any:
        """A map where the schema wants a list: by its indexes, by its one repeated name, or a list of one."""
        if all(_INDEX.fullmatch(key) for key in value):
            return list(value.values())
        if self._dialect == "form":
            return value
        if len(value) == 1:
            ((name, members),) = value.items()
            if name not in self._schemas.properties(items):
                return members if isinstance(members, list) else [members]
        return [value]

    def _object(self, value: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        described = schema.get("properties", {})
        other = schema.get("additionalProperties")
        patterns = schema.get("patternProperties", {})
        result = {}
        for name, below in value.items():
            known = described.get(name)
            if known is None:
                known = next((s for pattern, s in patterns.items() if re.search(pattern, name)), other)
            result[name] = self.read(below, known)
        if self._dialect != "form":  # neither XML nor pairs can say that a list is empty but by leaving it out
            for name in schema.get("required", ()):
                if name not in result:
                    empty = self._empty(described.get(name))
                    result |= {} if empty is None else {name: empty}
        return result

    def _empty(self, schema: Any) -> Any:
        """What leaves nothing behind when it is written: an empty list, or a map that holds only such; else None."""
        schema = self._schemas.deref(schema)
        if not isinstance(schema, dict):
            return None
        lists = [each for word in ("oneOf", "anyOf") for each in schema.get(word, ()) if self._empty(each) == []]
        if lists or "array" in (schema.get("type"), *_several(schema.get("type"))):
            return []
        if schema.get("type") == "object":
            below = {name: self._empty(schema.get("properties", {}).get(name)) for name in schema.get("required", ())}
            return None if None in below.values() else below
        return None

    def _text(self, value: str, schema: dict[str, Any], types: set[str]) -> Any:
        if not types:
            options = [schema["const"]] if "const" in schema else schema.get("enum", ())
            return next((o for o in options if not isinstance(o, str) and _same(o, value)), value)
        if "string" in types:
            return (
                None if value == "" and "null" in types and not self._schemas.holds(schema, "", formats=True) else value
            )
        if value == "" and "null" in types:
            return None
        if "integer" in types and _INTEGER.fullmatch(value):
            return int(value.strip().partition(".")[0])
        if "number" in types and _NUMBER.fullmatch(value):
            number = float(value)
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if "boolean" in types and value.strip().lower() in _YES | _NO:
            return value.strip().lower() in _YES
        if self._dialect != "form" and "array" in types:
            return [value] if value.strip() else []
        if self._dialect != "form" and "object" in types and not value.strip():
            return {}
        return value


def _several(types: Any) -> list[Any]:
    """The types, where a schema has several."""
    return types if isinstance(types, list) else []


def _same(option: Any, value: str) -> bool:
    if isinstance(option, bool):
        return value.lower() in (_YES if option else _NO)
    if option is None:
        return value == ""
    return bool(_NUMBER.fullmatch(value)) and float(value) == option
