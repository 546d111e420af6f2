"""What holds over several exchanges, tried with calls in any order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.contracts.phases import laws
from counterfoil.contracts.phases import plan as plans
from counterfoil.contracts.phases.laws import Trial
from counterfoil.contracts.phases.plan import Plan
from counterfoil.reports.results import Result


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per trial."""
    plan = plans.read(Path(metafunc.config.getoption("plan")))
    trials = [trial for name, target in plan.targets.items() for trial in laws.trials(name, target.contract.own)]
    metafunc.parametrize("trial", trials, ids=[trial.id for trial in trials])


def test_laws(trial: Trial, plan: Plan, record: Callable[[Result], None]) -> None:
    """No call, in whatever order, makes the target break a law."""
    record(laws.run(trial, plan))
