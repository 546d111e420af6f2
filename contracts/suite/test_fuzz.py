"""What nobody wrote down: generated requests, judged by what they mean on the wire."""

from collections.abc import Callable

from contracts import fuzz
from contracts.plan import Plan
from contracts.results import Result
from specs import Operation


def test_fuzz(operation: Operation, plan: Plan, record: Callable[[Result], None]) -> None:
    """No generated request makes an operation break its contract."""
    record(fuzz.run(operation, plan))
