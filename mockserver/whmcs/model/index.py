"""Ids found by a key, in their order."""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Index(Generic[Key]):
    """For each key the ids that have it, ascending; none of its operations looks at all of them."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: dict[Key, list[int]] = {}

    def add(self, key: Key, number: int) -> None:
        """Put the id under the key."""
        ids = self._ids.get(key)
        if ids is None:
            self._ids[key] = [number]
        elif number > ids[-1]:
            ids.append(number)
        else:
            ids.insert(bisect_left(ids, number), number)

    def drop(self, key: Key, number: int) -> None:
        """Take the id, which is there, from under the key."""
        ids = self._ids[key]
        del ids[bisect_left(ids, number)]
        if not ids:
            del self._ids[key]

    def of(self, key: Key) -> Sequence[int]:
        """The ids under the key, ascending."""
        return self._ids.get(key, ())
