"""A world's program may differ from the mock's own at any step of a request's life, and still be held to its contract."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.variation import Variation
from counterfoil.mockserver.engine.varied import Exchange

TOKEN = {"access_token": "counterfoil-token"}
OFFSET = 1000


@dataclass(frozen=True)
class Allowed(Variation):
    """A behaviour that the contract allows."""

    keeps_contract = True


Vary = Callable[..., None]


@pytest.fixture
def vary(mock: Mock, client: FlaskClient) -> Vary:
    """Give the main world's shop these behaviours, each by the step at which it stands."""

    def vary(*changes: tuple[str, Callable[..., Any]], kind: type[Variation] = Allowed) -> None:
        mock.worlds.get("main").variations = tuple(
            kind(change.__name__, "shopscript", step, frozenset(), change) for step, change in changes
        )

    yield vary
    mock.worlds.get("main").variations = ()


def get_order(client: FlaskClient, number: int) -> Any:
    return client.get("/api.php/shop.order.getInfo", query_string={**TOKEN, "id": number})


def place_order(client: FlaskClient) -> Any:
    form = {"contact_id": 1, "items[0][sku_id]": 1}
    return client.post("/api.php/shop.order.add", data=form, query_string=TOKEN)


def test_ids_of_another_kind_are_given_and_taken(client: FlaskClient, vary: Vary) -> None:
    """What is answered is changed behind the work, and what is asked for in front of it."""

    def given(exchange: Exchange, reply: Reply) -> None:
        reply.body["id"] += OFFSET

    def taken(exchange: Exchange, own: Callable[[], Result]) -> Result:
        if "id" in exchange.call.given:
            exchange.call.given["id"] -= OFFSET
        return own()

    vary(("accepted", given), ("handler", taken))
    number = place_order(client).json["id"]

    assert number > OFFSET
    assert number == get_order(client, number).json["id"]
    assert 404 == get_order(client, number - OFFSET).status_code


def test_a_refusal_has_other_words(client: FlaskClient, vary: Vary) -> None:
    """The status and the code stay, so that the contract still allows it."""

    def kindly(exchange: Exchange, reply: Reply) -> None:
        reply.body["error_description"] = "Sorry, there is nothing of that number."

    own = get_order(client, 999)
    vary(("refused", kindly))
    varied = get_order(client, 999)

    assert own.status_code == varied.status_code
    assert own.json["error"] == varied.json["error"]
    assert "Sorry, there is nothing of that number." == varied.json["error_description"]


def test_an_answer_is_written_in_another_way(client: FlaskClient, vary: Vary) -> None:
    """Bytes are changed at the end."""

    def spaced(exchange: Exchange, answer: Answer) -> Answer:
        return answer._replace(body=answer.body.replace(b":", b": "))

    own = place_order(client)
    vary(("wire", spaced))

    assert b'"id": ' in get_order(client, own.json["id"]).data


def lost(exchange: Exchange, reply: Reply) -> None:
    del reply.body["id"]


def test_what_keeps_the_contract_is_held_to_it(client: FlaskClient, vary: Vary) -> None:
    """A behaviour that is not allowed after all is a bug in the mock, and is reported as one."""
    number = place_order(client).json["id"]
    vary(("accepted", lost))

    answer = get_order(client, number)

    assert (500, "mock_bug") == (answer.status_code, answer.json["error"])
    assert answer.json["message"].startswith("This is a bug in the mock, not in your request: get_order 200")


def test_what_does_not_keep_it_is_answered_as_it_is(client: FlaskClient, vary: Vary) -> None:
    """A program with a defect does not know that it has it."""
    number = place_order(client).json["id"]
    vary(("accepted", lost), kind=Variation)

    answer = get_order(client, number)

    assert 200 == answer.status_code
    assert "id" not in answer.json
