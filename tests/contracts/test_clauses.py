"""Every clause of a contract has an id of its own, which is the id of the finding that is made when it is broken."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import Observation, check
from counterfoil.contracts.http.client import Request, Target
from counterfoil.specs import Contract, names
from counterfoil.specs.clauses import Clause, clauses_of, clauses_of_requests
from counterfoil.specs.command import specs
from counterfoil.specs.evidence import STRENGTH


def contract_of(schema: Any, **schemas: Any) -> Contract:
    """A contract with one operation that answers with this schema."""
    answer = {"description": "Here it is.", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One", "version": "1"},
        "paths": {"/one": {"get": {"operationId": "one", "responses": {"200": answer}}}},
        "components": {"schemas": schemas},
    }
    return Contract("small", document)


def of_body(contract: Contract) -> dict[str, Clause]:
    """The clauses of the body that the one operation answers with, by pointer and keyword."""
    prefix = "small:one:answer:200:/"
    return {f"/{name.removeprefix(prefix)}": each for name, each in clauses_of(contract).items() if prefix in name}


def test_every_clause_of_an_operation_is_listed(till: Contract) -> None:
    """Parameters, statuses, outcomes, media types and whatever the schema of a body says."""
    assert [
        "till:list_sales:request:query:/limit:type",
        "till:list_sales:request:query:/limit:minimum",
        "till:list_sales:request:query:/shop:required",
        "till:list_sales:request:query:/shop:type",
        "till:list_sales:answer:200:status",
        "till:list_sales:outcome:sales_listed",
        "till:list_sales:answer:200:application/json:media_type",
        "till:list_sales:answer:200:application/json:malformed",
        "till:list_sales:answer:200:/:type",
        "till:list_sales:answer:200:/sales:required",
        "till:list_sales:answer:200:/sales:type",
        "till:list_sales:answer:200:/sales/*:type",
        "till:list_sales:answer:200:/sales/*/id:required",
        "till:list_sales:answer:200:/sales/*/total:required",
        "till:list_sales:answer:200:/sales/*/tags:required",
        "till:list_sales:answer:200:/sales/*/id:type",
        "till:list_sales:answer:200:/sales/*/total:type",
        "till:list_sales:answer:200:/sales/*/tags:type",
        "till:list_sales:answer:200:/sales/*/tags/*:type",
        "till:list_sales:answer:200:/sales/*/due:type",
        "till:list_sales:answer:200:/sales/*/due:format",
        "till:list_sales:answer:200:/sales/*/paid:type",
        "till:list_sales:answer:200:/sales/*/voucher_token:type",
        "till:list_sales:answer:400:status",
        "till:list_sales:outcome:shop_missing",
        "till:list_sales:outcome:limit_wrong",
        "till:list_sales:answer:400:application/json:media_type",
        "till:list_sales:answer:400:application/json:malformed",
        "till:list_sales:answer:400:/:type",
        "till:list_sales:answer:400:/error:required",
        "till:list_sales:answer:400:/error:type",
        "till:list_sales:answer:400:/text:type",
    ] == [name for name, clause in clauses_of(till).items() if clause.operation == "list_sales"]


def test_a_request_has_a_clause_for_its_body_and_its_form(till: Contract) -> None:
    """Unions and the names of a map have theirs, under the pointer of the property."""
    every = clauses_of_requests(till, "sell")
    found = {name.removeprefix("till:sell:request:body:") for name in every}

    assert {"/:required", "/:media_type", "/action:const", "/item:minimum", "/lines/*/sku:required"} <= found
    assert {"/pid:oneOf", "/pid:pattern", "/pid/*:type", "/buyer:minProperties"} <= found
    assert every.items() <= clauses_of(till).items()


def test_headers_have_clauses(till: Contract) -> None:
    """That one is there, and what it holds."""
    found = [name for name in clauses_of(till) if ":header:" in name]

    assert ["till:sell:answer:200:header:X-Till:required", "till:sell:answer:200:header:X-Till:type"] == found


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        ('{"total": 1, "tags": []}', "till:sell:answer:200:/id:required"),
        ('{"id": 1, "total": "1", "tags": []}', "till:sell:answer:200:/total:type"),
        ('{"id": 1, "total": 1, "tags": [1]}', "till:sell:answer:200:/tags/*:type"),
        ('{"id": 1, "total": 1, "tags": [], "due": "soon"}', "till:sell:answer:200:/due:format"),
        ("[]", "till:sell:answer:200:/:oneOf"),
        ("{", "till:sell:answer:200:application/json:malformed"),
    ],
)
def test_a_finding_has_the_id_and_the_evidence_of_its_clause(
    answering: Callable[..., Target], body: str, clause: str
) -> None:
    """So that a report, clause coverage and a baseline speak of the same thing."""
    target = answering(body)
    exchange = target.send(Request(target.contract.operations["sell"], body={"action": "sell", "item": 1}))
    found = {
        each.id: each for each in check(Observation(target, exchange, outcome(exchange, target.contract), strict=False))
    }

    assert clauses_of(target.contract)[clause].evidence == found[clause].evidence


def test_evidence_is_inherited(till: Contract) -> None:
    """What a property says of itself outweighs what it inherits; that it is there is as well founded as it is."""
    every = clauses_of(till)

    assert {
        "till:sell:answer:200:/total:type": "chosen",
        "till:sell:answer:200:/total:required": "chosen",
        "till:sell:answer:200:/id:type": "documented",
        "till:sell:answer:400:/error:required": "chosen",
        "till:sell:request:body:/lines/*/sku:required": "observed",
        "till:sell:request:body:/lines/*/quantity:type": "chosen",
        "till:list_sales:request:query:/shop:required": "observed",
    } == {
        name: every[name].evidence
        for name in (
            "till:sell:answer:200:/total:type",
            "till:sell:answer:200:/total:required",
            "till:sell:answer:200:/id:type",
            "till:sell:answer:400:/error:required",
            "till:sell:request:body:/lines/*/sku:required",
            "till:sell:request:body:/lines/*/quantity:type",
            "till:list_sales:request:query:/shop:required",
        )
    }


def test_a_schema_that_contains_itself_is_walked_once() -> None:
    """The clauses of the second round would say nothing new."""
    tree = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "below": {"$ref": "#/components/schemas/Tree"}},
    }

    assert ["/:type", "/name:type"] == list(of_body(contract_of({"$ref": "#/components/schemas/Tree"}, Tree=tree)))


def test_what_a_condition_asks_for_is_a_clause() -> None:
    """What is required only sometimes is required all the same."""
    schema = {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "dependentRequired": {"c": ["d"]}}
    found = of_body(contract_of({"type": "object", **schema}))

    assert ["/:type", "/d:dependentRequired", "/b:required"] == list(found)
    assert "/d in the answer 200 is there if c is" == found["/d:dependentRequired"].says


def test_what_a_union_says_twice_is_one_clause() -> None:
    """With everything that its branches say under this id."""
    branches = [{"type": "object", "properties": {"kind": {"const": kind}}} for kind in ("card", "cash")]
    (clause,) = [each for name, each in of_body(contract_of({"oneOf": branches})).items() if "const" in name]

    assert ("card", ("cash",)) == (clause.value, clause.others)


def test_what_nothing_could_break_is_no_clause() -> None:
    """A width of a program's number, a length of at least nothing, a closed door that is open."""
    schema = {"type": "object", "properties": {"a": {"format": "float"}, "b": {"minLength": 0, "uniqueItems": False}}}

    assert ["/:type"] == list(of_body(contract_of(schema)))
    assert ["/:type", "/:additionalProperties"] == list(
        of_body(contract_of({"type": "object", "additionalProperties": False}))
    )


