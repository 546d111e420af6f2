"""Ctrl-C that is never lost."""

import signal
from types import FrameType


class Interrupt:
    """Ends the run when it is interrupted: at once, or after the case where the exception came to nothing.

    It is raised wherever the program is just then, also in what a validator written in Rust calls, which swallows it.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before = signal.signal(signal.SIGINT, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked = True
        raise KeyboardInterrupt

    def pytest_runtest_logfinish(self) -> None:
        """No further case begins. Raises KeyboardInterrupt."""
        if self._asked:
            raise KeyboardInterrupt

    def pytest_unconfigure(self) -> None:
        """What comes after the suite is interrupted as it was before it."""
        signal.signal(signal.SIGINT, self._before)
