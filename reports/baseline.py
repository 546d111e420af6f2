"""Findings that are known and accepted for a while: by whom they are read, until when, and what no longer fits."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.reports.results import Accepted, AcceptedFinding, Accepting, Finding, Header, Result
from counterfoil.reports.toml_lines import Where, line_of, lines_of

LEVELS = ("smoke", "gate", "deep")
#: for how long a finding is accepted where a baseline is made of a run
_DAYS = 90


class BaselineError(ValueError):
    """A baseline that cannot be used; the message names the file, the line and the mend."""


@dataclass(frozen=True)
class Entry:
    """One finding, or all whose ids begin like this, and until when it is accepted. `place` is the file and the line."""

    id: str
    reason: str
    until: date
    place: str

    def fits(self, finding: str) -> bool:
        """Whether it is meant by that id."""
        return finding.startswith(self.id[:-1]) if self.id.endswith("*") else finding == self.id


@dataclass(frozen=True)
class Baseline:
    """The entries of a file, and how the run was made from which they come."""

    entries: tuple[Entry, ...]
    level: str = "gate"
    seed: int | None = None

    @classmethod
    def of(cls, kept: Accepting) -> "Baseline":
        """The baseline that a run's results have kept."""
        return cls(
            tuple(Entry(each.id, each.reason, each.until, each.place) for each in kept.entries), kept.level, kept.seed
        )

    @property
    def kept(self) -> Accepting:
        """The same, as results keep it: so that parts of a run can be judged together."""
        entries = (AcceptedFinding(each.id, each.reason, each.until, each.place) for each in self.entries)
        return Accepting(tuple(entries), self.level, self.seed)

    def applied(self, result: Result, today: date) -> Result:
        """The result with its accepted findings marked; if no other one broke it, it has passed."""
        if not result.findings or not self.entries:
            return result
        found = [self._marked(finding, today) for finding in result.findings]
        fails = any(each.severity == "broken" and each.accepted is None for each in found)
        verdict = "passed" if result.verdict == "failed" and not fails else result.verdict
        return msgspec.structs.replace(result, findings=found, verdict=verdict)

    def _marked(self, finding: Finding, today: date) -> Finding:
        entry = next((each for each in self.entries if each.fits(finding.id) and today <= each.until), None)
        accepted = Accepted(entry.reason, entry.until.isoformat()) if entry else None
        return msgspec.structs.replace(finding, accepted=accepted)

    def judged(self, header: Header, results: Iterable[Result], *, partly: bool) -> tuple[list[str], list[str]]:
        """What is to be said of entries that no longer fit: what fails the run, and what is only told.

        `partly` says that the run left cases out that it might have had. Then, and where an operation was not tested, or
        less than when the baseline was made, nobody knows whether a finding is still there.
        """
        kept, today = list(results), date.fromisoformat(header.started[:10])
        ids = {finding.id for result in kept for finding in result.findings}
        less = LEVELS.index(header.level) < LEVELS.index(self.level) or self.seed not in (None, header.seed)
        tested, fails, told = _tested(kept), list[str](), list[str]()
        for entry in self.entries:
            if not any(entry.fits(each) for each in ids):
                if partly or less or not _concerns(entry.id, tested):
                    told.append(f'{entry.place}: "{entry.id}" was not met, but not all was tested that could show it')
                else:
                    fails.append(f'{entry.place}: no finding is "{entry.id}" any more: remove the entry')
            elif entry.until < today:
                told.append(f'{entry.place}: "{entry.id}" was accepted until {entry.until}, and no longer is')
        return fails, told


def _tested(results: Iterable[Result]) -> set[tuple[str, str]]:
    """The operations that were judged as often as it was tried; all laws of a contract are one of them, `law`."""
    judged, hindered = set(), set()
    for result in results:
        operations = {"law"} if result.phase == "laws" else {result.operation, *result.seen}
        places = {(result.contract, operation) for operation in operations}
        if result.verdict == "errored" or (result.verdict == "skipped" and result.phase == "laws"):
            hindered |= places
        elif result.verdict != "skipped":
            judged |= places
    return judged - hindered


