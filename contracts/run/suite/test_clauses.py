"""Every clause of a request, broken on its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.contracts.phases import clauses
from counterfoil.contracts.phases import plan as plans
from counterfoil.contracts.phases.plan import Plan
from counterfoil.reports.results import Result
from counterfoil.specs import Operation
from counterfoil.specs.clauses import clauses_of_requests


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per operation whose requests have clauses; for smoke, per operation that changes something."""
    plan = plans.read(Path(metafunc.config.getoption("plan")))
    asked = [
        (name, operation)
        for name, target in plan.targets.items()
        for operation in target.contract.operations.values()
        if clauses_of_requests(target.contract, operation.id)
        and not (plan.header.level == "smoke" and operation.effect == "reads")
    ]
    ids = [f"{name}/clauses/{operation.id}" for name, operation in asked]
    metafunc.parametrize("asked", [operation for _, operation in asked], ids=ids)


def test_clauses(asked: Operation, plan: Plan, record: Callable[[Result], None]) -> None:
    """A request that breaks one clause is refused, by name, and changes nothing."""
    record(clauses.run(asked, plan))
