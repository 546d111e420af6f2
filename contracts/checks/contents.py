"""What a body holds by its schema; what means the same is looked into once, since targets answer the same again and again."""

from functools import cached_property
from typing import Any

import msgspec

from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.wire.claims import false_claims
from counterfoil.contracts.wire.described import Described, described
from counterfoil.specs import Contract
from counterfoil.specs.schemas import Clause, schemas_of

#: bytes of a body that may come again, and how many such are remembered
_LONGEST, _MOST_KNOWN = 32 * 1024, 512


class Contents:
    """A body under the schema that its contract has for it. `evidence` is what the schema inherits."""

    def __init__(self, contract: Contract, schema: Any, tree: Any, evidence: str) -> None:
        self._contract, self._schema, self._tree, self._evidence = contract, schema, tree, evidence

    @cached_property
    def places(self) -> list[Described]:
        """The body place by place, where the contract says something of it."""
        return list(described(self._contract, self._schema, self._tree, self._evidence))

    @cached_property
    def undescribed(self) -> dict[str, Described]:
        """The properties that stand there, but in no schema: by their pointers, with the place in which they stand."""
        return {pointer: place for place in self.places for pointer in place.undescribed()}

    @cached_property
    def broken(self) -> list[Clause]:
        """The clauses of the schema that the body breaks."""
        schemas = schemas_of(self._contract)
        return list(schemas.broken(self._schema, self._tree, self._evidence, formats=True))

    @cached_property
    def false_claims(self) -> list[Clause]:
        """What the body claims beyond its types, and does not keep: each once."""
        return list({clause.id: clause for clause in false_claims(self.places)}.values())


_known: dict[tuple[Contract, int, str, bytes], Contents] = {}


def contents_of(exchange: Exchange, contract: Contract) -> Contents | None:
    """What the body of an answer holds; nothing where the contract says nothing of it, or where it could not be read."""
    if exchange.media is None or exchange.answer is None or exchange.unreadable is not None:
        return None
    schema, evidence = exchange.media.schema, exchange.answer.evidence
    written = _written(exchange)
    if written is None:
        return Contents(contract, schema, exchange.tree, evidence)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    key = (contract, id(schema), evidence, written)
    if key not in _known:
        _known[key] = Contents(contract, schema, exchange.tree, evidence)
    return _known[key]


def _written(exchange: Exchange) -> bytes | None:
    """What the body means, as bytes, in which 1 and true are not the same; nothing where that is long, or cannot be written."""
    if len(exchange.body) > _LONGEST:
        return None
    try:
        return msgspec.json.encode(exchange.tree)
    except (TypeError, ValueError, RecursionError):
        return None
