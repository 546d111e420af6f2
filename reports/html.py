"""A run as one HTML file that needs nothing but itself: to be attached to a ticket, read on a phone, printed."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from counterfoil.reports.causes import causes_of
from counterfoil.reports.clause_coverage import ENFORCEMENT_MEANS, ENFORCEMENTS, clause_coverage_of
from counterfoil.reports.findings import Findings, anchor, findings_of
from counterfoil.reports.matrix import Matrix, Table, matrix_of
from counterfoil.reports.printable import counted, indented, lasting, moment, shortened, visible
from counterfoil.reports.promises import VERDICTS, broken_by, documents_of, tallied
from counterfoil.reports.reproduce import again
from counterfoil.reports.results import Footer, Header, KnownId, Result
from counterfoil.reports.verdict import (
    EVIDENCE_MEANS,
    SEVERITIES,
    SEVERITY_MEANS,
    SIGNS,
    VERDICT_MEANS,
    sentence_of,
    verdict_of,
)

_HERE = Path(__file__).parent
_BODY_LIMIT = 6_000
_SHOWN_OF_A_CAUSE = 3
_MANY = 100  # causes of which the page shows one finding each in full, so that it opens at once
_EXPECTED_OR_GOT = re.compile(r"(expected|got|at)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ContractLine:
    """One contract in the head of the page: what was tested against what, and what came of it."""

    table: Table
    counts: dict[str, int]
    choices: int
    ids: dict[str, KnownId]


@dataclass(frozen=True)
class NotRun:
    """The cases of one contract that were not judged for one and the same reason."""

    verdict: str
    contract: str
    reason: str
    cases: tuple[Result, ...]


@dataclass(frozen=True)
class Why:
    """An explanation: sentences, and where it has them, what was expected and what came."""

    sentences: str
    contrast: tuple[tuple[str, str], ...]


def render_html(header: Header, results: list[Result], footer: Footer) -> str:
    """Render the whole run as one page."""
    matrix, findings = matrix_of(header, results), findings_of(header, results)
    causes = causes_of(findings.against)
    style, script = (Markup((_HERE / name).read_text(encoding="utf-8")) for name in ("report.css", "report.js"))  # noqa: S704 - our own files
    return _template().render(
        style=style,
        script=script,
        policy=f"default-src 'none'; img-src data:; style-src {_hashed(style)}; script-src {_hashed(script)}",
        header=header,
        broken_by=lambda finding: broken_by(finding, header),
        again=lambda finding: again(header, finding),
        footer=footer,
        verdict=verdict_of(footer.exit_code),
        sentence=sentence_of(footer),
        matrix=matrix,
        findings=findings,
        documents=documents_of(header, results),
        promise_verdicts=VERDICTS,
        causes=causes,
        choices=causes_of(findings.chosen),
        shown=_SHOWN_OF_A_CAUSE if len(causes) < _MANY else 1,
        kinds=_kinds(findings),
        by_severity=[(severity, findings.with_severity(severity)) for severity in SEVERITIES],
        contracts=_contract_lines(header, matrix, findings),
        coverage=clause_coverage_of(results),
        enforcements=ENFORCEMENTS,
        enforcement_means=ENFORCEMENT_MEANS,
        not_run=_not_run(results),
        cases=_by_contract(header, results),
        results={result.id: result for result in results},
        signs=SIGNS,
        severity_means=SEVERITY_MEANS,
        evidence_means=EVIDENCE_MEANS,
        verdict_means=VERDICT_MEANS,
    )


def _hashed(content: str) -> str:
    """A source of a content security policy that lets this very text run, and no other."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters |= {
        "counted": counted,
        "lasting": lasting,
        "moment": moment,
        "body": lambda text: shortened(indented(text), _BODY_LIMIT),
        "why": explained,
        "reason": reason_phrase,
        "tallied": tallied,
        "case_anchor": lambda name: anchor("case", name),
        "finding_anchor": lambda name: anchor("finding", name),
        "breakable": _breakable,
    }
    return environment.get_template("report.html.j2")


def _contract_lines(header: Header, matrix: Matrix, findings: Findings) -> list[ContractLine]:
    return [
        ContractLine(
            table=table,
            counts={severity: findings.of(table.contract, severity) for severity in SEVERITIES},
            choices=findings.choices_of(table.contract),
            ids=header.target[table.contract].ids if table.contract in header.target else {},
        )
        for table in matrix.tables
    ]


def _kinds(findings: Findings) -> dict[str, list[str]]:
    """By what a reader can narrow the findings down, and to what, in the order in which they are met."""
    names = ("severity", "contract", "check", "evidence")
    return {name: list(dict.fromkeys(getattr(one.finding, name) for one in findings.all)) for name in names}


def _by_contract(header: Header, results: list[Result]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = {name: [] for name in header.contracts}
    for result in results:
        groups.setdefault(result.contract, []).append(result)
    return groups


def _not_run(results: Iterable[Result]) -> list[NotRun]:
    """Group by reason, the errored first, then the reason that took most cases."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        if result.verdict in ("errored", "skipped"):
            groups.setdefault((result.verdict, result.contract, result.reason), []).append(result)
    rows = [NotRun(verdict, contract, reason, tuple(cases)) for (verdict, contract, reason), cases in groups.items()]
    return sorted(rows, key=lambda row: (row.verdict, -len(row.cases)))


def explained(why: str) -> Why:
    """Set the lines that begin with `expected:`, `got:` or `at:` apart from the sentences around them."""
    sentences, contrast = [], []
    for line in why.splitlines():
        match = _EXPECTED_OR_GOT.fullmatch(line.strip())
        if match:
            contrast.append((match[1].lower(), match[2]))
        else:
            sentences.append(line)
    return Why("\n".join(sentences).strip(), tuple(contrast))


def reason_phrase(status: int) -> str:
    """Return the usual words for a status, or nothing for one that nobody registered."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _breakable(name: str) -> Markup:
    """Let a long name break after a separator rather than anywhere."""
    return Markup("\u200b").join(visible(part) for part in re.split(r"(?<=[/_.#:-])(?=\w)", name))
