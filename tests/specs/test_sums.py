"""Sums of a contract: terms in Decimals that say no more than what an amount comes to."""

from decimal import Decimal
from typing import Any

import pytest

from counterfoil.specs import sums

ORDER: dict[str, Any] = {
    "items": [{"price": "1.25", "quantity": 2, "taxed": "1"}, {"price": 3, "quantity": "0.5", "taxed": 0}],
    "discount": "0.50",
    "totals": {"shipping": {"$": "2.00"}},
    "nothing": None,
}


@pytest.mark.parametrize(
    ("term", "comes_to"),
    [
        ("sum(items, price * quantity)", "4.00"),
        ("sum(items, price * quantity) - discount + totals.shipping", "5.50"),
        ("sum(items, when(taxed, price * quantity, 0)) / 2", "1.25"),
        ("count(items)", "2"),
        ("-(1 + 2) * nothing + absent", "0"),
        ("sum(absent, price)", "0.00"),
    ],
)
def test_a_term_comes_to_its_amount(term: str, comes_to: str) -> None:
    """What is absent or null counts as nothing, and texts count as the numbers that are written there."""
    assert "" == sums.difference(term, ORDER, Decimal(comes_to))
    assert f"{term} comes to " in sums.difference(term, ORDER, Decimal(comes_to) + 1)


def test_rounding_each_part_explains_a_little() -> None:
    """Half of the last decimal for each part that had to be rounded, and no more."""
    tree = {"items": [{"price": "0.333", "rate": "0.5"}] * 3}

    assert "" == sums.difference("sum(items, price * rate)", tree, Decimal("0.51"))
    assert "comes to 0.4995" in sums.difference("sum(items, price * rate)", tree, Decimal("0.53"))


def test_a_tree_without_a_number_there_says_nothing() -> None:
    """That it is no number is for its schema to tell."""
    assert "" == sums.difference("sum(items, price)", {"items": [{"price": "dear"}]}, Decimal(1))


@pytest.mark.parametrize(
    "term", ["__import__('os')", "items[0]", "sum(items)", "a if b else c", "'text'", "a **", "f()(1)"]
)
def test_what_is_no_term_is_refused(term: str) -> None:
    """A term is data: nothing in it is carried out."""
    with pytest.raises(sums.TermError, match="is no term"):
        sums.parsed(term)
