"""The differences between two targets: on the terminal, and in a page of Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence

from counterfoil.reports.difference import Difference, DiffReport
from counterfoil.reports.markup import code, cut, escaped, fenced, page, row
from counterfoil.reports.printable import counted, harmless, lasting, moment

SIGNS = {"breaking": "✕", "changed": "▲", "noise": "•"}
MEANS = {
    "breaking": "breaking for clients",
    "changed": "changed",
    "noise": "noise, which does not count",
}

_EXAMPLES = 5
_LINES = 40
_OPERATIONS = 3
_CURL_LIMIT = 4_000
_PAGE_LIMIT = 60_000


def sentence(report: DiffReport) -> str:
    """Say in one sentence what came of the comparison."""
    pairs = counted(report.answers, "pair") + " of answers"
    if not report.answers:
        return "Nothing was compared."
    counts = Counter(each.severity for each in report.differences)
    if not report.differ:
        return f"No difference in {pairs}."
    parts = [f"{counts[name]} {MEANS[name]}" for name in ("breaking", "changed") if counts[name]]
    return f"{counted(counts['breaking'] + counts['changed'], 'difference')} in {pairs}: {', '.join(parts)}."


def as_text(report: DiffReport) -> str:
    """Tell it on a terminal: a line for each cause, examples with their commands, what was left out."""
    lines = [f"{'✕' if report.differ or not report.answers else '✓'} {sentence(report)}"]
    lines += [
        f"  {name}: {_side(side.url, side.mock, side.requests)}" for name, side in (("A", report.a), ("B", report.b))
    ]
    shown = report.differences[:_LINES]
    if shown:
        width = max(len(_operations(each)) for each in shown)
        lines += [""]
        for each in shown:
            lines.append(f"{SIGNS[each.severity]} {_operations(each):<{width}}  {each.count:>5} ×  {each.what}")
        lines += _more(report.differences, _LINES)
    counted_ones = [each for each in report.differences if each.severity != "noise"]
    for each in counted_ones[:_EXAMPLES]:
        lines += ["", f"{SIGNS[each.severity]} {each.what}: {each.example.operation}{_at(each)}", *_example(each)]
    if len(counted_ones) > _EXAMPLES:
        lines += ["", f"… and {len(counted_ones) - _EXAMPLES} more examples with --json and --out"]
    recognised = Counter[str]()
    for one in report.recognised:
        recognised[one.reason] += one.count
    if recognised:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in recognised.most_common())
        lines += ["", f"Bound to differ, and not counted: {reasons}"]
    lines += (
        ["", *(f"{count} left out: {reason}" for reason, count in report.left_out.items())] if report.left_out else []
    )
    return "\n".join(harmless(line) for line in lines)


def as_markdown(report: DiffReport) -> str:
    """Tell it in a page that can be pasted into a ticket."""
    parts = [
        f"## {'✕' if report.differ or not report.answers else '✓'} {escaped(sentence(report))}",
        f"A is {code(report.a.url)}, B is {code(report.b.url)}. {_how(report)}",
        _table(report.differences),
        *(_in_full(each) for each in report.differences if each.severity != "noise"),
        _left_out(report),
    ]
    return page(filter(None, parts), "Everything is in `diff.json`.", _PAGE_LIMIT)


def _how(report: DiffReport) -> str:
    how = f"{moment(report.started)}, {lasting(report.seconds)}, level {report.level}, seed {report.seed}."
    return f"{how} Counterfoil {escaped(report.counterfoil)}."


def _side(url: str, mock: bool, requests: int) -> str:
    return f"{url}{', a mock' if mock else ''}, {counted(requests, 'request')}"


def _operations(each: Difference) -> str:
    names = list(each.operations)
    if len(names) == 1:
        return names[0]
    return f"{names[0]} and {len(names) - 1} more"


def _at(each: Difference) -> str:
    return f" {each.example.place}" if each.example.place else ""


def _example(each: Difference) -> Iterable[str]:
    for name, side in (("A", each.example.a), ("B", each.example.b)):
        status = "no answer" if side.status is None else str(side.status)
        yield f"  {name}: {status} {side.says}".rstrip()
        if side.curl:
            yield f"     {side.curl}"


def _more(entries: Sequence[object], most: int) -> list[str]:
    return [f"… and {len(entries) - most} more"] if len(entries) > most else []


def _table(differences: Sequence[Difference]) -> str:
    if not differences:
        return ""
    lines = [row("", "operation", "difference", "times"), row("---", "---", "---", "--:")]
    for each in differences[:_LINES]:
        names = [code(name) for name in list(each.operations)[:_OPERATIONS]]
        names += _more(list(each.operations), _OPERATIONS)
        lines.append(row(SIGNS[each.severity], " ".join(names), _marked(each.what), f"{each.count:,}"))
    return "\n".join([*lines, *(["", *_more(differences, _LINES)] if len(differences) > _LINES else [])])


def _in_full(each: Difference) -> str:
    example = each.example
    often = f"{counted(each.count, 'time')} in {counted(len(each.operations), 'operation')}"
    here = f"{code(example.operation)} {code(example.place)}".rstrip()
    lines = [
        f"#### {SIGNS[each.severity]} {MEANS[each.severity]}: {_marked(each.what)}",
        f"{code(each.id)} · {often} · here {here} in {escaped(cut(example.case, 200))}",
    ]
    for name, side in (("A", example.a), ("B", example.b)):
        status = "no answer" if side.status is None else str(side.status)
        lines.append(f"{name}: {status} {code(cut(side.says, 300))}".rstrip())
        if side.curl:
            lines.append(fenced(side.curl, "sh") if len(side.curl) <= _CURL_LIMIT else "The request is in `diff.json`.")
    return "\n\n".join(lines)


def _marked(text: str) -> str:
    """The text with what stands between backticks as code."""
    parts = text.split("`")
    return "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    """The text as text, with the spaces around it."""
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{escaped(text)}{after}" if text.strip() else text


def _left_out(report: DiffReport) -> str:
    lines = [
        f"- {counted(one.count, 'value')} of {code(one.contract)} bound to differ: {escaped(one.reason)}"
        for one in report.recognised
    ]
    lines += [f"- {count:,} left out: {escaped(cut(reason, 300))}" for reason, count in report.left_out.items()]
    return "### Not counted\n\n" + "\n".join(lines) if lines else ""
