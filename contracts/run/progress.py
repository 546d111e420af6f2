"""What a person sees while a run goes on: one line per contract, on a terminal only."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from counterfoil.reports.results import Result


class Watch:
    """Shows per contract how many cases are done, what was found, and how fast; into a pipe it shows nothing."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description:<16}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[found]:>3} findings"),
            TextColumn("{task.fields[rate]:>5.0f} requests/s"),
        )
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._found: dict[str, set[str]] = {}
        self._requests: dict[str, int] = {}
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def expect(self, contract: str, cases: int) -> None:
        """Announce how many cases a contract has."""
        if contract in self._tasks:
            self._progress.update(self._tasks[contract], total=cases)
        else:
            self._tasks[contract] = self._progress.add_task(contract, total=cases, found=0, rate=0.0)

    def add(self, result: Result) -> None:
        """Count a result."""
        if result.contract not in self._tasks:
            self.expect(result.contract, 0)
        found = self._found.setdefault(result.contract, set())
        found |= {finding.id for finding in result.findings}
        self._requests[result.contract] = self._requests.get(result.contract, 0) + result.requests
        rate = self._requests[result.contract] / max(time.monotonic() - self._started, 0.001)
        self._progress.update(self._tasks[result.contract], advance=1, found=len(found), rate=rate)
