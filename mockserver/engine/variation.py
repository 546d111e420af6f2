"""A named behaviour of the mock that differs from its own at one step of a request's life."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Variation:
    """One behaviour that a world can be told to have in place of the mock's own.

    `varied.py` says what `change` is called with at each step.
    """

    name: str
    contract: str
    #: where in the life of a request it stands: gate, check, handler, accepted, refused or wire; or seeded and lives, before all
    step: str
    #: the operations that it is about; empty for all
    operations: frozenset[str]
    change: Callable[..., Any]
    #: what sort of difference it is
    kind: str = ""
    #: the difference, as whoever wrote the program would tell it
    sentence: str = ""

    #: whether the documents allow what is answered then; if so, every answer is still held against them
    keeps_contract = False

    def about(self, operation: str) -> bool:
        """Whether calls of the operation can meet it."""
        return not self.operations or operation in self.operations
