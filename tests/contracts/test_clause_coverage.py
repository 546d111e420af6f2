"""Each clause of a request is broken once, and the clause coverage says what became of it."""

import copy
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import flask
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases import clauses
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.wire import wire
from counterfoil.contracts.wire.form_validity import broken_in_form
from counterfoil.reports.results import Result, decode, encode
from counterfoil.specs import Contract

SELL = "till:sell:request:body:"


class Till:
    """A till that keeps its contract but for its faults, which are clauses that it does not look at."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.ignored: set[str] = set()
        self.sales: list[dict[str, Any]] = []
        self.refusal: tuple[dict[str, str], int] = ({"error": "invalid", "text": "Missing: item"}, 400)
        self.stores_although_refused = ""
        self.asked: list[str] = []
        self.is_closed = False
        self.app = flask.Flask("till")
        self.app.post("/till")(self.sell)
        self.app.get("/till/sales")(self.listed)

    def sell(self) -> Any:
        """Sells what is asked for as the contract says it, and refuses the rest."""
        asked = flask.request.get_data(as_text=True)
        if self.is_closed:
            return self.refusal
        self.asked.append(asked)
        schema = self.contract.operations["sell"].request[wire.FORM].schema
        broken = {each.id for each in broken_in_form(wire.parsed_query(asked), schema, self.contract, "")}
        if not broken - self.ignored:
            self.sales.append({"id": len(self.sales) + 1, "total": 2.5, "tags": []})
            return {"id": 1, "total": 2.5, "tags": ["a"]}, 200, {"X-Till": "1"}
        if self.stores_although_refused in broken:
            self.sales.append({"id": 99, "total": 2.5, "tags": []})
        return self.refusal

    def listed(self) -> Any:
        """The sales, whatever is asked."""
        return {"sales": self.sales}


@pytest.fixture
def watched(till: Contract) -> Contract:
    """The till's contract, with both operations under one heading, so that sales can be watched."""
    document = copy.deepcopy(till.document)
    document["paths"]["/till#sell"]["post"]["tags"] = ["Sales"]
    document["paths"]["/till/sales"]["get"]["tags"] = ["Sales"]
    document["paths"]["/till/sales"]["get"]["parameters"][1]["required"] = False
    return Contract("till", document)


class Counter:
    """Fills in the clause coverage of tills that each have the faults of a test. `till` is the last one."""

    def __init__(self, contract: Contract, mount: Callable[[flask.Flask], str]) -> None:
        self.contract, self.mount = contract, mount
        self.till = Till(contract)
        self.targets: list[Target] = []

    def fill(self, operation: str = "sell", level: str = "gate", **faults: Any) -> Result:
        """The clause coverage of one operation of a till with these faults."""
        self.till = Till(self.contract)
        vars(self.till).update(faults)
        target = Target.described(self.contract, self.mount(self.till.app))
        self.targets.append(target)
        header = SimpleNamespace(level=level, strict=False, seed=1, started="2026-01-05T09:00:00+00:00")
        known = {"targets": {"till": target}, "entries": {"till": Entry()}, "cases": {"till": []}}
        plan: Any = SimpleNamespace(header=header, until=float("inf"), **known)
        return clauses.run(self.contract.operations[operation], plan)


@pytest.fixture
def counter(watched: Contract, mount: Callable[[flask.Flask], str]) -> Iterator[Counter]:
    """Where clause coverage is filled in."""
    made = Counter(watched, mount)
    yield made
    for target in made.targets:
        target.close()


def verdicts(result: Result) -> dict[str, str]:
    """The verdict on each clause."""
    return {row.clause.removeprefix(SELL): row.verdict for row in result.rows}


