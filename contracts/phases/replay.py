"""The calls of a case as somebody else can send them: what an earlier answer has told stands in later calls by its name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import msgspec

from counterfoil.contracts.checks.context import shown_request, without_states
from counterfoil.contracts.http.client import Exchange, Request, Target
from counterfoil.contracts.http.prepare import prepared
from counterfoil.reports.replayed import in_json, put, seen, told_at
from counterfoil.reports.results import Replay

Values = Mapping[str, Any]

_NUMBER = 8_800_000_000_000  # and more: an id that nothing has
#: bytes of a body
_LONGEST = 100_000


@dataclass
class Made:
    """A call that was made, and how it would be made if other values were known. `told` is what its answer told, and where."""

    request: Callable[[Values], Request]
    values: Values
    exchange: Exchange
    told: dict[str, tuple[str, Any]] = field(default_factory=dict)


def is_large(exchange: Exchange) -> bool:
    """Whether it is larger than anybody reads, or sends again from a file."""
    return max(len(exchange.sent.body), len(exchange.body)) > _LONGEST


def heard(exchange: Exchange, target: Target) -> dict[str, Any]:
    """The answer as a test that reproduces a finding sees it."""
    return seen(exchange.status, dict(exchange.headers), exchange.body, target.mask().text)


def replays(calls: Sequence[Made], target: Target) -> list[Replay | None] | None:
    """How each of the calls is sent again, where it is not as it was sent; None where they cannot be.

    They cannot where a call needs a session that no call has opened, or what only a reader of another notation than JSON is told.
    """
    told: dict[str, Any] = {}
    read: set[str] = set()
    made: list[Replay] = []
    for call in calls:
        replay = _replay(call, told, target)
        if replay is None or not set(_used(replay, told)) <= read:
            return None
        answer = seen(call.exchange.status, dict(call.exchange.headers), call.exchange.body)
        keeps = {name: place for name, (place, value) in call.told.items() if told_at(answer, place) == value}
        made.append(msgspec.structs.replace(replay, keeps=keeps))
        told |= {name: value for name, (_, value) in call.told.items()}
        read = (read - call.told.keys()) | keeps.keys()
    used = {name for replay in made for name in _used(replay, told)}
    return [_lean(replay, call, used, target) for replay, call in zip(made, calls, strict=True)]


def _replay(call: Made, told: Values, target: Target) -> Replay | None:
    stand_ins = {
        name: _NUMBER + number if isinstance(value, int) else str(_NUMBER + number)
        for number, (name, value) in enumerate(told.items())
        if type(value) in (int, str) and value != ""
    }
    sent = call.exchange.sent
    again = prepared(target.installation, call.request({**call.values, **stand_ins}), target.mask())

    def named(text: str) -> str:
        for name, stand_in in stand_ins.items():
            text = text.replace(str(stand_in), f"<{name}>")
        return text

    body, kind = sent.body.decode("utf-8", "replace"), sent.media_type or ""
    written = quote_plus if "urlencoded" in kind else in_json if "json" in kind else str
    url, text = named(again.shown_url), named(again.body.decode("utf-8", "replace"))
    if put(url, dict(told), quote_plus) != sent.shown_url or put(text, dict(told), written) != body:
        return None
    mask = target.mask()
    taken = {
        name: mask.text(named(value))
        for name, value in again.headers.items()
        if named(value) != value and put(named(value), dict(told), str) == sent.headers.get(name)
    }
    if any(value in target.sessions.given and name not in taken for name, value in sent.headers.items()):
        return None
    url, text = (without_states(target, mask.text(each)) for each in (url, text))
    return Replay(url, shown_request(target, call.exchange).headers | taken, text)


def _used(replay: Replay, told: Values) -> Iterator[str]:
    texts = (replay.url, replay.body, *replay.headers.values())
    return (name for name in told if any(f"<{name}>" in text for text in texts))


def _lean(replay: Replay, call: Made, used: set[str], target: Target) -> Replay | None:
    """Nothing, where the request as it was says the same."""
    keeps = {name: place for name, place in replay.keeps.items() if name in used}
    shown = shown_request(target, call.exchange)
    if not keeps and (replay.url, replay.headers, replay.body) == (shown.url, shown.headers, shown.body):
        return None
    return msgspec.structs.replace(replay, keeps=keeps)
