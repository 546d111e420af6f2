"""A run comes to one exit code, and never to a green one without a reason."""

import pytest

from counterfoil.contracts.run.verdict import Exit, conclude
from counterfoil.reports.results import Answer, Finding, Request, Result

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
    assert conclude(results, ["till"])[0] is code


def test_a_contract_without_a_result_is_named() -> None:
    """Testing one of two contracts is not enough."""
    code, sentence = conclude([PASSED], ["till", "other"])
    assert (code, "other" in sentence) == (Exit.NOTHING, True)


def test_an_interrupted_run_is_no_verdict() -> None:
    """Even if something was found before."""
    assert conclude([FAILED], ["till"], interrupted=True)[0] is Exit.INTERRUPTED


def test_a_failing_suite_is_said_so() -> None:
    """A suite that cannot be collected has no verdict on the target."""
    code, sentence = conclude([PASSED], ["till"], failure="SyntaxError")
    assert (code, "SyntaxError" in sentence) == (Exit.USAGE, True)
