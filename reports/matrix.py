"""Which outcomes a run has seen: operation by outcome, against what the contract names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from counterfoil.reports.results import Contract, Header, Operation, Result, Target


@dataclass(frozen=True)
class Cell:
    """One outcome that the contract names, and how often the run has seen it."""

    name: str
    statuses: tuple[str, ...]
    media_types: tuple[str, ...]
    accepted: bool
    evidence: str
    seen: int


@dataclass(frozen=True)
class Row:
    """One operation with its outcomes, and what it answered that the contract does not name."""

    operation: str
    summary: str
    evidence: str
    cells: tuple[Cell, ...]
    undocumented: tuple[tuple[str, int], ...]
    in_contract: bool = True

    @property
    def accepted(self) -> tuple[Cell, ...]:
        """The outcomes that mean success."""
        return tuple(cell for cell in self.cells if cell.accepted)

    @property
    def refused(self) -> tuple[Cell, ...]:
        """The outcomes that mean a refusal."""
        return tuple(cell for cell in self.cells if not cell.accepted)

    @property
    def answers(self) -> int:
        """How many answers of this operation were told apart, named by the contract or not."""
        return sum(cell.seen for cell in self.cells) + sum(count for _, count in self.undocumented)

    @property
    def index(self) -> int:
        """How many outcomes the contract names."""
        return len(self.cells)

    @property
    def score(self) -> int:
        """How many of the named outcomes this run has seen."""
        return sum(1 for cell in self.cells if cell.seen)


@dataclass(frozen=True)
class Table:
    """The rows of one contract."""

    contract: str
    title: str
    version: str
    sha256: str
    url: str
    overlays: tuple[str, ...]
    requests: int
    rows: tuple[Row, ...]

    @property
    def index(self) -> int:
        """How many outcomes the contract names."""
        return sum(row.index for row in self.rows)

    @property
    def score(self) -> int:
        """How many of the named outcomes this run has seen."""
        return sum(row.score for row in self.rows)

    @property
    def undocumented(self) -> int:
        """How many kinds of answer were seen that the contract does not name."""
        return sum(len(row.undocumented) for row in self.rows)

    @property
    def operations(self) -> int:
        """How many operations the contract has."""
        return sum(1 for row in self.rows if row.in_contract)

    @property
    def operations_answered(self) -> int:
        """How many operations of the contract gave at least one answer."""
        return sum(1 for row in self.rows if row.in_contract and row.answers)


@dataclass(frozen=True)
class Matrix:
    """The tables of a whole run."""

    tables: tuple[Table, ...]

    @property
    def index(self) -> int:
        """How many outcomes all contracts name together."""
        return sum(table.index for table in self.tables)

    @property
    def score(self) -> int:
        """How many of them this run has seen."""
        return sum(table.score for table in self.tables)

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return sum(table.requests for table in self.tables)

    @property
    def operations(self) -> int:
        """How many operations all contracts have together."""
        return sum(table.operations for table in self.tables)

    @property
    def operations_answered(self) -> int:
        """How many of them gave at least one answer."""
        return sum(table.operations_answered for table in self.tables)

    @property
    def undocumented(self) -> int:
        """How many kinds of answer were seen that no contract names."""
        return sum(table.undocumented for table in self.tables)


def matrix_of(header: Header, results: Iterable[Result]) -> Matrix:
    """Count what the results have seen against what the header's contracts name."""
    by_contract: dict[str, list[Result]] = {name: [] for name in header.contracts}
    for result in results:
        by_contract.setdefault(result.contract, []).append(result)
    tables = [_table(name, header, its_results) for name, its_results in by_contract.items()]
    return Matrix(tuple(table for table in tables if table.rows or table.contract in header.contracts))


def _table(name: str, header: Header, results: list[Result]) -> Table:
    contract = header.contracts.get(name) or Contract(title=name, version="", sha256="", operations={})
    target = header.target.get(name) or Target(url="", overlays=[])
    seen: dict[str, Counter[str]] = {}
    for result in results:
        for operation, outcomes in result.seen.items():
            seen.setdefault(operation, Counter()).update(outcomes)
    rows = [_row(key, operation, seen.get(key, Counter())) for key, operation in contract.operations.items()]
    rows += [
        Row(key, "", "", (), tuple(sorted(outcomes.items())), in_contract=False)
        for key, outcomes in sorted(seen.items())
        if key not in contract.operations
    ]
    return Table(
        contract=name,
        title=contract.title,
        version=contract.version,
        sha256=contract.sha256,
        url=target.url,
        overlays=tuple(target.overlays),
        requests=sum(result.requests for result in results),
        rows=tuple(rows),
    )


def _row(key: str, operation: Operation, seen: Counter[str]) -> Row:
    """One name is one outcome, even where the contract shows it under several media types or statuses."""
    cells: dict[str, Cell] = {}
    for outcome in operation.outcomes:
        known = cells.get(outcome.name)
        statuses, media_types = (known.statuses, known.media_types) if known else ((), ())
        cells[outcome.name] = Cell(
            name=outcome.name,
            statuses=tuple(dict.fromkeys((*statuses, str(outcome.status)))),
            media_types=tuple(dict.fromkeys((*media_types, outcome.media_type))),
            accepted=outcome.accepted,
            evidence=outcome.evidence,
            seen=seen[outcome.name],
        )
    strays = tuple(sorted((name, count) for name, count in seen.items() if name not in cells and count))
    return Row(key, operation.summary, operation.evidence, tuple(cells.values()), strays)
