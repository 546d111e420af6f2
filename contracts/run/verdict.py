"""What a whole run comes to: an exit code, and a sentence that says why."""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from counterfoil.reports.results import Result, totals


class Exit(IntEnum):
    """The exit codes of `counterfoil test`."""

    HOLDS = 0
    BROKEN = 1
    USAGE = 2
    UNREACHABLE = 3
    NOTHING = 4
    INTERRUPTED = 130


def conclude(
    results: Sequence[Result],
    contracts: Iterable[str],
    interrupted: bool = False,
    failure: str = "",
    unfit: Sequence[str] = (),
) -> tuple[Exit, str]:
    """The verdict. A broken clause outweighs what could not be carried out, since it is known for certain.

    `failure` says what went wrong in the suite itself, outside of any case, and `unfit` which entries of the baseline
    no longer fit.
    """
    sums = totals(results)
    counts, broken = sums["counts"], sums["findings"]["broken"]
    if interrupted:
        return Exit.INTERRUPTED, f"Interrupted after {len(results)} cases: this is no verdict."
    if counts["failed"]:
        return (
            Exit.BROKEN,
            f"The contract is broken: {_plural(broken, 'finding')} in {_plural(counts['failed'], 'case')}.",
        )
    if failure:
        return Exit.USAGE, f"The suite itself failed: {failure}"
    errored = [result for result in results if result.verdict == "errored"]
    unanswered = [result for result in errored if result.cause == "unanswered"]
    if unanswered:
        return Exit.UNREACHABLE, f"The target stopped answering in {_plural(len(unanswered), 'case')}."
    if errored:
        return Exit.USAGE, f"{_plural(len(errored), 'case')} could not be carried out: {errored[0].reason}"
    tested = {r.contract for r in results if r.verdict in ("passed", "failed") and r.phase != "suite"}
    untested = [name for name in contracts if name not in tested]
    if untested:
        return Exit.NOTHING, f"Nothing was tested of {', '.join(untested)}."
    if unfit:
        return Exit.BROKEN, f"The baseline is out of date: {_plural(len(unfit), 'entry', 'entries')} to remove."
    also = [_plural(sums["findings"]["warning"], "warning")] if sums["findings"]["warning"] else []
    also += [f"{sums['findings']['accepted']} accepted"] if "accepted" in sums["findings"] else []
    withheld = sum(result.cause == "needs_writes" for result in results)
    unsent = (
        f" {_plural(withheld, 'case')} would have changed something there: --writes allows them, and --free anything." if withheld else ""
    )
    notes = sums["findings"]["note"]
    otherwise = f" Your installation chose otherwise in {_plural(notes, 'place')}." if notes else ""
    return Exit.HOLDS, "The contract holds" + (f", with {' and '.join(also)}." if also else ".") + otherwise + unsent


def _plural(number: int, word: str, words: str = "") -> str:
    return f"{number} {word if number == 1 else words or f'{word}s'}"
