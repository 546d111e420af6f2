"""What belongs to a run: the ids of what it has created. Nothing else at a deployment is changed or removed."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from counterfoil.contracts.http.exchange import Request, Sent, Withheld
from counterfoil.contracts.safety.created import Step
from counterfoil.specs import Contract

#: what stands in the sketch of a request for a value that an earlier call will give
KEPT = "918273645"

NOT_OWN = "would change something there that the run did not create"


def check_own(request: Request, sent: Sent, contract: Contract, owned: set[str], *, creates: bool) -> None:
    """Refuse to touch what others made. Raises Withheld.

    What is new may be ordered for a client that exists, but not be put into a cart that does.
    """
    names = ownable(contract)
    asked = set(_named(sent, names))
    if creates:
        asked = {(name, str(value)) for name, value in sent.path.items() if name in names}
    if asked and all(value == KEPT or f"{name}={value}" in owned for name, value in asked):
        return
    if asked or not creates:
        raise Withheld(NOT_OWN)


def in_own(sent: Sent, contract: Contract, owned: set[str]) -> bool:
    """Whether the request makes something within what the run owns, such as an item in its own cart."""
    asked = [f"{name}={value}" for name, value in sent.path.items() if name in ownable(contract)]
    return bool(asked) and all(each in owned for each in asked)


@lru_cache
def ownable(contract: Contract) -> frozenset[str]:
    """The names under which things are undone that a call of this contract can create."""
    found = set()
    for operation in contract.operations.values():
        for response in operation.raw["responses"].values():
            for name, written in contract.deref(response).get("links", {}).items():
                link = contract.deref(written)
                given = {**link.get("parameters", {}), **(link.get("requestBody") or {})}
                if name.startswith("undo"):
                    found |= {key.rpartition(".")[2] for key, value in given.items() if str(value).startswith("$")}
    return frozenset(found)


def own_of(undo: list[Step], contract: Contract) -> Iterator[str]:
    """What the run owns after a call that is undone by these steps."""
    names = ownable(contract)
    for step in undo:
        for name, value in {**step.path, **step.query, **(step.body or {})}.items():
            if name in names:
                yield f"{name}={value}"


def _named(sent: Sent, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    tree: dict[str, Any] = sent.tree if isinstance(sent.tree, dict) else {}
    for name, value in (*sent.path.items(), *sent.query, *sent.fields, *tree.items()):
        bare = str(name).partition("[")[0]
        if bare in names:
            yield bare, str(value)
