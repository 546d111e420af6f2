"""Makes the request of a finding smaller for as long as the finding comes again, so that a reader sees what it takes."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.wire import wire
from counterfoil.contracts.wire.places import GONE, Place, put, value_at

_DEEPEST = 3

#: where a part of a request lies: the component, and the way inside
_Part = tuple[str, Place]


def reduced(request: Request, shows: Callable[[Request], bool], kept: Collection[str], most: int = 20) -> Request:
    """The smallest request found that still `shows` what it is about, in at most so many tries.

    What can be left out goes first, half of it at once, then a quarter, and so on; then values become simple. The
    properties and parameters that are `kept` stay.
    """
    reduction = _Reduction(request, shows, kept, most)
    with suppress(_Enough):
        reduction.cut()
        reduction.simplify()
    return reduction.request


class _Enough(Exception):
    """All tries are used up."""


class _Reduction:
    def __init__(self, request: Request, shows: Callable[[Request], bool], kept: Collection[str], most: int) -> None:
        self.request = request
        self._shows, self._kept, self._left = shows, kept, most

    def cut(self) -> None:
        size = len(self._parts()) // 2 or 1
        while size:
            start = 0
            while chosen := self._parts()[start : start + size]:
                if not self._holds(_without(self.request, chosen)):
                    start += size
            size //= 2

    def simplify(self) -> None:
        for component, path in self._parts():
            tree = getattr(self.request, component)
            candidates = _simpler(value_at(tree, path)) if isinstance(tree, dict | list) else iter(())
            while (value := next(candidates, None)) is not None:
                if self._holds(replace(self.request, **{component: put(tree, path, value)})):
                    tree = getattr(self.request, component)
                    candidates = _simpler(value)

    def _holds(self, candidate: Request) -> bool:
        if not self._left:
            raise _Enough
        self._left -= 1
        if self._shows(candidate):
            self.request = candidate
            return True
        return False

    def _parts(self) -> list[_Part]:
        """Whatever could be left out, the outermost first."""
        request = self.request
        parts: list[_Part] = [("query", (name,)) for name in request.query if name not in self._kept]
        parts += [("headers", (name,)) for name in request.headers]
        parts += [("tail", ())] if request.tail else []
        if request.raw is None:
            parts += [("body", path) for path in _inside(request.body) if path[0] not in self._kept]
        elif request.media_type == wire.FORM and request.raw:
            names = [field.partition(b"=")[0] for field in request.raw.split(b"&")]
            parts += [("raw", (at,)) for at, name in enumerate(names) if name.decode("latin-1") not in self._kept]
        return parts


def _inside(node: Any) -> Iterator[Place]:
    """The places of a tree, by their depth."""
    level: list[Place] = [()]
    for _ in range(_DEEPEST):
        holders = [(at, value_at(node, at)) for at in level]
        keys = [(at, range(len(value)) if isinstance(value, list) else value) for at, value in holders if value]
        level = [(*at, key) for at, each in keys if isinstance(each, dict | range) for key in each]
        yield from level


def _without(request: Request, parts: Sequence[_Part]) -> Request:
    """The request without these parts."""
    gone = set(parts)
    body = request.body
    inside = {path for component, path in parts if component == "body"}
    outermost = [path for path in inside if not any(path[:length] in inside for length in range(1, len(path)))]
    for path in sorted(
        outermost, key=str, reverse=True
    ):  # of a list the last member first: the others keep their place
        body = put(body, path, GONE)
    fields = request.raw.split(b"&") if request.raw is not None else []
    return replace(
        request,
        query={name: value for name, value in request.query.items() if ("query", (name,)) not in gone},
        headers={name: value for name, value in request.headers.items() if ("headers", (name,)) not in gone},
        tail="" if ("tail", ()) in gone else request.tail,
        body=body,
        raw=b"&".join(field for at, field in enumerate(fields) if ("raw", (at,)) not in gone)
        if fields
        else request.raw,
    )


def _simpler(value: Any) -> Iterator[Any]:
    """Values of the same kind that say less."""
    if isinstance(value, str) and len(value) > 1:
        yield from ("a", value[: len(value) // 2], value[len(value) // 2 :])
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > 1:
        yield 1
