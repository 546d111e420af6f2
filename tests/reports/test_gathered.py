"""The terminal names each cause once, in a line that says which operations, which field and how, and fits two screens."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from counterfoil.reports.causes import causes_of
from counterfoil.reports.findings import findings_of
from counterfoil.reports.gathered import gathered
from counterfoil.reports.in_words import in_words
from counterfoil.reports.results import Finding, Result, Results, Target
from counterfoil.reports.terminal import summary

Make = Callable[..., Finding]


@pytest.fixture
def lines(make_run: Callable[..., Results], make_result: Callable[..., Result]) -> Callable[..., list[str]]:
    """Each cause in its line; of cases, if they are given, or of one case for each finding."""

    def of(*findings: Finding, cases: Sequence[Sequence[Finding]] = ()) -> list[str]:
        told = [make_result(f"case {number}", findings=[*each]) for number, each in enumerate(cases or zip(findings))]
        run = make_run(*told)
        return [each.line for each in gathered(causes_of(findings_of(run.header, run.results).against))]

    return of


@pytest.fixture
def fact(make_finding: Make) -> Make:
    """A value that is not what a case says."""

    def make(at: str, operation: str, case: str, got: str = "nothing", **changes: Any) -> Finding:
        differs = [{"at": at, "expected": '{"const":2}', "got": got}]
        facts = {"operation": operation, "check": "wrong_fact", "cause": f"{at}: {case}", "mismatches": differs}
        return make_finding(f"{operation} {at} {case}", **(facts | changes))

    return make


@pytest.fixture
def outcome(make_finding: Make) -> Make:
    """An outcome in place of another."""

    def make(operation: str, got: str, wanted: str) -> Finding:
        cause = f"answers {got} in place of {wanted}"
        request = {"method": "GET", "url": "", "headers": {}, "body": "", "curl": f"curl {operation} {got}"}
        facts = {"operation": operation, "check": "wrong_outcome", "cause": cause, "request": request}
        return make_finding(f"{operation} {cause}", **facts)

    return make


def test_a_field_is_named_once_whatever_cases_see_it(lines: Callable[..., list[str]], fact: Make) -> None:
    """With what stands there, what was expected, and how many cases say so; also where they weigh differently."""
    assert ["add_order: /total is 3, expected 2 (2 cases)"] == lines(
        fact("/total", "add_order", "it is placed", "3"),
        fact("/total", "add_order", "it is read", "3", severity="warning"),
    )


def test_a_field_in_one_case_comes_with_the_case(lines: Callable[..., list[str]], fact: Make) -> None:
    """So that a reader knows when."""
    assert ["add_order: /total is missing, expected 2 (it is placed)"] == lines(
        fact("/total", "add_order", "it is placed")
    )


def test_what_one_thing_lacks_is_told_together(lines: Callable[..., list[str]], fact: Make) -> None:
    """Also where it is one of a list, which a query finds."""
    assert ["get_cart: /cart lacks id, total"] == lines(
        fact("/cart/id", "get_cart", "a"), fact("/cart/total", "get_cart", "b")
    )
    assert ["get_cart: $.items[…] lacks id, price.value"] == lines(
        fact("$.items[?@.type=='a'].id", "get_cart", "a"), fact("$.items[?@.type=='a'].price.value", "get_cart", "b")
    )


def test_an_outcome_that_does_not_come_is_named_once(lines: Callable[..., list[str]], outcome: Make) -> None:
    """With the operations, and with what comes in its place."""
    assert [
        "get_order, pay_order and 1 more: in place of token_expired it answers 200 (order_found), 200 (order_added)"
    ] == lines(
        outcome("get_order", "200 (order_found)", "token_expired"),
        outcome("add_order", "200 (order_added)", "token_expired"),
        outcome("pay_order", "200 (order_found)", "token_expired"),
    )


def test_no_outcome_is_looked_for_in_answers_that_cannot_be_read(
    lines: Callable[..., list[str]], outcome: Make, make_finding: Make
) -> None:
    """That they cannot be read is the cause."""
    unread = make_finding("m", operation="get_order", check="malformed_body", cause="answers cannot be read as XML")
    lost = outcome("get_order", "200 (refused)", "order_found_xml")
    other = outcome("add_order", "200 (refused)", "order_added_xml")

    assert [
        "add_order: answers 200 (refused) in place of order_added_xml",
        "get_order: answers cannot be read as XML",
    ] == lines(cases=[[unread, lost], [other]])


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ('{"anyOf":[{"const":3},{"type":"string","pattern":"^3(\\\\.0+)?$"}]}', "3"),
        ('{"minItems":3,"maxItems":3,"minProperties":3,"maxProperties":3}', "3 entries"),
        ('{"minItems":1}', "at least 1 entry"),
        ('{"type":"number","exclusiveMinimum":0}', "a number above 0"),
        ('{"not":{"const":"4.00"}}', 'not "4.00"'),
        ('{"contains":{"properties":{"id":{"const":7}}}}', "an entry: id 7"),
        ('{"enum":[0,"0.0000"]}', '0 or "0.0000"'),
        ('{"uniqueItems":true}', '{"uniqueItems":true}'),
        ('{"id":1}', '{"id":1}'),
        ("200 order_added", "200 order_added"),
        ("[]", "[]"),
    ],
)
def test_what_was_expected_is_said_in_words(schema: str, words: str) -> None:
    """A schema of a common form; anything else stays as it is."""
    assert words == in_words(schema)


@pytest.mark.parametrize("columns", [80, 100])
@pytest.mark.parametrize("number", [1, 4, 40, 400])
def test_a_run_fits_on_two_screens(
    number: int, columns: int, fact: Make, make_run: Callable[..., Results], make_result: Callable[..., Result]
) -> None:
    """Of few causes each is told in full, of more each other one in a line, and of very many the first."""
    found = [fact(f"/f{each}", "add_order", f"of {each}", "1" * 200) for each in range(number)]
    told = make_result("case", verdict="failed", findings=found)
    shown = summary(
        make_run(told, target={"whmcs-rest": Target("http://shop", [])}, contracts={}), columns
    ).splitlines()
    named = [each for each in range(number) if any(f"add_order: /f{each} is" in line for line in shown)]

    assert sum(max(1, -(-len(each) // columns)) for each in shown) <= 100
    assert number != 4 or 4 == sum("curl" in each for each in shown)
    assert len(named) == number or (number == 400 and len(named) > 60)
    assert number != 400 or any(each.startswith("… and ") for each in shown)
