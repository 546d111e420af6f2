"""Findings are gathered once each, the worst first, our own choices apart."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from counterfoil.reports.findings import anchor, findings_of
from counterfoil.reports.results import Finding, Result, Results
from counterfoil.reports.verdict import CHECK_MEANS


def test_a_finding_of_two_cases_is_one_entry(run: Results):
    """The same clause, met in two cases, is one finding with both counts and both cases."""
    findings = findings_of(run.header, run.results)
    found = next(found for found in findings.against if found.finding.id == "rest-check-out-total-type")

    assert (found.count, found.cases) == (28, ("r3", "r4"))


def test_the_worst_comes_first_and_then_the_order_of_the_contracts(run: Results):
    """Severity decides, then the order of contracts and operations in the header."""
    findings = findings_of(run.header, run.results)

    assert [
        (found.finding.severity, found.finding.contract, found.finding.operation) for found in findings.against
    ] == [
        ("broken", "whmcs-rest", "add_cart_item"),
        ("broken", "whmcs-rest", "check_out"),
        ("broken", "whmcs-classic", "add_order"),
        ("broken", "billmanager", "order_service"),
        ("warning", "whmcs-classic", "add_order"),
        ("warning", "shopscript", "get_order"),
        ("note", "shopscript", "add_order"),
    ]


def test_a_choice_does_not_count_against_the_target(run: Results):
    """A finding on a clause that we chose stands apart and is in no severity's count."""
    findings = findings_of(run.header, run.results)

    assert [found.finding.id for found in findings.chosen] == ["shop-too-many-items"]
    assert (findings.of("shopscript", "warning"), findings.choices_of("shopscript")) == (1, 1)


def test_a_strict_run_sets_nothing_apart(run: Results):
    """Where every difference counts, a finding on our own choice stands among the others."""
    strict = msgspec.structs.replace(run.header, strict=True)
    findings = findings_of(strict, run.results)

    assert findings.chosen == ()
    assert "shop-too-many-items" in [found.finding.id for found in findings.against]


def test_a_finding_outside_every_contract_comes_last(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """A finding on an operation that the header does not name is not lost."""
    stray, known = make_finding("stray", operation="unknown"), make_finding("known")
    run = make_run(make_result(verdict="failed", findings=[stray, known]))

    assert [found.finding.id for found in findings_of(run.header, run.results).against] == ["known", "stray"]


def test_every_check_is_explained():
    """Whatever check a finding can name, the reports say in a sentence what it has found."""
    named = {
        name
        for path in (Path(__file__).parents[2] / "contracts").rglob("*.py")
        for name in re.findall(r"finding\((?:\s*\w+,)*\s*\"([a-z_]+)\"", path.read_text(encoding="utf-8"))
    }

    assert {"server_error", "law", "wrong_fact"} <= named
    assert named - CHECK_MEANS.keys() == set()


def test_anchors_are_plain_stable_and_apart():
    """An id that is a plain word is its own anchor; any other gets a digest, so that two never share one."""
    assert anchor("finding", "rest-total-type") == "finding-rest-total-type"
    assert anchor("finding", "a/b c") == anchor("finding", "a/b c")
    assert len({anchor("finding", name) for name in ("a/b", "a b", "a-b", "a?b", "ä")}) == 5
    assert " " not in anchor("finding", "a b/é\n")
