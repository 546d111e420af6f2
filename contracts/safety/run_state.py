"""What the processes and threads of one run know together: how many orders were placed, and when the next request may go."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec


class LoginCount(msgspec.Struct):
    """How many wrong logins were begun and finished, and how many of them lie before one that was right."""

    wrong: int = 0
    finished: int = 0
    forgiven: int = 0

    @property
    def in_a_row(self) -> int:
        """How many wrong ones the target may have seen since the last right one."""
        return self.wrong - self.forgiven


class RunState(msgspec.Struct):
    """What is known of the run so far.

    `next` is by the machine's monotonic clock, the same for all its processes. `waited` are the seconds that the target
    has asked for.
    """

    number: int = 0
    orders: int = 0
    next: float = 0.0
    gap: float = 0.0
    waited: float = 0.0
    silent: int = 0
    down: str = ""
    logins: dict[str, LoginCount] = {}
    closed: list[str] = []
    owned: dict[str, list[str]] = {}
    answered: dict[str, list[str]] = {}
    unclear: list[str] = []
    stopped: str = ""


class SharedState:
    """The state, in a file that one process at a time looks into; without a file, it is this process's own."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._own = RunState()
        self._lock = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[RunState]:
        """The state, for nobody else meanwhile; what is changed in it is kept."""
        if self._path is None:
            with self._lock:
                yield self._own
            return
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = os.pread(file, os.fstat(file).st_size, 0)
            state = msgspec.json.decode(before, type=RunState) if before else RunState()
            yield state
            after = msgspec.json.encode(state)
            if after != before.rstrip():  # and never cut short: that costs ten times what everything else does
                os.pwrite(file, after.ljust(len(before)), 0)
        finally:
            os.close(file)
