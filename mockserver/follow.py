"""What of a world's journal is asked for, all at once or as it happens (server-sent events)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from flask import Response, request

from counterfoil.mockserver.asked import Unusable
from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.journal import Entry, Journal, shown
from counterfoil.mockserver.engine.pipeline import Endpoint
from counterfoil.mockserver.engine.preferences import meant

WORDS = ("contract", "operation", "outcome", "status", "method", "path", "since")
#: seconds without an entry after which a comment shows whether the other end is still there
PAUSE = 10.0
#: each holds one of the server's threads
MOST_FOLLOWERS = 12


@dataclass(frozen=True)
class Filter:
    """Which entries are asked for: those that fit all that is said."""

    fits: tuple[Callable[[Entry], bool], ...]
    #: only those with a larger number
    since: int | None

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is of the kind that is asked for, whatever its number."""
        return all(fits(entry) for fits in self.fits)

    def of(self, journal: Journal) -> list[Entry]:
        """What the journal holds of them now."""
        after = self.since or 0
        return [entry for entry in tuple(journal.entries) if entry.number > after and self.takes(entry)]


def asked_filter(asked: Mapping[str, str], endpoints: Mapping[str, Endpoint]) -> Filter:
    """What the query says. Raises Unusable, with what was meant, for a word or a name that nobody knows."""
    for word in asked:
        if word not in WORDS:
            raise Unusable(f"The journal is not filtered by {word[:80]!r}. {meant(word, WORDS)}")
    _check_name("contract", asked.get("contract"), endpoints)
    _check_name("operation", asked.get("operation"), {name for each in endpoints.values() for name in each.operations})
    fits = [_like(word, asked[word]) for word in ("contract", "operation", "outcome", "path") if word in asked]
    if "method" in asked:
        method = asked["method"].upper()
        fits.append(lambda entry: entry.method == method)
    if "status" in asked:
        fits.append(_of_status(asked["status"].lower()))
    since = asked.get("since")
    if since is not None and not (since.isascii() and since.isdigit() and len(since) < 16):
        raise Unusable(f"since is the number of an entry, as in since=17, not {since[:40]!r}.")
    return Filter(tuple(fits), None if since is None else int(since))


def stream(journal: Journal, wanted: Filter) -> Response:
    """The entries as they are written. A client that comes back says in `Last-Event-ID` which one it saw last."""
    if journal.followers >= MOST_FOLLOWERS:
        raise Unusable(f"{MOST_FOLLOWERS} follow this journal already; one of them has to go first.", 503, "too_many")
    last = request.headers.get("Last-Event-ID", "")
    since = int(last) if last.isascii() and last.isdigit() and len(last) < 16 else wanted.since
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(_events(journal, wanted, since), 200, headers, content_type="text/event-stream; charset=utf-8")


def _events(journal: Journal, wanted: Filter, since: int | None) -> Iterator[bytes]:
    yield b"retry: 1000\n: the journal, as it is written\n\n"
    for entry in journal.follow(since, PAUSE):
        if entry is None:
            yield b":\n\n"
        elif isinstance(entry, str):
            yield f"event: {entry}\ndata: {{}}\n\n".encode()
        elif wanted.takes(entry):
            yield b"id: %d\nevent: exchange\ndata: %b\n\n" % (entry.number, wire.json(shown(entry)))


def _check_name(word: str, name: str | None, known: Collection[str]) -> None:
    if name and "*" not in name and name not in known:
        raise Unusable(f"There is no {word} {name[:80]!r} here. {meant(name, known)}")


def _like(word: str, pattern: str) -> Callable[[Entry], bool]:
    return lambda entry: fnmatchcase(getattr(entry, word), pattern)


def _of_status(asked: str) -> Callable[[Entry], bool]:
    if len(asked) == 3 and asked[0] in "12345" and (asked[1:] == "xx" or (asked.isascii() and asked.isdigit())):
        return lambda entry: all(b in ("x", a) for a, b in zip(str(entry.status), asked, strict=True))
    raise Unusable(f"status is one, as in status=404, or a kind, as in status=4xx, not {asked[:40]!r}.")
