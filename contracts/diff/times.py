"""How long each side takes: only another order of magnitude is a difference, in the median of an operation."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

#: what an order of magnitude is
TENFOLD = 10
_FLOOR = 0.1  # seconds; below, nobody waits
_LEAST = 5  # answers: a median of fewer is chance


@dataclass
class Times:
    """The seconds of every answer, by operation and side."""

    seconds: list[dict[str, list[float]]] = field(default_factory=lambda: [defaultdict(list), defaultdict(list)])

    def add(self, side: int, operation: str, seconds: float) -> None:
        """Note an answer of A (0) or B (1)."""
        self.seconds[side][operation].append(seconds)

    def slower(self) -> Iterator[tuple[str, float, float]]:
        """The operations in which one side takes at least ten times as long, and long enough to be felt; both medians."""
        a, b = self.seconds
        for operation in a.keys() & b.keys():
            if min(len(a[operation]), len(b[operation])) >= _LEAST:
                one, two = median(a[operation]), median(b[operation])
                if max(one, two) >= max(_FLOOR, TENFOLD * min(one, two)):
                    yield operation, one, two
