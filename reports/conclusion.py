"""What a whole run, or several parts of one, comes to: an exit code, and a sentence that says why and of what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from counterfoil.reports.clause_coverage import clause_coverage_of
from counterfoil.reports.printable import counted
from counterfoil.reports.results import Header, Result, totals


class Exit(IntEnum):
    """The exit codes of `counterfoil test`."""

    HOLDS = 0
    BROKEN = 1
    USAGE = 2
    UNREACHABLE = 3
    NOTHING = 4
    INTERRUPTED = 130


@dataclass(frozen=True)
class Accepting:
    """Of how many operations there is something that can be accepted, and those of which nothing ever was."""

    operations: int
    never: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether no operation was accepted at all."""
        return bool(self.operations) and len(self.never) == self.operations


def conclude(
    header: Header,
    results: Sequence[Result],
    *,
    interrupted: bool = False,
    failure: str = "",
    unfit: Sequence[str] = (),
    partly: bool = False,
) -> tuple[Exit, str]:
    """The verdict. A broken clause outweighs what could not be carried out, since it is known for certain.

    `failure` says what went wrong in the suite itself, outside of any case, and `unfit` which entries of the baseline
    no longer fit. A run that is only `partly` one need not have seen anything accepted.
    """
    sums, where = totals(results), targets_of(header)
    counts, broken = sums["counts"], sums["findings"]["broken"]
    if interrupted:
        return Exit.INTERRUPTED, f"Interrupted after {counted(len(results), 'case')}: this is no verdict on {where}."
    if counts["failed"]:
        told = (
            f"The contract is broken at {where}: {counted(broken, 'finding')} in {counted(counts['failed'], 'case')}."
        )
        return Exit.BROKEN, told + _untried(header, results)
    if failure:
        return Exit.USAGE, f"The suite itself failed: {failure}"
    errored = [result for result in results if result.verdict == "errored"]
    unanswered = [result for result in errored if result.cause == "unanswered"]
    if unanswered:
        return Exit.UNREACHABLE, f"The target at {where} stopped answering in {counted(len(unanswered), 'case')}."
    if errored:
        return Exit.USAGE, f"{counted(len(errored), 'case')} could not be carried out: {errored[0].reason}"
    tested = {r.contract for r in results if r.verdict in ("passed", "failed") and r.phase != "suite"}
    untested = [name for name in header.target if name not in tested]
    if untested:
        return Exit.NOTHING, f"Nothing was tested of {', '.join(untested)}."
    if not partly and accepting(header, results).nothing:
        told = "no request of any operation was accepted. Are the credentials and the ids those of this installation?"
        return Exit.UNREACHABLE, f"Nothing is known of {where}: {told}"
    if unfit:
        return Exit.BROKEN, f"The baseline is out of date: {counted(len(unfit), 'entry')} to remove."
    return Exit.HOLDS, f"The contract holds at {where}{_also(results)}.{_untried(header, results)}{_beside(results)}"


def targets_of(header: Header) -> str:
    """What a run is about: the addresses of its targets, or the mock that it has started itself."""
    places = dict.fromkeys("the embedded mock" if target.embedded else target.url for target in header.target.values())
    *others, last = places or ["no target"]
    return f"{', '.join(others)} and {last}" if others else last


def accepting(header: Header, results: Iterable[Result]) -> Accepting:
    """Of which operations nothing was ever accepted, though something can be."""
    seen: dict[tuple[str, str], set[str]] = {}
    for result in results:
        for place, labels in result.seen.items():
            seen.setdefault((result.contract, place), set()).update(label for label, times in labels.items() if times)
    every, never = 0, []
    for contract, declared in header.contracts.items():
        for name, operation in declared.operations.items():
            accepted = {each.name for each in operation.outcomes if each.accepted}
            if accepted:
                every += 1
                known = seen.get((contract, name), ())
                never += [] if any(label in accepted or _is_accepted(label) for label in known) else [name]
    return Accepting(every, tuple(never))


def _is_accepted(label: str) -> bool:
    """Whether an outcome that no document names was an acceptance."""
    return label.startswith("undocumented ") and not label.startswith("undocumented refusal")


def _untried(header: Header, results: Sequence[Result]) -> str:
    """What the verdict does not speak of."""
    known, clauses = accepting(header, results), clause_coverage_of(results).counts
    told = (
        f" {len(known.never)} of {counted(known.operations, 'operation')} never accepted a request."
        if known.never
        else ""
    )
    if clauses["untried"]:
        told += f" {clauses['untried']:,} of {counted(clauses.total(), 'request clause')} were not tried."
    late = sum((result.verdict, result.cause) == ("skipped", "time_up") for result in results)
    if late:
        told += f" {counted(late, 'case')} did not begin, since --max-time was up."
    return told


def _also(results: Sequence[Result]) -> str:
    findings = totals(results)["findings"]
    also = [counted(findings["warning"], "warning")] if findings["warning"] else []
    also += [f"{findings['accepted']} accepted"] if "accepted" in findings else []
    return f", with {' and '.join(also)}" if also else ""


def _beside(results: Sequence[Result]) -> str:
    """What is no fault, and what was not sent."""
    notes = totals(results)["findings"]["note"]
    told = f" Your installation chose otherwise in {counted(notes, 'place')}." if notes else ""
    withheld = sum(result.cause == "needs_writes" for result in results)
    if withheld:
        told += f" {counted(withheld, 'case')} would have changed something there: --writes allows them, and --free anything."
    return told
