"""What a clause asks of an answer, as a schema: the answer that broke the clause is refused, an honest one is not."""

from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest

from counterfoil.contracts.checks import assertions as demands
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import Observation, check
from counterfoil.contracts.http.client import Request, Target
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.reports.replayed import seen
from counterfoil.reports.results import Finding
from counterfoil.specs import Contract

Answering = Callable[..., Target]

SOLD = '{"id": 1, "total": 2.5, "tags": ["a"]}'
VALID = {"action": "sell", "item": 1, "lines": [{"sku": 1, "quantity": 2}]}


def asked(target: Target, body: Any = VALID) -> tuple[Exchange, dict[str, Finding]]:
    exchange = target.send(Request(target.contract.operations["sell"], body=body))
    found = check(Observation(target, exchange, outcome(exchange, target.contract), strict=False))
    return exchange, {finding.id.removeprefix("till:sell:"): finding for finding in found}


def told(exchange: Exchange) -> dict[str, Any]:
    """The exchange as a demand speaks of it."""
    return seen(exchange.status, dict(exchange.headers), exchange.body)


def holds(demand: Mapping[str, Any], exchange: Exchange) -> bool:
    return jsonschema.Draft202012Validator(demand, format_checker=jsonschema.FormatChecker()).is_valid(told(exchange))


@pytest.mark.parametrize(
    ("liar", "clause"),
    [
        ({"body": '{"error": "closed"}', "status": 503}, "server_error:503"),
        ({"body": "{}", "status": 418}, "status:418"),
        ({"body": SOLD, "content_type": "text/html"}, "answer:200:text/html:media_type"),
        ({"body": "{"}, "answer:200:application/json:malformed"),
        ({"body": '{"total": 1, "tags": []}'}, "answer:200:/id:required"),
        ({"body": '{"id": "1", "total": 1, "tags": []}'}, "answer:200:/id:type"),
        ({"body": '{"id": 1, "total": 1, "tags": [1]}'}, "answer:200:/tags/*:type"),
        ({"body": '{"error": "Out of paper 12"}'}, "refusal:200:Out of paper #"),
        ({"body": '{"error": "Out of paper"}', "status": 400}, "refusal:400:Out of paper"),
        ({"body": '{"id": 1, "total": 1, "tags": [], "extra": 1}'}, "answer:200:/extra:undocumented"),
        ({"body": SOLD, "X_Till": "first"}, "answer:200:header:X-Till:type"),
        ({"body": '{"id": 1, "total": 1, "tags": ["é"]}'.encode("latin-1")}, "answer:200:application/json:charset"),
    ],
)
def test_a_demand_refuses_the_answer_that_broke_it_and_no_honest_one(
    answering: Answering, liar: Mapping[str, Any], clause: str
) -> None:
    """Whoever holds the answer to the demand sees what the check saw, and nothing where there is nothing."""
    lying, found = asked(answering(**liar))
    honest, _ = asked(answering(SOLD))

    assert not holds(found[clause].demand, lying)
    assert holds(found[clause].demand, honest)


def test_what_a_body_is_said_to_be_may_be_mended_instead_of_the_body(answering: Answering) -> None:
    """A page under the type of JSON breaks the clause, and under its own it does not."""
    lying, found = asked(answering("<p>"))
    demand = found["answer:200:application/json:malformed"].demand

    assert demands.breaks(told(lying), demand)
    assert not demands.breaks(told(asked(answering("<p>", content_type="text/html"))[0]), demand)


def test_an_answer_of_which_a_demand_does_not_speak_breaks_none(answering: Answering) -> None:
    """Nor does any answer break the empty demand, or one that no validator can read."""
    _, found = asked(answering('{"total": 1, "tags": []}'))
    elsewhere = told(asked(answering('{"error": "closed"}', status=503))[0])

    assert not demands.breaks(elsewhere, found["answer:200:/id:required"].demand)
    assert not demands.breaks(elsewhere, {})
    assert not demands.breaks(elsewhere, {"properties": {"text": {"pattern": "("}}})


