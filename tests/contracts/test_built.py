"""A case builds what it sends, and what it expects, of what it has read."""

import base64

import phpserialize
import pytest

from counterfoil.contracts.phases.built import computed, serialized
from counterfoil.contracts.phases.cases import filled


def test_an_array_is_serialized_as_php_does_it() -> None:
    """The example of the source, with the field's id in it: keys that look like numbers are numbers."""
    assert "YToxOntpOjE7czo2OiJHb29nbGUiO30=" == serialized({"1": "Google"})
    assert {7: 2, b"name": b"x"} == phpserialize.loads(base64.b64decode(serialized({"7": 2, "name": "x"})))


@pytest.mark.parametrize(
    ("term", "comes_to"),
    [
        ("10.00 * (100 + 20) / 100", "12.00"),
        ("10.00 * 7.25 / 100", "0.73"),
        ("0.50 * 1.5", "0.75"),
        ("9 * 0.5", "5"),
        ("-1.25 + 0.25", "-1.00"),
        ("4000", "4000"),
    ],
)
def test_an_amount_follows_from_others(term: str, comes_to: str) -> None:
    """It has as many decimals as the first of them; half of the last one is rounded up."""
    assert comes_to == computed(term)


@pytest.mark.parametrize(
    "term", ["", "ten", "1,000.00 + 1", "1 / 0", "2 ** 9999999", "__import__('os')", "'1' * 9", "(", "-" * 99999 + "1"]
)
def test_what_is_no_amount_stands_for_itself(term: str) -> None:
    """Whatever a target has answered, it is not carried out, and equals no amount."""
    assert term == computed(term)


def test_what_a_case_builds_is_filled_first() -> None:
    """Placeholders stand for what was kept or is known, as anywhere in a case."""
    values = {"field": 4, "price": "10.00", "rate": 20}
    body = {
        "customfields": {"0": {"serialized": {"{field}": "Google"}}},
        "amount": {"computed": "{price} * {rate} / 100"},
    }

    assert {"customfields": {"0": serialized({4: "Google"})}, "amount": "2.00"} == filled(body, values)
    assert {"serialized": {"a": 1}, "more": 1} == filled({"serialized": {"a": 1}, "more": 1}, values)
