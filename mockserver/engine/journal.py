"""A world's journal: its last exchanges, what of them is shown, and who follows them as they happen."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from counterfoil.mockserver.engine.steps import Answer

#: the header that names what was ignored of a request
IGNORED = "X-Mock-Ignored"
ENTRIES = 500
BYTES = 4096
#: who may know them has sent them; a journal is shown to others, too
_SECRET = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-state"))
_MASK = "[…]"
#: the headers that WSGI names without HTTP_
_BARE = frozenset(("CONTENT_TYPE", "CONTENT_LENGTH"))


class Entry(NamedTuple):
    """One request and its answer in a world's journal; what they say is read when somebody asks for it."""

    number: int
    at: datetime
    contract: str
    operation: str
    outcome: str
    #: the request's WSGI environment, without its body
    environ: dict[str, Any]
    #: the beginnings of the bodies
    request: bytes
    answer: Answer
    #: how long the answer took
    seconds: float
    #: where no operation was meant: those that are like it
    nearest: tuple[dict[str, str], ...]

    @property
    def method(self) -> str:
        """The request's method."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        """The path, without the world's prefix."""
        return str(self.environ["PATH_INFO"])

    @property
    def url(self) -> str:
        """The path and the query."""
        query = self.environ.get("QUERY_STRING")
        return f"{self.path}?{query}" if query else self.path

    @property
    def ignored(self) -> list[str]:
        """The parameters of which the answer tells that they were ignored."""
        return [unquote(each) for name, value in self.answer.headers if name == IGNORED for each in value.split(", ")]

    @property
    def status(self) -> int:
        """The answer's status."""
        return self.answer.status


class Journal:
    """The last exchanges of a world, the oldest first."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=ENTRIES)
        #: all requests since the last reset
        self.requests = 0
        self._changed = threading.Condition()
        self._followers = 0
        self._resets = 0
        self._ended = False

    def write(
        self, meaning: tuple[str, str, str], environ: dict[str, Any], at: datetime, sent: bytes, answer: Answer,
        seconds: float, nearest: tuple[dict[str, str], ...] = (),
    ) -> Entry:  # fmt: skip
        """Write an exchange down, which means a contract, an operation and an outcome."""
        kept = environ.copy()
        kept.pop("wsgi.input", None)
        if len(answer.body) > BYTES:
            answer = answer._replace(body=answer.body[:BYTES])
        self.requests += 1
        entry = Entry(self.requests, at, *meaning, kept, sent[:BYTES], answer, seconds, nearest)
        self.entries.append(entry)
        if self._followers:
            self._notify()
        return entry

    def clear(self) -> None:
        """Forget the entries."""
        self.entries.clear()

    def reset(self) -> None:
        """Forget the entries and count from the start; who follows is told."""
        self.entries.clear()
        self.requests = 0
        self._resets += 1
        self._notify()

    def end(self) -> None:
        """Send away whoever follows."""
        self._ended = True
        self._notify()

    @property
    def followers(self) -> int:
        """How many follow."""
        return self._followers

    def follow(self, since: int | None, pause: float) -> Iterator[Entry | str | None]:
        """The entries after that number (none: from now on) as they are written, until the journal ends.

        Between them come the word `reset` when the world starts over, and None when nothing happens for a while.
        """
        self._followers += 1  # from here, `write` notifies
        try:
            seen, resets = self.requests if since is None else since, self._resets
            if seen > self.requests:  # it was seen before the world started over
                resets = -1
            while not self._ended:
                if resets != self._resets:
                    seen, resets = 0, self._resets
                    yield "reset"
                for entry in [entry for entry in tuple(self.entries) if entry.number > seen]:
                    seen = entry.number
                    yield entry
                with self._changed:
                    quiet = self.requests <= seen and resets == self._resets and not self._ended
                    if quiet and not self._changed.wait(pause):
                        yield None
        finally:
            self._followers -= 1

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()


def shown(entry: Entry) -> dict[str, Any]:
    """The entry as JSON data, secrets masked."""
    # a web server may put the machine's own environment beside the headers, HTTP_PROXY with its password in it
    sent = (
        (_header(name), value)
        for name, value in entry.environ.items()
        if (name[:5] == "HTTP_" or name in _BARE) and os.environ.get(name) != value
    )
    answered = [("Content-Type", entry.answer.content_type), *entry.answer.headers]
    return {
        "number": entry.number, "at": f"{entry.at.isoformat()}Z", "contract": entry.contract,
        "operation": entry.operation, "outcome": entry.outcome, "method": entry.method, "url": entry.url,
        "request": entry.request.decode(errors="replace"), "status": entry.status,
        "answer": entry.answer.body.decode(errors="replace"), "ms": round(entry.seconds * 1000, 3),
        "headers": {name: _masked(name, value) for name, value in sent if value},
        "answer_headers": {name: _masked(name, value) for name, value in answered}, "nearest": list(entry.nearest),
        "ignored": entry.ignored,
    }  # fmt: skip


def _header(name: str) -> str:
    return name.removeprefix("HTTP_").replace("_", "-").title()


def _masked(name: str, value: str) -> str:
    return _MASK if name.lower() in _SECRET else value
