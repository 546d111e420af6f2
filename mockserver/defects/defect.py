"""A named mistake, and how a contract's mistakes are written down."""

from collections.abc import Mapping
from dataclasses import dataclass

from counterfoil.mockserver.engine.registry import Registry
from counterfoil.mockserver.engine.variation import Variation

#: the kinds of mistakes, and what goes wrong with each
KINDS: Mapping[str, str] = {
    "parsing": "a request is not read as it was sent, or only in part",
    "arithmetic": "sums, taxes and discounts are wrong",
    "identity": "an id stands for two things, or for a thing of another kind",
    "lost update": "something that was saved is gone after something else was",
    "visibility": "what is not there is shown, or what is there is not, or is somebody else's",
    "authentication": "a door opens that should not",
    "paging": "the pages of a list are not the list",
    "encoding": "characters are lost, garbled or fatal",
    "format": "the answer has another form than was promised",
    "date": "a day or a moment is wrong, or written in another way",
    "currency": "the amount is right and the money is not",
    "content type": "the answer says that it is something else",
    "leak": "an error tells of the inside, or repeats a secret",
    "validation": "a request is accepted that breaks the contract",
    "refusal": "a refusal has another form than was promised, or has effects",
    "stock": "what is left is counted wrong, or not at all",
    "idempotence": "two equal orders are taken for one",
}


@dataclass(frozen=True)
class Defect(Variation):
    """One mistake of one contract's program, as its team would confess it.

    The program does not know that it makes it: its answers are not checked.
    """


class Defects(Registry[Defect]):
    """The mistakes of one contract."""

    def __init__(self, contract: str) -> None:
        super().__init__(contract, Defect)
