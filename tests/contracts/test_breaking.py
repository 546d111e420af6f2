"""One clause is broken and nothing else, or the reason is told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from counterfoil.contracts.audit.broken_answers import broken_exchange
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.checks.response import Observation, check
from counterfoil.contracts.generate.invalid_requests import broken_request
from counterfoil.contracts.generate.mutate import Unbreakable, broken
from counterfoil.contracts.http.client import Request, Target
from counterfoil.contracts.wire.claims import false_claims
from counterfoil.contracts.wire.described import described
from counterfoil.specs import Contract
from counterfoil.specs.clauses import CLAIMS, Clause, clauses_of, place_of
from counterfoil.specs.schemas import schemas_of

SOLD = {"id": 1, "total": 2.5, "tags": ["a"], "due": "2026-01-05"}
VALID = {"action": "sell", "item": 1, "lines": [{"sku": 1, "quantity": 2}]}


def small(schema: Any) -> tuple[Contract, dict[str, Clause]]:
    """A contract that answers with this schema, and the clauses of the body, without what all ids begin with."""
    answer = {"description": "Here it is.", "content": {"application/json": {"schema": schema}}}
    paths = {"/one": {"get": {"operationId": "one", "responses": {"200": answer}}}}
    contract = Contract("small", {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": paths})
    prefix = "small:one:answer:200:"
    return contract, {name.removeprefix(prefix): clause for name, clause in clauses_of(contract).items()}


@pytest.mark.parametrize(
    ("schema", "value", "clause"),
    [
        ({"type": "integer"}, 5, "/a:type"),
        ({"type": ["integer", "null"]}, None, "/a:type"),
        ({"enum": ["x", "y"]}, "x", "/a:enum"),
        ({"enum": [1, 2]}, 1, "/a:enum"),
        ({"const": True}, True, "/a:const"),
        ({"type": "string", "format": "date"}, "2026-01-05", "/a:format"),
        ({"type": "string", "format": "date", "pattern": "^[0-9]{4}-"}, "2026-01-05", "/a:format"),
        ({"type": "string", "format": "email", "maxLength": 30}, "a@b.example", "/a:maxLength"),
        ({"type": "string", "pattern": r"^[0-9]+\.[0-9]{2}$"}, "1.00", "/a:pattern"),
        ({"type": "string", "minLength": 3}, "abc", "/a:minLength"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, 5, "/a:minimum"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, 5, "/a:maximum"),
        ({"type": "number", "exclusiveMinimum": 0}, 1, "/a:exclusiveMinimum"),
        ({"type": "number", "multipleOf": 0.01}, 0.5, "/a:multipleOf"),
        ({"type": "array", "minItems": 1}, [1], "/a:minItems"),
        ({"type": "array", "maxItems": 2, "items": {"type": "integer"}}, [1], "/a:maxItems"),
        ({"type": "array", "uniqueItems": True, "items": {"type": "integer"}}, [1], "/a:uniqueItems"),
        ({"type": "array", "items": {"type": "integer", "minimum": 0}}, [1], "/a/*:minimum"),
        ({"type": "array", "contains": {"const": 1}}, [1], "/a:contains"),
        ({"type": "object", "minProperties": 1}, {"x": 1}, "/a:minProperties"),
        ({"type": "object", "maxProperties": 2}, {"x": 1}, "/a:maxProperties"),
        ({"type": "object", "additionalProperties": False, "properties": {"x": {}}}, {"x": 1}, "/a:additionalProperties"),
        ({"type": "object", "propertyNames": {"pattern": "^[0-9]$"}}, {"1": 1}, "/a:pattern"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"1": 1}, "/a/*:type"),
        ({"type": "object", "dependentRequired": {"x": ["y"]}}, {"x": 1, "y": 1}, "/a/y:dependentRequired"),
        ({"if": {"required": ["x"]}, "then": {"required": ["y"]}}, {"x": 1, "y": 1}, "/a/y:required"),
        ({"oneOf": [{"type": "integer"}, {"type": "object"}]}, 1, "/a:oneOf"),
        ({"not": {"const": 0}}, 1, "/a:not"),
        ({"type": "object", "required": ["~/"], "properties": {"~/": {}}}, {"~/": 1}, "/a/~0~1:required"),
    ],
)  # fmt: skip
def test_each_keyword_is_broken_alone(schema: Any, value: Any, clause: str) -> None:
    """What comes out breaks exactly the clause, and is the same every time."""
    contract, clauses = small(
        {"type": "object", "required": ["a", "b"], "properties": {"a": schema, "b": {"const": 1}}}
    )
    instance = {"a": value, "b": 1}
    assert schemas_of(contract).holds(clauses_schema(contract), instance, formats=True)

    done = broken(clauses[clause], instance, contract)

    found = schemas_of(contract).broken(clauses_schema(contract), done.instance, "documented", formats=True)
    assert ([clause], ()) == ([each.id for each in found], done.also)
    assert done == broken(clauses[clause], instance, contract)
    assert {"a": value, "b": 1} == instance


def clauses_schema(contract: Contract) -> Any:
    """The schema of the one answer."""
    return contract.operations["one"].answers[200].media["application/json"].schema


@pytest.mark.parametrize(
    ("schema", "value", "broken_clauses"),
    [
        ({"type": "number", "x-decimal": [5, 2]}, 1.25, {"/a:x-decimal"}),
        ({"type": "integer", "format": "int32"}, 1, {"/a:format"}),
        ({"x-counts": {"n": "/rows"}}, {"n": 2, "rows": [1, 2]}, {"/a/n:x-counts"}),
        (
            {"x-amount": {"number": "v", "text": "t"}},
            {"v": "1.50", "t": "1.50 EUR"},
            {"/a/v:x-amount", "/a/t:x-amount"},
        ),
    ],
)
def test_what_a_value_claims_is_broken(schema: Any, value: Any, broken_clauses: set[str]) -> None:
    """An amount has two halves: a number with other decimals is not what its text shows, either."""
    contract, clauses = small({"type": "object", "properties": {"a": schema}})

    done = broken(clauses[min(broken_clauses, key=lambda each: "/t:" in each)], {"a": value}, contract)

    places = described(contract, clauses_schema(contract), done.instance, "documented")
    assert broken_clauses == {each.id for each in false_claims(places)}
    assert schemas_of(contract).holds(clauses_schema(contract), done.instance)


def test_what_cannot_be_broken_alone_names_what_breaks_with_it() -> None:
    """A value of another type is none of the enum's."""
    contract, clauses = small({"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}})

    assert ("/a:enum",) == broken(clauses["/a:type"], {"a": "x"}, contract).also


def test_what_an_answer_lacks_is_taken_from_another() -> None:
    """So that a clause of what a list holds is broken where the list is empty."""
    line = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "integer"}}}
    contract, clauses = small({"type": "object", "properties": {"lines": {"type": "array", "items": line}}})
    clause = clauses["/lines/*/sku:required"]

    with pytest.raises(Unbreakable, match=r"there is no /lines/\* to break it in"):
        broken(clause, {"lines": []}, contract)

    assert {"lines": [{}]} == broken(clause, {"lines": []}, contract, donors=[{"lines": [{"sku": 1}]}]).instance


