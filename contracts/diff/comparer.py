"""Asks both sides the same, and tells in what they differ by cause, and in what they differ because they have to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.diff.compare import OTHER_MEANING, AnswerDifference, Silence, Spot, differences, unanswered
from counterfoil.contracts.diff.normalise import Normaliser
from counterfoil.contracts.diff.scripts import LeftOut, Script, Sides
from counterfoil.contracts.diff.sides import Side
from counterfoil.contracts.diff.tally import MOVES, SideAnswer, Tally
from counterfoil.contracts.diff.times import TENFOLD, Times
from counterfoil.contracts.http.client import CredentialsRefused, Target, Uncooperative, Unreachable, Withheld
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.http.sessions import NoAccount

Answer = Exchange | Silence | None
#: where a side differs from itself when it is asked twice
Unsteady = set[Spot]

_STRUCTURAL = OTHER_MEANING | {"media_type", "type", "missing", "extra", "members", "order"}


@dataclass
class Walkthrough:
    """A script, carried out once by one side."""

    world: Target
    answers: list[Answer] = field(default_factory=list)
    #: why it was not carried out to its end
    withheld: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerPair:
    """Two answers to the same request, and in what they differ."""

    index: int
    operation: str
    script: str
    a: SideAnswer
    b: SideAnswer
    differing: list[AnswerDifference]


class Comparer:
    """The comparison of two sides under one contract. `run` is a part of every mark."""

    def __init__(self, sides: Sides, run: str) -> None:
        self.sides = sides
        self.contract = sides[0].contract
        self.tally = Tally(self.contract.name)
        self.compared: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self._times = Times()
        self._run = run
        self._last: dict[str, AnswerPair] = {}

    def ask(self, scripts: Iterable[Script | LeftOut]) -> Iterator[None]:
        """Send everything; one step for each script. Raises Unreachable."""
        for script in scripts:
            if isinstance(script, LeftOut):
                self.left_out[script.reason] += 1
            else:
                try:
                    self._carry_out(script)
                except (NoAccount, CredentialsRefused, Uncooperative) as error:
                    self.left_out[str(error)] += 1
            yield
        for differing, pair in self._in_time():
            self.tally.add(differing, pair.operation, pair.script, pair.a, pair.b)
        self.tally.settle()

    def _carry_out(self, script: Script) -> None:
        """Ask both sides; where they differ, ask each once more to learn what differs by itself."""
        walks = [self._walk(script, side, again=False) for side in self.sides]
        pairs = self._pairs(script, walks[0], walks[1])
        unsteady: list[list[Unsteady]] = []
        differ = any(each.reason is None for pair in pairs for each in pair.differing)
        for first, side in zip(walks, self.sides, strict=True):
            if side.repeats or (differ and (script.harmless or side.is_mock)):
                unsteady.append(self._unsteady(first, self._walk(script, side, again=True)))
        for pair in pairs:
            of_pair = {spot for each in unsteady for spot in (each[pair.index] if pair.index < len(each) else ())}
            self._count(pair, of_pair)

    def _walk(self, script: Script, side: Side, again: bool) -> Walkthrough:
        with side.world(again) as world:
            walk = Walkthrough(world, values=dict(world.ids))
            try:
                for answer in script.carried_out(world, side, walk.values):
                    walk.answers.append(answer)
                    if answer is not None:
                        self._times.add(self.sides.index(side), answer.operation.id, answer.seconds)
            except Unreachable as error:
                side.check_answers()
                walk.answers.append(Silence(str(error)))
            except Withheld as error:
                walk.withheld = str(error)
        return walk

    def _normaliser(self, a: Walkthrough, b: Walkthrough) -> Normaliser:
        same_clock = all(side.is_mock for side in self.sides)
        normaliser = Normaliser((a.world.base_url, b.world.base_url), same_clock, self._run)
        ids = [side.entry.ids for side in self.sides]
        normaliser.fix(self.sides[0].entry.properties, *ids)
        normaliser.name(a.values, b.values)
        normaliser.opened(a.world.sessions.given, b.world.sessions.given)
        return normaliser

    def _unsteady(self, first: Walkthrough, second: Walkthrough) -> list[Unsteady]:
        """Per answer, the places in which a side differs from itself, by kind; told without excusing anything."""
        found: list[Unsteady] = []
        plain = Normaliser((first.world.base_url, second.world.base_url))
        for one, two in zip(first.answers, second.answers, strict=False):
            if isinstance(one, Exchange) and isinstance(two, Exchange):
                found.append({each.spot for each in differences(one, two, self.contract, plain)})
            else:  # who answers once and not again
                once = isinstance(one, Silence) != isinstance(two, Silence)
                found.append({("unanswered", "", "")} if once else set())
        return found

    def _pairs(self, script: Script, a: Walkthrough, b: Walkthrough) -> list[AnswerPair]:
        """The answers side by side, as long as they can be compared."""
        normaliser, found = self._normaliser(a, b), list[AnswerPair]()
        if a.withheld or b.withheld:
            self.left_out[a.withheld or b.withheld] += 1
        for index, (one, two) in enumerate(zip(a.answers, b.answers, strict=False)):
            known = one if isinstance(one, Exchange) else two
            if one is None or two is None or not isinstance(known, Exchange):
                continue
            operation = known.operation
            if isinstance(one, Exchange) and isinstance(two, Exchange):
                normaliser.sent(one.sent, two.sent)
                differing = list(differences(one, two, self.contract, normaliser))
            else:
                differing = [unanswered(one, two)]
            found.append(
                AnswerPair(
                    index, operation.id, script.id, SideAnswer(one, a.world), SideAnswer(two, b.world), differing
                )
            )
            if operation.effect != "reads" and self._part(one, two):
                rest = min(len(a.answers), len(b.answers)) - index - 1
                if rest:
                    self.left_out["comes after an answer that differs"] += rest
                break
        return found

    def _part(self, one: Exchange | Silence, two: Exchange | Silence) -> bool:
        """Whether from here on something is there at one side that is not at the other, as far as can be told."""
        answers = [each for each in (one, two) if isinstance(each, Exchange)]
        return len(answers) < 2 or len({outcome(each, self.contract).refused for each in answers}) == 2

    def _count(self, pair: AnswerPair, unsteady: Unsteady) -> None:
        self.compared[pair.operation] += 1
        if all(each.kind != "unanswered" for each in pair.differing):
            self._last[pair.operation] = pair
        for differing in pair.differing:
            reason = differing.reason
            if reason is None and differing.learnable and _moves_by_itself(differing, unsteady):
                reason = MOVES
            if reason is None:
                self.tally.add(differing, pair.operation, pair.script, pair.a, pair.b)
            else:
                self.tally.recognise(reason, pair.operation, differing.place)

    def _in_time(self) -> Iterator[tuple[AnswerDifference, AnswerPair]]:
        for operation, one, two in sorted(self._times.slower()):
            if operation in self._last:
                slow = "B" if two > one else "A"
                what = f"{slow} takes at least {TENFOLD} times as long"
                shown = f"{one * 1000:.0f} ms in the median", f"{two * 1000:.0f} ms in the median"
                yield (
                    AnswerDifference("time", "changed", f"slower at {slow}", what, "", "", shown),
                    self._last[operation],
                )


def _moves_by_itself(differing: AnswerDifference, unsteady: Unsteady) -> bool:
    """Whether it is there, or what it lies in is made in another way, when one target is asked twice."""
    return differing.spot in unsteady or any(
        kind in _STRUCTURAL
        and (differing.where.startswith(f"{where}/") or (differing.where == where and differing.kind != kind))
        for kind, where, _ in unsteady
        if where or kind in OTHER_MEANING
    )
