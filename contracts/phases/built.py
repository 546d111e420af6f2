"""What a case builds of what it knows: a serialized array as PHP writes it, and an amount that follows from others."""

import ast
import base64
import operator
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import phpserialize

_OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def serialized(array: Mapping[Any, Any]) -> str:
    """The array as PHP serializes it, in Base64; a key that looks like a number is one, as in PHP."""
    plain = {int(key) if str(key).isdecimal() else key: value for key, value in array.items()}
    return base64.b64encode(phpserialize.dumps(plain)).decode()


def computed(term: str) -> str:
    """What the term comes to, with as many decimals as its first number has; half of the last one is rounded up.

    A term with something else in it than numbers, the four operations and brackets stands for itself: a target has
    answered something else than a number, and no amount is equal to that.
    """
    try:
        parsed = ast.parse(term.strip(), mode="eval").body
        numbers = sorted(_numbers(parsed), key=lambda number: number.col_offset)
        smallest = Decimal(1).scaleb(-len(_written(numbers[0], term).partition(".")[2]))
        return str(_value(parsed, term).quantize(smallest, ROUND_HALF_UP))
    except (SyntaxError, ValueError, ArithmeticError, IndexError, RecursionError, MemoryError):
        return term


def _numbers(node: ast.expr) -> list[ast.Constant]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Constant)]


def _written(number: ast.Constant, term: str) -> str:
    return ast.get_source_segment(term.strip(), number) or ""


def _value(node: ast.expr, term: str) -> Decimal:
    if isinstance(node, ast.Constant):
        return Decimal(_written(node, term))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, term)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return Decimal(_OPERATIONS[type(node.op)](_value(node.left, term), _value(node.right, term)))
    raise ValueError(f"{term!r} is no amount")
