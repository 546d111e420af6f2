"""A named mistake, and how a contract's mistakes are written down."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from counterfoil.mockserver.engine.variation import Variation
from counterfoil.mockserver.engine.varied import Around, AroundHandler, Rewording, Rewriting

#: the kinds of mistakes, and what goes wrong with each
KINDS: Mapping[str, str] = {
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
    "slow": "the answer takes 3.5 seconds, now and then",
    "leak": "an error tells of the inside, or repeats a secret",
    "validation": "a request is accepted that breaks the contract",
    "refusal": "a refusal has another form than was promised, or has effects",
    "stock": "what is left is counted wrong, or not at all",
    "idempotence": "two equal orders are taken for one",
}


@dataclass(frozen=True)
class Defect(Variation):
    """One mistake of one contract's program, which does not know that it makes it: its answers are not checked."""

    kind: str
    #: how its team would confess it
    sentence: str


class Defects:
    """The mistakes of one contract. Its methods are decorators, one for each step of a request's life that it can stand at.

    The decorated function gives the mistake its name, and its docstring is the confession. Behind the kind stand the
    operations that it is about; none for all.
    """

    def __init__(self, contract: str) -> None:
        self._contract = contract
        self._all: list[Defect] = []

    def __iter__(self) -> Iterator[Defect]:
        return iter(self._all)

    def gate(self, kind: str, *operations: str) -> Callable[[Around], Around]:
        """Around the question whether the caller may make this call."""
        return self._at("gate", kind, operations)

    def check(self, kind: str, *operations: str) -> Callable[[Around], Around]:
        """Around the check of the request's fields, which gives them their types."""
        return self._at("check", kind, operations)

    def handler(self, kind: str, *operations: str) -> Callable[[AroundHandler], AroundHandler]:
        """Around the work itself."""
        return self._at("handler", kind, operations)

    def accepted(self, kind: str, *operations: str) -> Callable[[Rewording], Rewording]:
        """After the work, where the call was accepted."""
        return self._at("accepted", kind, operations)

    def refused(self, kind: str, *operations: str) -> Callable[[Rewording], Rewording]:
        """After the work, where the call was refused."""
        return self._at("refused", kind, operations)

    def wire(self, kind: str, *operations: str) -> Callable[[Rewriting], Rewriting]:
        """At the end, when the body is bytes; `exchange.reply` has what they say."""
        return self._at("wire", kind, operations)

    def _at(self, step: str, kind: str, operations: tuple[str, ...]) -> Callable[[Any], Any]:
        def register(change: Any) -> Any:
            sentence = " ".join((change.__doc__ or "").split())
            self._all.append(
                Defect(change.__name__, self._contract, step, frozenset(operations), change, kind, sentence)
            )
            return change

        return register
