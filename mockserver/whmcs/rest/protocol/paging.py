"""Pages of a list, with or without `meta`."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from counterfoil.mockserver.engine.vendor import Body, Call

T = TypeVar("T")

PAGE_SIZE = 50


def on_page(rows: Sequence[T], call: Call) -> Sequence[T]:
    """The rows of the page that the call asks for; a page beyond the last is empty."""
    number, size = _asked(call)
    return rows[(number - 1) * size : number * size]


def page(rows: Sequence[T], call: Call, render: Callable[[T], Any]) -> list[Any]:
    """The same, as they are answered."""
    return [render(row) for row in on_page(rows, call)]


def listed(rows: Sequence[T], call: Call, render: Callable[[T], Any]) -> Body:
    """The envelope of a list that does not say where it ends."""
    return {"data": page(rows, call, render)}


def counted(rows: Sequence[T], call: Call, render: Callable[[T], Any]) -> Body:
    """The envelope of a list below `/store/domain`, whose `meta` says where the page stands."""
    number, size = _asked(call)
    meta = {
        "total_items": len(rows), "page": number, "total_pages": max(1, -(-len(rows) // size)), "page_size": size,
    }  # fmt: skip
    return {"data": page(rows, call, render), "meta": meta}


def _asked(call: Call) -> tuple[int, int]:
    return call.given.get("page", 1), call.given.get("page_size", PAGE_SIZE)
