"""Ids by the names of what takes them: those of the profile, and those that were seen in accepted answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.profile.model import Scalar
from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import schemas_of

_MOST = 12
_IDENTITY = ("id", "uuid", "code")
#: how the names of several end, and how that of one of them does; the first that fits counts
_ENDS = {
    "ies": "y",
    "sses": "ss",
    "uses": "us",
    "xes": "x",
    "ches": "ch",
    "shes": "sh",
    "ss": "ss",  # `address`, `status` and `basis` are but one
    "us": "us",
    "is": "is",
    "s": "",
}


class Pool:
    """Per parameter or property, the values that are known to exist, in the order in which they became known.

    An id is recognised by its own name (`item_id`), or by what it is the id of: the `id` in the `data` of `create_cart`
    is a `cart_id`, and one in the list `addons` of a service is a `service_addon_id`.
    """

    def __init__(self, contract: Contract, known: Mapping[str, Scalar]) -> None:
        self._contract = contract
        self._names = {_squashed(name): name for name in _taken(contract)}
        self.values: dict[str, list[Scalar]] = {name: [value] for name, value in known.items()}

    def wanted(self, operation: Operation) -> set[str]:
        """The ids that the operation takes or is about, as far as none of them is known yet."""
        about = _squashed(f"{_singular(operation.id.partition('_')[2])}_id")
        names = {name for name in _taken_by(self._contract, operation) if name.lower().endswith("id")}
        names |= {parameter.name for parameter in operation.parameters if parameter.place == "path"}
        return (names | {self._names[each] for each in (about,) if each in self._names}) - self.values.keys()

    def learn(self, exchange: Exchange) -> None:
        """Remember the ids in the answer to an accepted request."""
        noun = exchange.operation.id.partition("_")[2]
        for name, value in _ids(exchange.tree, [_singular(noun)], top=True):
            known = self._names.get(_squashed(name))
            if known is not None:
                values = self.values.setdefault(known, [])
                if value not in values and len(values) < _MOST:
                    values.append(value)


def _taken(contract: Contract) -> Iterator[str]:
    """Whatever a request can carry at its top level."""
    for operation in contract.operations.values():
        yield from _taken_by(contract, operation)


def _taken_by(contract: Contract, operation: Operation) -> Iterator[str]:
    yield from (parameter.name for parameter in operation.parameters)
    for media in operation.request.values():
        yield from schemas_of(contract).properties(media.schema)


def _ids(node: Any, nouns: list[str], top: bool = False) -> Iterator[tuple[str, Scalar]]:
    """Each id in the tree under all names that it may go by."""
    if isinstance(node, list):
        for below in node[:_MOST]:  # more of them are not kept
            yield from _ids(below, nouns)
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        if isinstance(value, dict | list):
            inner = nouns if name == "data" else [_singular(name), *(f"{noun}_{_singular(name)}" for noun in nouns)]
            yield from _ids(value, inner)
        elif isinstance(value, int | str) and not isinstance(value, bool) and value:
            if name in _IDENTITY:
                own = [f"{tail}_{name}" for noun in nouns for tail in _tails(noun)]
                yield from ((alias, value) for alias in ([name, *own] if top else own))
            elif name.endswith("id"):
                yield name, value


def _tails(noun: str) -> Iterator[str]:
    """`user_client` is also a `client`."""
    words = noun.split("_")
    yield from ("_".join(words[start:]) for start in range(len(words)))


def _singular(noun: str) -> str:
    """What one of them is called: `countries`, `addresses` and `statuses` each end in a way of their own."""
    for several, one in _ENDS.items():
        if noun.endswith(several):
            return noun.removesuffix(several) + one
    return noun


def _squashed(name: str) -> str:
    return name.replace("_", "").lower()
