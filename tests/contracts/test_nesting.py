"""Names nest by brackets where the contract says so, and mean nothing but themselves elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.wire import nesting
from counterfoil.specs import Contract
from counterfoil.specs.reading import read


def till(brackets: bool) -> Contract:
    """The till, whose forms are read by PHP, or by somebody else."""
    return Contract("till", read(Path(__file__).parent / "till.yaml") | {"x-brackets": brackets})


@pytest.mark.parametrize(
    ("operation", "query", "body", "nested", "plain"),
    [
        ("list_sales", {"shop": "north", "limit[0]": 1}, None, set(), set()),
        ("list_sales", {"shop[x]": "north"}, None, {"query:/shop:type"}, {"query:/shop:required"}),
        ("list_sales", {"shop": "north", "limit": ["x", 1]}, None, set(), set()),
        ("list_sales", {"shop": "north", "limit": ["x", 0]}, None, set(), {"query:/limit:type"}),
        ("sell", {}, {"action": "sell", "item": 1, "gift[x]": "yes"}, {"body:/gift:type"}, set()),
        ("sell", {}, {"action": "sell", "item": [0, "x"]}, {"body:/item:type"}, {"body:/item:minimum"}),
    ],
)
def test_a_name_with_brackets_is_another_name_where_they_do_not_nest(
    operation: str, query: dict[str, Any], body: Any, nested: set[str], plain: set[str]
) -> None:
    """And of a plain name that is repeated, only what is wrong with the first and the last value is wrong.

    An optional parameter of a query may count as absent where it has brackets: whoever reads none there takes the request.
    """
    for brackets, expected in ((True, nested), (False, plain)):
        contract = till(brackets)
        asked = contract.operations[operation]
        sent = Target.described(contract, "http://127.0.0.1:1").prepare(Request(asked, query=query, body=body))

        assert expected == set(broken_by(sent, asked, contract))


def test_a_plain_list_is_its_name_repeated() -> None:
    """What lies deeper is JSON, as OpenAPI has it."""
    tree = {"tag": ["a", "b"], "gift": True, "to": {"city": "Ühlingen"}, "none": []}

    pairs = nesting.fields(tree, brackets=False)

    assert [("tag", "a"), ("tag", "b"), ("gift", "true"), ("to", '{"city": "Ühlingen"}')] == pairs
    assert [("tag[0]", "a"), ("tag[1]", "b")] == nesting.fields(tree, brackets=True)[:2]


def test_a_plain_name_that_is_repeated_is_read_in_both_ways() -> None:
    """Some take the first and some the last; a list is all of them."""
    pairs = [("page", "1"), ("page", "x"), ("tag", "a")]

    assert [{"page": "1", "tag": ["a"]}, {"page": "x", "tag": ["a"]}] == nesting.readings(pairs, False, {"tag"})
    assert [{"page": "x", "tag": "a"}] == nesting.readings(pairs, True)
