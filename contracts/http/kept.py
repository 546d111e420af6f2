"""What an answer gave and a request sends again to open the target: a secret, though no profile says it."""

from collections import deque
from collections.abc import Collection, Iterable

from counterfoil.contracts.http.exchange import Request

#: what is shorter may be any word
_SHORT = 8
#: how wrong credentials begin that the suite makes up
_OURS = "counterfoil"
#: how many answers are looked through for where a credential comes from, of what size, and how many such are remembered
_ANSWERS, _LARGEST, _MOST = 64, 64 * 1024, 512


class Kept:
    """The newest of these values, each with the name under which it is sent.

    A part of what the profile says is none of them: a name that an answer repeats would hide within the secret around it.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = tuple(known)
        self.values: dict[str, str] = {}
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
                self._add(name, value)
        for name, value in request.headers.items():
            if value in states:
                self._add(name, value)

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

    def _add(self, name: str, value: str) -> None:
        self.values[value] = name
        while len(self.values) > _MOST:
            self.values.pop(next(iter(self.values)), None)
