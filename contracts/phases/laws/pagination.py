"""Lists that are read by an offset and a limit: their slices together are the whole list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.reports.mismatch import told as as_json

_MOST_SLICES = 8


@dataclass(frozen=True)
class Slice:
    """A part of a list, and what its answer says of it."""

    entries: Sequence[Any]
    #: how many entries the whole list has
    total: int
    #: what else is said of the slice, by name; and what that has to be
    told: dict[str, Any]
    due: dict[str, Any]


@dataclass(frozen=True)
class SliceLaws:
    """What a contract says of its slices."""

    whole: Law
    sized: Law
    beyond: Law
    told: Law

    @property
    def all(self) -> tuple[Law, ...]:
        """The laws."""
        return self.whole, self.sized, self.beyond, self.told


def hold(
    context: LawContext, laws: SliceLaws, name: str, read: Callable[[int, int], Slice], whole: Sequence[Any], size: int
) -> None:
    """Read a list, which is known as a whole, in slices of the size, or of a larger one that makes few enough."""
    size = max(size, -(-len(whole) // _MOST_SLICES))
    entries: list[Any] = []
    for start in range(0, max(len(whole), 1), size):
        part = read(start, size)
        due = min(size, len(whole) - start)
        why = f"{name} from {start} has {len(part.entries)} of {len(whole)} entries instead of {due}."
        context.hold(laws.sized, len(part.entries) == due, why)
        _hold_told(context, laws.told, name, part, len(whole))
        entries += part.entries
    why = f"{name} has {len(whole)} entries; in slices of {size} there are {len(entries)}, or others."
    context.hold(laws.whole, entries == list(whole), why)
    beyond = read(len(whole), size)
    context.hold(laws.beyond, not beyond.entries, f"{name} from {len(whole)} has {len(beyond.entries)} entries.")
    _hold_told(context, laws.told, name, beyond, len(whole))


def _hold_told(context: LawContext, law: Law, name: str, part: Slice, total: int) -> None:
    told, due = {**part.told, "total": part.total}, {**part.due, "total": total}
    context.hold(law, told == due, f"{name}: expected were {as_json(due)}, but there are {as_json(told)}.")
