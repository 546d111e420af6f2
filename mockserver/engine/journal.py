"""A world's journal: its last exchanges, what of them is shown, and who follows them as they happen."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from counterfoil.mockserver.engine.steps import Answer

ENTRIES = 500
BYTES = 4096
#: who may know them has sent them; a journal is shown to others, too
_SECRET = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-state"))
_MASK = "[…]"


class Entry(NamedTuple):
    """One request and its answer in a world's journal."""

    number: int
    at: datetime
    contract: str
    operation: str
    outcome: str
    method: str
    url: str
    #: the request's headers as WSGI names them
    headers: dict[str, str]
    request: bytes
    status: int
    answer_headers: list[tuple[str, str]]
    answer: bytes
    #: how long the answer took, in seconds
    seconds: float
    #: where no operation was meant: those that are like it
    nearest: tuple[dict[str, str], ...]

    @property
    def path(self) -> str:
        """The URL without its query."""
        return self.url.partition("?")[0]


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
        self, meaning: tuple[str, str, str], environ: Mapping[str, Any], at: datetime, sent: bytes, answer: Answer,
        seconds: float, nearest: tuple[dict[str, str], ...] = (),
    ) -> Entry:  # fmt: skip
        """Write an exchange down, which means a contract, an operation and an outcome."""
        query = environ.get("QUERY_STRING")
        url = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        headers = {name: environ[name] for name in environ if name[:5] == "HTTP_" or name == "CONTENT_TYPE"}
        self.requests += 1
        entry = Entry(
            self.requests, at, *meaning, environ["REQUEST_METHOD"], url, headers, sent[:BYTES], answer.status,
            [("Content-Type", answer.content_type), *answer.headers], answer.body[:BYTES], seconds, nearest,
        )  # fmt: skip
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
    data = entry._asdict()
    data["at"] = f"{entry.at.isoformat()}Z"
    data["ms"] = round(data.pop("seconds") * 1000, 3)
    for part in ("request", "answer"):
        data[part] = data[part].decode(errors="replace")
    names = ((name.removeprefix("HTTP_").replace("_", "-").title(), value) for name, value in entry.headers.items())
    data["headers"] = {name: _masked(name, value) for name, value in names}
    data["answer_headers"] = {name: _masked(name, value) for name, value in entry.answer_headers}
    data["nearest"] = list(entry.nearest)
    return data


def _masked(name: str, value: str) -> str:
    return _MASK if name.lower() in _SECRET else value
