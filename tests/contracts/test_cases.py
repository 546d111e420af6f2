"""Case files are read strictly, and carried out as written."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases import cases, witness
from counterfoil.contracts.phases.cases import Call, Case, CaseError
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.profile.model import Credentials, Entry
from counterfoil.reports.results import Header, Result
from counterfoil.specs import Contract

CASE = """
cases:
  - description: an item is sold and then listed
    clause: Till, "Selling"
    steps:
      - {call: sell, with: {item: 1}, expect: sold, keep: {id: /id}, see: {/id: '{id}', /total: 2.5, /tags: {minItems: 1}}}
      - {call: list_sales, query: {shop: 'of {id}'}, expect: sales_listed}
"""


def _load(tmp_path: Path, till: Contract, text: str) -> list[Case]:
    (tmp_path / "selling.yaml").write_text(text, encoding="utf-8")
    return cases.load(till, tmp_path)


def test_a_case_shows_what_its_steps_expect(tmp_path: Path, till: Contract) -> None:
    """Its id says contract, file and description."""
    (case,) = _load(tmp_path, till, CASE)
    assert case.id == "till/selling/an item is sold and then listed"
    assert case.shows == ("sell/sold", "list_sales/sales_listed")
    assert case.needed_ids == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("call: sell", "call: buy"), "'buy' is no operation of till; there are: sell, list_sales"),
        (("expect: sold", "expect: bought"), "has no outcome 'bought'; it has: sold"),
        (("clause: Till", "source: Till"), "source|clause"),
        (("with:", "whit:"), "whit"),
        (("an item is sold", "test that an item is sold"), "should not be valid|not"),
        (("'of {id}'", "'of {nobody}'"), r"nothing fills \{nobody\}"),
        (("item: 1}", "item: yes}"), "in quotes"),
        (("call: sell", "call: '*'"), "`operations`"),
    ],
)
def test_a_mistake_in_a_case_is_explained(tmp_path: Path, till: Contract, change: tuple[str, str], told: str) -> None:
    """The message names the file."""
    with pytest.raises(CaseError, match=told) as caught:
        _load(tmp_path, till, CASE.replace(*change))
    assert "selling.yaml" in str(caught.value)


def test_a_description_stands_once_per_contract(tmp_path: Path, till: Contract) -> None:
    """Two files cannot share it either."""
    (tmp_path / "again.yaml").write_text(CASE, encoding="utf-8")
    with pytest.raises(CaseError, match="the same description"):
        _load(tmp_path, till, CASE)


def test_a_case_can_be_made_for_each_of_some_values(tmp_path: Path, till: Contract) -> None:
    """The value stands in the steps, as it is or inside a text, and behind the description."""
    text = CASE.replace("    steps:", "    each: {shop: [corner, 7]}\n    steps:").replace("of {id}", "of {shop}{id}")
    first, second = _load(tmp_path, till, text.replace("item: 1}", "item: '{shop}'}"))

    assert first.id == "till/selling/an item is sold and then listed [corner]"
    assert [step.body for step in second.steps if isinstance(step, cases.Call)] == [{"item": 7}, None]
    assert second.steps[1].query == {"shop": "of 7{id}"}  # type: ignore[union-attr]


def test_a_value_that_no_step_uses_is_a_mistake(tmp_path: Path, till: Contract) -> None:
    """Or the same case would be carried out again and again."""
    with pytest.raises(CaseError, match=r"no step uses \{shop\}"):
        _load(tmp_path, till, CASE.replace("    steps:", "    each: {shop: [corner, 7]}\n    steps:"))


def test_a_case_can_be_made_for_every_operation(tmp_path: Path, till: Contract) -> None:
    """Each uses the operation's own example."""
    text = """
cases:
  - description: something happens to everyone
    clause: Till
    operations: all
    except: [list_sales]
    steps: [{call: '*', expect: item_unknown}]
"""
    (case,) = _load(tmp_path, till, text)
    assert case.id.endswith("[sell]")
    assert case.operation == "sell"


