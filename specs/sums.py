"""What an amount comes to, as a contract says it: `sum(items, price * quantity) - discount`, in Decimals and nothing else.

A term has numbers, names of properties (`totals.total`), `+ - * /`, brackets, `sum(list, term)` over the entries of a
list, `count(list)`, and `when(flag, term, term)`. What is not there counts as nothing.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

_OPERATIONS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FUNCTIONS = {"sum": 2, "count": 1, "when": 3}


class TermError(ValueError):
    """A term that says more than sums can; the message says what."""


class Unknown(ValueError):
    """What a tree has in the place of a number is none, so that nothing can be said of it."""


@lru_cache
def parsed(term: str) -> ast.expr:
    """The term, ready to be evaluated. Raises TermError."""
    try:
        tree = ast.parse(term.replace("$", "_dollar_"), mode="eval").body
    except SyntaxError as error:
        raise TermError(f"{term!r} is no term: {error.msg}") from error
    _check(tree, term)
    return tree


def _check(node: ast.expr, term: str) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return
    if isinstance(node, ast.Name | ast.Attribute):
        _path(node, term)
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check(node.operand, term)
        return
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        _check(node.left, term)
        _check(node.right, term)
        return
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and _FUNCTIONS.get(node.func.id) == len(node.args)
    ):
        for each in node.args:
            _check(each, term)
        return
    raise TermError(f"{term!r} is no term: {ast.unparse(node)!r} is neither a number, a name, a sum nor one of + - * /")


def _path(node: ast.expr, term: str) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*_path(node.value, term), node.attr.replace("_dollar_", "$")]
    if isinstance(node, ast.Name):
        return [node.id.replace("_dollar_", "$")]
    raise TermError(f"{term!r} is no term: {ast.unparse(node)!r} is no name")


def difference(term: str, tree: Any, told: Decimal) -> str:
    """How what is told differs from what the term comes to, by more than rounding each part can explain; else empty."""
    counted = _Counted(tree, -_exponent(told))
    try:
        due = counted.value(parsed(term), tree)
    except (Unknown, ArithmeticError):
        return ""
    half = Decimal(1).scaleb(_exponent(told)) / 2
    if abs(due - told) <= half * counted.inexact:
        return ""
    return f"{term} comes to {due.normalize():f}, and not to {told}"


def _exponent(number: Decimal) -> int:
    return min(int(number.as_tuple().exponent), 0)


class _Counted:
    """Evaluates a term, and counts the parts that a calculator has to round to so many decimals."""

    def __init__(self, tree: Any, decimals: int) -> None:
        self._tree, self._smallest = tree, Decimal(1).scaleb(-decimals)
        self.inexact = 0

    def value(self, node: ast.expr, tree: Any) -> Decimal:
        """What the node comes to."""
        if isinstance(node, ast.BinOp):
            found = _OPERATIONS[type(node.op)](self.value(node.left, tree), self.value(node.right, tree))
            is_product = isinstance(node.op, ast.Mult | ast.Div)
            self.inexact += is_product and found != found.quantize(self._smallest, ROUND_HALF_UP)
            return found
        if isinstance(node, ast.UnaryOp):
            return -self.value(node.operand, tree)
        if isinstance(node, ast.Call):
            return self._called(node, tree)
        if isinstance(node, ast.Constant):
            return Decimal(str(node.value))
        return _number(_found(tree, _path(node, "")))

    def _called(self, node: ast.Call, tree: Any) -> Decimal:
        assert isinstance(node.func, ast.Name)
        if node.func.id == "when":
            flag, then, other = node.args
            return self.value(then if _holds(_found(tree, _path(flag, ""))) else other, tree)
        entries = _entries(_found(tree, _path(node.args[0], "")))
        if node.func.id == "count":
            return Decimal(len(entries))
        return sum((self.value(node.args[1], each) for each in entries), Decimal())


def _found(tree: Any, path: list[str]) -> Any:
    for name in path:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree


def _entries(node: Any) -> list[Any]:
    if isinstance(node, Mapping):
        return list(node.values()) if all(str(name).isdecimal() for name in node) else [node]
    return node if isinstance(node, list) else []


def _holds(flag: Any) -> bool:
    return str(flag).lower() not in ("", "0", "0.0", "none", "false", "off", "no")


def _number(value: Any) -> Decimal:
    if isinstance(value, Mapping) and "$" in value:
        value = value["$"]
    if value is None or value is False or value == "":
        return Decimal()
    if isinstance(value, bool | Mapping | list):
        raise Unknown(repr(value)[:60])
    return number(value)


def number(value: Any) -> Decimal:
    """The number that is written there. Raises Unknown."""
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise Unknown(repr(value)[:60]) from error
    if not found.is_finite():
        raise Unknown(repr(value)[:60])
    return found
