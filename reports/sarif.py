"""Findings as SARIF 2.1.0, for code scanning: a rule per check, a result per finding, placed where the contract says it."""

import hashlib
import json
from typing import Any
from urllib.parse import quote, urlsplit

from counterfoil.reports.findings import Found, findings_of
from counterfoil.reports.mismatch import side_by_side
from counterfoil.reports.places import place_of, published
from counterfoil.reports.printable import counted, shortened, visible
from counterfoil.reports.results import Finding, Footer, Header, Request, Result
from counterfoil.reports.verdict import CHECK_MEANS, EVIDENCE_MEANS, sentence_of, verdict_of

_MOST = 5000  # GitHub shows no more of one run
_BODY_LIMIT = 4000
_VALUE_LIMIT = 500
_CALLS = 10
_LEVELS = {"broken": "error", "warning": "warning", "note": "note"}
_JUDGED = (0, 1)  # the exit codes of a run that came to a verdict

_Json = dict[str, Any]


def render_sarif(header: Header, results: list[Result], footer: Footer) -> str:
    """Render the findings of the run as one SARIF log."""
    findings = findings_of(header, results)
    kept = findings.all[:_MOST]
    rules = list(dict.fromkeys(found.finding.check for found in kept))
    run = {
        "tool": {
            "driver": {
                "name": "Counterfoil",
                "version": visible(header.counterfoil) or "unknown",
                "rules": [_rule(check) for check in rules],
            }
        },
        "automationDetails": {"id": f"counterfoil/{'+'.join(map(visible, header.contracts))}/"},
        "invocations": [_invocation(header, footer, len(findings.all) - len(kept))],
        "results": [
            _result(found, rules.index(found.finding.check), header, found in findings.chosen) for found in kept
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {"seed": header.seed, "level": visible(header.level), "strict": header.strict},
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rule(check: str) -> _Json:
    meaning = CHECK_MEANS.get(check, "A check of Counterfoil.")
    return {
        "id": visible(check),
        "name": visible(check).title().replace("_", "").replace(" ", ""),
        "shortDescription": {"text": meaning},
        "fullDescription": {"text": meaning},
        "help": {"text": f"{meaning} Each result names the clause of the contract that is broken."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["contract", "api"]},
    }


def _invocation(header: Header, footer: Footer, left_out: int) -> _Json:
    verdict = verdict_of(footer.exit_code)
    told = [{"level": "note", "message": {"text": f"{counted(left_out, 'more finding')} in results.jsonl."}}]
    return {
        "executionSuccessful": footer.exit_code in _JUDGED,
        "exitCode": footer.exit_code,
        "exitCodeDescription": visible(f"{verdict.word}: {sentence_of(footer)}"),
        **_moments(header, footer),
        "toolExecutionNotifications": told if left_out else [],
    }


def _moments(header: Header, footer: Footer) -> _Json:
    said = {"startTimeUtc": header.started, "endTimeUtc": footer.finished}
    return {name: f"{iso[:19]}Z" for name, iso in said.items() if iso.endswith(("+00:00", "Z"))}


def _result(found: Found, rule: int, header: Header, chosen: bool) -> _Json:
    finding = found.finding
    result = {
        "ruleId": visible(finding.check),
        "ruleIndex": rule,
        "level": "note" if chosen else _LEVELS[finding.severity],
        "message": {"text": visible(_message(found))},
        "locations": [_location(header, finding)],
        "partialFingerprints": {
            "clause/v1": visible(finding.id),
            # by this one, GitHub knows an alert again, wherever it stands
            "primaryLocationLineHash": hashlib.sha256(finding.id.encode("utf-8", "replace")).hexdigest()[:16] + ":1",
        },
        "occurrenceCount": found.count,
        "properties": {
            "evidence": visible(finding.evidence),
            "clause": visible(finding.clause),
            "choice": chosen,
            "cases": [visible(case) for case in found.cases[:20]],
        },
    }
    link = published(header, finding.contract, finding.operation)
    if link:
        result["hostedViewerUri"] = link
    if finding.accepted:
        because = f"{finding.accepted.reason} (accepted until {finding.accepted.until})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": visible(because)}]
    if finding.request.method:
        result["webRequest"] = _request(finding.request)
    if finding.answer.status:
        result["webResponse"] = {
            "protocol": "HTTP",
            "version": "1.1",
            "statusCode": finding.answer.status,
            "headers": {visible(name): visible(value) for name, value in finding.answer.headers.items()},
            "body": {"text": visible(shortened(finding.answer.body, _BODY_LIMIT))},
        }
    return result


def _message(found: Found) -> str:
    finding = found.finding
    lines = [
        f"{finding.title.rstrip('.')}.",
        *(side_by_side(finding.mismatches, _VALUE_LIMIT) or [finding.why]),
        f"Clause: {finding.clause} ({finding.evidence}: {EVIDENCE_MEANS.get(finding.evidence, '')})",
        f"Met {counted(found.count, 'time')} in {counted(len(found.cases), 'case')}.",
    ]
    several = finding.calls if len(finding.calls) > 1 else ()
    for number, call in enumerate(several[-_CALLS:], max(len(several) - _CALLS, 0) + 1):
        lines += [f"{number}. {call.says}", f"   {shortened(call.request.curl, _VALUE_LIMIT)}"]
    if finding.request.curl and not several:
        lines.append(shortened(finding.request.curl, _BODY_LIMIT))
    return "\n".join(lines)


def _location(header: Header, finding: Finding) -> _Json:
    """A file of the repository; where there is none, the operation, by a path that says so and that is no file.

    GitHub refuses the whole log for one result without a path, and for one whose path is a URL.
    """
    contract, operation = visible(finding.contract), visible(finding.operation)
    file, row = place_of(header, finding) or (quote(f"{contract}/{operation}"), 1)
    region = {"startLine": row, "startColumn": 1, "endLine": row, "endColumn": 1}
    return {
        "physicalLocation": {"artifactLocation": {"uri": file}, "region": region},
        "logicalLocations": [
            {"name": operation, "fullyQualifiedName": f"{contract}/{operation}", "kind": "function"},
        ],
    }


def _request(request: Request) -> _Json:
    parts = urlsplit(request.url)
    return {
        "protocol": parts.scheme.upper() or "HTTP",
        "version": "1.1",
        "method": visible(request.method),
        "target": visible(request.url),
        "headers": {visible(name): visible(value) for name, value in request.headers.items()},
        "body": {"text": visible(shortened(request.body, _BODY_LIMIT))},
    }
