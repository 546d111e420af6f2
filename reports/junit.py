"""Results as JUnit XML: a suite per contract, a case per result, as Jenkins and GitLab show them best.

Jenkins' xUnit plugin refuses a whole file for one attribute that is not in its schema, so there are none but those.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from counterfoil.reports.markup import cut
from counterfoil.reports.mismatch import side_by_side
from counterfoil.reports.printable import counted, shortened, visible
from counterfoil.reports.reproduce import again
from counterfoil.reports.results import Finding, Footer, Header, Result
from counterfoil.reports.verdict import SEVERITIES, sentence_of, verdict_of

_LIMIT = 4000
_MESSAGE_LIMIT = 300
_VALUE_LIMIT = 300
_TOLD = 10  # findings of one case


def render_junit(header: Header, results: list[Result], footer: Footer) -> str:
    """Render the whole run as one JUnit document."""
    root = ET.Element("testsuites")
    contracts = dict.fromkeys([*header.contracts, *(result.contract for result in results)])
    for contract in contracts:
        root.append(_suite(header, contract, [result for result in results if result.contract == contract]))
    if footer.exit_code and not any(result.verdict in ("failed", "errored") for result in results):
        root.append(_suite_of_the_run(header, footer))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("name", "counterfoil")
    root.set("time", f"{footer.seconds:.3f}")
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


@dataclass
class _Telling:
    """What the cases of a suite tell: `tellers` has each finding that was told with the case that told it in full."""

    header: Header
    tellers: dict[str, str] = field(default_factory=dict)


def _suite(header: Header, contract: str, results: list[Result]) -> ET.Element:
    suite = ET.Element("testsuite", name=visible(contract))
    _count(suite, (result.verdict for result in results))
    suite.set("time", f"{sum(result.seconds for result in results):.3f}")
    suite.set("timestamp", _without_offset(header.started))
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(header, contract):
        ET.SubElement(properties, "property", name=visible(name), value=visible(value))
    if header.profile:
        suite.set("file", visible(header.profile))
    taken: set[str] = set()
    telling = _Telling(header)
    for result in results:
        suite.append(_case(result, taken, telling))
    return suite


def _count(suite: ET.Element, verdicts: Iterable[str]) -> None:
    kept = list(verdicts)
    suite.set("tests", str(len(kept)))
    suite.set("failures", str(kept.count("failed")))
    suite.set("errors", str(kept.count("errored")))
    suite.set("skipped", str(kept.count("skipped")))


def _properties(header: Header, contract: str) -> list[tuple[str, str]]:
    declared, target = header.contracts.get(contract), header.target.get(contract)
    found = [("seed", str(header.seed)), ("level", header.level), ("strict", str(header.strict).lower())]
    if target:
        found += [("url", target.url), ("overlays", ", ".join(target.overlays))]
        found += [(f"id {name}", f"{one.value} ({one.found_by or 'given'})") for name, one in target.ids.items()]
    if declared:
        found += [("contract version", declared.version), ("contract sha256", declared.sha256)]
    return [*found, ("counterfoil", header.counterfoil), *header.versions.items()]


def _without_offset(iso: str) -> str:
    """JUnit's timestamp is a moment without its offset, which the XML schema of Jenkins insists on."""
    return iso[:19]


def _case(result: Result, taken: set[str], telling: _Telling) -> ET.Element:
    """One case; `taken` are the names of those before it, and `telling` knows what they have told."""
    name = visible(" ".join(result.description.split())) or result.id
    label = (result.operation, name)
    if str(label) in taken:  # GitLab shows only one of two cases with one name
        name = f"{name} [{visible(result.id)}]"
    taken.add(str(label))
    case = ET.Element("testcase", classname=visible(f"{result.contract}.{result.operation}".rstrip(".")), name=name)
    case.set("time", f"{result.seconds:.3f}")
    if result.verdict == "skipped":
        # Jenkins shows the message, GitLab the text
        ET.SubElement(case, "skipped", message=_one_line(result.reason)).text = visible(result.reason)
    elif result.verdict == "errored":
        error = ET.SubElement(case, "error", message=_one_line(result.reason), type="errored")
        error.text = _text(result.reason, result.findings, name, telling)
    elif result.verdict == "failed":
        case.append(_failure(result, name, telling))
    elif result.findings:
        ET.SubElement(case, "system-out").text = _text("", result.findings, name, telling)
    return case


def _failure(result: Result, name: str, telling: _Telling) -> ET.Element:
    """One failure with all findings in it, since neither reader shows a second failure of one case."""
    findings = sorted(
        result.findings,
        key=lambda one: (one.accepted is not None, one.evidence == "chosen", SEVERITIES.index(one.severity)),
    )
    first = findings[0] if findings else None
    message = first.title if first else result.reason
    others = len(findings) - 1
    failure = ET.Element("failure", message=_one_line(message) + (f" (and {others} more)" if others > 0 else ""))
    failure.set("type", _one_line(first.check) if first else "failed")
    failure.text = _text(result.reason, findings, name, telling)
    return failure


def _text(reason: str, findings: list[Finding], case: str, telling: _Telling) -> str:
    """Everything that a case has to say: GitLab shows nothing else of it."""
    parts = [reason, *(_told(finding, case, telling) for finding in findings[:_TOLD])]
    left_out = len(findings) - _TOLD
    if left_out > 0:
        parts.append(f"… and {counted(left_out, 'more finding')}, in report.html")
    return visible("\n\n".join(filter(None, parts)))


def _told(finding: Finding, case: str, telling: _Telling) -> str:
    """A finding with its command and, in the first case that meets it, its answer."""
    teller, command = telling.tellers.setdefault(finding.id, case), again(telling.header, finding)
    lines = [f"{finding.title}  [{finding.severity}, {finding.evidence}]", f"clause: {finding.clause}"]
    lines += [f"accepted until {finding.accepted.until}: {finding.accepted.reason}"] if finding.accepted else []
    told = side_by_side(finding.mismatches, _VALUE_LIMIT) or [shortened(finding.why, _LIMIT)]
    lines += [*told, *([f"again: {command}"] if command else [])]
    several = finding.calls if len(finding.calls) > 1 else ()
    for number, call in enumerate(several, 1):
        lines += [f"{number}. {call.says}", f"   {shortened(call.request.curl, _LIMIT)}"]
    if finding.request.curl and not several:
        lines += ["", shortened(finding.request.curl, _LIMIT)]
    if finding.answer.status:
        body = shortened(finding.answer.body, _LIMIT) if teller == case else f'(as in the case "{teller}")'
        lines += ["", f"answer: {finding.answer.status}", body]
    return "\n".join(lines).rstrip()


def _suite_of_the_run(header: Header, footer: Footer) -> ET.Element:
    """A run that failed as a whole is one errored case: without it, no failing case would read as green."""
    verdict = verdict_of(footer.exit_code)
    suite = ET.Element("testsuite", name="counterfoil", tests="1", failures="0", errors="1", skipped="0", time="0.000")
    suite.set("timestamp", _without_offset(header.started))
    case = ET.SubElement(suite, "testcase", classname="counterfoil.run", name="the run comes to its end", time="0.000")
    error = ET.SubElement(case, "error", type=f"exit code {footer.exit_code}")
    error.set("message", _one_line(f"{verdict.word}: {sentence_of(footer)}"))
    told = [f"{verdict.word} (exit code {footer.exit_code}). {sentence_of(footer)}", *footer.notices]
    error.text = visible("\n".join(told))
    return suite


def _one_line(text: str) -> str:
    return cut(visible(" ".join(text.split())), _MESSAGE_LIMIT)
