"""Texts mean what the schema says they are, and only where they can."""

import pytest

from counterfoil.contracts.wire.meaning import Dialect, as_read
from counterfoil.specs import Contract


@pytest.mark.parametrize(
    ("value", "schema", "dialect", "read"),
    [
        ("12", {"type": "integer"}, "form", 12),
        ("12.5", {"type": "integer"}, "form", "12.5"),
        ("1e3", {"type": "number"}, "form", 1000),
        ("on", {"type": "boolean"}, "form", True),
        ("False", {"type": "boolean"}, "form", False),
        ("", {"type": "boolean"}, "xml", False),
        ("maybe", {"type": "boolean"}, "form", "maybe"),
        ("", {"type": ["integer", "null"]}, "xml", None),
        ("", {"type": ["string", "null"]}, "xml", ""),
        ("", {"type": ["string", "null"], "pattern": "^[0-9]+$"}, "xml", None),
        ("1", {"enum": [0, 1]}, "form", 1),
        ("1", {"type": "string"}, "form", "1"),
        ("", {"type": "array"}, "xml", []),
        ("", {"type": "array"}, "form", ""),
        ({"0": "1", "2": "3"}, {"type": "array", "items": {"type": "integer"}}, "form", [1, 3]),
        ({"a": "1"}, {"type": "array"}, "form", {"a": "1"}),
        ({"item": ["1", "2"]}, {"type": "array", "items": {"type": "integer"}}, "xml", [1, 2]),
        ({"item": {"id": "1"}}, {"type": "array", "items": {"properties": {"id": {"type": "integer"}}}}, "xml", [{"id": 1}]),
        ({"id": "1"}, {"type": "array", "items": {"properties": {"id": {"type": "integer"}}}}, "xml", [{"id": 1}]),
        ("1", {"oneOf": [{"type": "integer"}, {"type": "object"}]}, "form", 1),
        ({"0": "1"}, {"oneOf": [{"type": "integer"}, {"type": "object", "additionalProperties": {"type": "integer"}}]},
         "form", {"0": 1}),
        ({"n": "1"}, {"allOf": [{"properties": {"n": {"type": "integer"}}}]}, "form", {"n": 1}),
        ({}, {"type": "object", "required": ["l"], "properties": {"l": {"type": "array"}}}, "xml", {"l": []}),
        ({}, {"type": "object", "required": ["l"], "properties": {"l": {"type": "array"}}}, "form", {}),
        ({}, {"required": ["m"], "properties": {"m": {"type": "object", "required": ["l"],
         "properties": {"l": {"type": "array"}}}}}, "pairs", {"m": {"l": []}}),
        ({"m": ""}, {"properties": {"m": {"type": "object", "required": ["l"], "properties": {"l": {"type": "array"}}}}},
         "xml", {"m": {"l": []}}),
        ({}, {"required": ["l"], "properties": {"l": {"oneOf": [{"type": "array"}, {"type": "object"}]}}}, "xml", {"l": []}),
        ({}, {"required": ["l"], "properties": {"l": {"oneOf": [{"const": ""}, {"type": "object"}]}}}, "xml", {}),
        ({}, {"required": ["m"], "properties": {"m": {"type": "object", "required": ["n"],
         "properties": {"n": {"type": "integer"}}}}}, "xml", {}),
    ],
)  # fmt: skip
def test_a_text_is_read_as_its_schema_says(
    value: object, schema: object, dialect: Dialect, read: object, till: Contract
) -> None:
    """What cannot be read so stays as it is."""
    result = as_read(value, schema, till, dialect)
    assert (result, type(result)) == (read, type(read))


def test_of_a_union_that_fits_nowhere_the_nearest_branch_is_read(till: Contract) -> None:
    """One wrong property leaves the others readable."""
    media = till.operations["sell"].answers[200].media["application/xml"]
    assert as_read({"id": "1", "total": "x", "tags": ""}, media.schema, till) == {"id": 1, "total": "x", "tags": []}