def test_every_clause_of_the_examples_is_broken_or_told_why() -> None:
    """Shop-Script's own answers in JSON, each of whose examples is whole."""
    contract = Contract.load("shopscript")
    done = 0
    for clause in clauses_of(contract).values():
        status, _, kind = clause.place.partition(":")
        if clause.part == "request" or kind or not clause.pointer or clause.keyword in CLAIMS:
            continue
        answer = contract.operations[clause.operation].answers[int(status)]
        bodies = [e.value for name, m in answer.media.items() if place_of(1, name) == "1" for e in m.examples.values()]
        for body in bodies:
            try:
                result = broken(clause, body, contract, donors=bodies)
            except Unbreakable:
                continue
            schema = answer.media["application/json"].schema
            found = {each.id for each in schemas_of(contract).broken(schema, result.instance, "", formats=True)}
            assert {f"{clause.pointer}:{clause.keyword}", *result.also} == found
            done += 1
            break

    assert done > 500


@pytest.mark.parametrize(
    ("clause", "query"),
    [
        ("request:body:/item:type", "item=stub"),
        ("request:body:/item:minimum", "item=0"),
        ("request:body:/item:required", "action=sell&lines"),
        ("request:body:/gift:type", "gift=stub"),
        ("request:body:/lines:type", "lines=stub"),
        ("request:body:/lines/*/sku:required", "lines%5B0%5D%5Bquantity%5D=2"),
        ("request:body:/pid:pattern", "pid%5Bcounterfoil%5D=1"),
        ("request:body:/pid/*:type", "pid%5B0%5D=stub"),
        ("request:body:/pid:oneOf", "pid=stub"),
    ],
)
def test_in_a_form_everything_is_text(answering: Callable[..., Target], clause: str, query: str) -> None:
    """What is sent breaks the clause on the wire, and nothing else."""
    target = answering("{}")
    sell = target.contract.operations["sell"]

    request = broken_request(
        clauses_of(target.contract)[f"till:sell:{clause}"], Request(sell, body=VALID), target.contract
    )

    sent = target.prepare(request)
    assert query in sent.body.decode()
    assert [clause.removeprefix("request:")] == list(broken_by(sent, sell, target.contract, formats=True) or ())


