"""Ids are known by the name of what they are the id of."""

import pytest

from counterfoil.contracts.generate import id_pool


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("clients", "client"),
        ("countries", "country"),
        ("addresses", "address"),
        ("statuses", "status"),
        ("status", "status"),
        ("boxes", "box"),
        ("cases", "case"),
        ("stock", "stock"),
    ],
)
def test_an_id_in_a_list_is_the_id_of_one_of_them(several: str, one: str) -> None:
    """What a list is called says what its rows are, whichever way its plural is made."""
    assert [(f"{one}_id", 7)] == list(id_pool._ids({several: [{"id": 7}]}, []))
