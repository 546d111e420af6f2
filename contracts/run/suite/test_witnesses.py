"""Every documented outcome, made to happen by a script."""

from collections.abc import Callable

from counterfoil.contracts.phases import witness
from counterfoil.contracts.phases.cases import Case
from counterfoil.contracts.phases.plan import Plan
from counterfoil.reports.results import Result


def test_witness(case: Case, plan: Plan, record: Callable[[Result], None]) -> None:
    """A witness sees what the contract says."""
    record(witness.run(case, plan.targets[case.contract], plan.header.strict, plan.until))