def test_an_accepted_invalid_request_has_to_be_refused(answering: Answering) -> None:
    """By its status, or by a body that the contract calls a refusal."""
    accepted, found = asked(answering(SOLD), {"action": "sell"})
    demand = found["request:body:/item:required"].demand

    assert not holds(demand, accepted)
    assert holds(demand, asked(answering('{"error": "invalid"}', status=400))[0])
    assert holds(demand, asked(answering('{"error": "Item 1 is unknown"}'))[0])


def test_a_demand_speaks_of_one_clause_only(answering: Answering) -> None:
    """Of two broken clauses, each demand refuses its own answer, whatever becomes of the other."""
    _, found = asked(answering('{"id": "1", "total": 1, "tags": [1]}'))
    half_mended, _ = asked(answering('{"id": 1, "total": 1, "tags": [1]}'))

    assert holds(found["answer:200:/id:type"].demand, half_mended)
    assert not holds(found["answer:200:/tags/*:type"].demand, half_mended)


def test_what_no_schema_can_say_is_not_demanded(answering: Answering) -> None:
    """A body that is no JSON means what the contract makes of it."""
    _, found = asked(answering("<r><id>x</id><total>1</total></r>", content_type="application/xml"))

    assert found["answer:200:xml:/id:type"].demand == {}

    xml = {"body": "<r><id>1</id><total>1</total></r>", "content_type": "application/xml"}
    _, found = asked(answering(**xml), {"action": "sell"})
    assert found["request:body:/item:required"].demand == {}


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("sold", {"body": SOLD}, {"body": '{"error": "Item 1 is unknown"}'}),
        ("item_unknown", {"body": '{"error": "Item 7 is unknown"}'}, {"body": '{"error": "closed"}'}),
        ("item_missing", {"body": '{"error": "invalid"}', "status": 400}, {"body": '{"error": "invalid"}'}),
    ],
)
def test_an_outcome_is_demanded_by_its_status_and_its_name(
    answering: Answering, name: str, right: Mapping[str, Any], wrong: Mapping[str, Any]
) -> None:
    """A refusal is known by its text, which may be filled in any way."""
    target = answering(**right)
    answer, _, example = target.contract.operations["sell"].examples[name]
    demand = demands.of_outcome(answer, example, target.contract)

    assert holds(demand, asked(target)[0])
    assert not holds(demand, asked(answering(**wrong))[0])


def test_one_of_several_accepted_outcomes_is_demanded_by_the_names_that_tell_it() -> None:
    """A cart that lists nothing has none."""
    contract = Contract.load("billmanager")
    answer, _, example = contract.operations["get_cart"].examples["cart_listed"]
    demand = demands.of_outcome(answer, example, contract)
    listed, empty = ({"total": {"cost": {"$": "0"}}, **told} for told in ({"list": {"elem": []}}, {}))

    assert not demands.breaks({"status": 200, "body": {"doc": listed}}, demand)
    assert demands.breaks({"status": 200, "body": {"doc": empty}}, demand)


@pytest.mark.parametrize(
    ("place", "wanted", "body", "fits"),
    [
        ("/total", {"const": 2.5}, SOLD, True),
        ("/total", {"const": 3}, SOLD, False),
        ("/tags/0", {"const": "a"}, SOLD, True),
        ("/tags/1", True, SOLD, False),
        ("/due", demands.ABSENT, SOLD, True),
        ("/tags", demands.ABSENT, SOLD, False),
        ("/tags/0", demands.ABSENT, SOLD, False),
        ("/tags/1", demands.ABSENT, SOLD, True),
        ("/none/below", demands.ABSENT, SOLD, True),
        ("header:X-Till", {"const": "1"}, SOLD, True),
        ("header:X-Till", {"const": "2"}, SOLD, False),
    ],
)
def test_a_fact_is_demanded_where_it_stands(
    answering: Answering, place: str, wanted: Any, body: str, fits: bool
) -> None:
    """At a pointer into the body or in a header; what may not be there is absent."""
    exchange, _ = asked(answering(body))

    assert holds(demands.of_fact(exchange, place, wanted), exchange) is fits
