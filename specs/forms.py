"""How data stand in a form: flat fields, whose names nest by brackets as PHP reads them."""

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

Pairs = list[tuple[str, str]]


def text(value: Any) -> str:
    """A scalar as a form has it: true, false, nothing, and numbers without an exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.removesuffix(".0")
    return str(value)


def fields(tree: Any) -> Pairs:
    """The tree as PHP's `http_build_query` flattens it: `a[k]`, `a[0]`. An empty list or map leaves no field."""
    if not isinstance(tree, dict | list):
        return []
    return list(_flat(tree, ""))


def _flat(node: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _flat(value, f"{prefix}[{key}]" if prefix else str(key))
    else:
        yield prefix, text(node)
