"""Causes: what findings have in common that one change would mend. A report lists causes, each with its findings."""

from collections.abc import Iterable
from dataclasses import dataclass

from counterfoil.reports.findings import Found
from counterfoil.reports.printable import counted
from counterfoil.reports.results import Finding
from counterfoil.reports.verdict import EVIDENCE_MEANS, SEVERITIES

_BEST_FOUNDED_FIRST = tuple(EVIDENCE_MEANS)


@dataclass(frozen=True)
class Cause:
    """Findings that the same change would mend; the first of them is the one whose request is the shortest."""

    findings: tuple[Found, ...]

    @property
    def first(self) -> Finding:
        """The finding that shows it best."""
        return self.findings[0].finding

    @property
    def title(self) -> str:
        """What is wrong, and in how many places."""
        if len(self.findings) == 1:
            return self.first.title
        return f"{self.first.cause or self.first.title}, in {counted(len(self.findings), 'place')}"


def cause_id(finding: Finding) -> str:
    """What tells the finding's cause from others."""
    return f"{finding.contract}:{finding.cause}" if finding.cause else finding.id


def causes_of(findings: Iterable[Found]) -> tuple[Cause, ...]:
    """The findings by their causes: the worst first, then the best founded, then what reaches farthest."""
    gathered: dict[tuple[str, str], list[Found]] = {}
    for found in findings:
        gathered.setdefault((found.finding.severity, cause_id(found.finding)), []).append(found)
    causes = [Cause(tuple(sorted(each, key=_length))) for each in gathered.values()]
    return tuple(sorted(causes, key=_rank))


def _length(found: Found) -> int:
    return len(found.finding.request.curl)


def _rank(cause: Cause) -> tuple[int, int, int]:
    first = cause.first
    founded = _BEST_FOUNDED_FIRST.index(first.evidence) if first.evidence in _BEST_FOUNDED_FIRST else 0
    return SEVERITIES.index(first.severity), founded, -len(cause.findings)
