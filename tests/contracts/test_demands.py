"""What a clause asks of an answer, as a schema: the answer that broke the clause is refused, an honest one is not."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest

from counterfoil.contracts.checks import assertions as demands
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import Observation, check
from counterfoil.contracts.http.client import Request, Target
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.reports.results import Finding

Answering = Callable[..., Target]

SOLD = '{"id": 1, "total": 2.5, "tags": ["a"]}'
VALID = {"action": "sell", "item": 1, "lines": [{"sku": 1, "quantity": 2}]}


def asked(target: Target, body: Any = VALID) -> tuple[Exchange, dict[str, Finding]]:
    exchange = target.send(Request(target.contract.operations["sell"], body=body))
    found = check(Observation(target, exchange, outcome(exchange, target.contract), strict=False))
    return exchange, {finding.id.removeprefix("till:sell:"): finding for finding in found}


def told(exchange: Exchange) -> dict[str, Any]:
    """The exchange as a demand speaks of it."""
    said: dict[str, Any] = {"status": exchange.status, "media_type": exchange.media_type}
    said["headers"] = {name.lower(): value for name, value in exchange.headers.items()}
    try:
        said["text"] = exchange.body.decode(exchange.charset or "utf-8").replace("\\/", "/").replace("\\n", "\n")
        said["body"] = json.loads(said["text"])
    except ValueError:
        pass
    return said


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
