"""Brings what has the same cause together: one difference, how often, in which operations, and the example to show."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from counterfoil.contracts.diff.compare import AnswerDifference, Silence
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.profile.secret_names import SECRET_NAME
from counterfoil.reports.difference import SEVERITIES, Difference, Kind, Recognised, Sample, SampleSide, Severity

MOVES = "differs by itself"

_SHOWN = 160
#: what differs in these is data, and is shown as JSON
_OF_DATA = frozenset(("type", "missing", "extra", "value", "order"))
#: headers that open something for whoever has them
_OPENING = re.compile(r"cookie|auth|token|session|state", re.IGNORECASE)


@dataclass(frozen=True)
class SideAnswer:
    """One answer, or none, and the world that gave it: it knows what is to be kept secret."""

    exchange: Exchange | Silence
    world: Target

    def says(self, kind: Kind, place: str, value: Any) -> SampleSide:
        """What a report shows of it."""
        text = value if kind not in _OF_DATA and value is not None else json.dumps(value, ensure_ascii=False)
        if value is None and kind != "type":
            text = "(not there)"
        elif self._is_secret(kind, place, value):
            text = "(kept secret)"
        text = self._masked(text)
        if isinstance(self.exchange, Silence):
            return SampleSide("", None, text)
        return SampleSide(self.exchange.sent.curl, self.exchange.status, text)

    def _is_secret(self, kind: Kind, place: str, value: Any) -> bool:
        accounts = self.world.accounts.values()
        own = [each for account in accounts for name, each in account.items() if SECRET_NAME.search(name)]
        named = SECRET_NAME.search(place.rpartition("/")[2]) or (kind == "header" and _OPENING.search(place))
        return bool(named) or value in own

    def _masked(self, text: str) -> str:
        for state in self.world.sessions.given:
            text = text.replace(state, "(a session)")
        text = self.world.mask().text(text)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


@dataclass
class _Cause:
    """One cause so far: per operation and place, how often, and the shortest example."""

    differing: AnswerDifference
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], Sample] = field(default_factory=dict)
    severity: Severity = "noise"


class Tally:
    """The differences of one contract, counted."""

    def __init__(self, contract: str) -> None:
        self._contract = contract
        self._causes: dict[tuple[str, str], _Cause] = {}
        self._recognised: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)

    def add(self, differing: AnswerDifference, operation: str, script: str, a: SideAnswer, b: SideAnswer) -> None:
        """Count a difference."""
        cause = self._causes.setdefault((differing.kind, differing.detail), _Cause(differing))
        cause.severity = min(cause.severity, differing.severity, key=SEVERITIES.index)
        at = (operation, differing.place)
        cause.counts[at] += 1
        if at not in cause.examples:
            kind, place, values = differing.kind, differing.place, differing.values
            one, two = (side.says(kind, place, value) for side, value in zip((a, b), values, strict=True))
            cause.examples[at] = Sample(script, operation, differing.where, one, two)

    def recognise(self, reason: str, operation: str, place: str) -> None:
        """Count a difference that has to be."""
        self._recognised[reason][operation, place] += 1

    def settle(self) -> None:
        """Excuse what was found where a side mostly differs from itself: by chance, it did not this time."""
        moving = self._recognised[MOVES]
        for key, cause in list(self._causes.items()):
            for at, count in list(cause.counts.items()):
                if cause.differing.kind == "value" and cause.differing.learnable and moving[at] >= count:
                    moving[at] += cause.counts.pop(at)
            if not cause.counts:
                del self._causes[key]

    def differences(self) -> Iterator[Difference]:
        """One for each cause."""
        for (kind, detail), cause in self._causes.items():
            operations: Counter[str] = Counter()
            for (operation, _), count in cause.counts.items():
                operations[operation] += count
            example = min((cause.examples[at] for at in cause.counts), key=lambda each: len(each.a.curl + each.b.curl))
            yield Difference(
                id=f"{self._contract}:{kind}:{detail}",
                contract=self._contract,
                kind=cause.differing.kind,
                severity=cause.severity,
                what=cause.differing.what,
                operations=dict(operations.most_common()),
                places=sorted({f"{operation} {place}".strip() for operation, place in cause.counts}),
                count=cause.counts.total(),
                example=example,
            )

    def recognised(self) -> Iterator[Recognised]:
        """One for each reason."""
        for reason, counts in self._recognised.items():
            if counts:
                places = {f"{operation} {place}".strip(): count for (operation, place), count in counts.most_common()}
                yield Recognised(self._contract, reason, counts.total(), places)


def ordered(differences: Collection[Difference]) -> list[Difference]:
    """The worst first, and of those, what is seen most."""
    return sorted(differences, key=lambda each: (SEVERITIES.index(each.severity), each.contract, -each.count, each.id))