@pytest.mark.parametrize("values", [2, 3, 5])
def test_a_short_run_has_every_value_and_every_operation(tmp_path: Path, values: int) -> None:
    """But not each with each; who asks for a case by its id has it, and so has any longer run."""
    text = f"""
cases:
  - description: something happens to everyone
    clause: 'chosen: nobody comes in'
    operations: [add_order, get_order, search_orders]
    each: {{token: {list(range(values))}}}
    steps: [{{call: '*', query: {{access_token: '{{token}}'}}, expect: invalid_token}}]
"""
    every = _load(tmp_path, Contract.load("shopscript"), text)
    by_level = {}
    for level, only in (("smoke", ()), ("smoke", ("this",)), ("gate", ())):
        plan = Plan(Header("", "", 1, level, False, {}, {}, {}), "", [], only=only)
        vars(plan)["cases"] = {"shopscript": every}
        by_level[level, only] = plan.witnesses("shopscript")
    short = by_level["smoke", ()]

    assert every == by_level["gate", ()] == by_level["smoke", ("this",)]
    assert 3 * values == len(every)
    assert max(3, values) == len(short)
    assert {"add_order", "get_order", "search_orders"} == {case.operation for case in short}
    assert set(range(values)) == {
        step.query["access_token"] for case in short for step in case.steps if isinstance(step, Call)
    }


class Till:
    """An honest till, with a memory of what it was asked."""

    def __init__(self) -> None:
        self.app = flask.Flask("till")
        self.asked: list[dict[str, str]] = []
        self.answer: dict[str, Any] = {"id": 7, "total": 2.5, "tags": ["a"]}
        self.app.add_url_rule("/till", view_func=self.sell, methods=["GET", "POST"])
        self.app.add_url_rule("/till/sales", view_func=self.sales)

    def sell(self) -> Any:
        """Sells whatever is asked for."""
        self.asked.append({**flask.request.args, **flask.request.form})
        return self.answer, 200, {"X-Till": "1"}

    def sales(self) -> Any:
        """Lists nothing."""
        self.asked.append(dict(flask.request.args))
        return {"sales": []}


@pytest.fixture
def honest() -> Till:
    """An honest till."""
    return Till()


@pytest.fixture
def run(tmp_path: Path, till: Contract, honest: Till, mount: Callable[[flask.Flask], str]) -> Any:
    """Carries out the one case of a file against the till."""
    target = Target.described(
        till, mount(honest.app), Entry(credentials=Credentials(body={"key": "k"}), ids={"client": 3})
    )

    def carry_out(text: str, **more: Any) -> Result:
        (tmp_path / "selling.yaml").write_text(text, encoding="utf-8")
        (case,) = cases.load(till, tmp_path)
        return witness.run(case, target, False, **more)

    yield carry_out
    target.close()


def test_nothing_is_begun_when_the_time_is_up(run: Any, honest: Till) -> None:
    """The case is skipped, and says why."""
    result = run(CASE, until=time.time() - 1)
    assert ("skipped", "time_up", 0) == (result.verdict, result.cause, result.requests)
    assert [] == honest.asked


def test_a_case_is_carried_out_step_by_step(run: Any, honest: Till) -> None:
    """The function's name and the credentials are filled in, and a kept value is used by a later step."""
    result = run(CASE)
    assert (result.verdict, result.requests, result.findings) == ("passed", 2, [])
    assert honest.asked == [{"action": "sell", "item": "1", "key": "k"}, {"shop": "of 7", "key": "k"}]
    assert result.seen == {"sell": {"sold": 1}, "list_sales": {"sales_listed": 1}}


@pytest.mark.parametrize(
    ("answer", "check", "evidence"),
    [
        ({"error": "Item 1 is unknown"}, "wrong_outcome", "documented"),
        # that there is a total at all is but a choice of the contract
        ({"id": 7, "total": 3.5, "tags": ["a"]}, "wrong_fact", "chosen"),
        ({"id": 7, "total": 2.5, "tags": []}, "wrong_fact", "documented"),
    ],
)
def test_a_step_that_does_not_hold_ends_the_case(
    run: Any, honest: Till, answer: dict[str, Any], check: str, evidence: str
) -> None:
    """What comes after it would mean nothing. It weighs no more than the place in the answer that it speaks of."""
    honest.answer = answer
    result = run(CASE)
    verdict = "passed" if evidence == "chosen" else "failed"
    found = [(finding.check, finding.evidence) for finding in result.findings]
    assert (result.verdict, found) == (verdict, [(check, evidence)])
    assert len(honest.asked) == 1


