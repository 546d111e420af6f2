"""The clauses of requests in the reports: how many are enforced, and why others could not be tried."""

from collections.abc import Callable

import pytest

from counterfoil.reports.clause_coverage import ENFORCEMENT_MEANS, ENFORCEMENTS, clause_coverage_of
from counterfoil.reports.html import render_html
from counterfoil.reports.markdown import render_markdown
from counterfoil.reports.results import Enforcement, Result, Results, Row


def row(name: str, verdict: Enforcement, why: str) -> Row:
    return Row(
        f"shopscript:add_order:request:body:/{name}:type", f"/{name} in the body is <text>", "chosen", verdict, why
    )


@pytest.fixture
def filled(make_run: Callable[..., Results], make_result: Callable[..., Result]) -> Results:
    """A run with one operation whose clauses were broken."""
    rows = [
        row("a", "enforced", "400 invalid_param"),
        row("b", "untried", "any text is a string there"),
        row("c", "ignored", "200 order_added"),
        row("d", "untried", "any text is a string there"),
    ]
    return make_run(make_result(contract="shopscript", operation="add_order", phase="clauses", rows=rows))


def test_what_is_not_enforced_comes_first(filled: Results) -> None:
    """Each operation has its page, and the reasons are counted."""
    coverage = clause_coverage_of(filled.results)
    (page,) = coverage.pages

    assert ["ignored", "untried", "untried", "enforced"] == [row.verdict for row in page.rows]
    assert {"ignored": 1, "untried": 2, "enforced": 1} == coverage.counts == coverage.by_contract["shopscript"]
    assert {("shopscript", "any text is a string there"): 2} == coverage.reasons


def test_the_summary_has_a_line_of_totals_and_the_reasons(filled: Results) -> None:
    """Short enough for a pull request."""
    page = render_markdown(filled.header, filled.results, filled.footer)

    assert "Of 4 clauses, each broken once: 1 enforced, 2 untried, 0 undocumented, 1 ignored." in page
    assert "- 2 × `shopscript`: any text is a string there" in page


def test_the_page_has_a_folded_table_for_each_operation(filled: Results) -> None:
    """With the clause in words, its id, and what was seen."""
    page = render_html(filled.header, filled.results, filled.footer)

    assert "1 of 4 clauses are enforced" in page
    assert '<a href="#clauses">Clauses <b>1/4</b></a>' in page
    assert "/c in the body is &lt;text&gt;" in page
    assert "200 order_added" in page


def test_a_run_without_clauses_has_no_part_for_them(run: Results) -> None:
    """A run that broke no clause says nothing of clauses."""
    assert "Clauses of requests" not in render_markdown(run.header, run.results, run.footer)
    assert 'id="clauses"' not in render_html(run.header, run.results, run.footer)


def test_every_verdict_is_explained() -> None:
    """Those that a row can have, and no other."""
    assert set(Enforcement.__args__) == set(ENFORCEMENTS) == set(ENFORCEMENT_MEANS)
