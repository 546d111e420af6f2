"""What a run writes down: one JSON line each for the header, every result, and the footer. Reports are made from it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

FORMAT = 1
#: what stands before a thing in `Footer.created` of which nobody can say whether it was created
PERHAPS = "perhaps "

Severity = Literal["broken", "warning", "note"]
Verdict = Literal["passed", "failed", "errored", "skipped"]
Phase = Literal["witness", "clauses", "fuzz", "laws", "suite"]
#: why a case ended before it was through, or was not begun
Cause = Literal["", "unanswered", "needs_writes", "withheld", "lacking", "not_judged", "hindered", "time_up"]
Enforcement = Literal["enforced", "ignored", "undocumented", "untried"]


class InvalidResults(ValueError):
    """A results file that cannot be trusted; the message says why."""


class EmptyResults(InvalidResults):
    """The file holds nothing."""


class MissingFooter(InvalidResults):
    """The run that wrote the file was cut short: what it holds is no verdict."""


class DuplicateResult(InvalidResults):
    """Two results have the same id."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request as it went over the wire, its secrets masked, and the command that sends it again."""

    method: str
    url: str
    headers: dict[str, str]
    body: str
    curl: str


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer as it came over the wire; the body is cut at 10 kB."""

    status: int
    headers: dict[str, str]
    body: str


class Mismatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place in which something else came than was expected, both as JSON, or in words where no JSON says it."""

    at: str
    expected: str
    got: str

    def is_longer(self, limit: int) -> bool:
        """Whether one of the values does not fit."""
        return max(len(self.expected), len(self.got)) > limit


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a call is sent again: `<name>` stands for what an earlier answer has told, and `keeps` says, by its name, where.

    A place is a pointer into the body, or `header:` and a name.
    """

    url: str
    headers: dict[str, str]
    body: str
    keeps: dict[str, str] = {}


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the calls that led to a finding: said in a line, and as it went over the wire."""

    says: str
    request: Request
    #: where the request alone would not do, since answers tell other ids each time
    replay: Replay | None = None


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a finding is accepted by the run's baseline, and until which day."""

    reason: str
    until: str


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A broken clause, with the exchange that shows it. The id stays the same from run to run.

    `promises` are the names of what the source document promises and the finding breaks.

    `demand` is what the clause asks of an answer, as a JSON Schema (see `contracts.judging.demands`), where that can be said. One
    that is `accepted` fails nothing.
    """

    id: str
    contract: str
    operation: str
    check: str
    clause: str
    evidence: str
    severity: Severity
    title: str
    why: str
    request: Request
    answer: Answer
    count: int = 1
    demand: dict[str, Any] = {}
    accepted: Accepted | None = None
    #: what it has in common with those that the same change would mend
    cause: str = ""
    #: an action of an OpenAPI Overlay that records what the target does instead, where one can
    overlay: str = ""
    promises: tuple[str, ...] = ()
    #: in what the answer differs from what was expected of it
    mismatches: tuple[Mismatch, ...] = ()
    #: the calls that led to it, where one alone does not show it
    calls: tuple[Call, ...] = ()
    #: whether these calls, made in an installation as it was before, lead to it: nothing else was done meanwhile
    replayable: bool = False


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A documented outcome of an operation."""

    name: str
    status: int
    media_type: str
    accepted: bool
    evidence: str


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operation of a contract, with everything that it may answer; `source` is where it is written, `file:line`."""

    summary: str
    evidence: str
    outcomes: list[Outcome]
    source: str = ""


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A sentence of the source document, in our own words; `place` says where in it.

    `clauses` are patterns for the clauses that show it, `unseen` says why nothing shows it.
    """

    says: str
    place: str
    evidence: str = "documented"
    clauses: tuple[str, ...] = ()
    unseen: str = ""


class Contract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contract that the run judged by; `sha256` tells whether two runs judged by the same one."""

    title: str
    version: str
    sha256: str
    operations: dict[str, Operation]
    promises: dict[str, Promise] = {}


class KnownId(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An id that exists in the target. It was given in the profile, or found by an operation that reads."""

    value: str | int | float | bool
    found_by: str = ""


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a contract was tested, with which overlays, and what was known of it beyond the seeded installation.

    `unfit` are ids that were given, but are not what they are to be, each with the sentence that says so. An `embedded` one is
    the mock that the run has started itself. `again` are the options that test this contract alone in the same way.
    """

    url: str
    overlays: list[str]
    ids: dict[str, KnownId] = {}
    unfit: dict[str, str] = {}
    embedded: bool = False
    #: how it is reached, as Python's `requests` takes it: `verify`, `cert`, `proxies`
    connection: dict[str, Any] = {}
    again: tuple[str, ...] = ()

    @property
    def found(self) -> dict[str, KnownId]:
        """The ids that nobody gave: the target told them."""
        return {name: known for name, known in self.ids.items() if known.found_by}


class AcceptedFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of a baseline: the id of a finding or its beginning and a star; `place` is where it is written."""

    id: str
    reason: str
    until: date
    place: str


