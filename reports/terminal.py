"""What a run says on the terminal when it is over: the verdict, the findings with their commands, what was skipped."""

from collections import Counter

from counterfoil.reports.promises import as_lines, broken_by, documents_of
from counterfoil.reports.results import Finding, Results
from counterfoil.reports.wanted_ids import unfit_ids, wanted_ids

_MOST = 20
_WIDTH = 160
_SIGNS = {"broken": "✕", "warning": "▲", "note": "•"}


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
    every = _distinct(run)
    findings = [finding for finding in every if finding.accepted is None]
    for finding in findings[:_MOST]:
        lines += ["", f"{_SIGNS[finding.severity]} {finding.title}  [{finding.severity}, {finding.evidence}]"]
        lines += [f"  breaks {promise}" for promise in broken_by(finding, run.header)]
        lines += [f"  {finding.why}", f"  {finding.request.curl}"]
    if len(findings) > _MOST:
        lines += ["", f"… and {len(findings) - _MOST} findings more, in the report."]
    accepted = [finding for finding in every if finding.accepted]
    lines += ["", f"{len(accepted)} accepted:"] if accepted else []
    for finding in accepted:
        assert finding.accepted is not None
        lines.append(f"  until {finding.accepted.until}: {finding.title} ({finding.accepted.reason})")
    errored = Counter(result.reason for result in run.results if result.verdict == "errored")
    unfit = {sentence for target in run.header.target.values() for sentence in target.unfit.values()}
    skipped = Counter(
        result.reason for result in run.results if result.verdict == "skipped" and result.reason not in unfit
    )
    for verdict, reasons in (("could not be carried out", errored), ("skipped", skipped)):
        if reasons:
            lines += ["", *(f"{number} {verdict}: {reason}" for reason, number in reasons.most_common(_MOST))]
    wanted = wanted_ids(run)
    lines += ["", *wanted] if wanted else []
    if footer.created is not None:
        lines += ["", _created(footer.created)]
    return "\n".join([*lines, ""])


def _created(things: list[str]) -> str:
    """What the run has left there, in one sentence."""
    if not things:
        return "This run created nothing."
    more = f" and {len(things) - _MOST} more (created.jsonl has all of them)" if len(things) > _MOST else ""
    return f"This run created: {', '.join(things[:_MOST])}{more}. `counterfoil cleanup` undoes what can be undone."


def _distinct(run: Results) -> list[Finding]:
    """Each finding once, the worst first."""
    found: dict[str, Finding] = {}
    for result in run.results:
        for finding in result.findings:
            found.setdefault(finding.id, finding)
    return sorted(found.values(), key=lambda finding: list(_SIGNS).index(finding.severity))
