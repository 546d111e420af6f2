"""Every documented outcome, made to happen by a script."""

from collections.abc import Callable

from contracts import witness
from contracts.cases import Case
from contracts.plan import Plan
from contracts.results import Result


def test_witness(case: Case, plan: Plan, record: Callable[[Result], None]) -> None:
    """A witness sees what the contract says."""
    record(witness.run(case, plan.targets[case.contract], plan.header.strict))
