"""Places in a tree: where the pointer of a clause leads to, and a tree with another value there."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

#: stands for what is to be left out
GONE = object()
#: the keys that lead from the root of a tree to a value
Place = tuple[Any, ...]


def places(node: Any, steps: Sequence[str], at: Place = ()) -> Iterator[Place]:
    """The places in the tree that the steps of a clause's pointer lead to; `*` is any member of a list or of a map.

    What may stand alone or several times has the same pointer both ways, so that a step can lead through a list, too.
    """
    if not steps:
        yield at
        return
    step, *rest = steps
    members: Any = ()
    if isinstance(node, list) and step != "*":
        for key, below in enumerate(node):
            yield from places(below, steps, (*at, key))
    elif isinstance(node, list):
        members = enumerate(node)
    elif isinstance(node, Mapping):
        members = node.items() if step == "*" else [(step, node[step])] if step in node else ()
    for key, below in members:
        yield from places(below, rest, (*at, key))


def new_places(node: Any, steps: Sequence[str]) -> Iterator[Place]:
    """The places where the last step can be added: as a property, or as one more member."""
    for parent in places(node, steps[:-1]) if steps else ():
        holder = value_at(node, parent)
        if isinstance(holder, dict):
            yield (*parent, "1" if steps[-1] == "*" else steps[-1])
        elif isinstance(holder, list) and steps[-1] == "*":
            yield (*parent, len(holder))
        elif isinstance(holder, list):
            yield from ((*parent, key, steps[-1]) for key, each in enumerate(holder) if isinstance(each, dict))


def openings(node: Any, steps: Sequence[str]) -> Iterator[tuple[Place, bool]]:
    """Where what the steps lead to can be added: each place, and whether it is that of a list or map that is not there."""
    yield from ((place, False) for place in new_places(node, steps))
    if steps[-1] == "*":
        yield from ((place, True) for place in new_places(node, steps[:-1]))


def value_at(node: Any, place: Place) -> Any:
    """What stands at the place; None where nothing does."""
    for key in place:
        node = (node[key] if key < len(node) else None) if isinstance(node, list) else node.get(key)
    return node


def put(node: Any, place: Place, value: Any) -> Any:
    """The tree with the value at the place, or without it if the value is GONE; only what leads there is copied."""
    if not place:
        return value
    key, *rest = place
    if value is GONE and not rest:
        if isinstance(node, list):
            return node[:key] + node[key + 1 :]
        return {name: below for name, below in node.items() if name != key}
    below = put(value_at(node, (key,)), tuple(rest), value)
    return [*node[:key], below, *node[key + 1 :]] if isinstance(node, list) else {**node, key: below}


def grafts(node: Any, donor: Any, steps: Sequence[str]) -> Iterator[Any]:
    """The tree with what it lacks on the way of the steps taken from the donor, if that gives something.

    Where the way leads through a list or a map, another tree has one more member, since those that are there may be of
    another kind.
    """
    # of a list or a map, a member that has what is looked for, or else could have it
    found = next(chain(places(donor, steps), places(donor, steps[:-1])), None)
    if found is None:
        return
    missing = next((d for d in range(1, len(steps) + 1) if next(places(node, steps[:d]), None) is None), None)
    depths = [d for d in range(len(steps), 0, -1) if steps[d - 1] == "*"]
    for depth in dict.fromkeys([*([missing] if missing else []), *depths]):
        where = next(new_places(node, steps[:depth]), None) if depth <= len(found) else None
        if where is not None:
            yield put(node, where, value_at(donor, found[:depth]))
