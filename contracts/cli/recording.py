"""A target that is not there: it records what would be sent, and answers as the contract's own examples do."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.http.client import Target, read_reply
from counterfoil.contracts.http.connection import Reply
from counterfoil.contracts.http.exchange import Exchange, Request, Sent
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.safety.creation import Creations
from counterfoil.contracts.safety.guard import Guard, GuardedTarget
from counterfoil.contracts.safety.intent import Intent
from counterfoil.contracts.safety.run_state import SharedState
from counterfoil.specs import Example, Media

#: the phase, the operation, its effect, and whether the request is expected to be accepted or refused
Kind = tuple[str, str, str, str]


class TrustingGuard(Guard):
    """A guard that takes whatever a call is answered for what it has made: examples answer the same id every time."""

    def creations(self, shared: SharedState, file: Path | None) -> Creations:
        """What keeps account of what is created, and writes nothing down."""
        return _Imagined(self._contract, self._entry.marks, shared, None)


class _Imagined(Creations):
    def before(self, target: Target, request: Request) -> dict[str, str] | None:
        return None

    def _known_again(self, made: list[str]) -> list[str]:
        return []

    def _is_proven(self, *_: Any) -> bool:
        return True


class RecordingTarget(GuardedTarget):
    """Asks the guard as a run does, and sends nothing. `kinds` are the requests that the guard lets pass, by `phase`."""

    def __init__(self, installation: Installation, guard: Guard) -> None:
        super().__init__(installation, guard)
        self.phase = "login"
        self.kinds: Counter[Kind] = Counter()

    def another(self, *_: Any) -> Self:
        """Itself: there is one of it."""
        return self

    @contextmanager
    def world(self, hint: str, **made_with: Any) -> Iterator[Self]:
        """Itself: nothing changes in it."""
        yield self

    def command(self, method: str, path: str, body: Any = None) -> Any:
        """Nothing: there is no mock."""
        return {}

    def answers(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Give the connection back, which was never used."""
        self.connection.close()

    def exchange(self, request: Request) -> Exchange:
        """What the contract's example answers to the request; the request is counted."""
        sent = self.prepare(request)
        self.requests += 1
        refused = self._is_refused(request, sent)
        effect = request.operation.effect
        self.kinds[self.phase, request.operation.id, effect, "refused" if refused else "accepted"] += 1
        return read_reply(self.contract, request.operation, sent, self._reply(request, refused), 0.0)

    def _is_refused(self, request: Request, sent: Sent) -> bool:
        if request.expected is not None:
            return not request.expected
        if self.careful and self.guard.judge(self, request, sent) is Intent.HARMLESS:
            return True
        return bool(broken_by(sent, request.operation, self.contract))

    def _reply(self, request: Request, refused: bool) -> Reply:
        found = [
            (status, media, example)
            for status, answer in request.operation.answers.items()
            for media in answer.media.values()
            for example in media.examples.values()
            if self.contract.is_refusal(example, status) is refused
        ]
        found.sort(key=lambda each: not each[1].media_type.endswith("json"))
        if not found:
            return Reply(400 if refused else 204, {}, b"")
        return self._answer(*found[0])

    def _answer(self, status: int, media: Media, example: Example) -> Reply:
        text = example.value if isinstance(example.value, str) else json.dumps(example.value)
        states = dict.fromkeys(self.sessions.headers, "a-state-that-nobody-gave")
        return Reply(status, {"Content-Type": media.media_type, **states}, text.encode())
