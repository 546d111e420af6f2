"""Finds which of many values stand in a text, in a time that does not grow with their number."""

import re
from collections.abc import Iterator

SHORTEST = 8
_WORD = re.compile(r"[\w.~+/=%-]{8,}", re.ASCII)


class Finder:
    """Values to look for. Those that are one long word are found by what they end in; any other one is tried by itself."""

    def __init__(self) -> None:
        # values of one kind often begin alike, as tokens do, and seldom end alike
        self._by_end: dict[str, list[str]] = {}
        self._others: set[str] = set()

    def add(self, value: str) -> None:
        """Look for this one, too; it has not been added yet."""
        if _WORD.fullmatch(value):
            self._by_end.setdefault(value[-SHORTEST:], []).append(value)
        elif value:
            self._others.add(value)

    def remove(self, value: str) -> None:
        """Look for this one no more."""
        self._others.discard(value)
        ending = self._by_end.get(value[-SHORTEST:], [])
        if value in ending:
            ending.remove(value)
            if not ending:
                del self._by_end[value[-SHORTEST:]]

    def found_in(self, text: str) -> list[str]:
        """The values that stand in the text, longest first: the shorter one may be a part of the longer one."""
        found = {value for value in list(self._others) if value in text}  # another thread may add one meanwhile
        if self._by_end:
            found.update(self._words_in(text))
        return sorted(found, key=lambda value: (-len(value), value)) if found else []

    def _words_in(self, text: str) -> Iterator[str]:
        known = self._by_end
        for word in _WORD.finditer(text):
            whole, first = word[0], word.start()
            for end in range(SHORTEST, len(whole) + 1):
                ending = known.get(text[first + end - SHORTEST : first + end])
                if ending:
                    yield from (value for value in ending if whole.endswith(value, 0, end))
