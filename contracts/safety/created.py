"""`created.jsonl`: what a run creates at a deployment, written down before each call is sent, and what was undone since."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.http.masking import Mask, masked_line
from counterfoil.contracts.profile.model import Mark
from counterfoil.reports.printable import line as one_line
from counterfoil.reports.results import PERHAPS

NAME = "created.jsonl"


class Run(msgspec.Struct, frozen=True, tag="run", tag_field="kind"):
    """Which run it was: per contract its overlays, and the folder of one's own."""

    run: str
    started: str
    profile: str | None
    overlays: dict[str, list[str]]
    own: dict[str, str] = {}


class Begun(msgspec.Struct, frozen=True, tag="intent", tag_field="kind", omit_defaults=True):
    """A call that is about to be sent. `mark` is the text in it by which what it creates can be recognised."""

    number: int
    time: str
    contract: str
    operation: str
    url: str
    mark: str
    request: str


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call that undoes something, or a part of it: a link of the contract, filled from an answer.

    `done` names the refusals that mean there is nothing left to undo.
    """

    name: str
    operation: str
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str] = {}
    body: dict[str, Any] | None = None
    done: list[str] = []
    session: str | None = None


class Done(msgspec.Struct, frozen=True, tag="done", tag_field="kind", omit_defaults=True):
    """What became of the call: refused, or accepted, with the ids in the answer and with what undoes it.

    `doubt` says why nothing proves that the run has made it: then nothing undoes it.
    """

    number: int
    accepted: bool
    outcome: str
    ids: dict[str, Any] = {}
    undo: list[Step] = []
    doubt: str = ""


class Undone(msgspec.Struct, frozen=True, tag="undone", tag_field="kind"):
    """A step that was taken; `how` is what it was answered. After the last one, nothing is left of the call."""

    number: int
    step: str
    how: str
    last: bool


Line = Run | Begun | Done | Undone
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class Created:
    """The file, which any process of the run appends to. A killed process loses no line; `durable`, no machine does.

    To wait for the disk takes longer than most calls, and is not worth it where all of a target may be thrown away.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path = path
        self._durable = durable

    def add(self, line: Line, mask: Mask) -> None:
        """Append a line, in one piece and without a secret: an answer's words may hold any."""
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(masked_line(line, mask, _NAMES)) + b"\n")
            file.flush()
            if self._durable:
                os.fsync(file.fileno())

    def read(self) -> Iterator[Line]:
        """The lines, without one that was cut short by a crash. Raises ValueError, OSError."""
        lines = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            try:
                if line:
                    yield _decoder.decode(line)
            except msgspec.DecodeError as error:
                if number < len(lines):
                    raise ValueError(f"{self.path}:{number}: {error}") from error


#: what the suite and the contract call things by
_NAMES = frozenset({"kind", "contract", "operation", "name", "done"})


@dataclass
class Thing:
    """What one call has created, or may have."""

    run: Run
    intent: Begun
    done: Done | None = None
    undone: list[Undone] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left of it, or nothing ever was."""
        return bool(self.done and not self.done.accepted) or any(line.last for line in self.undone)

    def __str__(self) -> str:
        """What it is and which one, as in `order 70003`."""
        noun = self.intent.operation.partition("_")[2].replace("_", " ") or self.intent.operation
        if self.done is None:
            marked = f", marked {self.intent.mark}" if self.intent.mark else ""
            return f"{noun}, of which no clear answer came{marked}"
        if self.done.ids:
            return f"{noun} {next(iter(self.done.ids.values()))}"
        return f"{noun}, whose id is not in the answer"


def things(created: Created) -> list[Thing]:
    """What the file says was created, in its order. Raises ValueError, OSError."""
    run, found = Run("", "", None, {}), dict[int, Thing]()
    for line in created.read():
        if isinstance(line, Run):
            run = line
        elif isinstance(line, Begun):
            found[line.number] = Thing(run, line)
        elif line.number in found and isinstance(line, Done):
            found[line.number].done = line
        elif line.number in found and isinstance(line, Undone):
            found[line.number].undone.append(line)
    return list(found.values())


def left_by(folder: Path, run: str) -> list[str]:
    """What that run has created and not removed again, each in a few words; `perhaps` stands before what it only may have."""
    created = Created(folder / NAME)
    if not created.path.exists():
        return []
    left = [thing for thing in things(created) if thing.run.run == run and not thing.is_over]
    return [("" if thing.done else PERHAPS) + one_line(str(thing), 100) for thing in left]


def now() -> str:
    """The time as it stands in the file."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def marked(request: Request, mark: Mark | None, text: str) -> tuple[Request, str]:
    """The request with the text where it does not matter, and the text as it stands there.

    What the caller says is left alone: where the field is taken, or is no field of such a request, there is no mark.
    """
    body = request.body
    if mark is None or not mark.field or request.raw is not None or not isinstance(body, dict) or mark.field in body:
        return request, ""
    if mark.beside and mark.beside not in body:
        return request, ""
    written = mark.text.replace("{mark}", text)
    return replace(request, body={**body, mark.field: written}), written
