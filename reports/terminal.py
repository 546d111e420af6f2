"""What a run says on the terminal when it is over: the verdict, the findings with their commands, what was skipped."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from counterfoil.reports.causes import causes_of
from counterfoil.reports.findings import Found, anchor, findings_of
from counterfoil.reports.gathered import Gathered, gathered, wanted
from counterfoil.reports.mismatch import side_by_side
from counterfoil.reports.printable import counted, harmless, line
from counterfoil.reports.promises import as_lines, broken_by, documents_of
from counterfoil.reports.reproduce import again_in
from counterfoil.reports.results import PERHAPS, Results
from counterfoil.reports.verdict import SIGNS
from counterfoil.reports.wanted_ids import unfit_ids, wanted_ids

#: two screens, without what is printed before and after, of lines that are as wide as a terminal shows them, within bounds
_LINES, _NARROWEST, _WIDEST = 94, 80, 100
_MOST = 20
_MOST_REASONS = 4
_WIDTH = 160
_LONGEST_LINE = 200
_LONGEST_CURL = 1_000
_LONGEST_VALUE = 120
_MISMATCHES = 5
_CALLS = 8
#: of causes in a line each, so many are told whatever stands beside them
_FEWEST_LINES = 10


def summary(run: Results, columns: int = _WIDEST) -> str:
    """The run on two screens: of many causes the first are told in full, each other one in a line."""
    columns = min(max(columns, _NARROWEST), _WIDEST)
    footer = run.footer
    counts = ", ".join(f"{number} {verdict}" for verdict, number in footer.counts.items() if number)
    lines = [footer.verdict, f"{counts or 'no case'}; {footer.requests} requests in {footer.seconds:.1f} s"]
    lines += [*footer.notices, *map(_fitted, as_lines(documents_of(run.header, run.results)))]
    for name, target in run.header.target.items():
        if target.ids:
            found = ", ".join(f"{key} {known.value}" for key, known in target.found.items()) or "none"
            told = f"Ids of {name}: {len(target.ids) - len(target.found)} given; found by reading: {found}"
            lines.append(told if len(told) <= _WIDTH else f"{told[: _WIDTH - 1].rpartition(',')[0]} …")
    lines += unfit_ids(run)
    every = findings_of(run.header, run.results)
    causes = causes_of(found for found in every.against if found.finding.severity != "note")
    otherwise = len(every.all) - len(every.accepted) - sum(len(cause.findings) for cause in causes)
    end = list(_end(run, every.accepted, otherwise))
    lines += [*_told(gathered(causes), run, _LINES - _height([*lines, *end], columns), columns), *end]
    return harmless("\n".join([*lines, ""]))


def _end(run: Results, accepted: Sequence[Found], otherwise: int) -> Iterator[str]:
    """What stands below the causes."""
    if otherwise:
        yield from (
            "",
            f"Your installation chose otherwise in {counted(otherwise, 'place')}: summary.md has a table of them.",
        )
    if accepted:
        yield from ("", f"{len(accepted)} accepted:")
    for finding in (found.finding for found in accepted):
        assert finding.accepted is not None
        yield _fitted(f"  until {finding.accepted.until}: {finding.title} ({finding.accepted.reason})")
    errored = Counter(result.reason for result in run.results if result.verdict == "errored")
    unfit = {sentence for target in run.header.target.values() for sentence in target.unfit.values()}
    skipped = Counter(
        result.reason for result in run.results if result.verdict == "skipped" and result.reason not in unfit
    )
    for verdict, reasons in (("could not be carried out", errored), ("skipped", skipped)):
        if reasons:
            yield ""
            yield from (
                _fitted(f"{number} {verdict}: {reason}") for reason, number in reasons.most_common(_MOST_REASONS)
            )
            more = reasons.total() - sum(number for _, number in reasons.most_common(_MOST_REASONS))
            yield from [f"{more} {verdict} for other reasons, in the report"] if more else []
    wanted_more = wanted_ids(run)
    yield from ["", *wanted_more] if wanted_more else []
    if run.footer.created is not None:
        yield from ("", _created(run.footer.created))


def _told(groups: Sequence[Gathered], run: Results, room: int, columns: int) -> Iterator[str]:
    """The causes in as many lines as there is room for: those in full that leave room for a line of each other."""
    left, in_full = room - len(groups) - 2, 0  # what is left for more than a line of each
    for group in groups:
        lines = ["", *_cause(group, run)]
        more = _height(lines, columns) - 1
        if more > left and in_full:
            break
        left -= more
        in_full += 1
        yield from lines
    others = groups[in_full:]
    if not others:
        return
    yield from ("", f"{counted(len(others), 'cause')} more, each in a line; report.html shows their requests:")
    several = len(run.header.target) > 1
    told = others if left >= 0 else others[: max(len(others) + left - 1, _FEWEST_LINES)]
    for group in told:
        about, evidence = f"{group.first.contract}: " if several else "", f"  [{group.first.evidence}]"
        whole = f"{SIGNS[group.first.severity]} {about}{group.line}"
        longer = int(left > 0 and len(whole) + len(evidence) > columns)  # as long as there is room for a second line
        left -= longer
        yield line(whole, columns * (1 + longer) - len(evidence)) + evidence
    if len(others) > len(told):
        yield f"… and {counted(len(others) - len(told), 'cause')} more, in the report."


def _height(lines: Iterable[str], columns: int) -> int:
    """How many lines of a terminal they take."""
    return sum(max(1, -(-len(each) // columns)) for each in lines)


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
    """What they are, with the ids or the marks of those of one kind together: `order 5, 6 and 7; item 12`."""
    kinds: dict[tuple[str, bool], list[str]] = {}
    for thing in things[:_MOST]:
        kind, _, which = thing.rpartition(" ")
        is_told = any(map(str.isdigit, which)) and ("," not in kind or kind.endswith(", marked"))
        kinds.setdefault((kind, True) if is_told else (thing, False), []).append(which)
    told = [
        f"{kind} {_listed(which)}" if is_told else _times(kind, len(which)) for (kind, is_told), which in kinds.items()
    ]
    more = f"; and {len(things) - _MOST} more (created.jsonl has all of them)" if len(things) > _MOST else ""
    return f"{'; '.join(told)}{more}"


def _listed(which: list[str]) -> str:
    *others, last = which
    return f"{', '.join(others)} and {last}" if others else last


def _times(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind} ({number} times)"


def _cause(cause: Gathered, run: Results) -> Iterator[str]:
    """What is wrong, and one command that shows it."""
    finding, command = cause.first, again_in(run.header, cause.causes[0])
    title = cause.line
    yield f"{SIGNS[finding.severity]} {finding.contract}: {title}  [{finding.severity}, {finding.evidence}]"
    yield from (f"  breaks {promise}" for promise in broken_by(finding, run.header)[:1])
    shown = [msgspec.structs.replace(each, expected=wanted(finding, each)) for each in finding.mismatches[:_MISMATCHES]]
    yield from (f"  {told}" for told in side_by_side(shown, _LONGEST_VALUE))
    if len(finding.mismatches) > _MISMATCHES or any(each.is_longer(_LONGEST_VALUE) for each in finding.mismatches):
        yield f"  … in full: report.html#{anchor('finding', finding.id)}"
    if len(finding.calls) > 1:
        calls = finding.calls[-_CALLS:]
        first = len(finding.calls) - len(calls) + 1
        yield from (f"  … {first - 1} calls before these, in the report" for _ in calls[:1] if first > 1)
        for number, call in enumerate(calls, first):
            curl = line(call.request.curl, _LONGEST_CURL)
            yield f"  {number}. {curl if len(call.request.curl) < _LONGEST_CURL else line(call.says, _LONGEST_LINE - 10)}"
        if command:
            yield f"  {command}"
        return
    curl = " ".join(finding.request.curl.split())
    yield f"  {curl}" if curl and len(curl) < _LONGEST_CURL else f"  {command or 'see the report'}"


def _fitted(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1].rstrip()}…"
