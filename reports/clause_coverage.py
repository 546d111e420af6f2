"""Clause coverage: which clauses of requests the target enforces, and which could not be tried, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from counterfoil.reports.results import Enforcement, Result, Row

#: the verdicts on a clause, those first that a reader looks for
ENFORCEMENTS: tuple[Enforcement, ...] = ("ignored", "undocumented", "untried", "enforced")
ENFORCEMENT_MEANS: dict[str, str] = {
    "enforced": "a request that breaks it is refused, by a documented refusal, and changes nothing",
    "ignored": "a request that breaks it is accepted, or changes something although it is refused",
    "undocumented": "a request that breaks it is refused, but in a way that the contract does not name",
    "untried": "no request could be sent that breaks it and nothing else",
}


@dataclass(frozen=True)
class Page:
    """The clauses of one operation, those first that are not enforced."""

    contract: str
    operation: str
    rows: tuple[Row, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many clauses there are of each verdict."""
        return Counter(row.verdict for row in self.rows)


@dataclass(frozen=True)
class ClauseCoverage:
    """The pages of all operations whose requests have clauses."""

    pages: tuple[Page, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many clauses there are of each verdict."""
        return sum((page.counts for page in self.pages), Counter())

    @property
    def by_contract(self) -> dict[str, Counter[str]]:
        """The same for each contract."""
        found: dict[str, Counter[str]] = {}
        for page in self.pages:
            found.setdefault(page.contract, Counter()).update(page.counts)
        return found

    @property
    def reasons(self) -> Counter[tuple[str, str]]:
        """Why clauses were not tried, by contract, and how often."""
        return Counter((page.contract, row.why) for page in self.pages for row in page.rows if row.verdict == "untried")


def clause_coverage_of(results: Iterable[Result]) -> ClauseCoverage:
    """Gather the rows of all results."""
    return ClauseCoverage(
        tuple(
            Page(
                result.contract,
                result.operation,
                tuple(sorted(result.rows, key=lambda row: ENFORCEMENTS.index(row.verdict))),
            )
            for result in results
            if result.rows
        )
    )
