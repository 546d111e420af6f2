"""What names mean in forms and queries: PHP nests them by brackets (`a[0][b]=1`); elsewhere, a name is a name."""

import json
from collections.abc import Collection
from typing import Any

from counterfoil.contracts.wire import wire


def fields(tree: Any, brackets: bool) -> wire.Pairs:
    """The tree as pairs. Plain, a list is its name repeated, and what lies deeper is JSON."""
    if brackets or not isinstance(tree, dict):
        return wire.fields(tree)
    pairs = []
    for name, value in tree.items():
        for each in value if isinstance(value, list) else [value]:
            nested = isinstance(each, dict | list)
            pairs.append((str(name), json.dumps(each, ensure_ascii=False) if nested else wire.text(each)))
    return pairs


def readings(pairs: wire.Pairs, brackets: bool, lists: Collection[str] = ()) -> list[dict[str, Any]]:
    """All that the pairs may mean. Plain, of a name that is repeated and no list, some take the first and some the last."""
    if brackets:
        return [wire.tree(pairs)]
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for name, value in pairs:
        if name in lists:
            last[name] = first.setdefault(name, [])
            last[name].append(value)
        else:
            first.setdefault(name, value)
            last[name] = value
    return [first] if first == last else [first, last]
