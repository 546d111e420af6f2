"""A run as Markdown, short enough for a pull request: the verdict, one table, the findings, what was skipped."""

from collections import Counter

from counterfoil.reports.causes import Cause, causes_of
from counterfoil.reports.clause_coverage import ENFORCEMENTS, ClauseCoverage, clause_coverage_of
from counterfoil.reports.findings import Findings, Found, findings_of
from counterfoil.reports.markup import code, cut, escaped, fenced, page, row
from counterfoil.reports.matrix import Matrix, Table, matrix_of
from counterfoil.reports.printable import counted, lasting, moment
from counterfoil.reports.promises import as_markdown, broken_by, documents_of
from counterfoil.reports.results import Footer, Header, Result
from counterfoil.reports.verdict import SEVERITIES, SEVERITY_MEANS, SIGNS, sentence_of, verdict_of

_FINDINGS_IN_FULL = 20
_REASONS_SHOWN = 10
_CHOICES_SHOWN = 50
_OTHERS_SHOWN = 8
_CURL_LIMIT = 1500
_WHY_LIMIT = 600
_TITLE_LIMIT = 400
_VALUE_LIMIT = 200
_CALLS_SHOWN = 10
_PAGE_LIMIT = 1024 * 1024  # what GitHub takes for the summary of a step


def render_markdown(header: Header, results: list[Result], footer: Footer) -> str:
    """Render the whole run as one Markdown page."""
    matrix, findings = matrix_of(header, results), findings_of(header, results)
    parts = [
        _verdict(header, footer),
        *as_markdown(documents_of(header, results)),
        _contracts(matrix, findings),
        *_findings(findings, len(results), header),
        *_accepted(findings),
        *_ids(header),
        *_clauses(clause_coverage_of(results)),
        *_not_run(results),
    ]
    again = " `pytest reproduce` sends the requests again." if findings.all else ""
    return page(parts, f"Everything else, with the answers, is in `report.html`.{again}", _PAGE_LIMIT)


def _verdict(header: Header, footer: Footer) -> str:
    verdict = verdict_of(footer.exit_code)
    cases = ", ".join(f"{number:,} {name}" for name, number in footer.counts.items())
    notices = "".join(f"\n\n- {escaped(notice)}" for notice in footer.notices)
    return (
        f"## {verdict.sign} Counterfoil: {verdict.word.lower()}\n\n"
        f"{escaped(sentence_of(footer))} Exit code {footer.exit_code}.\n\n"
        f"{counted(footer.requests, 'request')} in {lasting(footer.seconds)} on {moment(header.started)}. "
        f"Cases: {cases}. Level {escaped(header.level)}, seed {header.seed}"
        f"{', strict' if header.strict else ''}. Counterfoil {escaped(header.counterfoil)}."
        f"{notices}"
    )


def _contracts(matrix: Matrix, findings: Findings) -> str:
    columns = ["operations answered", "outcomes seen", "undocumented", "requests", *SEVERITIES, "choices"]
    lines = [row("contract", "target", *columns), row("---", "---", *("--:" for _ in columns))]
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
        lines.append(row("**together**", "", *(f"**{cell}**" for cell in sums)))
    return "\n".join(lines)


def _contract(table: Table, findings: Findings) -> str:
    return row(
        f"{escaped(table.contract)} {escaped(table.version)}",
        " ".join(filter(None, [code(table.url), *(f"+{escaped(overlay)}" for overlay in table.overlays)])),
        f"{table.operations_answered}/{table.operations}",
        f"{table.score}/{table.index}",
        str(table.undocumented),
        f"{table.requests:,}",
        *(str(findings.of(table.contract, severity)) for severity in SEVERITIES),
        str(findings.choices_of(table.contract)),
    )


def _findings(findings: Findings, cases: int, header: Header) -> list[str]:
    if not findings.all:
        nothing = "No check found anything to report." if cases else "No case ran, so there is nothing to find."
        return [f"### Findings\n\n{nothing}"]
    causes = causes_of(found for found in findings.against if found.finding.severity != "note")
    otherwise = causes_of((*findings.with_severity("note"), *findings.chosen))
    against = [_cause(cause, header) for cause in causes[:_FINDINGS_IN_FULL]]
    parts = ["### Findings", *(against or ["Nothing speaks against the target."])]
    left_out = len(causes) - len(against)
    if left_out:
        parts.append(f"… and {counted(left_out, 'more cause')}, in `report.html`.")
    if otherwise:
        places = sum(len(cause.findings) for cause in otherwise)
        lines = [row("contract", "what your installation does", "places", "overlay action that records it")]
        lines += [row("---", "---", "--:", "---"), *(_choice(cause) for cause in otherwise[:_CHOICES_SHOWN])]
        parts += [
            f"### Your installation chose otherwise in {counted(places, 'place')}",
            SEVERITY_MEANS["note"],
            "\n".join(lines),
        ]
        more = len(otherwise) - _CHOICES_SHOWN
        parts += [f"… and {counted(more, 'more choice')}, in `report.html`."] if more > 0 else []
    return parts


def _choice(cause: Cause) -> str:
    """A difference from a choice of ours, as a row of a table."""
    finding = cause.first
    overlay = code(finding.overlay) if finding.overlay else ""
    return row(escaped(finding.contract), escaped(cut(cause.title, _TITLE_LIMIT)), str(len(cause.findings)), overlay)


