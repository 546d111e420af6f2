"""How a search's hash selects orders, by the forms that the vendor publishes, and how they are sorted."""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.shopscript.orders import Order, Orders, Row

#: how an order's number is shown to people
SHOWN_ID = "#100.{}"

_CONDITION = re.compile(r"([a-z_]+(?:\.[^=<>!*^$]+)?)(\*=|\^=|=\$|\$=|!=|<=|>=|=|<|>)(.*)", re.DOTALL)
_OR = "||"
_COLUMNS: dict[str, Callable[[Order], Any]] = {
    "id": lambda order: order.id,
    "contact_id": lambda order: order.contact_id,
    "state_id": lambda order: order.state,
    "create_datetime": lambda order: order.created.isoformat(" ", "seconds"),
    "update_datetime": lambda order: order.updated.isoformat(" ", "seconds") if order.updated else None,
    "total": lambda order: order.total,
    "currency": lambda order: order.currency,
    "rate": lambda order: order.rate,
    "tax": lambda order: order.tax,
    "shipping": lambda order: order.shipping,
    "discount": lambda order: order.discount,
    "comment": lambda order: order.comment,
}
_ROW_COLUMNS = frozenset(
    ("id", "name", "product_id", "sku_id", "sku_code", "service_id", "service_variant_id", "price", "quantity",
     "parent_id", "stock_unit_id")
)  # fmt: skip


def selected(orders: Orders, selector: str) -> Sequence[int]:
    """The ascending ids of the orders that the hash selects.

    Raises:
        Refusal: the hash asks for something that orders do not have.
    """
    kind, _, rest = selector.partition("/")
    if kind == "id":
        return orders.existing([int(each) for each in rest.split(",") if len(each) < 20])
    if kind != "search" or not rest:
        return orders.ids
    state = re.fullmatch(r"state_id=([a-z_-]+)", rest)
    if state is not None:  # what is asked for most often is kept at hand
        return orders.ids_by_state.get(state[1], [])
    conditions = [_condition(each) for each in rest.split("&") if each]
    return [number for number in orders.ids if all(holds(orders.by_id[number]) for holds in conditions)]


def in_order(orders: Orders, ids: Sequence[int], sort: str) -> Sequence[int]:
    """The ids in the order in which they are read from behind: as they are, unless they are sorted by a column."""
    column, _, direction = sort.partition(" ")
    if column not in _COLUMNS:
        return ids
    value = _COLUMNS[column]
    ascending = direction.strip().lower() != "desc"
    return sorted(ids, key=lambda number: _rank(value(orders.by_id[number])), reverse=ascending)


def _rank(value: Any) -> tuple[bool, Any]:
    return value is not None, value


def _condition(text: str) -> Callable[[Order], bool]:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise _refused(f"{text[:40]!r} is no condition")
    name, sign, value = match.groups()
    values = _values(name)
    wanted = [_own_id(each) for each in value.split(_OR)] if name == "id" else value.split(_OR)
    if sign == "!=":
        return lambda order: not any(_is_equal(has, each) for has in values(order) for each in wanted)
    compare = _OPERATORS[sign]
    return lambda order: any(compare(has, each) for has in values(order) for each in wanted)


def _values(name: str) -> Callable[[Order], Iterator[Any]]:
    """What an order has under the name: one value, or one for each of its rows."""
    first, _, key = name.partition(".")
    if first == "params" and key:
        return lambda order: (each for each in (order.params.get(key),) if each is not None)
    if first == "items" and key in _ROW_COLUMNS:
        return lambda order: (_column(row, key) for row in order.rows)
    if name not in _COLUMNS:
        raise _refused(f"orders have no {name[:40]!r}")
    return lambda order: iter((_COLUMNS[name](order),))


def _column(row: Row, key: str) -> Any:
    return getattr(row, key)


def _refused(reason: str) -> Refusal:
    return Refusal("invalid_parameter", parameter="hash", reason=reason)


def _own_id(text: str) -> str:
    """The number in what is shown to people."""
    return text.removeprefix(SHOWN_ID.format("")) if text.startswith("#") else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(_text(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_equal(has: Any, wanted: str) -> bool:
    one, other = _number(has), _number(wanted)
    if one is not None and other is not None:
        return one == other
    return _text(has).casefold() == wanted.casefold()


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, str], bool]:
    def holds(has: Any, wanted: str) -> bool:
        one, other = _number(has), _number(wanted)
        if one is not None and other is not None:
            return compare(one, other)
        return has is not None and compare(_text(has), wanted)

    return holds


_OPERATORS: dict[str, Callable[[Any, str], bool]] = {
    "=": _is_equal,
    "*=": lambda has, wanted: wanted.casefold() in _text(has).casefold(),
    "^=": lambda has, wanted: _text(has).casefold().startswith(wanted.casefold()),
    "=$": lambda has, wanted: _text(has).casefold().endswith(wanted.casefold()),
    "$=": lambda has, wanted: _text(has).casefold().endswith(wanted.casefold()),
    "<": _compared(operator.lt),
    ">": _compared(operator.gt),
    "<=": _compared(operator.le),
    ">=": _compared(operator.ge),
}
