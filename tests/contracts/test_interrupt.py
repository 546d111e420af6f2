"""A run that is interrupted ends, wherever the interrupt comes."""

import signal
from collections.abc import Iterator

import jsonschema_rs
import pytest

from counterfoil.contracts.run.interrupt import Interrupt


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    """What hears Ctrl-C in a run."""
    before = signal.getsignal(signal.SIGINT)
    interrupt = Interrupt()
    yield interrupt
    interrupt.pytest_unconfigure()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_that_nobody_interrupts_goes_on(interrupt: Interrupt) -> None:
    """The next case begins."""
    interrupt.pytest_runtest_logfinish()


def test_an_interrupt_ends_a_case_at_once(interrupt: Interrupt) -> None:
    """It is the exception that it always is."""
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


class Interrupted:
    """A keyword during which somebody presses Ctrl-C."""

    def __init__(self, *_told: object) -> None:
        """Nothing is asked of a value."""

    def validate(self, _instance: object) -> None:
        """Press it."""
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_that_a_validator_swallows_ends_the_run_after_the_case(interrupt: Interrupt) -> None:
    """What is raised in a keyword of our own, it takes for a value that does not fit."""
    validator = jsonschema_rs.Draft202012Validator({"x-interrupted": True}, keywords={"x-interrupted": Interrupted})

    assert validator.is_valid("text") is False
    with pytest.raises(KeyboardInterrupt):
        interrupt.pytest_runtest_logfinish()
