"""A named liberty, and what it does otherwise than the clauses that no document has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from counterfoil.mockserver.engine.registry import Registry
from counterfoil.mockserver.engine.variation import Variation
from counterfoil.specs.reading import read

#: the kinds of liberties, and what is left open with each
KINDS: Mapping[str, str] = {
    "installation": "which things there are: their ids, names, prices, taxes and currencies",
    "words": "how a refusal is worded",
    "status": "with which of the documented statuses something is refused",
    "form": "how an answer is written down",
    "extras": "what is answered besides what is described",
    "order": "in which order a list is, or which of several refusals comes first",
    "lenient": "what is odd is read in some way",
    "strict": "what is odd is refused",
    "effects": "what a call does that no document tells",
}


@dataclass(frozen=True)
class Liberty(Variation):
    """One behaviour of one contract's program that the documents allow and that is not the mock's own choice."""

    #: the liberties that it cannot go together with, since they decide the same thing in another way
    apart: frozenset[str] = frozenset()

    keeps_contract = True


class Liberties(Registry[Liberty]):
    """The liberties of one contract."""

    def __init__(self, contract: str) -> None:
        super().__init__(contract, _made)


def _made(*what: Any, apart: Sequence[str] = ()) -> Liberty:
    return replace(Liberty(*what), apart=frozenset(apart))


class Chosen:
    """By contract, every clause that is but the mock's choice, with the liberties that do otherwise.

    A clause is a place in the contract (`examples/cart_not_found`), the `clause` of cases, or a law. In place of
    liberties there may be the reason why nothing else can be done.
    """

    def __init__(self, path: Path) -> None:
        self.by_contract: Mapping[str, Mapping[str, Mapping[str, Any]]] = read(path)

    def liberties(self, contract: str, clause: str) -> Sequence[str]:
        """Those that do otherwise."""
        return next((every[clause].get("liberties", ()) for every in self._rooms(contract) if clause in every), ())

    def instead_of(self, liberty: Liberty) -> Sequence[str]:
        """The clauses that the liberty does otherwise."""
        return [
            clause
            for every in self._rooms(liberty.contract)
            for clause, what in every.items()
            if liberty.name in what.get("liberties", ())
        ]

    def _rooms(self, contract: str) -> Iterator[Mapping[str, Any]]:
        yield from self.by_contract.get(contract, {}).values()
