"""The states of sessions that a target has given out: each opens what its session opens, as a password does."""

import re
from collections.abc import Collection, Iterable, Iterator

_SHOWN = "$STATE"
_SHORTEST = 8  # a shorter one may be a word, or a part of one
_WORD = re.compile(r"[\w.~+/=-]{8,}", re.ASCII)


class States(Collection[str]):
    """A set that only grows, and knows which of its members stand in a text, however many it has."""

    def __init__(self) -> None:
        self._every: set[str] = set()
        #: those that are one word, by what they end in, which tells states of one kind apart sooner than their beginnings
        self._by_end: dict[str, list[str]] = {}
        self._odd: set[str] = set()

    def __contains__(self, state: object) -> bool:
        return state in self._every

    def __iter__(self) -> Iterator[str]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)

    def add(self, states: Iterable[str]) -> None:
        """Remember that these were given out, too."""
        for state in states:
            if not state or state in self._every:
                continue
            self._every.add(state)
            if _WORD.fullmatch(state):
                self._by_end.setdefault(state[-_SHORTEST:], []).append(state)
            elif len(state) >= _SHORTEST:
                self._odd.add(state)

    def hidden_in(self, text: str) -> str:
        """The text with every state replaced, the longest ones first."""
        if not self._every:
            return text
        for state in sorted(self._told_in(text), key=len, reverse=True):
            text = text.replace(state, _SHOWN)
        return text

    def _told_in(self, text: str) -> set[str]:
        told = {state for state in self._odd if state in text}
        for word in _WORD.finditer(text):
            for end in range(word.start() + _SHORTEST, word.end() + 1):
                known = self._by_end.get(text[end - _SHORTEST : end])
                if known:
                    told.update(state for state in known if word[0].endswith(state, 0, end - word.start()))
        return told
