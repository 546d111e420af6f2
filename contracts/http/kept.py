"""What an answer gave and a request sends again to open the target: a secret, though no profile says it."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote

from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.http.finder import Finder

#: what is shorter may be any word
_SHORT = 8
#: how wrong credentials begin that the suite makes up
_OURS = "counterfoil"
#: how many answers are looked through for where a credential comes from, of what size, and how many such are remembered
_ANSWERS, _LARGEST, _MOST = 64, 64 * 1024, 512


class KeptValues(Collection[str]):
    """Values by which a target was opened, each with its name; they are found in texts as they are and as addresses have them.

    Several threads may add to them and look for them at once.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._names: dict[str, str] = {}
        self._spelled: dict[str, str] = {}
        self._finder = Finder()
        for value, name in (values or {}).items():
            self.add(name, value)

    def __contains__(self, value: object) -> bool:
        return value in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._names))

    def __len__(self) -> int:
        return len(self._names)

    def add(self, name: str, value: str) -> None:
        """Remember the value; of too many, the newest are."""
        if value not in self._names:
            for written in {value, quote(value, safe="")}:
                if written not in self._spelled:
                    self._finder.add(written)
                self._spelled[written] = value  # of two that are written alike, the newer one's, which is kept longer
        self._names[value] = name
        while len(self._names) > _MOST:
            self._forget(next(iter(self._names)))

    def _forget(self, value: str) -> None:
        self._names.pop(value, None)
        for written in {value, quote(value, safe="")}:
            if self._spelled.get(written) == value:
                self._spelled.pop(written, None)
                self._finder.remove(written)

    @property
    def names(self) -> frozenset[str]:
        """Under which names the values are sent."""
        return frozenset(list(self._names.values()))

    def found_in(self, text: str) -> list[tuple[str, str]]:
        """What stands in the text, as it is written there, with its name; longest first."""
        found = self._finder.found_in(text) if self._names else []
        named = ((written, self._names.get(self._spelled.get(written, ""))) for written in found)
        return [(written, name) for written, name in named if name is not None]


class Kept:
    """The newest of these values, each with the name under which it is sent.

    A part of what the profile says is none of them: a name that an answer repeats would hide within the secret around it.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = tuple(known)
        self.values = KeptValues()
        self._made_up: set[str] = set()
        self._answers: deque[bytes] = deque(maxlen=_ANSWERS)

    def heard(self, body: bytes, headers: Collection[str]) -> None:
        """Remember an answer, whose values may be sent again."""
        if len(body) <= _LARGEST:
            self._answers.append(body + "\n".join(headers).encode("utf-8", "replace"))

    def note(self, request: Request, states: Collection[str]) -> None:
        """Remember what the request sends to open the target, as far as an answer gave it: a token, a session's state."""
        for name, value in (request.credentials or {}).items():
            if value and len(value) >= _SHORT and not value.startswith(_OURS) and self._was_heard(value):
                self.values.add(name, value)
        for name, value in request.headers.items():
            if value in states:
                self.values.add(name, value)

    def _was_heard(self, value: str) -> bool:
        """Whether an answer gave it, before it was sent: a wrong credential that a target repeats is no secret."""
        if any(value in known for known in self._known):
            return False
        coded = value.encode("utf-8", "replace")
        if value in self.values or value in self._made_up:
            return value in self.values
        if any(coded in answer for answer in list(self._answers)):
            return True
        self._made_up.add(value)
        return False