def test_an_honest_till_enforces_its_clauses(counter: Counter) -> None:
    """What a form cannot say is not tried, and the reason stands beside it."""
    result = counter.fill()
    found = verdicts(result)

    assert ("passed", []) == (result.verdict, result.findings)
    assert {"enforced", "untried"} == set(found.values())
    assert {"/item:type", "/item:minimum", "/item:required", "/lines/*/sku:required", "/pid:pattern", "/gift:type"} <= {
        name for name, verdict in found.items() if verdict == "enforced"
    }
    assert {
        "/action:const": "it would be another operation's request",
        "/:type": "the whole is always an object there",
        "/buyer:minProperties": "what is empty may count as absent there",
        "/:media_type": "the body says which operation is meant",
    }.items() <= {row.clause.removeprefix(SELL): row.why for row in result.rows if row.verdict == "untried"}.items()
    assert "400 item_missing" in {row.why for row in result.rows}


def test_the_valid_request_is_sent_once_after_all_that_are_broken(counter: Counter) -> None:
    """That it is accepted shows that each refusal was for what was broken."""
    result = counter.fill()
    asked = counter.till.asked

    enforced = sum(row.verdict == "enforced" for row in result.rows)
    assert enforced + 1 == len(asked)
    assert "action=sell&item=1&lines%5B0%5D%5Bsku%5D=1&lines%5B0%5D%5Bquantity%5D=2" == asked[-1]
    assert 1 == len(counter.till.sales)


def test_an_ignored_clause_is_one_finding_with_its_id(counter: Counter) -> None:
    """And no other clause is called ignored because of it."""
    result = counter.fill(ignored={"/item:minimum"})

    assert [f"{SELL}/item:minimum"] == [finding.id for finding in result.findings]
    assert ("failed", "accepted_invalid") == (result.verdict, result.findings[0].check)
    assert ["/item:minimum"] == [name for name, verdict in verdicts(result).items() if verdict == "ignored"]
    assert {name: v for name, v in verdicts(counter.fill()).items() if name != "/item:minimum"} == {
        name: v for name, v in verdicts(result).items() if name != "/item:minimum"
    }


def test_a_clause_hides_behind_no_other(counter: Counter) -> None:
    """Of two that are ignored, both are found."""
    result = counter.fill(ignored={"/item:minimum", "/gift:type"})

    assert {f"{SELL}/item:minimum", f"{SELL}/gift:type"} == {finding.id for finding in result.findings}


def test_a_refusal_without_a_name_is_told_apart(counter: Counter) -> None:
    """It is refused, but not in a way that the contract names."""
    result = counter.fill(refusal=({"error": "no"}, 400))

    assert "undocumented" in verdicts(result).values()
    assert "enforced" not in verdicts(result).values()
    assert ["till:sell:refusal:400:no"] == [finding.id for finding in result.findings]


def test_a_refused_request_that_changes_something_is_named(counter: Counter) -> None:
    """Among all the refused ones, by the clause that it breaks."""
    result = counter.fill(stores_although_refused="/lines/*/sku:type")

    assert [(f"{SELL}/lines/*/sku:type", "changed_though_refused")] == [(f.id, f.check) for f in result.findings]
    assert ["/lines/*/sku:type"] == [name for name, verdict in verdicts(result).items() if verdict == "ignored"]


def test_without_an_accepted_request_nothing_is_said(counter: Counter) -> None:
    """A till that refuses everything enforces nothing that anybody could see."""
    result = counter.fill(is_closed=True)

    assert ("skipped", []) == (result.verdict, result.findings)
    assert "the request in which to break it is refused as item_missing" == result.reason
    assert {"untried"} == set(verdicts(result).values())


def test_parameters_are_clauses_too(counter: Counter) -> None:
    """The till lists its sales, whatever is asked."""
    result = counter.fill("list_sales")

    assert {"till:list_sales:request:query:/limit:type", "till:list_sales:request:query:/limit:minimum"} <= {
        finding.id for finding in result.findings
    }


def test_clause_coverage_survives_the_way_to_the_file(counter: Counter) -> None:
    """Rows are carried from a worker as they are."""
    result = counter.fill()

    assert result == decode(encode(result))


def test_smoke_tries_some_clauses(counter: Counter) -> None:
    """The others have a row that says so."""
    rows = counter.fill(level="smoke").rows

    assert 1 <= sum(row.verdict == "enforced" for row in rows) <= 8
    assert "this level tries only some" in {row.why for row in rows}
