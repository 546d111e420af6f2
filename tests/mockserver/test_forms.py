"""Forms are read as PHP reads them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from counterfoil.mockserver.engine import forms
from counterfoil.specs import Contract

VECTORS = json.loads((Path(__file__).parent / "php_parse_str.json").read_text())


@pytest.mark.parametrize(("text", "expected"), VECTORS, ids=[text for text, _ in VECTORS])
def test_a_query_is_read_as_parse_str_of_php_reads_it(text: str, expected: dict) -> None:
    """The vectors were printed once by PHP 8.2's own parse_str; keys are kept as text, in PHP's order."""
    tree = forms.query(text)

    assert expected == tree
    assert list(expected) == list(tree)


def test_more_than_a_thousand_fields_are_refused() -> None:
    """PHP drops what is over max_input_vars without a word; a mock says so."""
    with pytest.raises(forms.MalformedForm, match="more than 1000 fields"):
        forms.query("&".join(f"a{n}=1" for n in range(1001)))


def test_brackets_deeper_than_php_follows_are_refused() -> None:
    """Sixty-four levels are read, one more is refused, and ten thousand do not crash."""
    assert forms.query("a" + "[b]" * 64 + "=1")

    for depth in (65, 10_000):
        with pytest.raises(forms.MalformedForm, match="brackets deeper than 64"):
            forms.query("a" + "[b]" * depth + "=1")


def test_a_field_that_is_not_utf_8_is_refused() -> None:
    """A lone byte is no text, and is not quietly replaced."""
    with pytest.raises(forms.MalformedForm, match="UTF-8"):
        forms.query("a=%ff")


@pytest.fixture
def coercion() -> forms.Coercion:
    """A compiler over a contract with nothing but one recursive schema."""
    node = {"type": "object", "properties": {"n": {"type": "integer"}, "below": {"$ref": "#/components/schemas/Node"}}}
    return forms.Coercion(Contract("test", {"paths": {}, "components": {"schemas": {"Node": node}}}))


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        ({"type": "integer"}, "a=-12", -12),
        ({"type": "integer"}, "a=1.0", "1.0"),
        ({"type": "integer"}, "a=" + "9" * 30, "9" * 30),
        ({"type": "number"}, "a=1.50", Decimal("1.50")),
        ({"type": "number"}, "a=1e5", "1e5"),
        ({"type": "boolean"}, "a=On", True),
        ({"type": "boolean"}, "a=False", False),
        ({"type": "boolean"}, "a=maybe", "maybe"),
        ({"type": "string"}, "a=12", "12"),
        ({"type": ["integer", "string"]}, "a=12", "12"),
        ({"type": "array", "items": {"type": "integer"}}, "a[3]=1&a[]=x", [1, "x"]),
        ({"type": "array", "items": {"type": "integer"}}, "a[k]=1", {"k": "1"}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "a[d.com]=2", {"d.com": 2}),
        ({"oneOf": [{"type": "integer"}, {"type": "object", "additionalProperties": {"type": "integer"}}]}, "a=1", 1),
        (
            {"oneOf": [{"type": "integer"}, {"type": "object", "additionalProperties": {"type": "integer"}}]},
            "a[1]=1",
            {"1": 1},
        ),
        (
            {"type": "object", "patternProperties": {"^sum[0-9]+$": {"type": "number"}, "^is": {"type": "boolean"}}},
            "a[sum1]=2&a[is1]=on&a[sum]=3",
            {"sum1": 2, "is1": True, "sum": "3"},
        ),
        ({"$ref": "#/components/schemas/Node"}, "a[below][below][n]=7", {"below": {"below": {"n": 7}}}),
    ],
)
def test_texts_are_read_as_the_schema_says(coercion: forms.Coercion, schema: dict, text: str, expected: object) -> None:
    """A text becomes a number, a truth or a list where the schema asks for one and it can; else it stays."""
    wrapped = coercion.compile({"type": "object", "properties": {"a": schema}})

    assert {"a": expected} == wrapped(forms.query(text))


def test_a_part_without_a_name_is_dropped() -> None:
    """A lone backslash between the quotes is none, either."""
    parts = (b"--x\r\nContent-Disposition: form-data; name=%b\r\n\r\n1\r\n" % name for name in (b'"\\"', b'"a"'))

    assert {"a": "1"} == forms.body(b"".join(parts) + b"--x--\r\n", "multipart/form-data; boundary=x")
