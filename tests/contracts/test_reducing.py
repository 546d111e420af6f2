"""A request becomes smaller for as long as it shows what it is about."""

from typing import Any

import pytest

from counterfoil.contracts.generate.shrink import reduced
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.wire.wire import FORM
from counterfoil.specs import Contract

MANY = {f"p{number}": number for number in range(12)}


@pytest.fixture
def sale(till: Contract) -> Any:
    return till.operations["sell"]


@pytest.mark.parametrize(
    ("given", "needs", "expected"),
    [
        ({"body": {"action": "sell", **MANY}}, lambda r: "p7" in r.body, {"body": {"action": "sell", "p7": 1}}),
        (
            {"body": {**MANY, "l": [1, 2, {"x": 3, "y": 4}]}},
            lambda r: r.body["l"][-1]["y"] == 4,
            {"body": {"l": [{"y": 4}]}},
        ),
        ({"body": {"note": "ab中cd" * 20}}, lambda r: "中" in r.body["note"], {"body": {"note": "中"}}),
        ({"body": {"n": 10**40, "m": 7}}, lambda r: r.body["n"] > 9, {"body": {"n": 10**40}}),
        ({"query": {"a": 1, "b": 2}, "headers": {"X": "1"}, "tail": "c=3"}, lambda r: r.tail, {"tail": "c=3"}),
        ({"raw": b"a=1&b=2&c=%FF&d=4", "media_type": FORM}, lambda r: b"%FF" in r.raw, {"raw": b"c=%FF"}),
        ({"body": [1, 2, 3]}, lambda r: 3 in r.body, {"body": [3]}),
        ({}, lambda r: True, {"body": None}),
    ],
)
def test_what_the_finding_does_not_need_is_left_out(sale: Any, given: Any, needs: Any, expected: Any) -> None:
    """The name of the function stays, since without it the request would be another operation's."""

    def shows(request: Request) -> bool:
        try:
            return bool(needs(request))
        except (LookupError, TypeError):
            return False

    request = reduced(Request(sale, **given), shows, ["action"], most=60)

    assert expected == {name: getattr(request, name) for name in expected}
    assert (request.query, request.headers) == ({}, {})
    assert shows(request)


def test_no_more_is_tried_than_allowed(sale: Any) -> None:
    """And what was reached by then counts."""
    tried = []

    def shows(request: Request) -> bool:
        tried.append(request)
        return "p11" in request.body

    request = reduced(Request(sale, body=MANY), shows, [], most=3)

    assert 3 == len(tried)
    assert "p11" in request.body
    assert len(request.body) < len(MANY)


def test_what_never_comes_again_stays_as_it_was(sale: Any) -> None:
    """A finding that took the state of a moment is shown with the request that had it."""
    request = Request(sale, body=MANY)

    assert request == reduced(request, lambda _: False, [])
