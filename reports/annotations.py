"""Findings as annotations of a GitHub workflow: lines that the runner shows beside the job and in the pull request."""

from collections.abc import Iterable

from counterfoil.reports.findings import Found, findings_of
from counterfoil.reports.markup import cut
from counterfoil.reports.mismatch import side_by_side
from counterfoil.reports.places import place_of, published
from counterfoil.reports.printable import counted, visible
from counterfoil.reports.results import Header, Results
from counterfoil.reports.verdict import sentence_of, verdict_of

MOST = 50
_LIMIT = 2000
_VALUE_LIMIT = 300
_COMMANDS = {"broken": "error", "warning": "warning", "note": "notice"}


def render_annotations(run: Results) -> str:
    """Render the findings of a run as workflow commands, the worst first, and then how many there are beyond these.

    A run that failed without a finding is an annotation of its own.
    """
    findings = findings_of(run.header, run.results)
    lines = annotated(run.header, findings.all, {each.finding.id for each in (*findings.chosen, *findings.accepted)})
    if run.footer.exit_code and not findings.against:
        verdict = verdict_of(run.footer.exit_code)
        lines = [_command("error", f"Counterfoil: {verdict.word.lower()}", sentence_of(run.footer)), *lines]
    return "\n".join(lines)


def annotated(header: Header, findings: Iterable[Found], noticed: Iterable[str] = ()) -> list[str]:
    """At most so many lines for these findings; those that are only to be noticed are no errors."""
    every, mild = list(findings), set(noticed)
    lines = [
        _of_finding(header, found, "notice" if found.finding.id in mild else _COMMANDS[found.finding.severity])
        for found in every[:MOST]
    ]
    left_out = len(every) - len(lines)
    if left_out:
        lines.append(_command("notice", "Counterfoil", f"{counted(left_out, 'more finding')}, in the report."))
    return lines


def _of_finding(header: Header, found: Found, command: str) -> str:
    finding = found.finding
    place = place_of(header, finding)
    where = {"file": place[0], "line": str(place[1])} if place else {}
    link = published(header, finding.contract, finding.operation)
    told = "\n".join(side_by_side(finding.mismatches, _VALUE_LIMIT)) or finding.why
    why = f"{told}\nClause: {finding.clause} ({finding.evidence})"
    text = "\n".join(filter(None, [cut(why, _LIMIT), cut(finding.request.curl, _LIMIT), link]))
    return _command(command, f"{finding.contract}: {finding.title}", text, **where)


def _command(name: str, title: str, text: str, **place: str) -> str:
    properties = {**place, "title": cut(title, 200)}
    told = ",".join(f"{key}={_in_property(value)}" for key, value in properties.items())
    return f"::{name} {told}::{_in_text(text)}"


def _in_text(text: str) -> str:
    """Text that cannot end its line, and so cannot begin a command of its own."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _in_property(text: str) -> str:
    return _in_text(text).replace(":", "%3A").replace(",", "%2C")