def _concerns(written: str, tested: Iterable[tuple[str, str]]) -> bool:
    """Whether one of the operations may have the findings that are meant."""
    prefix = written.rstrip("*")
    for contract, operation in tested:
        own = f"{contract}:{operation}:"
        if prefix.startswith(own) or (written.endswith("*") and own.startswith(prefix)):
            return True
    return False


def read(path: Path | None) -> Baseline:
    """The baseline that the file holds; without a file, nothing is accepted. Raises BaselineError."""
    if path is None:
        return Baseline(())
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except OSError as error:
        raise BaselineError(f"{path}: the baseline cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BaselineError(f"{path}: not TOML: {error}") from error
    lines = lines_of(text)
    wrong = sorted((line_of(lines, where), told) for where, told in _mistakes(content))
    if wrong:
        raise BaselineError("\n".join(f"{path}:{line}: {told}" for line, told in wrong))
    entries = tuple(
        Entry(each["id"], each["reason"], each["until"], f"{path}:{line_of(lines, ('accepted', index))}")
        for index, each in enumerate(content.get("accepted", ()))
    )
    return Baseline(entries, content.get("level", "gate"), content.get("seed"))


def _mistakes(content: dict[str, Any]) -> Iterator[tuple[Where, str]]:
    for name in content.keys() - {"accepted", "level", "seed"}:
        yield (name,), f"there is no key `{name}`; there are: [[accepted]], level, seed"
    if content.get("level", "gate") not in LEVELS:
        yield ("level",), f"`level` must be one of {', '.join(LEVELS)}"
    if not isinstance(content.get("seed", 0), int):
        yield ("seed",), "`seed` must be a whole number"
    entries = content.get("accepted", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        yield ("accepted",), "each finding is accepted in a table of its own, [[accepted]]"
        return
    ids: set[Any] = set()
    for index, entry in enumerate(entries):
        yield from ((("accepted", index, *where), told) for where, told in _mistakes_of(entry))
        if entry.get("id") in ids:
            yield ("accepted", index, "id"), f'"{entry["id"]}" is accepted twice'
        ids.add(entry.get("id"))


def _mistakes_of(entry: dict[str, Any]) -> Iterator[tuple[tuple[str], str]]:
    for name in entry.keys() - {"id", "reason", "until"}:
        yield (name,), f"there is no key `{name}`; there are: id, reason, until"
    for name, means in (("id", "of the finding, or its beginning and a *"), ("reason", "why it is accepted")):
        value = entry.get(name, "")
        if not isinstance(value, str) or not value.strip():
            yield (name,), f"`{name}` must say {means if name == 'reason' else f'the id {means}'}"
    until = entry.get("until")
    if not isinstance(until, date) or isinstance(until, datetime):
        yield ("until",), "`until` must be the last day on which it is accepted, as in 2027-01-31"


def written(header: Header, findings: Iterable[Finding], today: date) -> str:
    """A baseline of these findings, whose reasons are still to be given; those that are accepted stay as they are."""
    lines = [
        "# Findings that are accepted for a while. Say why in each `reason`: without it, the file is refused.",
        f'level = "{header.level}"',
        f"seed = {header.seed}",
    ]
    for finding in findings:
        reason, until = "", (today + timedelta(days=_DAYS)).isoformat()
        if finding.accepted:
            reason, until = finding.accepted.reason, finding.accepted.until
        title = "".join(sign if sign.isprintable() else " " for sign in finding.title)
        lines += ["", "[[accepted]]", f"# {title}", f"id = {_quoted(finding.id)}"]
        lines += [f"reason = {_quoted(reason)}", f"until = {until}"]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """A text as TOML writes it: JSON's way, which is the same but for DEL."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
