"""A value is walked with its schema, so that what nobody describes is seen wherever it stands."""

from typing import Any

import pytest

from counterfoil.contracts.wire.claims import false_claims
from counterfoil.contracts.wire.described import described
from counterfoil.contracts.wire.meaning import Dialect, as_read
from counterfoil.contracts.wire.wire import read
from counterfoil.specs import Contract

PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
FEE = {"type": "object", "required": ["fee"], "properties": {"fee": {"type": "number"}}}
SCHEMAS = {
    "list": {"type": "array", "items": PET},
    "map": {"type": "object", "additionalProperties": PET},
    "patterns": {"type": "object", "patternProperties": {"^p": PET}},
    "union": {"oneOf": [PET, FEE]},
    "whole": {"allOf": [{"$ref": "#/components/schemas/Pet"}, FEE]},
    "sometimes": {**PET, "if": {"required": ["age"]}, "then": {"properties": {"born": {}}}},
    "any": {"type": "object"},
    "pair": {"type": "array", "prefixItems": [PET, FEE]},
    "free": {**PET, "additionalProperties": True},
    "deep": {
        "type": "object",
        "properties": {"pets": {"type": "object", "properties": {"pet": {"type": "array", "items": PET}}}},
    },
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract("pets", {"paths": {}, "components": {"schemas": {"Pet": {**PET, "x-evidence": "observed"}}}})


def strangers(contract: Contract, schema: Any, value: Any) -> list[str]:
    return [pointer for place in described(contract, schema, value, "") for pointer in place.undescribed()]


@pytest.mark.parametrize(
    ("schema", "value", "pointers"),
    [
        ("list", [{"name": "a"}, {"name": "b", "x": 1}], ["/*/x"]),
        ("map", {"p": {"name": "a", "x": 1}, "q": {"name": "b", "y/z": 1}}, ["/*/x", "/*/y~1z"]),
        ("patterns", {"p": {"name": "a", "x": 1}, "q": {"x": 1}}, ["/*/x"]),
        ("union", {"fee": 1, "name": 2}, ["/name"]),
        ("union", {"name": "a", "age": 1}, []),
        ("union", {"fee": "x", "name": 2}, []),
        ("whole", {"name": "a", "fee": 1, "x": 1}, ["/x"]),
        ("sometimes", {"name": "a", "born": 1}, ["/born"]),
        ("sometimes", {"name": "a", "age": 2, "born": 1}, []),
        ("any", {"x": 1}, []),
        ("pair", [{"name": "a", "fee": 1}, {"fee": 1, "name": "a"}, {"x": 1}], ["/*/fee", "/*/name"]),
        ("free", {"name": "a", "x": 1}, []),
        ("deep", {"pets": {"pet": [{"name": "a", "x": {"y": 1}}]}}, ["/pets/pet/*/x"]),
    ],
)
def test_a_property_that_nobody_describes_is_found_wherever_it_stands(
    contract: Contract, schema: str, value: Any, pointers: list[str]
) -> None:
    """In lists, in maps, and in that branch of a union that the value is; where anything may stand, nothing is strange."""
    assert pointers == strangers(contract, SCHEMAS[schema], value)


@pytest.mark.parametrize(
    ("body", "media_type", "dialect"),
    [
        (b"<r><pets><pet><name>a</name><x>1</x></pet></pets></r>", "text/xml", "xml"),
        (b"pets[pet][0][name]=a;pets[pet][0][x]=1", "text/plain", "pairs"),
    ],
)
def test_another_format_hides_no_property(contract: Contract, body: bytes, media_type: str, dialect: Dialect) -> None:
    """XML and pairs are looked into like JSON."""
    value = as_read(read(body, media_type), SCHEMAS["deep"], contract, dialect)
    assert ["/pets/pet/*/x"] == strangers(contract, SCHEMAS["deep"], value)


def test_what_is_said_of_a_place_has_the_evidence_of_the_nearest_that_says(contract: Contract) -> None:
    """A component's own outweighs what it inherits."""
    found = {
        each.pointer: each.schemas[-1][1] for each in described(contract, SCHEMAS["whole"], {"name": "a"}, "chosen")
    }
    assert {"": "chosen", "/name": "observed"} == found


AMOUNT = {
    "x-amount": {"number": "n", "currency": "c", "text": "t", "prefix": "p", "suffix": "s", "x-evidence": "chosen"}
}


def amount(number: str, currency: str, text: str, prefix: str = "$", suffix: str = " USD") -> dict[str, str]:
    return {"n": number, "c": currency, "t": text, "p": prefix, "s": suffix}


@pytest.mark.parametrize(
    ("schema", "value", "clauses"),
    [
        (AMOUNT, amount("19.99", "USD", "$19.99 USD"), []),
        (AMOUNT, amount("1234.50", "USD", "$1,234.50 USD"), []),
        (AMOUNT, amount("1234.50", "EUR", "1.234,50 €", "", " €"), []),
        (AMOUNT, amount("1234.50", "USD", "$1,235 USD"), []),
        (AMOUNT, amount("-5.00", "USD", "-$5.00 USD"), []),
        (AMOUNT, amount("1000", "JPY", "¥1,000", "¥", ""), []),
        (AMOUNT, amount("1000.00", "JPY", "¥1,000", "¥", ""), []),
        (AMOUNT, amount("1.500", "KWD", "1.500 KD", "", " KD"), []),
        (AMOUNT, amount("soon", "USD", "soon"), []),
        (AMOUNT, None, []),
        (AMOUNT, amount("19.9", "USD", "$19.9 USD"), ["/n:x-amount"]),
        (AMOUNT, amount("19.999", "USD", "$19.99 USD"), ["/n:x-amount", "/t:x-amount"]),
        (AMOUNT, amount("19.99", "USD", "$1.99 USD"), ["/t:x-amount"]),
        (AMOUNT, amount("19.99", "USD", "$1999.00 USD"), ["/t:x-amount"]),
        (AMOUNT, amount("19.99", "USD", "19.99"), ["/t:x-amount"]),
        (AMOUNT, amount("19.99", "USD", "€19.99 USD"), ["/t:x-amount"]),
        (AMOUNT, amount("-19.99", "USD", "$19.99 USD"), ["/t:x-amount"]),
        ({"x-decimal": [6, 2]}, 1234.56, []),
        ({"x-decimal": [6, 2]}, "text", []),
        ({"x-decimal": [6, 2]}, 0.1 + 0.2, ["/:x-decimal"]),
        ({"x-decimal": [6, 2]}, 10_000, ["/:x-decimal"]),
        ({"format": "int32"}, -(2**31), []),
        ({"format": "int32"}, 2**31, ["/:format"]),
        ({"format": "int64"}, 2**31, []),
        ({"format": "int64"}, 2**63, ["/:format"]),
        ({"format": "int64"}, True, []),
        ({"x-counts": {"n": "/l/m"}}, {"n": 2, "l": {"m": [1, 2]}}, []),
        ({"x-counts": {"n": "/l/m"}}, {"n": "2", "l": {"m": [1, 2]}}, []),
        ({"x-counts": {"n": "/l/m"}}, {"n": 0}, []),
        ({"x-counts": {"n": "/l/m"}}, {"l": {"m": [1]}}, []),
        ({"x-counts": {"n": "/l/m"}}, {"n": 3, "l": {"m": [1, 2]}}, ["/n:x-counts"]),
        ({"x-counts": {"n": "/l/m"}}, {"n": 1, "l": ""}, ["/n:x-counts"]),
        ({"items": {"x-decimal": [6, 2]}}, [1.5, 1.555, 1.777], ["/*:x-decimal"] * 2),
    ],
)
def test_a_value_is_what_it_claims_to_be(contract: Contract, schema: Any, value: Any, clauses: list[str]) -> None:
    """An amount has the digits of its currency and is the one that is shown; a count has counted."""
    assert clauses == [clause.id for clause in false_claims(described(contract, schema, value, "documented"))]


def test_a_claim_is_as_well_founded_as_the_schema_says(contract: Contract) -> None:
    """What an amount looks like may be founded worse than the amount."""
    (clause,) = false_claims(described(contract, AMOUNT, amount("19.99", "USD", "$1.99 USD"), "documented"))
    assert "chosen" == clause.evidence
