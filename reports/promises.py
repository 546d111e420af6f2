"""What came of each promise of the source documents: it held, it is broken, or it was not tried, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

from counterfoil.reports.markup import code, cut, escaped, row
from counterfoil.reports.printable import counted
from counterfoil.reports.results import Contract, Finding, Header, Promise, Result

Verdict = Literal["broken", "held", "not tried"]
#: the verdicts on a promise, the one first that a reader looks for
VERDICTS: tuple[Verdict, ...] = ("broken", "held", "not tried")

_NOTHING_SHOWS_IT = "nothing that was run shows it"
_ANOTHER_WAY = "a case that would show it ended at a difference from what the document does not settle"
_NO_ANSWER = "no answer came that would show it"
_MOST_REASONS = 8
_MOST_BROKEN = 20
#: of broken promises, and of reasons why others were not tried, on a terminal
_MOST_TOLD = 5
_WHY_LIMIT = 300


@dataclass(frozen=True)
class Kept:
    """One promise and what came of it. `findings` are the ids of those that break it."""

    name: str
    promise: Promise
    verdict: Verdict
    why: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """The promises of one contract's source document."""

    contract: str
    kept: tuple[Kept, ...]

    @cached_property
    def counts(self) -> Counter[str]:
        """How many promises there are of each verdict."""
        return Counter(each.verdict for each in self.kept)

    def of(self, verdict: Verdict) -> list[Kept]:
        """The promises with that verdict, in the order of the document."""
        return [each for each in self.kept if each.verdict == verdict]

    @property
    def reasons(self) -> Counter[str]:
        """Why promises were not tried, and how often."""
        return Counter(each.why for each in self.of("not tried"))


def documents_of(header: Header, results: Sequence[Result]) -> list[Document]:
    """What came of the promises of each contract that has some."""
    return [
        Document(name, tuple(_Run(name, contract, results).kept()))
        for name, contract in header.contracts.items()
        if contract.promises
    ]


class _Run:
    """What a run says about the promises of one contract."""

    def __init__(self, name: str, contract: Contract, results: Iterable[Result]) -> None:
        self.contract, self.name = contract, name
        self.broken: dict[str, dict[str, None]] = {}
        self.shown: set[str] = set()
        self.reasons: dict[str, Counter[str]] = {}
        self.rows: dict[str, tuple[str, str]] = {}
        self.answered: set[tuple[str, int]] = set()
        for result in results:
            if result.contract == name:
                self._add(result)

    def _add(self, result: Result) -> None:
        named = {each for finding in result.findings for each in finding.promises}
        for finding in result.findings:
            for each in finding.promises if finding.severity == "broken" else ():
                self.broken.setdefault(each, {})[finding.id] = None
        was_tried = result.verdict in ("passed", "failed") and result.cause != "not_judged"
        if was_tried:
            self.shown |= set(result.promises) - named
        why = _ANOTHER_WAY if was_tried else result.reason
        for each in result.promises:
            if not was_tried or each in named:
                self.reasons.setdefault(each, Counter())[why] += 1
        for line in result.rows:
            self.rows[line.clause.removeprefix(f"{self.name}:")] = (line.verdict, line.why)
        for operation, labels in result.seen.items():
            known = self.contract.operations.get(operation)
            outcomes = known.outcomes if known else []
            self.answered |= {(operation, each.status) for each in outcomes if each.name in labels}

    def kept(self) -> Iterator[Kept]:
        for name, promise in self.contract.promises.items():
            if name in self.broken:
                yield Kept(name, promise, "broken", findings=tuple(self.broken[name]))
                continue
            is_shown, why = self._shown_by_clauses(promise)
            if name in self.shown or is_shown:
                yield Kept(name, promise, "held")
                continue
            reasons = self.reasons.get(name)
            told = reasons.most_common(1)[0][0] if reasons else ""
            yield Kept(name, promise, "not tried", promise.unseen or told or why or _NOTHING_SHOWS_IT)

    def _shown_by_clauses(self, promise: Promise) -> tuple[bool, str]:
        """Whether some clause shows it; if none does, why not."""
        why = ""
        for pattern in promise.clauses:
            operation, part, place, _ = pattern.split(":", 3)
            if part == "answer":
                if any(
                    fnmatchcase(one, operation) and fnmatchcase(str(status), place) for one, status in self.answered
                ):
                    return True, ""
                why = why or _NO_ANSWER
                continue
            rows = [told for clause, told in self.rows.items() if fnmatchcase(clause, pattern)]
            if any(verdict == "enforced" for verdict, _ in rows):
                return True, ""
            why = next((told for verdict, told in rows if verdict == "untried"), why)
        return False, why


def broken_by(finding: Finding, header: Header) -> list[str]:
    """The promises that the finding breaks, each with its name and what it says."""
    contract = header.contracts.get(finding.contract)
    known = contract.promises if contract else {}
    return [f"{name}: {known[name].says}" for name in finding.promises if name in known]


def as_lines(documents: Iterable[Document]) -> Iterator[str]:
    """The promises as a terminal shows them: how many held, each that is broken, and why others were not tried."""
    for document in documents:
        yield f"Promises of {document.contract}: {tallied(document)}"
        broken = document.of("broken")
        yield from (f"  ✕ {each.name}: {each.promise.says} ({each.promise.place})" for each in broken[:_MOST_TOLD])
        if len(broken) > _MOST_TOLD:
            yield f"  ✕ and {len(broken) - _MOST_TOLD} more: {', '.join(each.name for each in broken[_MOST_TOLD:])}"
        for reason, number in document.reasons.most_common(_MOST_TOLD):
            yield f"  – {number} not tried: {cut(reason, _WHY_LIMIT)}"


def as_markdown(documents: Sequence[Document]) -> list[str]:
    """The promises as a page of Markdown begins with them."""
    if not documents:
        return []
    lines = [row("promises of", *VERDICTS), row("---", *("--:" for _ in VERDICTS))]
    lines += [
        row(escaped(document.contract), *(str(document.counts[each]) for each in VERDICTS)) for document in documents
    ]
    parts = ["### Promises", "\n".join(lines)]
    broken = [(document, each) for document in documents for each in document.of("broken")]
    told = [
        f"- ✕ {code(document.contract)} {code(each.name)}: {escaped(each.promise.says)} ({escaped(each.promise.place)})"
        for document, each in broken[:_MOST_BROKEN]
    ]
    told += [f"- … and {counted(len(broken) - _MOST_BROKEN, 'more')}"] if len(broken) > _MOST_BROKEN else []
    parts += ["\n".join(told)] if told else []
    reasons = [
        f"- {number:,} × {code(document.contract)}: {escaped(cut(reason, _WHY_LIMIT))}"
        for document in documents
        for reason, number in document.reasons.most_common(_MOST_REASONS)
    ]
    return [*parts, "\n".join(["Not tried:", "", *reasons])] if reasons else parts


def tallied(document: Document) -> str:
    """How many of the promises have each verdict, in words."""
    return ", ".join(f"{document.counts[each]} {each}" for each in ("held", "broken", "not tried"))
