"""A comparison of two runs, told: on the terminal, to a program, and in a pull request."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from counterfoil.reports.causes import Cause, causes_of
from counterfoil.reports.compare import Changed, Comparison
from counterfoil.reports.findings import Found
from counterfoil.reports.markup import code, cut, escaped, page, row
from counterfoil.reports.mismatch import side_by_side
from counterfoil.reports.printable import counted, harmless, moment
from counterfoil.reports.verdict import SIGNS, verdict_of

_SHOWN = 20
_PAGE_LIMIT = 60_000  # a comment on a pull request holds 65,536 characters
_LIMIT = 300
_MISMATCHES = 3
_OF_A_GROUP = 5


def sentence(comparison: Comparison) -> str:
    """Say in one sentence what came of the comparison."""
    parts = [
        f"{counted(len(comparison.new), 'new finding')}",
        f"{len(comparison.fixed)} fixed",
        f"{len(comparison.still)} still there",
        *([f"{len(comparison.unjudged)} not judged again"] if comparison.unjudged else []),
    ]
    worse = counted(len(comparison.worse), "case") + " got worse"
    return f"{', '.join(parts)}; {worse if comparison.worse else 'no case got worse'}."


def as_text(comparison: Comparison) -> str:
    """Tell it on a terminal: what is new with its command, the rest in a line each."""
    lines = [f"{'✕' if comparison.exit_code else '✓'} {sentence(comparison)}"]
    for heading, entries in _findings(comparison):
        lines += ["", f"{heading}: {len(entries)}"]
        causes = causes_of(entries)
        for cause in causes[:_SHOWN]:
            lines.append(f"  {_sign(heading, cause)} {_title(cause)}")
            if heading == "New":
                lines += [f"    {told}" for told in side_by_side(cause.first.mismatches[:_MISMATCHES], _LIMIT)]
                lines += [f"    {cause.first.request.curl}"] if cause.first.request.curl else []
        lines += _rest("  ", causes)
    if comparison.verdicts:
        lines += ["", f"Other verdicts: {len(comparison.verdicts)}"]
        for (before, now), cases in _grouped(comparison.verdicts).items():
            lines.append(f"  {SIGNS[now]} {counted(len(cases), 'case')}: {before}, now {now}")
            lines += [f"      {changed.case.id}" for changed in cases[:_OF_A_GROUP]]
            lines += [f"      … and {len(cases) - _OF_A_GROUP} more"] if len(cases) > _OF_A_GROUP else []
    if comparison.outcomes:
        lines += ["", f"Other outcomes: {counted(len(comparison.outcomes), 'operation')}"]
        for each in comparison.outcomes[:_SHOWN]:
            lines.append(f"  {each.contract} {each.operation}: {_difference(each.appeared, each.disappeared)}")
        lines += _rest("  ", comparison.outcomes)
    if comparison.settings:
        lines += ["", "The runs were not alike:"]
        lines += [f"  {what}: {before}, now {now}" for what, before, now in comparison.settings]
    return "\n".join(harmless(line) for line in lines)


def as_json(comparison: Comparison) -> str:
    """Tell it to a program."""
    told = {
        "exit_code": comparison.exit_code,
        "before": _run(comparison.before.header.started, comparison.before.footer.exit_code),
        "now": _run(comparison.now.header.started, comparison.now.footer.exit_code),
        **{
            name: [_plain(found) for found in entries]
            for name, entries in (
                ("new", comparison.new),
                ("new_choices", comparison.choices),
                ("fixed", comparison.fixed),
                ("still", comparison.still),
                ("not_judged_again", comparison.unjudged),
            )
        },
        "verdicts": [
            {"case": each.case.id, "before": each.before, "now": each.now, "worse": each.worse}
            for each in comparison.verdicts
        ],
        "outcomes": [
            {
                "contract": each.contract,
                "operation": each.operation,
                "appeared": list(each.appeared),
                "disappeared": list(each.disappeared),
            }
            for each in comparison.outcomes
        ],
        "settings": [{"what": what, "before": before, "now": now} for what, before, now in comparison.settings],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_markdown(comparison: Comparison) -> str:
    """Tell it in a pull request."""
    sign = "✕" if comparison.exit_code else "✓"
    before, now = comparison.before, comparison.now
    words = [verdict_of(run.footer.exit_code).word.lower() for run in (before, now)]
    parts = [
        f"## {sign} Counterfoil: {escaped(sentence(comparison))}",
        f"Before: {words[0]}, {moment(before.header.started)}. Now: {words[1]}, {moment(now.header.started)}.",
    ]
    for heading, entries in _findings(comparison):
        causes = causes_of(entries)
        shown = [_item(heading, cause) for cause in causes[:_SHOWN]]
        parts.append("\n".join([f"### {heading}: {len(entries)}", "", *shown, *_rest("- ", causes)]))
    if comparison.verdicts:
        table = [row("before", "now", "cases", "such as"), row("---", "---", "--:", "---")]
        table += [
            row(
                f"{SIGNS[before]} {before}",
                f"{SIGNS[now]} {now}",
                str(len(cases)),
                ", ".join(code(cut(each.case.id, _LIMIT)) for each in cases[:_OF_A_GROUP]),
            )
            for (before, now), cases in _grouped(comparison.verdicts).items()
        ]
        heading = f"### Other verdicts: {counted(len(comparison.verdicts), 'case')}"
        parts.append("\n".join([heading, "", *table]))
    if comparison.outcomes:
        lines = [
            f"- {code(each.contract)} {code(each.operation)}: {escaped(_difference(each.appeared, each.disappeared))}"
            for each in comparison.outcomes[:_SHOWN]
        ]
        heading = f"### Other outcomes: {counted(len(comparison.outcomes), 'operation')}"
        parts.append("\n".join([heading, "", *lines, *_rest("- ", comparison.outcomes)]))
    if comparison.settings:
        lines = [f"- {escaped(what)}: {escaped(old)}, now {escaped(young)}" for what, old, young in comparison.settings]
        parts.append("\n".join(["### The runs were not alike", "", *lines]))
    return page(parts, "A finding is the same one as long as its clause is.", _PAGE_LIMIT)


def _findings(comparison: Comparison) -> Iterable[tuple[str, Sequence[Found]]]:
    named = (
        ("New", comparison.new),
        ("New, on our own choices", comparison.choices),
        ("Fixed", comparison.fixed),
        ("Still there", comparison.still),
        ("Not judged again", comparison.unjudged),
    )
    return ((heading, entries) for heading, entries in named if entries)


def _sign(heading: str, cause: Cause) -> str:
    """What is fixed is good news, whatever it was before."""
    return SIGNS["passed"] if heading == "Fixed" else SIGNS[cause.first.severity]


def _grouped(verdicts: Iterable[Changed]) -> dict[tuple[str, str], list[Changed]]:
    """The cases by what became of what, in the order in which they are met: the worse first."""
    groups: dict[tuple[str, str], list[Changed]] = {}
    for changed in verdicts:
        groups.setdefault((changed.before, changed.now), []).append(changed)
    return groups


def _title(cause: Cause) -> str:
    finding = cause.first
    where = f"{finding.contract} {finding.operation}" if len(cause.findings) == 1 else finding.contract
    return f"{where}: {' '.join(cause.title.split())}  [{finding.severity}, {finding.evidence}]"


def _item(heading: str, cause: Cause) -> str:
    finding = cause.first
    place = f"{code(finding.contract)} {code(finding.operation)}"
    title, clause = escaped(cut(cause.title, _LIMIT)), code(cut(finding.clause, _LIMIT))
    return f"- {_sign(heading, cause)} {place}: {title} · clause {clause} · {escaped(finding.evidence)}"


def _plain(found: Found) -> dict[str, Any]:
    finding = found.finding
    names = ("id", "contract", "operation", "check", "clause", "evidence", "severity", "title", "why")
    return {name: getattr(finding, name) for name in names} | {"curl": finding.request.curl, "cases": list(found.cases)}


def _run(started: str, exit_code: int) -> dict[str, Any]:
    return {"started": started, "exit_code": exit_code}


def _difference(appeared: Sequence[str], disappeared: Sequence[str]) -> str:
    said = [
        f"seen now: {', '.join(appeared)}" if appeared else "",
        f"no longer seen: {', '.join(disappeared)}" if disappeared else "",
    ]
    return "; ".join(filter(None, said))


def _rest(mark: str, entries: Sequence[object]) -> list[str]:
    left_out = len(entries) - _SHOWN
    return [f"{mark}… and {left_out} more"] if left_out > 0 else []
