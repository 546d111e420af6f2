"""What nobody wrote down: generated requests, judged by what they mean on the wire."""

from collections.abc import Callable

from counterfoil.contracts.phases import fuzz
from counterfoil.contracts.phases.plan import Plan
from counterfoil.reports.results import Result
from counterfoil.specs import Operation


def test_fuzz(operation: Operation, plan: Plan, record: Callable[[Result], None]) -> None:
    """No generated request makes an operation break its contract."""
    record(fuzz.run(operation, plan))
