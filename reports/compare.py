"""Two runs over the same cases: what is new in the second, what is fixed, what is still there."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from counterfoil.reports.findings import Found, findings_of
from counterfoil.reports.merge import address
from counterfoil.reports.results import Header, Result, Results

_WORSE = ("failed", "errored")


@dataclass(frozen=True)
class Changed:
    """A case with another verdict than before."""

    case: Result
    before: str

    @property
    def now(self) -> str:
        """The verdict of the second run."""
        return self.case.verdict

    @property
    def worse(self) -> bool:
        """Whether it failed or broke down, and did not before."""
        return self.now in _WORSE and self.before not in _WORSE


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of one operation that only one of the runs has seen."""

    contract: str
    operation: str
    appeared: tuple[str, ...]
    disappeared: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs, the findings in the order of a report.

    `choices` are new findings on what no source settles; they count only in a strict run. `unjudged` are findings that
    the second run does not have because none of their cases was carried out again. Of the `verdicts`, the worse come
    first.
    """

    before: Results
    now: Results
    new: tuple[Found, ...]
    choices: tuple[Found, ...]
    fixed: tuple[Found, ...]
    still: tuple[Found, ...]
    unjudged: tuple[Found, ...]
    verdicts: tuple[Changed, ...]
    outcomes: tuple[Outcomes, ...]
    settings: tuple[tuple[str, str, str], ...]

    @property
    def worse(self) -> tuple[Changed, ...]:
        """The cases that failed or broke down, and did not before."""
        return tuple(changed for changed in self.verdicts if changed.worse)

    @property
    def exit_code(self) -> int:
        """1 if something is new: a finding that counts, or a case that fails or breaks down and did not before."""
        return 1 if self.new or self.worse else 0


def compared(before: Results, now: Results) -> Comparison:
    """Compare two runs by the ids of their findings and cases."""
    old, young = findings_of(before.header, before.results), findings_of(now.header, now.results)
    known, found = {each.finding.id for each in old.all}, {each.finding.id for each in young.all}
    judged = {result.id for result in now.results if result.verdict in ("passed", "failed")}
    gone = [each for each in old.all if each.finding.id not in found]
    unjudged = [each for each in gone if judged.isdisjoint(each.cases)]
    return Comparison(
        before=before,
        now=now,
        new=tuple(each for each in young.against if each.finding.id not in known),
        choices=tuple(each for each in young.chosen if each.finding.id not in known),
        fixed=tuple(each for each in gone if each not in unjudged),
        still=tuple(each for each in young.all if each.finding.id in known),
        unjudged=tuple(unjudged),
        verdicts=tuple(sorted(_verdicts(before.results, now.results), key=lambda changed: not changed.worse)),
        outcomes=tuple(_outcomes(before.results, now.results)),
        settings=tuple(_settings(before.header, now.header)),
    )


def _verdicts(before: Iterable[Result], now: Iterable[Result]) -> Iterable[Changed]:
    verdicts = {result.id: result.verdict for result in before}
    for result in now:
        if result.id in verdicts and verdicts[result.id] != result.verdict:
            yield Changed(result, verdicts[result.id])


def _outcomes(before: Iterable[Result], now: Iterable[Result]) -> Iterable[Outcomes]:
    old, young = _seen(before), _seen(now)
    for place in dict.fromkeys(chain(old, young)):
        was, is_now = old.get(place, {}), young.get(place, {})
        appeared = tuple(name for name in is_now if name not in was)
        disappeared = tuple(name for name in was if name not in is_now)
        if appeared or disappeared:
            yield Outcomes(*place, appeared, disappeared)


def _seen(results: Iterable[Result]) -> dict[tuple[str, str], dict[str, None]]:
    seen: dict[tuple[str, str], dict[str, None]] = {}
    for result in results:
        for operation, outcomes in result.seen.items():
            place = seen.setdefault((result.contract, operation), {})
            place |= {name: None for name, count in outcomes.items() if count}
    return seen


def _settings(before: Header, now: Header) -> Iterable[tuple[str, str, str]]:
    """What the runs were told differently: it may be why they differ."""
    for name in ("counterfoil", "seed", "level", "strict"):
        yield from _told(name, str(getattr(before, name)).lower(), str(getattr(now, name)).lower())
    for name in (name for name in before.contracts if name in now.contracts):
        old, young = before.contracts[name], now.contracts[name]
        yield from _told(f"the contract {name}", f"sha256 {old.sha256[:12]}", f"sha256 {young.sha256[:12]}")
        if name in before.target and name in now.target:
            was, is_now = before.target[name], now.target[name]
            yield from _told(f"the target of {name}", address(was), address(is_now))
            yield from _told(f"the overlays of {name}", ", ".join(was.overlays), ", ".join(is_now.overlays))


def _told(what: str, before: str, now: str) -> Iterable[tuple[str, str, str]]:
    if before != now:
        yield what, before or "none", now or "none"
