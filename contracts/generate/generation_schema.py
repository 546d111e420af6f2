"""A contract narrowed for generation: what is valid in it is valid in the contract, and small enough to be read.

Left alone, a generator fills every open object with properties that nobody reads, and every number with 300 digits. The
narrowed contract only guides what is made up; requests are judged by the contract itself.
"""

from collections.abc import Iterable
from typing import Any

from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import schemas_of

_MOST_MEMBERS = 3
_LONGEST_TEXT = 40
_LARGEST = 1_000_000
_UNIONS = ("oneOf", "anyOf", "if", "then", "else", "not", "dependentSchemas", "allOf")
_OPEN = frozenset(("additionalProperties", "patternProperties", "propertyNames", "$ref"))


def narrowed(contract: Contract, invalid: bool = False) -> dict[str, Any]:
    """The contract's document, its request schemas narrowed.

    What is made up to be invalid must break the contract's own bounds, so there are no others then. The property that
    names a function of an RPC contract is left out: it is put in afterwards, and is nothing to be broken.
    """
    narrow = _Narrowing(contract, bounds=not invalid)
    document = dict(contract.document)
    components = dict(document.get("components", {}))
    components["schemas"] = {name: narrow.schema(schema) for name, schema in components.get("schemas", {}).items()}
    document["components"] = components
    document["paths"] = {key: narrow.path(item) for key, item in document["paths"].items()}
    return document


def function_names(contract: Contract, operation: Operation) -> dict[str, list[str]]:
    """The property or query parameter that says which function of an RPC contract is meant, with what it may be."""
    name = contract.function_property
    if name is None or not operation.function:
        return {}
    schemas = {parameter.name: parameter.schema for parameter in operation.parameters}
    for media in operation.request.values():
        schemas |= schemas_of(contract).properties(media.schema)
    plain = contract.deref(schemas.get(name, {}))
    options = [plain["const"]] if "const" in plain else plain.get("enum") or plain.get("examples", [])
    return {name: list(options)} if options else {}


class _Narrowing:
    def __init__(self, contract: Contract, bounds: bool) -> None:
        self._contract = contract
        self._bounds = bounds

    def path(self, item: dict[str, Any]) -> dict[str, Any]:
        result = dict(item)
        for method, raw in item.items():
            if not isinstance(raw, dict):
                continue
            operation = self._contract.operations[raw["operationId"]]
            if "requestBody" in raw:
                result[method] = {**raw, "requestBody": self._body(operation)}
            elif names := function_names(self._contract, operation):
                kept = [node for node in raw["parameters"] if self._contract.deref(node)["name"] not in names]
                result[method] = {**raw, "parameters": kept}
        return result

    def _body(self, operation: Operation) -> dict[str, Any]:
        body = dict(self._contract.deref(operation.raw["requestBody"]))
        names = function_names(self._contract, operation)
        body["content"] = {
            media_type: {**media, "schema": _without(self.schema(self._contract.deref(media["schema"])), names)}
            for media_type, media in body.get("content", {}).items()
            if "schema" in media
        }
        # the examples have the function's name in them, which the schema no longer has
        for media in body["content"].values():
            media.pop("examples", None)
        return body

    def schema(self, schema: Any, partial: bool = False) -> Any:
        """The schema narrowed; `partial` is one that speaks of a whole beside others and must not forbid their part."""
        if not isinstance(schema, dict):
            return schema
        schema = _united(self._contract, schema)
        result = dict(schema)
        for word in ("properties", "patternProperties"):
            if word in schema:
                result[word] = {name: self.schema(below) for name, below in schema[word].items()}
        for word in ("items", "additionalProperties"):
            if word in schema:
                result[word] = self.schema(schema[word])
        for word in ("oneOf", "anyOf", "allOf"):
            if word in schema:
                beside = "properties" in schema or word == "allOf" or partial
                result[word] = [self.schema(part, beside) for part in schema[word]]
        described_here = "properties" in result and not partial and not result.keys() & _OPEN
        if described_here and not any(_names_properties(result.get(word)) for word in _UNIONS):
            result["additionalProperties"] = False
        return _bounded(result) if self._bounds else result


def _without(schema: Any, names: Iterable[str]) -> Any:
    """The schema without these properties."""
    if not isinstance(schema, dict) or not names:
        return schema
    result = dict(schema)
    if "properties" in schema:
        result["properties"] = {name: below for name, below in schema["properties"].items() if name not in names}
    if "required" in schema:
        result["required"] = [name for name in schema["required"] if name not in names]
    if "allOf" in schema:
        result["allOf"] = [_without(part, names) for part in schema["allOf"]]
    return result


def _bounded(schema: dict[str, Any]) -> dict[str, Any]:
    types = schema.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
    if "array" in types:
        schema.setdefault("maxItems", max(_MOST_MEMBERS, schema.get("minItems", 0)))
    if "string" in types and not schema.keys() & {"pattern", "enum", "const", "format"}:
        schema.setdefault("maxLength", max(_LONGEST_TEXT, schema.get("minLength", 0)))
    if types & {"integer", "number"} and not schema.keys() & {"enum", "const"}:
        if "exclusiveMaximum" not in schema and schema.get("minimum", schema.get("exclusiveMinimum", 0)) < _LARGEST:
            schema.setdefault("maximum", _LARGEST)
        if "exclusiveMinimum" not in schema and schema.get("maximum", schema.get("exclusiveMaximum", 0)) > -_LARGEST:
            schema.setdefault("minimum", -_LARGEST)
    if isinstance(schema.get("additionalProperties"), dict) or "propertyNames" in schema:
        most = max(_MOST_MEMBERS, schema.get("minProperties", 0))
        schema["maxProperties"] = min(schema.get("maxProperties", most), most)
    return schema


def _names_properties(node: Any) -> bool:
    if isinstance(node, list):
        return any(_names_properties(part) for part in node)
    return isinstance(node, dict) and ("properties" in node or "$ref" in node or "allOf" in node)


_PROSE = frozenset(("description", "title", "x-evidence", "examples", "default"))


def _united(contract: Contract, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its `allOf` written as one object, where its parts do not speak of the same thing."""
    if "allOf" not in schema:
        return schema
    parts = [_united(contract, contract.deref(part)) for part in schema["allOf"]]
    united: dict[str, Any] = {}
    for part in [*parts, {word: value for word, value in schema.items() if word != "allOf"}]:
        for word, value in part.items():
            if word in _PROSE:
                continue
            if word == "properties":
                if united.get(word, {}).keys() & value.keys():
                    return schema
                united[word] = {**united.get(word, {}), **value}
            elif word == "required":
                united[word] = list(dict.fromkeys([*united.get(word, []), *value]))
            elif united.setdefault(word, value) != value:
                return schema
    return united
