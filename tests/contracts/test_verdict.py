"""A run comes to one exit code, and never to a green one without a reason."""

import pytest

from counterfoil.reports.conclusion import Exit, conclude
from counterfoil.reports.results import (
    Answer,
    Contract,
    Finding,
    Header,
    Operation,
    Outcome,
    Request,
    Result,
    Row,
    Target,
)

_FINDING = Finding(
    "till:sell:x",
    "till",
    "sell",
    "leak",
    "",
    "documented",
    "broken",
    "",
    "",
    Request("GET", "", {}, "", ""),
    Answer(200, {}, ""),
)


def _result(name: str, verdict: str, reason: str = "", **more: object) -> Result:
    return Result(name, "till", "sell", "witness", name, verdict, reason, **more)  # type: ignore[arg-type]


def _header(*contracts: str, embedded: bool = False, operations: tuple[str, ...] = ()) -> Header:
    sold = Outcome("sold", 200, "application/json", accepted=True, evidence="documented")
    known = {name: Operation(name, "documented", [sold]) for name in operations}
    names = contracts or ("till",)
    return Header(
        counterfoil="1.0.0",
        started="2026-01-05T09:00:00+00:00",
        seed=1,
        level="gate",
        strict=False,
        target={name: Target("https://till.example", [], embedded=embedded) for name in names},
        contracts={name: Contract(name, "1", "", known) for name in names},
        versions={},
    )


PASSED = _result("a", "passed")
FAILED = _result("b", "failed", findings=[_FINDING])
ERRORED = _result("c", "errored", "KeyError: 'x'")
SILENT = _result("d", "errored", "no answer: Connection refused", cause="unanswered")
SKIPPED = _result("e", "skipped", "needs a mock")
OWN = Result("f", "till", "", "suite", "f", "passed")


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([PASSED], Exit.HOLDS),
        ([PASSED, SKIPPED], Exit.HOLDS),
        ([PASSED, FAILED], Exit.BROKEN),
        ([FAILED, SILENT, ERRORED], Exit.BROKEN),
        ([PASSED, SILENT], Exit.UNREACHABLE),
        ([PASSED, ERRORED], Exit.USAGE),
        ([], Exit.NOTHING),
        ([SKIPPED], Exit.NOTHING),
        ([OWN], Exit.NOTHING),
    ],
)
def test_results_come_to_an_exit_code(results: list[Result], code: Exit) -> None:
    """A broken clause outweighs what could not be carried out; a skipped case tests nothing."""
    assert conclude(_header(), results)[0] is code


def test_a_contract_without_a_result_is_named() -> None:
    """Testing one of two contracts is not enough."""
    code, sentence = conclude(_header("till", "other"), [PASSED])
    assert (code, "other" in sentence) == (Exit.NOTHING, True)


def test_an_interrupted_run_is_no_verdict() -> None:
    """Even if something was found before."""
    assert conclude(_header(), [FAILED], interrupted=True)[0] is Exit.INTERRUPTED


def test_a_failing_suite_is_said_so() -> None:
    """A suite that cannot be collected has no verdict on the target."""
    code, sentence = conclude(_header(), [PASSED], failure="SyntaxError")
    assert (code, "SyntaxError" in sentence) == (Exit.USAGE, True)


def test_the_verdict_names_what_it_is_about() -> None:
    """Who reads only the verdict cannot take the mock for the deployment, or one deployment for another."""
    assert conclude(_header(), [PASSED])[1] == "The contract holds at https://till.example."
    assert conclude(_header(embedded=True), [PASSED])[1] == "The contract holds at the embedded mock."
    assert conclude(_header(), [FAILED])[1].startswith("The contract is broken at https://till.example: 1 finding in ")


def test_what_was_not_tried_stands_in_the_verdict() -> None:
    """Clauses of requests that could not be tried, and operations that nothing was ever accepted by."""
    seen = _result("g", "passed", seen={"sell": {"sold": 2}})
    rows = [Row("c1", "", "documented", "untried"), Row("c2", "", "documented", "enforced")]
    coverage = _result("h", "passed", rows=rows, seen={"void": {"nothing_to_void": 1}})

    code, told = conclude(_header(operations=("sell", "void")), [seen, coverage])

    assert code is Exit.HOLDS
    assert "1 of 2 operations never accepted a request." in told
    assert "1 of 2 request clauses were not tried." in told


def test_a_target_that_accepts_nothing_is_not_green() -> None:
    """Refusals alone show nothing of what the contract promises; a part of a run need not see more."""
    refused = _result("i", "passed", seen={"sell": {"not_for_sale": 2}})
    header = _header(operations=("sell",))

    assert conclude(header, [refused])[0] is Exit.UNREACHABLE
    assert conclude(header, [refused], partly=True)[0] is Exit.HOLDS
    odd = _result("j", "passed", seen={"sell": {"undocumented 202": 1}})
    assert conclude(header, [refused, odd])[0] is Exit.HOLDS


def test_a_run_whose_time_was_up_says_how_much_did_not_begin() -> None:
    """It holds as far as it came, and nobody takes it for the whole."""
    late = _result("c", "skipped", "not begun", cause="time_up")
    assert conclude(_header(), [PASSED, late])[1].endswith(" 1 case did not begin, since --max-time was up.")
