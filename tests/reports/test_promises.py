"""What came of the promises: broken by a finding, held where something has shown them, else not tried and why."""

import msgspec
import pytest

from counterfoil.reports.html import render_html
from counterfoil.reports.markdown import render_markdown
from counterfoil.reports.promises import Kept, documents_of
from counterfoil.reports.results import (
    Answer,
    Contract,
    Finding,
    Footer,
    Header,
    Operation,
    Outcome,
    Promise,
    Request,
    Result,
    Results,
    Row,
    Target,
)
from counterfoil.reports.terminal import summary

ORDER = Operation("Place an order", "documented", [Outcome("placed", 200, "application/json", True, "documented")])


def header(**promises: Promise) -> Header:
    """The header of a run against a shop with these promises."""
    contract = Contract("Shop", "1", "", {"add_order": ORDER}, promises)
    return Header(
        "1", "2026-01-01T00:00:00+00:00", 1, "gate", False, {"shop": Target("http://shop", [])}, {"shop": contract}, {}
    )


def result(name: str, **parts) -> Result:
    """A case of that run; it passed, if nothing else is said."""
    told = {"verdict": "passed", **parts}
    return Result(id=f"shop/{name}", contract="shop", operation="add_order", phase="witness", description=name, **told)


def finding(*promises: str, severity: str = "broken") -> Finding:
    """A finding that breaks these promises."""
    return Finding(
        "shop:add_order:fact", "shop", "add_order", "wrong_fact", "the fact", "documented", severity, "It is not so", "why",
        Request("GET", "", {}, "", "curl http://shop"), Answer(200, {}, ""), promises=promises,
    )  # fmt: skip


def only(promise: Promise, *results: Result) -> Kept:
    """What came of the one promise there is."""
    (document,) = documents_of(header(one=promise), results)
    (kept,) = document.kept
    return kept


PLAIN = Promise("An order is placed.", "the first line")
OF_ANSWERS = Promise("An order has an id.", "the key id", clauses=("add_order:answer:200:/id:*",))
OF_REQUESTS = Promise("An order needs items.", "items", clauses=("add_order:request:body:/items:*",))
UNSEEN = Promise("A message is sent.", "messages", unseen="nobody reads the mail")


def test_a_promise_is_held_where_a_case_has_shown_it() -> None:
    """It need not be the only case."""
    assert (
        "held" == only(PLAIN, result("a", promises=("one",)), result("b", promises=("one",), verdict="skipped")).verdict
    )


def test_a_promise_is_broken_by_a_finding_whatever_other_cases_have_shown() -> None:
    """The finding is named."""
    failed = result("b", promises=("one",), verdict="failed", findings=[finding("one")])

    kept = only(PLAIN, result("a", promises=("one",)), failed)

    assert ("broken", ("shop:add_order:fact",)) == (kept.verdict, kept.findings)


def test_a_case_that_failed_at_something_else_has_shown_its_promises() -> None:
    """Its steps were done to the end."""
    assert "held" == only(PLAIN, result("a", promises=("one",), verdict="failed", findings=[finding("other")])).verdict


@pytest.mark.parametrize(
    ("promise", "seen", "why"),
    [
        (PLAIN, [], "nothing that was run shows it"),
        (PLAIN, [result("a", promises=("one",), verdict="skipped", reason="needs a mock")], "needs a mock"),
        (
            PLAIN,
            [result("a", promises=("one",), findings=[finding("one", severity="note")])],
            "a case that would show it ended at a difference from what the document does not settle",
        ),
        (OF_ANSWERS, [], "no answer came that would show it"),
        (
            OF_REQUESTS,
            [result("a", rows=[Row("shop:add_order:request:body:/items:required", "", "documented", "untried", "no time")])],
            "no time",
        ),
        (UNSEEN, [], "nobody reads the mail"),
    ],
)  # fmt: skip
def test_a_promise_that_was_not_tried_says_why(promise: Promise, seen: list[Result], why: str) -> None:
    """The reason is that of the cases, of the clauses, or of the document itself."""
    kept = only(promise, *seen)

    assert ("not tried", why) == (kept.verdict, kept.why)


def test_an_answer_shows_the_promises_of_its_clauses() -> None:
    """It has the status that they speak of; one that nobody documented shows nothing."""
    assert "held" == only(OF_ANSWERS, result("a", seen={"add_order": {"placed": 2}})).verdict
    assert "not tried" == only(OF_ANSWERS, result("a", seen={"add_order": {"undocumented 500": 1}})).verdict


def test_a_refusal_shows_the_promise_of_the_clause_that_a_request_broke() -> None:
    """Nothing else of the operation has to be known."""
    row = Row("shop:add_order:request:body:/items:required", "", "documented", "enforced")

    assert "held" == only(OF_REQUESTS, result("a", rows=[row])).verdict


def test_every_report_begins_with_the_promises() -> None:
    """The terminal, the page and the Markdown: how many held, which are broken, and why the others were not tried."""
    failed = result("a", promises=("one",), verdict="failed", findings=[finding("one")])
    told = [failed, result("b", promises=("two",))]
    named = header(one=PLAIN, two=PLAIN, three=UNSEEN)
    footer = Footer(
        "2026-01-01T00:00:01+00:00",
        1.0,
        1,
        {"passed": 1, "failed": 1},
        {"broken": 1},
        "",
        1,
        "It is broken now, at last.",
    )

    terminal = summary(Results(named, told, footer))
    page = render_html(named, told, footer)
    markdown = render_markdown(named, told, footer)

    assert "Promises of shop: 1 held, 1 broken, 1 not tried\n  ✕ one: An order is placed. (the first line)" in terminal
    assert "breaks one: An order is placed." in terminal
    assert markdown.index("### Promises") < markdown.index("### Findings")
    assert "| shop | 1 | 1 | 1 |" in markdown
    assert "nobody reads the mail" in markdown
    assert page.index('id="promises"') < page.index('id="findings"')
    assert "nobody reads the mail" in page


def test_promises_survive_the_results_file() -> None:
    """What a run writes down is read back as it was."""
    written = header(one=OF_ANSWERS, two=UNSEEN)

    assert written == msgspec.json.decode(msgspec.json.encode(written), type=Header)
