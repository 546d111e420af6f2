"""Which keywords a contract may use, and where: one that nobody reads would be a clause that nobody enforces."""

from typing import Any

from counterfoil.specs.evidence import STRENGTH
from counterfoil.specs.quoting import quoted
from counterfoil.specs.reading import SpecError

_EFFECTS = ("reads", "session", "creates", "changes", "removes", "pays", "acts")

# Each kind of object: its keywords, and the kind of what stands below. A kind in brackets is a map or a list of it.
# '-' is plain data, which may hold anything.
_OBJECTS: dict[str, dict[str, str]] = {
    "root": {
        "openapi": "-", "info": "info", "servers": "-", "tags": "-", "security": "-", "paths": "[path]",
        "components": "components", "x-outcome": "outcome", "x-notation": "notation", "x-function": "-", "x-evidence": "evidence",
        "externalDocs": "-", "x-brackets": "-", "x-refuses": "refuses", "x-shown": "[shown]", "x-statuses": "[status]",
        "x-laws": "-", "x-every-call": "call", "x-media-types": "[names]",
    },
    "refuses": dict.fromkeys(("credentials", "missing", "value", "body", "*"), "evidence"),
    "call": {"credentials": "-", "notation": "-"},
    "info": {"title": "-", "version": "-", "description": "-", "summary": "-", "license": "-", "contact": "-"},
    "outcome": {"refused": "schema", "named-by": "-", "names": "evidence", "in-words": "-", "only-these": "evidence"},
    "notation": {"text/xml": "-", "application/xml": "-", "text/plain": "-"},
    "components": {
        "schemas": "[schema]", "responses": "[response]", "parameters": "[parameter]", "examples": "[example]",
        "headers": "[header]", "securitySchemes": "-", "requestBodies": "[body]", "links": "-",
    },
    "path": {
        "get": "operation", "post": "operation", "put": "operation", "delete": "operation", "patch": "operation",
        "parameters": "[parameter]", "summary": "-", "description": "-", "x-evidence": "evidence",
    },
    "operation": {
        "operationId": "-", "summary": "-", "description": "-", "x-evidence": "evidence", "tags": "-", "security": "-",
        "parameters": "[parameter]", "requestBody": "body", "responses": "[response]", "externalDocs": "-",
        "x-effect": "effect", "x-pays": "schema", "x-accepted": "schema", "x-optional": "schema",
        "x-shown": "[shown]", "x-refuses": "refuses",
    },
    "parameter": {
        "name": "-", "in": "-", "required": "-", "description": "-", "schema": "schema", "style": "-", "explode": "-",
        "example": "-", "examples": "[example]", "x-evidence": "evidence", "allowEmptyValue": "-",
    },
    "header": {"description": "-", "required": "-", "schema": "schema", "x-evidence": "evidence", "example": "-"},
    "body": {"description": "-", "required": "-", "content": "[media]", "x-evidence": "evidence"},
    "response": {
        "description": "-", "headers": "[header]", "content": "[media]", "links": "-", "x-evidence": "evidence",
    },
    "media": {"schema": "schema", "examples": "[example]", "encoding": "-", "x-evidence": "evidence"},
    "example": {"summary": "-", "description": "-", "value": "-", "x-evidence": "evidence"},
    "schema": {
        "type": "-", "enum": "-", "const": "-", "format": "-", "pattern": "-", "title": "-", "description": "-",
        "default": "-", "examples": "-", "deprecated": "-", "readOnly": "-", "writeOnly": "-",
        "minimum": "-", "maximum": "-", "exclusiveMinimum": "-", "exclusiveMaximum": "-", "multipleOf": "-",
        "minLength": "-", "maxLength": "-", "minItems": "-", "maxItems": "-", "uniqueItems": "-",
        "minProperties": "-", "maxProperties": "-", "required": "-", "dependentRequired": "-",
        "contentEncoding": "-", "contentMediaType": "-", "discriminator": "-", "xml": "-",
        "properties": "[schema]", "patternProperties": "[schema]", "additionalProperties": "schema",
        "propertyNames": "schema", "items": "schema", "prefixItems": "[schema]", "contains": "schema",
        "allOf": "[schema]", "anyOf": "[schema]", "oneOf": "[schema]", "not": "schema",
        "if": "schema", "then": "schema", "else": "schema",
        "x-evidence": "evidence", "x-decimal": "-", "x-amount": "-", "x-counts": "-", "x-sums": "-",
    },
}  # fmt: skip

# What every reader relies on; other keywords may be left out.
_NEEDED = {
    "root": ("openapi", "info", "paths"),
    "info": ("title", "version"),
    "operation": ("operationId", "responses"),
    "parameter": ("name", "in"),
}


def check(document: dict[str, Any], contract: str) -> None:
    """Raise SpecError at the first keyword that no part of Counterfoil reads, or that is missing."""
    _check(document, "root", f"{contract} #")


def _check(node: Any, kind: str, where: str) -> None:
    if kind == "-" or isinstance(node, bool):
        return
    if kind in ("evidence", "effect", "names"):
        _check_words(node, kind, where)
        return
    if kind == "shown":  # by the value of a parameter
        kind = "[evidence]"
    if kind == "status":  # one of which no more is said than that it is known has nothing below it
        kind = "response"
    if kind.startswith("["):
        if not isinstance(node, dict | list):
            raise SpecError(f"{where}: a mapping or a list is expected here, not {quoted(node)}")
        below = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in below:
            _check(value, kind[1:-1], f"{where}/{key}")
        return
    if not isinstance(node, dict):
        raise SpecError(f"{where}: a mapping is expected here ({kind}), not {quoted(node)}")
    _check_object(node, kind, where)


def _check_words(node: Any, kind: str, where: str) -> None:
    if kind == "names":
        if not isinstance(node, list) or not all(isinstance(each, str) for each in node):
            raise SpecError(f"{where}: a list of names is expected here, as in [text/json], not {quoted(node)}")
        return
    words = STRENGTH if kind == "evidence" else _EFFECTS
    if node not in words:
        raise SpecError(f"{where}: {quoted(node)} is no {kind}; there are: {', '.join(words)}")


def _check_object(node: dict[str, Any], kind: str, where: str) -> None:
    known = _OBJECTS[kind]
    missing = [] if "$ref" in node else [key for key in _NEEDED.get(kind, ()) if key not in node]
    if missing:
        raise SpecError(f"{where}: {missing[0]!r} is missing ({kind})")
    for key, value in node.items():
        if key == "$ref":
            continue
        if key not in known:
            raise SpecError(
                f"{where}/{key}: {key!r} is no keyword of this object ({kind}); a clause that nobody reads is refused"
            )
        _check(value, known[key], f"{where}/{key}")
