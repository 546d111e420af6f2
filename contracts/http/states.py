"""The states of sessions that a target has given out: each opens what its session opens, as a password does."""

from collections.abc import Collection, Iterable, Iterator

from counterfoil.contracts.http.finder import SHORTEST, Finder

_SHOWN = "$STATE"


class States(Collection[str]):
    """A set that only grows, and knows which of its members stand in a text."""

    def __init__(self) -> None:
        self._every: set[str] = set()
        self._finder = Finder()

    def __contains__(self, state: object) -> bool:
        return state in self._every

    def __iter__(self) -> Iterator[str]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)

    def add(self, states: Iterable[str]) -> None:
        """Remember that these were given out, too."""
        for state in states:
            if state and state not in self._every:
                self._every.add(state)
                if len(state) >= SHORTEST:  # a shorter one may be a word, or a part of one
                    self._finder.add(state)

    def hidden_in(self, text: str) -> str:
        """The text with every state replaced."""
        for state in self._finder.found_in(text):
            text = text.replace(state, _SHOWN)
        return text
