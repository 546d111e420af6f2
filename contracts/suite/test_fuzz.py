"""What nobody wrote down: generated requests, judged by what they mean on the wire."""

from collections.abc import Callable

from contracts.plan import Plan
from contracts.results import Result
from specs import Operation


def test_fuzz(operation: Operation, plan: Plan, record: Callable[[Result], None]) -> None:
    """No generated request makes an operation break its contract."""
    from contracts import fuzz  # Schemathesis comes along, which a run of witnesses alone does without

    record(fuzz.run(operation, plan))