@pytest.mark.parametrize(
    ("clause", "why"),
    [
        ("sell:request:body:/action:const", "it would be another operation's request"),
        ("sell:request:body:/:required", "the body says which operation is meant"),
        ("sell:request:body:/:type", "the whole is always an object there"),
        ("sell:request:body:/buyer:minProperties", "what is empty may count as absent there"),
    ],
)
def test_what_a_form_cannot_say_is_told(till: Contract, clause: str, why: str) -> None:
    """The reason is short enough to be counted."""
    with pytest.raises(Unbreakable, match=why):
        broken_request(clauses_of(till)[f"till:{clause}"], Request(till.operations["sell"], body=VALID), till)


def test_parameters_are_broken_where_they_stand(till: Contract) -> None:
    """A bound by a number, what is required by leaving it out, a type by a text."""
    request = Request(till.operations["list_sales"], query={"shop": "north"})

    def query(clause: str) -> Any:
        return broken_request(clauses_of(till)[f"till:list_sales:request:query:{clause}"], request, till).query

    assert {"shop": "north", "limit": 0} == query("/limit:minimum")
    assert {"shop": "north", "limit": "stub"} == query("/limit:type")
    assert {} == query("/shop:required")


def test_a_path_carries_text_only() -> None:
    """And no text that would be another path."""
    schema = {"type": "string", "pattern": "^[a-z]+$", "minLength": 2}
    parameter = {"name": "id", "in": "path", "required": True, "schema": schema}
    answers = {"200": {"description": "It."}}
    paths = {"/one/{id}": {"get": {"operationId": "one", "parameters": [parameter], "responses": answers}}}
    contract = Contract("small", {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": paths})
    request = Request(contract.operations["one"], path={"id": "abc"})

    def path(clause: str) -> Any:
        return broken_request(clauses_of(contract)[f"small:one:request:path:/id:{clause}"], request, contract).path[
            "id"
        ]

    assert "abc!" == path("pattern")
    assert "a" == path("minLength")
    with pytest.raises(Unbreakable, match="any text is a string there"):
        path("type")


def test_a_credential_is_left_out_or_wrong_in_every_place() -> None:
    """Whatever the request carried in those places."""
    contract = Contract.load("shopscript")
    request = Request(contract.operations["get_order"], query={"id": 1, "access_token": "mine"})

    def unopened(keyword: str) -> Request:
        return broken_request(
            clauses_of(contract)[f"shopscript:get_order:request:security:/:{keyword}"], request, contract
        )

    assert ({"id": 1}, None) == (unopened("required").query, unopened("required").credentials)
    assert {"access_token": "counterfoil", "Authorization": "Bearer counterfoil"} == unopened("valid").credentials


@pytest.mark.parametrize(
    ("clause", "finding"),
    [
        ("answer:200:/id:required", "answer:200:/id:required"),
        ("answer:200:/total:type", "answer:200:/total:type"),
        ("answer:200:/tags/*:type", "answer:200:/tags/*:type"),
        ("answer:200:/due:format", "answer:200:/due:format"),
        ("answer:200:/:oneOf", "answer:200:/:oneOf"),
        ("answer:200:status", "status:299"),
        ("answer:200:application/json:media_type", "answer:200:application/x-counterfoil:media_type"),
        ("answer:200:application/json:malformed", "answer:200:application/json:malformed"),
        ("answer:200:header:X-Till:required", "answer:200:header:X-Till:required"),
        ("answer:200:header:X-Till:type", "answer:200:header:X-Till:type"),
        ("outcome:sold_on_credit", "outcome:sold_on_credit"),
    ],
)
def test_the_checks_notice_a_recorded_answer_that_breaks_a_clause(
    answering: Callable[..., Target], clause: str, finding: str
) -> None:
    """Under the id of the clause, where the clause alone says what is wrong."""
    target = answering(json.dumps(SOLD))
    contract = target.contract
    exchange = target.send(Request(contract.operations["sell"], body=VALID))
    assert [] == check(Observation(target, exchange, outcome(exchange, contract), strict=False))

    corrupted = broken_exchange(clauses_of(contract)[f"till:sell:{clause}"], exchange, contract)

    assert corrupted is not None
    if clause.startswith("outcome:"):  # what a witness expects, only a witness can miss
        assert "sold_on_credit" not in outcome(corrupted, contract).candidates
        return
    found = check(Observation(target, corrupted, outcome(corrupted, contract), strict=False))
    assert [f"till:sell:{finding}"] == [each.id for each in found]


def test_xml_is_broken_as_the_tree_that_was_read(answering: Callable[..., Target]) -> None:
    """With texts alone; what is left out of XML may be an empty list."""
    target = answering("<r><id>1</id><total>2.5</total><tags><tag>a</tag></tags></r>", content_type="application/xml")
    contract, clauses = target.contract, clauses_of(target.contract)
    exchange = target.send(Request(contract.operations["sell"], body=VALID))

    corrupted = broken_exchange(clauses["till:sell:answer:200:xml:/id:type"], exchange, contract)

    assert corrupted is not None
    assert ("stub", exchange.body) == (corrupted.tree["id"], corrupted.body)
    with pytest.raises(Unbreakable, match="what is empty may count as absent there"):
        broken_exchange(clauses["till:sell:answer:200:xml:/tags:required"], exchange, contract)


def test_an_answer_is_not_broken_by_another_one_s_clause(answering: Callable[..., Target]) -> None:
    """Of another status, another media type, another operation, or a request."""
    target = answering(json.dumps(SOLD))
    exchange = target.send(Request(target.contract.operations["sell"], body=VALID))

    for name in ("sell:answer:400:/error:type", "sell:answer:200:xml:/id:type", "list_sales:answer:200:/sales:type",
                 "sell:request:body:/item:type", "outcome:item_unknown"):  # fmt: skip
        clause = clauses_of(target.contract).get(f"till:{name}") or clauses_of(target.contract)[f"till:sell:{name}"]
        assert broken_exchange(clause, exchange, target.contract) is None
