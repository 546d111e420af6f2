"""Witnesses as data: reads the case files of a contract, and refuses what could not be carried out as written."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import jsonpath_rfc9535
import jsonschema
import jsonschema_rs

from counterfoil.contracts.http.sessions import NOBODY
from counterfoil.contracts.phases.built import computed, serialized
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.profile.vocabulary import folder_of
from counterfoil.specs import Contract, SpecError, names
from counterfoil.specs.evidence import STRENGTH, marks
from counterfoil.specs.quoting import complaint
from counterfoil.specs.reading import read

HERE = Path(__file__).parent


class CaseError(ValueError):
    """A case file that cannot be used; the message names the file, the case and the mend."""


@dataclass(frozen=True)
class Raw:
    """A body byte for byte: a text, and how often it is repeated."""

    text: str
    times: int = 1


@dataclass(frozen=True)
class Call:
    """A step that calls an operation and says which outcome it has."""

    operation: str
    expect: str
    body: Any = None
    raw: Raw | None = None
    encoding: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str | None] | None = field(default_factory=dict)
    session: str | None = None
    method: str | None = None
    keep: Mapping[str, str] = field(default_factory=dict)
    see: Mapping[str, Any] = field(default_factory=dict)
    from_example: bool = False


@dataclass(frozen=True)
class Ask:
    """A step that asks the mock itself for something: only a mock can be asked."""

    method: str
    path: str
    body: Any


@dataclass(frozen=True)
class Case:
    """One witness."""

    contract: str
    subject: str
    description: str
    clause: str
    shows: tuple[str, ...]
    steps: tuple[Call | Ask, ...]
    operation: str
    mock_only: bool = False
    promises: tuple[str, ...] = ()
    #: known ids that the installation must have for which it is written
    where: tuple[tuple[str, str], ...] = ()
    #: whether a smoke run has it, too
    is_short: bool = True

    @property
    def id(self) -> str:
        """The same from run to run: contract, file and description."""
        return f"{self.contract}/{self.subject}/{self.description}"

    @property
    def needs_mock(self) -> bool:
        """Whether it says so, or a step asks for what no deployment offers."""
        return self.mock_only or any(isinstance(step, Ask) for step in self.steps)

    def elsewhere(self, ids: Mapping[str, Any]) -> str:
        """What tells these known ids from those of the installation for which it is written; empty where nothing does."""
        other = [f"{name} {value}" for name, value in self.where if str(ids.get(name)) != value]
        return f"is written for the installation that has {', '.join(other)}" if other else ""

    @cached_property
    def needed_ids(self) -> tuple[str, ...]:
        """The known ids that the case takes from the profile, in the order of their use."""
        kept: set[str] = set()
        needed: dict[str, None] = {}
        for step in self.steps:
            sent = {name: value for name, value in vars(step).items() if name != "see"}
            if isinstance(step, Call) and step.raw:
                sent["raw"] = step.raw.text
            needed |= dict.fromkeys(name for name in _placeholders(sent) if name not in kept)
            if isinstance(step, Call):  # what a step keeps, it can also look at
                kept |= step.keep.keys()
                needed |= dict.fromkeys(name for name in _placeholders(step.see) if name not in kept)
        return tuple(needed)


_BUILT: Mapping[str, Callable[[Any], str]] = {"serialized": serialized, "computed": computed}
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def filled(node: Any, values: Mapping[str, Any]) -> Any:
    """The tree with its placeholders filled. A text that is nothing but one placeholder takes the value as it is.

    What is but `{serialized: …}` or `{computed: …}` is built of what it has.
    """
    if isinstance(node, dict) and node.keys() <= _BUILT.keys() and len(node) == 1:
        ((how, below),) = node.items()
        return _BUILT[how](filled(below, values))
    if isinstance(node, dict):
        return {filled(key, values): filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(value, values) for value in node]
    if not isinstance(node, str):
        return node
    whole = _PLACEHOLDER.fullmatch(node)
    if whole:
        return values[whole[1]]
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), node)


def _put(node: Any, name: str, value: Any) -> Any:
    """The tree with one placeholder filled; the others are filled when the case is carried out."""
    if isinstance(node, dict):
        return {key: _put(below, name, value) for key, below in node.items()}
    if isinstance(node, list):
        return [_put(below, name, value) for below in node]
    if node == f"{{{name}}}":
        return value
    return node.replace(f"{{{name}}}", str(value)) if isinstance(node, str) else node


def _placeholders(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _placeholders(key)
            yield from _placeholders(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _placeholders(value)
    elif isinstance(node, str) and "{" in node:
        yield from _PLACEHOLDER.findall(node)


def load(contract: Contract, folder: Path | None = None, entry: Entry | None = None) -> list[Case]:
    """All cases of the contract, in the order of their files.

    What a case may name is what the seeded installation has; for a contract of one's own, what `entry` has, which is
    what the profile says of it.

    Raises:
        CaseError: a file breaks `case.schema.json`, names an operation or an outcome that the contract lacks, uses a
            placeholder that nothing fills or an account that nobody has, or a description stands twice.
    """
    if contract.own is None:
        folder = folder or folder_of(contract.name) / "cases"
        vocabulary, place = seeded().of(contract.name), "contracts/profile/seeded.toml"
    else:
        folder = folder or contract.own / "cases"
        vocabulary, place = entry or Entry(), f"[{contract.name}] of the profile"
    found: dict[str, Path] = {}
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        for written, where, expanded in _of_file(path, path.stat().st_mtime_ns, contract):
            if written in found:
                raise CaseError(f"{where}: the same description stands in {found[written]}; reword one")
            found[written] = path
            for case in expanded:
                _check_names(case, vocabulary, place, where)
            cases += expanded
    return cases


def _check_names(case: Case, vocabulary: Entry, place: str, where: str) -> None:
    """Refuse a case that names an id or an account which nobody has. `place` is where they would have to stand."""
    for name in case.needed_ids:
        if name not in vocabulary.known and name not in vocabulary.discover:
            raise CaseError(f"{where}: nothing fills {{{name}}}: no step before keeps it, and {place} has no such id")
    known = (NOBODY, *vocabulary.accounts)
    for session in (step.session for step in case.steps if isinstance(step, Call)):
        if session is not None and session not in known:
            raise CaseError(f"{where}: {place} has no account {session!r}; there are: {', '.join(known)}")


@lru_cache(maxsize=256)
def _of_file(path: Path, changed: int, contract: Contract) -> list[tuple[str, str, list[Case]]]:
    """What is written as one case, by its description, with its place and the cases that it is: a run asks twice."""
    found = []
    for number, written in enumerate(_read(path, changed), 1):
        where = f"{path}: case {number} ({written['description']!r})"
        found.append((written["description"], where, list(_expanded(written, contract, path.stem, where))))
    return found


@cache
def _read(path: Path, _changed: int) -> list[dict[str, Any]]:
    """The cases of the file as it was when it was changed last, also for whoever reads its contract again."""
    try:
        content = read(path)
    except SpecError as error:
        raise CaseError(str(error)) from error
    if _is_valid()(content):
        return list(content["cases"])
    broken = jsonschema.exceptions.best_match(_validator().iter_errors(content))
    if broken is not None:
        place = "/".join(map(str, broken.absolute_path)) or "the file"
        raise CaseError(f"{path}: {place}: {complaint(broken)}")
    return list(content["cases"])


@cache
def _is_valid() -> Callable[[Any], bool]:
    """The quick answer; `_validator` explains a slow one."""
    schema = json.loads((HERE / "case.schema.json").read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema).is_valid


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads((HERE / "case.schema.json").read_text(encoding="utf-8")))


def _expanded(
    written: dict[str, Any], contract: Contract, subject: str, where: str, turn: tuple[int, int] = (0, 1)
) -> Iterator[Case]:
    """The cases that are written as one: one per value of `each`, and per operation of `operations`.

    Of a value and an operation, those that meet in turn are enough for a short run: each is in one case at least. `turn`
    says which of how many values this is.
    """
    if "each" in written:
        one = {key: below for key, below in written.items() if key != "each"}
        ((name, values),) = written["each"].items()
        if name not in _placeholders(one["steps"]):
            raise CaseError(f"{where}: no step uses {{{name}}}, so its cases would all be the same")
        for number, value in enumerate(values):
            steps = _put(one["steps"], name, value)
            described = {**one, "steps": steps, "description": f"{one['description']} [{value}]"}
            yield from _expanded(described, contract, subject, where, (number, len(values)))
        return
    if "operations" not in written:
        yield _case(written, contract, subject, where, written["description"], ())
        return
    excepted = written.get("except", [])
    for name in excepted:
        if name not in contract.operations:
            raise CaseError(f"{where}: `except` names {name!r}, which is no operation of {contract.name}")
    selected = [name for name in _selected(written["operations"], contract, where) if name not in excepted]
    if "as_one" in written:
        yield _case(written, contract, subject, where, written["description"], selected)
        return
    value, values = turn
    for number, name in enumerate(selected):
        case = _case(written, contract, subject, where, f"{written['description']} [{name}]", (name,))
        meet = number % values == value or value % len(selected) == number
        yield case if meet else replace(case, is_short=False)


def _selected(written: str | list[str], contract: Contract, where: str) -> list[str]:
    """The operations that are meant: all, those that have an outcome, or those that are named."""
    if written == "all":
        return list(contract.operations)
    if isinstance(written, str):
        outcome = written.removeprefix("with ")
        selected = [name for name, operation in contract.operations.items() if outcome in operation.examples]
        if not selected:
            raise CaseError(f"{where}: no operation of {contract.name} has the outcome {outcome!r}")
        return selected
    for name in written:
        if name not in contract.operations:
            raise CaseError(f"{where}: `operations` names {name!r}, which is no operation of {contract.name}")
    return written


def _case(
    written: dict[str, Any], contract: Contract, subject: str, where: str, description: str, operations: Sequence[str]
) -> Case:
    steps = tuple(
        _step(step, contract, where, operation)
        for step in written["steps"]
        for operation in (operations if step.get("call") == "*" and operations else (None,))
        for _ in range(step.get("times", 1))
    )
    calls = [step for step in steps if isinstance(step, Call)]
    if not calls:
        raise CaseError(f"{where}: no step calls anything")
    shows = tuple(written.get("shows") or dict.fromkeys(f"{call.operation}/{call.expect}" for call in calls))
    for shown in shows:
        name, _, example = shown.partition("/")
        if name not in contract.operations or example not in contract.operations[name].examples:
            raise CaseError(f"{where}: `shows` names {shown}, which the contract does not have")
    if not marks(written["clause"]) and contract.name in names():
        raise CaseError(
            f"{where}: `clause` does not say how well its demands are known: name the source, or say which of them is "
            f"{', '.join(STRENGTH[1:-1])} or {STRENGTH[-1]}"
        )
    about = shows[-1].partition("/")[0]
    mock_only = written.get("needs") == "mock"
    promises = tuple(written.get("promises", ()))
    place = tuple((name, str(value)) for name, value in written.get("where", {}).items())
    clause = written["clause"]
    return Case(contract.name, subject, description, clause, shows, steps, about, mock_only, promises, place)


def _check_query(query: str, where: str) -> None:
    """Refuse what is no JSONPath, whatever its placeholders will be."""
    wrong = _wrong_with(query)
    if wrong:
        raise CaseError(f"{where}: {query!r} is no JSONPath: {wrong}")


@cache
def _wrong_with(query: str) -> str:
    try:
        jsonpath_rfc9535.compile(_PLACEHOLDER.sub("1", query))
    except jsonpath_rfc9535.JSONPathError as error:
        return str(error)
    return ""


_ASKS = {
    "settings": ("PATCH", "/_mock/settings"),
    "faults": ("PUT", "/_mock/faults"),
    "clock": ("POST", "/_mock/clock"),
}


def _step(written: dict[str, Any], contract: Contract, where: str, operation: str | None) -> Call | Ask:
    for word, (method, path) in _ASKS.items():
        if word in written:
            return Ask(method, path, written[word])
    name = written["call"]
    if name == "*":
        if operation is None:
            raise CaseError(f"{where}: `call: '*'` is for a case with `operations`")
        name = operation
    if name not in contract.operations:
        raise CaseError(
            f"{where}: {name!r} is no operation of {contract.name}; there are: {', '.join(contract.operations)}"
        )
    if written["expect"] not in contract.operations[name].examples:
        there = ", ".join(contract.operations[name].examples)
        raise CaseError(f"{where}: {name} has no outcome {written['expect']!r}; it has: {there}")
    for place in [*written.get("keep", {}).values(), *written.get("see", {})]:
        if place.startswith("$"):
            _check_query(place, where)
    raw = written.get("raw")
    return Call(
        operation=name,
        expect=written["expect"],
        body=written.get("with"),
        raw=Raw(**raw) if isinstance(raw, dict) else Raw(raw) if raw is not None else None,
        encoding=written.get("as"),
        query=written.get("query", {}),
        path=written.get("path", {}),
        headers=written.get("headers", {}),
        credentials=written.get("credentials", {}),
        session=written.get("session"),
        method=written.get("method"),
        keep=written.get("keep", {}),
        see=written.get("see", {}),
        from_example=written["call"] == "*",
    )