def test_what_a_value_claims_is_a_clause_of_an_answer() -> None:
    """Beyond its type: that it is an amount, that it has counted, that it fits into a variable."""
    amount = {"number": "value", "text": "shown"}
    schema = {"x-decimal": [5, 2], "format": "int32", "x-counts": {"n": "/rows"}, "x-amount": amount}

    assert ["/:format", "/:x-decimal", "/value:x-amount", "/shown:x-amount", "/n:x-counts"] == list(
        of_body(contract_of(schema))
    )


@pytest.mark.parametrize("name", names())
def test_every_clause_of_a_contract_can_be_told(name: str) -> None:
    """It says something, its evidence is known, and its id names contract and operation."""
    contract = Contract.load(name)
    every = clauses_of(contract)

    assert len(every) > 100
    for clause in every.values():
        assert clause.evidence in STRENGTH
        assert "{}" not in clause.says
        assert clause.id.startswith(f"{name}:{clause.operation}:")
        assert clause.operation in contract.operations


def test_the_command_lists_the_clauses() -> None:
    """A line each, and how many there are; or all of it for a program."""
    run = CliRunner().invoke(specs, ["show", "shopscript", "--clauses"])
    as_json = CliRunner().invoke(specs, ["show", "shopscript", "--clauses", "--json"])
    every = clauses_of(Contract.load("shopscript"))

    *lines, last = run.output.splitlines()
    assert list(every) == [line.partition("  ")[0] for line in lines]
    assert f"{len(every)} clauses: " in last
    assert (
        "shopscript:add_order:request:body:/items:minItems  [chosen]  /items in the body has at least 1 items" in lines
    )
    assert list(every) == [each["id"] for each in json.loads(as_json.output)]