def test_where_a_whole_is_asked_for_only_what_differs_of_it_is_told(run: Any, honest: Till) -> None:
    """With its own place, and the two values."""
    honest.answer |= {"receipt": {"lines": [{"price": 3.5, "item": 1}], "total": 3.5}}
    whole = "{/receipt: {const: {lines: [{price: 2.5, item: 1}], total: 3.5}}}"
    result = run(CASE.partition("keep:")[0] + f"see: {whole}}}\n")
    (finding,) = [each for each in result.findings if each.check == "wrong_fact"]
    assert [("/receipt/lines/0/price", "2.5", "3.5")] == [
        (each.at, each.expected, each.got) for each in finding.mismatches
    ]


def test_a_number_is_that_of_its_text(run: Any, honest: Till) -> None:
    """Of which type a value is, the schemas say, and once is enough."""
    honest.answer["id"] = "7"
    result = run(CASE.replace("keep: {id: /id}, see: {/id: '{id}',", "keep: {id: /id}, see: {/id: 7,"))
    assert "wrong_fact" not in {finding.check for finding in result.findings}


def test_a_case_ends_where_an_answer_lacks_what_it_goes_on_with(run: Any, honest: Till) -> None:
    """Also where the same step would see it: that is told as a difference, and is no mistake of the case."""
    honest.answer = {"id": 7, "total": 2.5, "tags": []}
    step = "{call: sell, with: {item: 1}, expect: sold, keep: {tag: /tags/0}, see: {/tags/0: '{tag}'}}"
    result = run(f"cases: [{{description: a tag is kept, clause: Till, steps: [{step}]}}]")

    assert ("failed", ["wrong_fact"]) == (result.verdict, [finding.check for finding in result.findings])


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        ("as: multipart, with: {item: 1}", {"action": "sell", "item": "1", "key": "k"}),
        ("as: query, method: GET, with: {item: 1}", {"action": "sell", "item": "1", "key": "k"}),
        ("raw: 'item=1&gift[]=2&'", {"item": "1", "gift[]": "2", "key": "k"}),
        ("with: {}, credentials: null", {"action": "sell"}),
        ("with: {}, credentials: {key: null}", {"action": "sell"}),
        ("with: {}, credentials: {key: other, pass: p}", {"action": "sell", "key": "other", "pass": "p"}),
        ("with: {key: own}", {"action": "sell", "key": "own"}),
        ("with: {action: bu{y}}", None),
    ],
)
def test_a_step_says_how_it_is_sent(run: Any, honest: Till, step: str, asked: dict[str, str] | None) -> None:
    """Encoding, method, credentials and raw bytes are the case's own."""
    text = f"cases: [{{description: a thing is sold, clause: Till, steps: [{{call: sell, expect: sold, {step}}}]}}]"
    if asked is None:
        with pytest.raises(CaseError):
            run(text)
        return
    run(text)
    assert honest.asked == [asked]


def test_what_a_target_cannot_do_is_skipped_with_its_reason(run: Any, honest: Till) -> None:
    """Neither passed nor failed, and nothing is sent."""
    steps = "[{settings: {open: false}}, {call: sell, expect: sold}]"
    result = run(f"cases: [{{description: a closed till, clause: Till, steps: {steps}}}]")
    assert (result.verdict, honest.asked) == ("skipped", [])
    assert "needs a mock" in result.reason


def test_a_case_for_one_installation_is_not_for_another(run: Any, honest: Till) -> None:
    """What a document prints of its own installation is nobody else's mistake."""
    steps = "[{call: sell, expect: sold}]"
    result = run(f"cases: [{{description: a printed sale, clause: Till, where: {{till: 7}}, steps: {steps}}}]")
    assert (result.verdict, honest.asked) == ("skipped", [])
    assert "is written for the installation that has till 7" in result.reason


def test_a_shipped_case_says_how_well_its_demands_are_known(tmp_path: Path) -> None:
    """It names the source document, or a mark; else nobody could say what a broken one weighs."""
    contract, case = Contract.load("shopscript"), "{call: get_order, query: {id: 1}, expect: order_found}"
    written = "cases:\n  - {description: an order is read, clause: '%s', steps: [" + case + "]}\n"
    (tmp_path / "reading.yaml").write_text(written % "Observed: shop.order.getInfo")
    assert len(cases.load(contract, tmp_path)) == 1

    (tmp_path / "reading.yaml").write_text(written % "shop.order.getInfo")
    with pytest.raises(CaseError, match="how well its demands are known"):
        cases.load(contract, tmp_path)
