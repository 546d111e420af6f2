"""What a case has found and seen, and the one way from whatever ends it to its result."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import CredentialsRefused, NotOffered, Uncooperative, Unreachable, Withheld
from counterfoil.contracts.http.sessions import NoAccount
from counterfoil.contracts.safety.rules import NEEDS_WRITES
from counterfoil.reports.results import Cause, Finding, Phase, Result, Verdict


class About(NamedTuple):
    """What a case is about, whatever comes of it."""

    id: str
    contract: str
    operation: str
    phase: Phase
    description: str
    clause: str = ""
    promises: tuple[str, ...] = ()


class Ending(NamedTuple):
    """How a case ended, and what caused it to end so."""

    verdict: Verdict = "passed"
    cause: Cause = ""
    reason: str = ""


class NotJudged(Exception):
    """What an answer means cannot be told: unreadable, or of a shape that nobody documented. The message says which."""


@dataclass
class CaseRecord:
    """What a case has found so far, each once, with the smallest exchange that shows it; and which outcomes it saw."""

    found: dict[str, Finding] = field(default_factory=dict)
    seen: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, finding: Finding) -> None:
        """Keep the finding; of two with one id, the one that can be shown again, then the one that is shorter to read."""
        known = self.found.get(finding.id)
        if known is None:
            self.found[finding.id] = finding
            return
        self.found[finding.id] = _counted(min(known, finding, key=_length), known.count + 1)

    def replace(self, finding: Finding) -> None:
        """Show a finding that is known by this exchange, if its request is shorter; it is not one more of its kind."""
        known = self.found[finding.id]
        self.found[finding.id] = _counted(min(known, finding, key=_length), known.count)

    def count(self, operation: str, label: str | None) -> None:
        """Note that an outcome was seen."""
        if label is not None:
            self.seen[operation][label] += 1

    @property
    def is_broken(self) -> bool:
        """Whether something is found that breaks the contract."""
        return any(finding.severity == "broken" for finding in self.found.values())


def carried_out(
    about: About, target: Target, record: CaseRecord, work: Callable[[], Ending], until: float = float("inf")
) -> Result:
    """The result of a case: its `work` is done, and whatever hinders it becomes a cause here and nowhere else.

    Nothing is begun after `until`, in seconds of the epoch.
    """
    if time.time() > until:
        return result(about, Ending("skipped", "time_up", "not begun, since --max-time was up"))
    started, before = time.perf_counter(), target.requests
    ending = ended(work)
    return result(
        about,
        ending._replace(verdict="failed") if record.is_broken else ending,
        seconds=round(time.perf_counter() - started, 3),
        requests=target.requests - before,
        seen={operation: dict(counts) for operation, counts in record.seen.items()},
        findings=list(record.found.values()),
    )


def result(about: About, ending: Ending, **more: Any) -> Result:
    """The result of a case that ended so."""
    return Result(**about._asdict(), **ending._asdict(), **more)


def ended(work: Callable[[], Ending]) -> Ending:
    """How the work ended; what hinders it is given its cause."""
    try:
        return work()
    except Unreachable as error:
        return Ending("errored", "unanswered", f"no answer: {error}")
    except (NotOffered, NoAccount) as error:
        return Ending("skipped", "lacking", str(error))
    except Withheld as error:
        return Ending("skipped", "needs_writes" if str(error).startswith(NEEDS_WRITES) else "withheld", str(error))
    except NotJudged as error:
        return Ending("passed", "not_judged", f"not judged: {error}")
    except (Uncooperative, CredentialsRefused) as error:
        return Ending("errored", "hindered", str(error))


def _length(finding: Finding) -> tuple[bool, int]:
    """How hard it is to read: first of all, whether no schema can say what is wrong, so that nobody can try it again."""
    return not finding.demand, len(finding.request.url) + len(finding.request.body)


def _counted(finding: Finding, count: int) -> Finding:
    return msgspec.structs.replace(finding, count=count)
