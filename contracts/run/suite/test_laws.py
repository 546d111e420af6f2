"""What holds over several exchanges, tried with calls in any order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.contracts.phases import laws
from counterfoil.contracts.phases import plan as plans
from counterfoil.contracts.phases.laws import StatefulTest
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.reports.results import Result


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per stateful test."""
    plan = plans.read(Path(metafunc.config.getoption("plan")))
    found = [stateful_test for target in plan.targets.values() for stateful_test in stateful_tests(target.contract)]
    metafunc.parametrize("stateful_test", found, ids=[stateful_test.id for stateful_test in found])


def test_laws(stateful_test: StatefulTest, plan: Plan, record: Callable[[Result], None]) -> None:
    """No call, in whatever order, makes the target break a law."""
    record(laws.run(stateful_test, plan))
