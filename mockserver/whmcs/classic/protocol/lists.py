"""Lists as the classic API shows them: a page, or all rows."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from counterfoil.mockserver.engine.vendor import Body, Call

Thing = TypeVar("Thing")

#: how many rows a page has that names no number
ROWS = 25


def page(
    things: Sequence[Thing],
    call: Call,
    names: tuple[str, str],
    row: Callable[[Thing], Body],
    *,
    newest_first: bool = False,
    **echo: Any,
) -> Body:
    """The page that the call asks for, under the names of the list and of one row; `echo` are the filters, which return."""
    start, most = call.given.get("limitstart", 0), call.given.get("limitnum", ROWS)
    shown = _newest(things, start, most) if newest_first else things[start : start + most]
    plural, name = names
    return {
        "result": "success", **echo, "totalresults": len(things), "startnumber": start, "numreturned": len(shown),
        plural: {name: [row(thing) for thing in shown]},
    }  # fmt: skip


def whole(names: tuple[str, str], rows: Sequence[Body], **echo: Any) -> Body:
    """All rows, under the names of the list and of one row; `echo` are the filters, which return."""
    plural, name = names
    return {"result": "success", **echo, "totalresults": len(rows), plural: {name: rows}}


def _newest(things: Sequence[Thing], start: int, most: int) -> Sequence[Thing]:
    """A page of what stands in ascending order, from its end on, without a look at the rest."""
    end = len(things) - start
    return things[max(end - most, 0) : end][::-1] if end > 0 else ()
