"""What holds over several exchanges, tried with calls in any order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts import laws
from contracts import plan as plans
from contracts.laws import Trial
from contracts.plan import Plan
from contracts.results import Result


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per trial."""
    plan = plans.read(Path(metafunc.config.getoption("plan")))
    trials = [trial for name, target in plan.targets.items() for trial in laws.trials(name, target.contract.own)]
    metafunc.parametrize("trial", trials, ids=[trial.id for trial in trials])


def test_laws(trial: Trial, plan: Plan, record: Callable[[Result], None]) -> None:
    """No call, in whatever order, makes the target break a law."""
    record(laws.run(trial, plan))
