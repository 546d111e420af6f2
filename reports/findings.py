"""The findings of a run, each once, the worst first, with those on our own choices apart."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from counterfoil.reports.results import Finding, Header, Result
from counterfoil.reports.verdict import SEVERITIES


@dataclass(frozen=True)
class Found:
    """One finding with everything that the run says about it: how often, and in which cases."""

    finding: Finding
    count: int
    cases: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The place of this finding in the page; the same id gives the same place in every run."""
        return anchor("finding", self.finding.id)


@dataclass(frozen=True)
class Findings:
    """What speaks against the target; apart from it what speaks only against a choice of ours, and what is accepted."""

    against: tuple[Found, ...]
    chosen: tuple[Found, ...]
    accepted: tuple[Found, ...] = ()

    @property
    def all(self) -> tuple[Found, ...]:
        """All kinds, in the order in which a report shows them."""
        return self.against + self.chosen + self.accepted

    def of(self, contract: str, severity: str) -> int:
        """Count the findings against one contract with one severity; choices are not counted."""
        return sum(1 for found in self.with_severity(severity) if found.finding.contract == contract)

    def choices_of(self, contract: str) -> int:
        """Count the differences of one contract from our own choices."""
        return sum(1 for found in self.chosen if found.finding.contract == contract)

    def with_severity(self, severity: str) -> tuple[Found, ...]:
        """Return the findings against the target that have one severity."""
        return tuple(found for found in self.against if found.finding.severity == severity)


def findings_of(header: Header, results: Iterable[Result]) -> Findings:
    """Gather the findings of all results; one that several cases meet becomes one entry that names them all.

    A strict run counts every difference, so its findings on our own choices are not set apart.
    """
    gathered: dict[str, Found] = {}
    for result in results:
        for finding in result.findings:
            known = gathered.get(finding.id)
            gathered[finding.id] = Found(
                finding=known.finding if known else finding,
                count=(known.count if known else 0) + finding.count,
                cases=tuple(dict.fromkeys((*(known.cases if known else ()), result.id))),
            )
    places = {
        (contract, operation): (row, column)
        for row, (contract, declared) in enumerate(header.contracts.items())
        for column, operation in enumerate(declared.operations)
    }

    def order(found: Found) -> tuple[int, tuple[int, int], str, str]:
        one = found.finding
        place = places.get((one.contract, one.operation), (len(header.contracts), 0))
        return SEVERITIES.index(one.severity), place, one.title, one.id

    entries = sorted(gathered.values(), key=order)
    accepted = tuple(found for found in entries if found.finding.accepted)
    judged = [found for found in entries if not found.finding.accepted]
    chosen = () if header.strict else tuple(found for found in judged if found.finding.evidence == "chosen")
    return Findings(tuple(found for found in judged if found not in chosen), chosen, accepted)


def anchor(kind: str, name: str) -> str:
    """Return an HTML id for a name; where letters have to go, a short digest keeps two names apart."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-")
    if plain == name:
        return f"{kind}-{plain}"
    return f"{kind}-{plain[:80]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:6]}"
