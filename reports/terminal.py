"""What a run says on the terminal when it is over: the verdict, the findings with their commands, what was skipped."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from counterfoil.reports.causes import Cause, causes_of
from counterfoil.reports.findings import findings_of
from counterfoil.reports.mismatch import side_by_side
from counterfoil.reports.printable import counted, harmless, line
from counterfoil.reports.promises import as_lines, broken_by, documents_of
from counterfoil.reports.reproduce import again_in
from counterfoil.reports.results import PERHAPS, Results
from counterfoil.reports.verdict import SIGNS
from counterfoil.reports.wanted_ids import unfit_ids, wanted_ids

_MOST = 20
_WIDTH = 160
_LONGEST_LINE = 200
_LONGEST_CURL = 1_000
_LONGEST_VALUE = 120
_MISMATCHES = 5
_CALLS = 8


def summary(run: Results) -> str:
    """The run in a few lines."""
    footer = run.footer
    counts = ", ".join(f"{number} {verdict}" for verdict, number in footer.counts.items() if number)
    lines = [footer.verdict, f"{counts or 'no case'}; {footer.requests} requests in {footer.seconds:.1f} s"]
    lines += [*footer.notices, *as_lines(documents_of(run.header, run.results))]
    for name, target in run.header.target.items():
        if target.ids:
            found = ", ".join(f"{key} {known.value}" for key, known in target.found.items()) or "none"
            told = f"Ids of {name}: {len(target.ids) - len(target.found)} given; found by reading: {found}"
            lines.append(told if len(told) <= _WIDTH else f"{told[: _WIDTH - 1].rpartition(',')[0]} …")
    lines += unfit_ids(run)
    every = findings_of(run.header, run.results)
    causes = causes_of(found for found in every.against if found.finding.severity != "note")
    otherwise = len(every.all) - len(every.accepted) - sum(len(cause.findings) for cause in causes)
    for cause in causes[:_MOST]:
        lines += ["", *_cause(cause, run)]
    if len(causes) > _MOST:
        lines += ["", f"… and {len(causes) - _MOST} causes more, in the report."]
    if otherwise:
        lines += [
            "",
            f"Your installation chose otherwise in {counted(otherwise, 'place')}: summary.md has a table of them.",
        ]
    lines += ["", f"{len(every.accepted)} accepted:"] if every.accepted else []
    for finding in (found.finding for found in every.accepted):
        assert finding.accepted is not None
        lines.append(_fitted(f"  until {finding.accepted.until}: {finding.title} ({finding.accepted.reason})"))
    errored = Counter(result.reason for result in run.results if result.verdict == "errored")
    unfit = {sentence for target in run.header.target.values() for sentence in target.unfit.values()}
    skipped = Counter(
        result.reason for result in run.results if result.verdict == "skipped" and result.reason not in unfit
    )
    for verdict, reasons in (("could not be carried out", errored), ("skipped", skipped)):
        if reasons:
            lines += ["", *(_fitted(f"{number} {verdict}: {reason}") for reason, number in reasons.most_common(_MOST))]
    wanted = wanted_ids(run)
    lines += ["", *wanted] if wanted else []
    if footer.created is not None:
        lines += ["", _created(footer.created)]
    return harmless("\n".join([*lines, ""]))


def for_programs(run: Results, folder: Path) -> str:
    """The verdict and the causes as JSON, and where everything else is."""
    every = findings_of(run.header, run.results)
    told = {
        "exit_code": run.footer.exit_code,
        "verdict": run.footer.verdict,
        "counts": run.footer.counts,
        "findings": run.footer.findings,
        "requests": run.footer.requests,
        "seconds": run.footer.seconds,
        "causes": [
            {
                "contract": cause.first.contract,
                "severity": cause.first.severity,
                "evidence": cause.first.evidence,
                "title": cause.title,
                "findings": [found.finding.id for found in cause.findings],
            }
            for cause in causes_of(every.against)
        ],
        "results": str(folder / "results.jsonl"),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _created(things: list[str]) -> str:
    """What the run has left there, and what it may have."""
    if not things:
        return "This run created nothing."
    surely = [each for each in things if not each.startswith(PERHAPS)]
    perhaps = [each.removeprefix(PERHAPS) for each in things if each.startswith(PERHAPS)]
    told = [f"This run created: {_some(surely)}."] if surely else []
    told += [f"This run may have created: {_some(perhaps)}."] if perhaps else []
    return " ".join([*told, "`counterfoil cleanup` undoes what can be undone."])


def _some(things: list[str]) -> str:
    more = f" and {len(things) - _MOST} more (created.jsonl has all of them)" if len(things) > _MOST else ""
    return f"{', '.join(things[:_MOST])}{more}"


def _cause(cause: Cause, run: Results) -> Iterator[str]:
    """What is wrong, and one command that shows it."""
    finding = cause.first
    title = line(cause.title)
    yield f"{SIGNS[finding.severity]} {finding.contract}: {title}  [{finding.severity}, {finding.evidence}]"
    yield from (f"  breaks {promise}" for promise in broken_by(finding, run.header)[:1])
    yield from (f"  {told}" for told in side_by_side(finding.mismatches[:_MISMATCHES], _LONGEST_VALUE))
    if len(finding.mismatches) > _MISMATCHES or any(each.is_longer(_LONGEST_VALUE) for each in finding.mismatches):
        yield f"  … in full: report.html#{cause.findings[0].anchor}"
    if len(finding.calls) > 1:
        shown = finding.calls[-_CALLS:]
        first = len(finding.calls) - len(shown) + 1
        yield from (f"  … {first - 1} calls before these, in the report" for _ in shown[:1] if first > 1)
        for number, call in enumerate(shown, first):
            curl = line(call.request.curl, _LONGEST_CURL)
            yield f"  {number}. {curl if len(call.request.curl) < _LONGEST_CURL else line(call.says, _LONGEST_LINE - 10)}"
        if again_in(cause):
            yield f"  {again_in(cause)}"
        return
    curl = " ".join(finding.request.curl.split())
    yield f"  {curl}" if curl and len(curl) < _LONGEST_CURL else f"  {again_in(cause) or 'see the report'}"


def _fitted(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1].rstrip()}…"
