"""The calls of a case as they are sent again: what one answer tells stands in the calls after it by its name."""

from collections.abc import Callable
from typing import Any

import pytest

from counterfoil.contracts.http.client import Request, Target
from counterfoil.contracts.phases.replay import Made, Values, replays

SOLD = '{"id": 17, "total": 17, "tags": ["17"]}'


@pytest.fixture
def two(answering: Callable[..., Target]) -> Callable[..., tuple[list[Made], Target]]:
    """Two calls, the second with what the first has told at a place."""

    def calls(place: str, value: Any, second: Callable[[Values], Any]) -> tuple[list[Made], Target]:
        target = answering(SOLD)

        def made(body: Callable[[Values], Any], values: Values) -> Made:
            def request(given: Values) -> Request:
                return Request(target.contract.operations["sell"], body=body(given))

            return Made(request, values, target.exchange(request(values)))

        first = made(lambda _: {"action": "sell", "item": 17}, {})
        first.told = {"order": (place, value)}
        return [first, made(second, {"order": value})], target

    return calls


def test_an_id_is_taken_from_the_answer_that_tells_it(two: Callable[..., tuple[list[Made], Target]]) -> None:
    """Only where it is that id: a 17 that the case has written stays."""
    calls = two("/id", 17, lambda values: {"action": "sell", "item": values["order"], "quantity": 17})
    first, second = replays(*calls) or (None, None)

    assert first is not None
    assert second is not None
    assert first.keeps == {"order": "/id"}
    assert second.body == "action=sell&item=<order>&quantity=17"


def test_calls_that_take_nothing_are_sent_as_they_were(two: Callable[..., tuple[list[Made], Target]]) -> None:
    """They need no other form."""
    assert replays(*two("/id", 17, lambda _: {"action": "sell", "item": 1})) == [None, None]


def test_what_cannot_be_read_again_cannot_be_sent_again(two: Callable[..., tuple[list[Made], Target]]) -> None:
    """By a query, say, or where the call has made something else of it."""
    used: Callable[[Values], Any] = lambda values: {"action": "sell", "item": values["order"]}  # noqa: E731
    turned: Callable[[Values], Any] = lambda values: {"action": "sell", "item": hash(str(values["order"]))}  # noqa: E731

    assert replays(*two("$..id", 17, used)) is None
    assert replays(*two("/id", 17, turned)) is None