def _cause(cause: Cause, header: Header) -> str:
    """A cause by the finding that shows it best, and where else it shows."""
    told = _finding(cause.findings[0], header)
    others = [code(found.finding.operation) for found in cause.findings[1:]]
    if not others:
        return told
    more = f" and {len(others) - _OTHERS_SHOWN} more" if len(others) > _OTHERS_SHOWN else ""
    title = escaped(cut(cause.title, _TITLE_LIMIT))
    return f"{told}\n\nThe same cause: {title}; also {', '.join(others[:_OTHERS_SHOWN])}{more}."


def _finding(found: Found, header: Header) -> str:
    finding = found.finding
    severity = f"{SIGNS[finding.severity]} {finding.severity}"
    often = f"{counted(found.count, 'time')} in {counted(len(found.cases), 'case')}"
    place = f"{code(finding.contract)} {code(finding.operation)} · clause {code(cut(finding.clause, _TITLE_LIMIT))}"
    lines = [
        f"#### {severity}: {escaped(cut(finding.title, _TITLE_LIMIT))}",
        f"{place} · {escaped(finding.evidence)} · {often}",
        *(f"Breaks {escaped(cut(promise, _WHY_LIMIT))}" for promise in broken_by(finding, header)),
        *_differences(found),
    ]
    if len(finding.calls) > 1:
        lines.append(_calls(found))
    elif finding.request.curl:
        long = len(finding.request.curl) > _CURL_LIMIT
        lines.append(
            f"The request is too long for this page: see `report.html#{found.anchor}`."
            if long
            else fenced(finding.request.curl, "sh")
        )
    return "\n\n".join(lines)


def _differences(found: Found) -> list[str]:
    """What was expected and what came, side by side; in words, where nothing else says it."""
    finding = found.finding
    if not finding.mismatches:
        return [fenced(cut(finding.why, _WHY_LIMIT), "text")]
    lines = [row("at", "expected", "got"), row("---", "---", "---")]
    lines += [
        row(code(each.at), code(cut(each.expected, _VALUE_LIMIT)), code(cut(each.got, _VALUE_LIMIT)))
        for each in finding.mismatches[:_OTHERS_SHOWN]
    ]
    is_cut = any(each.is_longer(_VALUE_LIMIT) for each in finding.mismatches) or len(finding.mismatches) > _OTHERS_SHOWN
    return ["\n".join(lines), *([f"In full: `report.html#{found.anchor}`."] if is_cut else [])]


def _calls(found: Found) -> str:
    """The calls that led to it, each with its command."""
    calls = found.finding.calls
    left_out = len(calls) - _CALLS_SHOWN
    lines = [f"… {counted(left_out, 'call')} before these: see `report.html#{found.anchor}`."] if left_out > 0 else []
    for number, call in list(enumerate(calls, 1))[-_CALLS_SHOWN:]:
        curl = call.request.curl
        told = fenced(curl, "sh").replace("\n", "\n   ") if len(curl) <= _CURL_LIMIT else ""
        lines.append(f"{number}. {escaped(cut(call.says, _TITLE_LIMIT))}" + (f"\n\n   {told}" if told else ""))
    return "\n".join(lines)


def _named(found: Found) -> str:
    finding = found.finding
    place = f"{code(finding.contract)} {code(finding.operation)}"
    return f"{place}: {escaped(cut(finding.title, _TITLE_LIMIT))} · clause {code(cut(finding.clause, _TITLE_LIMIT))}"


def _accepted(findings: Findings) -> list[str]:
    """What the baseline accepts, with its reasons."""
    lines = [
        f"- until {found.finding.accepted.until}: {_named(found)}: {escaped(cut(found.finding.accepted.reason, _WHY_LIMIT))}"
        for found in findings.accepted[:_FINDINGS_IN_FULL]
        if found.finding.accepted
    ]
    left_out = len(findings.accepted) - len(lines)
    lines += [f"- … and {left_out} more"] if left_out else []
    return ["### Accepted by the baseline", "\n".join(lines)] if lines else []


def _ids(header: Header) -> list[str]:
    """Which ids were used, and which of them the target told."""
    lines = []
    for name, target in header.target.items():
        if target.ids:
            found = ", ".join(f"{code(key)} {code(str(known.value))}" for key, known in target.found.items())
            given = counted(len(target.ids) - len(target.found), "id")
            lines.append(f"- {code(name)}: {given} given; found by reading: {found or 'none'}")
    return ["### Known ids", "\n".join(lines)] if lines else []


def _clauses(coverage: ClauseCoverage) -> list[str]:
    """How many clauses of requests are enforced, and why the others could not be tried."""
    if not coverage.pages:
        return []
    told = ", ".join(f"{coverage.counts[name]:,} {name}" for name in reversed(ENFORCEMENTS))
    lines = [
        f"- {number:,} × {code(contract)}: {escaped(cut(reason, _WHY_LIMIT))}"
        for (contract, reason), number in coverage.reasons.most_common(_REASONS_SHOWN)
    ]
    left_out = len(coverage.reasons) - len(lines)
    lines += [f"- … and {counted(left_out, 'more reason')}, in `report.html`"] if left_out else []
    parts = [f"### Clauses of requests\n\nOf {counted(coverage.counts.total(), 'clause')}, each broken once: {told}."]
    return [*parts, "\n".join(["Not tried:", "", *lines])] if lines else parts


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
                f"- {number:,} × {code(contract)}: {escaped(cut(reason, _WHY_LIMIT))}"
                for (contract, reason), number in reasons.most_common(_REASONS_SHOWN)
            ]
            left_out = len(reasons) - len(lines)
            lines += [f"- … and {counted(left_out, 'more reason')}, in `report.html`"] if left_out else []
            parts.append(f"### {heading}: {counted(reasons.total(), 'case')}\n\n" + "\n".join(lines))
    return parts