class Accepting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The baseline of a run, and for which level and seed it was made."""

    entries: tuple[AcceptedFinding, ...] = ()
    level: str = "gate"
    seed: int | None = None


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="header", tag_field="kind"):
    """The first line: what was tested, by which contracts, with which seed; `shard` is which part of how many this is."""

    counterfoil: str
    started: str
    seed: int
    level: str
    strict: bool
    target: dict[str, Target]
    contracts: dict[str, Contract]
    versions: dict[str, str]
    format: int = FORMAT
    shard: tuple[int, int] = (1, 1)
    accepting: Accepting = Accepting()
    #: the profile's file, where it lies below the folder in which the run was made
    profile: str = ""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of clause coverage: a clause of a request, and whether a request that breaks it is refused.

    `enforced`: with a documented refusal, and nothing has changed. `ignored`: it is accepted, or refused and has changed
    something all the same. `undocumented`: it is refused, but not in a way that the contract names. `untried`: no such
    request could be sent. `why` is the refusal that was seen, or the reason.
    """

    clause: str
    says: str
    evidence: str
    verdict: Enforcement
    why: str = ""


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="result", tag_field="kind"):
    """One case: its verdict, what it saw (operation -> outcome -> times), and what it found.

    `promises` are the names of those that the case shows. The case of the phase `clauses` has a row for every clause of
    the operation's requests. `cause` says in a word, and `reason` to a person, why a case ended before it was through.
    """

    id: str
    contract: str
    operation: str
    phase: Phase
    description: str
    verdict: Verdict
    reason: str = ""
    clause: str = ""
    cause: Cause = ""
    seconds: float = 0.0
    requests: int = 0
    seen: dict[str, dict[str, int]] = {}
    findings: list[Finding] = []
    digest: str = ""
    rows: list[Row] = []
    promises: tuple[str, ...] = ()


class Footer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="footer", tag_field="kind"):
    """The last line: without it the run was cut short and has no verdict. `notices` tell what a reader has to do.

    `created` is what the run has left at its targets, unless these were mocks, which forget it; what it only may have
    created, since no clear answer came, has `PERHAPS` before it. A run is only `partly` one where
    its caller has left cases out, or limited its time.
    """

    finished: str
    seconds: float
    requests: int
    counts: dict[str, int]
    findings: dict[str, int]
    cases_digest: str
    exit_code: int
    verdict: str
    notices: list[str] = []
    created: list[str] | None = None
    partly: bool = False


class Results(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole run, read back."""

    header: Header
    results: list[Result]
    footer: Footer


_Line = Header | Result | Footer
_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[_Line] = msgspec.json.Decoder(_Line)


class Writer:
    """Appends lines to a results file; every line is on disk before the next case starts."""

    def __init__(self, path: Path, header: Header) -> None:
        self._path = path
        self._seen: set[str] = set()
        path.write_bytes(_encode(header) + b"\n")

    def add(self, result: Result) -> None:
        """Append a result. Raises DuplicateResult."""
        if result.id in self._seen:
            raise DuplicateResult(f"two results have the id {result.id!r}")
        self._seen.add(result.id)
        self._write(result)

    def finish(self, footer: Footer) -> None:
        """Append the footer, which makes the file a verdict."""
        self._write(footer)

    def _write(self, line: _Line) -> None:
        with self._path.open("ab") as file:
            file.write(_encode(line) + b"\n")


def read(path: Path) -> Results:
    """The run that the file holds.

    Raises:
        InvalidResults: unreadable, empty, cut short, two results with one id, or a line that is none of ours.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InvalidResults(f"{path}: cannot be read ({error.strerror})") from error
    if not lines:
        raise EmptyResults(f"{path}: the file is empty")
    entries = [_line(path, number, line) for number, line in enumerate(lines, 1)]
    header, *rest = entries
    if not isinstance(header, Header):
        raise InvalidResults(f"{path}:1: a results file starts with its header")
    if header.format != FORMAT:
        raise InvalidResults(f"{path}: format {header.format} is not the one that is read here ({FORMAT})")
    if not rest or not isinstance(rest[-1], Footer):
        raise MissingFooter(f"{path}: there is no footer, so the run was cut short and has no verdict")
    results = []
    ids: set[str] = set()
    for number, entry in enumerate(rest[:-1], 2):
        if not isinstance(entry, Result):
            raise InvalidResults(f"{path}:{number}: only results stand between the header and the footer")
        if entry.id in ids:
            raise DuplicateResult(f"{path}:{number}: a second result with the id {entry.id!r}")
        ids.add(entry.id)
        results.append(entry)
    return Results(header, results, rest[-1])


def _line(path: Path, number: int, line: bytes) -> _Line:
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError as error:
        raise InvalidResults(f"{path}:{number}: {error}") from error


def encode(result: Result) -> str:
    """A result as text, to carry it from a pytest worker to the process that writes the file."""
    return _encode(result).decode()


def decode(text: str) -> Result:
    """The result that `encode` made a text of."""
    return msgspec.json.decode(text, type=Result)


def totals(results: Iterable[Result]) -> dict[str, Any]:
    """How many results have each verdict, how many findings each severity, and how many requests were sent.

    Accepted findings are counted apart, where there are any.
    """
    counts = dict.fromkeys(("passed", "failed", "errored", "skipped"), 0)
    severities: dict[str, set[str]] = {"broken": set(), "warning": set(), "note": set()}
    accepted: set[str] = set()
    requests = 0
    for result in results:
        counts[result.verdict] += 1
        requests += result.requests
        for finding in result.findings:
            (accepted if finding.accepted else severities[finding.severity]).add(finding.id)
    findings = {name: len(ids) for name, ids in severities.items()} | ({"accepted": len(accepted)} if accepted else {})
    return {"counts": counts, "findings": findings, "requests": requests}
