"""A run as Markdown, short enough for a pull request: the verdict, one table, the findings, what was skipped."""

import re
from collections import Counter

from contracts.results import Footer, Header, Result
from reports.findings import Findings, Found, findings_of
from reports.matrix import Matrix, Table, matrix_of
from reports.printable import counted, lasting, moment, visible
from reports.verdict import EVIDENCE_MEANS, SEVERITIES, SIGNS, sentence_of, verdict_of

_FINDINGS_IN_FULL = 20
_REASONS_SHOWN = 10
_CURL_LIMIT = 1500
_WHY_LIMIT = 600
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&!])")


def render_markdown(header: Header, results: list[Result], footer: Footer) -> str:
    """Render the whole run as one Markdown page."""
    matrix, findings = matrix_of(header, results), findings_of(header, results)
    parts = [
        _verdict(header, footer),
        _contracts(matrix, findings),
        *_findings(findings, len(results)),
        *_not_run(results),
    ]
    return "\n\n".join(parts) + "\n\nEverything else, with the answers, is in `report.html`.\n"


def _verdict(header: Header, footer: Footer) -> str:
    verdict = verdict_of(footer.exit_code)
    cases = ", ".join(f"{number:,} {name}" for name, number in footer.counts.items())
    return (
        f"## {verdict.sign} Counterfoil: {verdict.word.lower()}\n\n"
        f"{_escaped(sentence_of(footer))} Exit code {footer.exit_code}.\n\n"
        f"{counted(footer.requests, 'request')} in {lasting(footer.seconds)} on {moment(header.started)}. "
        f"Cases: {cases}. Level {_escaped(header.level)}, seed {header.seed}"
        f"{', strict' if header.strict else ''}. Counterfoil {_escaped(header.counterfoil)}."
    )


def _contracts(matrix: Matrix, findings: Findings) -> str:
    columns = ["operations answered", "outcomes seen", "undocumented", "requests", *SEVERITIES, "choices"]
    lines = [_row("contract", "target", *columns), _row("---", "---", *("--:" for _ in columns))]
    lines += [_contract(table, findings) for table in matrix.tables]
    if len(matrix.tables) > 1:
        sums = (
            f"{matrix.operations_answered}/{matrix.operations}",
            f"{matrix.score}/{matrix.index}",
            str(matrix.undocumented),
            f"{matrix.requests:,}",
            *(str(len(findings.with_severity(severity))) for severity in SEVERITIES),
            str(len(findings.chosen)),
        )
        lines.append(_row("**together**", "", *(f"**{cell}**" for cell in sums)))
    return "\n".join(lines)


def _contract(table: Table, findings: Findings) -> str:
    return _row(
        f"{_escaped(table.contract)} {_escaped(table.version)}",
        " ".join(filter(None, [_code(table.url), *(f"+{_escaped(overlay)}" for overlay in table.overlays)])),
        f"{table.operations_answered}/{table.operations}",
        f"{table.score}/{table.index}",
        str(table.undocumented),
        f"{table.requests:,}",
        *(str(findings.of(table.contract, severity)) for severity in SEVERITIES),
        str(findings.choices_of(table.contract)),
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _findings(findings: Findings, cases: int) -> list[str]:
    if not findings.all:
        nothing = "No check found anything to report." if cases else "No case ran, so there is nothing to find."
        return [f"### Findings\n\n{nothing}"]
    against = [_finding(found) for found in findings.against[:_FINDINGS_IN_FULL]]
    parts = ["### Findings", *(against or ["Nothing speaks against the target."])]
    left_out = len(findings.against) - len(against)
    if left_out:
        parts.append(f"… and {counted(left_out, 'more finding')}, in `report.html`.")
    if findings.chosen:
        lines = [f"- {SIGNS[found.finding.severity]} {_named(found)}" for found in findings.chosen[:_FINDINGS_IN_FULL]]
        lines += [f"- … and {len(findings.chosen) - len(lines)} more"] if len(findings.chosen) > len(lines) else []
        parts += [f"### Differences from our own choices\n\n{EVIDENCE_MEANS['chosen']}", "\n".join(lines)]
    return parts


def _finding(found: Found) -> str:
    finding = found.finding
    severity = f"{SIGNS[finding.severity]} {finding.severity}"
    often = f"{counted(found.count, 'time')} in {counted(len(found.cases), 'case')}"
    place = f"{_code(finding.contract)} {_code(finding.operation)} · clause {_code(finding.clause)}"
    lines = [
        f"#### {severity}: {_escaped(finding.title)}",
        f"{place} · {_escaped(finding.evidence)} · {often}",
        _fenced(_cut(finding.why, _WHY_LIMIT), "text"),
    ]
    if finding.request.curl:
        long = len(finding.request.curl) > _CURL_LIMIT
        lines.append(
            f"The request is too long for this page: see `report.html#{found.anchor}`."
            if long
            else _fenced(finding.request.curl, "sh")
        )
    return "\n\n".join(lines)


def _named(found: Found) -> str:
    finding = found.finding
    place = f"{_code(finding.contract)} {_code(finding.operation)}"
    return f"{place}: {_escaped(finding.title)} · clause {_code(finding.clause)}"


def _not_run(results: list[Result]) -> list[str]:
    parts = []
    for verdict, heading in (("errored", "Could not be carried out"), ("skipped", "Skipped")):
        reasons = Counter(
            (result.contract, " ".join(result.reason.split()) or "no reason was given")
            for result in results
            if result.verdict == verdict
        )
        if reasons:
            lines = [
                f"- {number:,} × {_code(contract)}: {_escaped(_cut(reason, _WHY_LIMIT))}"
                for (contract, reason), number in reasons.most_common(_REASONS_SHOWN)
            ]
            left_out = len(reasons) - len(lines)
            lines += [f"- … and {counted(left_out, 'more reason')}, in `report.html`"] if left_out else []
            parts.append(f"### {heading}: {counted(reasons.total(), 'case')}\n\n" + "\n".join(lines))
    return parts


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + " …"


def _escaped(text: str) -> str:
    """Text as text: no markup, no HTML, no line break, and nobody is mentioned by accident."""
    return _SPECIAL.sub(r"\\\1", visible(" ".join(text.split()))).replace("@", "@<!-- -->")


def _code(text: str) -> str:
    """Text as an inline code span, with a fence longer than any run of backticks within."""
    if not text:
        return ""
    shown = visible(" ".join(text.split())).replace("|", "\\|")
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if "`" in shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _fenced(text: str, language: str) -> str:
    """Text as a code block that nothing in it can close."""
    shown = visible(text).rstrip()
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
