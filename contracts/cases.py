"""Witnesses as data: reads the case files of a contract, and refuses what could not be carried out as written."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from contracts.profile import seeded
from specs import Contract, SpecError
from specs.reading import read

HERE = Path(__file__).parent
CASES = HERE / "cases"


class CaseError(ValueError):
    """A case file that cannot be used; the message names the file, the case and the mend."""


@dataclass(frozen=True)
class Call:
    """A step that calls an operation and says which outcome it has."""

    operation: str
    expect: str
    body: Any = None
    raw: str | None = None
    encoding: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str | None] | None = field(default_factory=dict)
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

    @property
    def id(self) -> str:
        """The same from run to run: contract, file and description."""
        return f"{self.contract}/{self.subject}/{self.description}"

    @property
    def needs_mock(self) -> bool:
        """Whether a step asks for what no deployment offers."""
        return any(isinstance(step, Ask) for step in self.steps)

    def needed_ids(self) -> tuple[str, ...]:
        """The known ids that the case takes from the profile, in the order of their use."""
        kept: set[str] = set()
        needed: dict[str, None] = {}
        for step in self.steps:
            sent = {name: value for name, value in vars(step).items() if name != "see"}
            needed |= dict.fromkeys(name for name in _placeholders(sent) if name not in kept)
            if isinstance(step, Call):  # what a step keeps, it can also look at
                kept |= step.keep.keys()
                needed |= dict.fromkeys(name for name in _placeholders(step.see) if name not in kept)
        return tuple(needed)


_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def filled(node: Any, values: Mapping[str, Any]) -> Any:
    """The tree with its placeholders filled. A text that is nothing but one placeholder takes the value as it is."""
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


def _placeholders(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _placeholders(key)
            yield from _placeholders(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _placeholders(value)
    elif isinstance(node, str):
        yield from _PLACEHOLDER.findall(node)


def load(contract: Contract, folder: Path | None = None) -> list[Case]:
    """All cases of the contract, in the order of their files.

    Raises:
        CaseError: a file breaks `case.schema.json`, names an operation or an outcome that the contract lacks, uses a
            placeholder that nothing fills, or a description stands twice.
    """
    folder = folder or CASES / contract.name.replace("-", "_")
    found: dict[str, Path] = {}
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        for number, written in enumerate(_file(path), 1):
            where = f"{path}: case {number} ({written['description']!r})"
            if written["description"] in found:
                raise CaseError(f"{where}: the same description stands in {found[written['description']]}; reword one")
            found[written["description"]] = path
            cases += _expanded(written, contract, path.stem, where)
    return cases


def _file(path: Path) -> list[dict[str, Any]]:
    try:
        content = read(path)
    except SpecError as error:
        raise CaseError(str(error)) from error
    broken = jsonschema.exceptions.best_match(_validator().iter_errors(content))
    if broken is not None:
        place = "/".join(map(str, broken.absolute_path)) or "the file"
        raise CaseError(f"{path}: {place}: {broken.message[:300]}")
    return list(content["cases"])


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads((HERE / "case.schema.json").read_text(encoding="utf-8")))


def _expanded(written: dict[str, Any], contract: Contract, subject: str, where: str) -> Iterator[Case]:
    if "operations" not in written:
        yield _case(written, contract, subject, where, written["description"], None)
        return
    excepted = written.get("except", [])
    for name in excepted:
        if name not in contract.operations:
            raise CaseError(f"{where}: `except` names {name!r}, which is no operation of {contract.name}")
    for name in contract.operations:
        if name not in excepted:
            yield _case(written, contract, subject, where, f"{written['description']} [{name}]", name)


def _case(
    written: dict[str, Any], contract: Contract, subject: str, where: str, description: str, operation: str | None
) -> Case:
    steps = tuple(_step(step, contract, where, operation) for step in written["steps"])
    calls = [step for step in steps if isinstance(step, Call)]
    if not calls:
        raise CaseError(f"{where}: no step calls anything")
    shows = tuple(written.get("shows") or dict.fromkeys(f"{call.operation}/{call.expect}" for call in calls))
    for shown in shows:
        name, _, example = shown.partition("/")
        if name not in contract.operations or example not in contract.operations[name].examples:
            raise CaseError(f"{where}: `shows` names {shown}, which the contract does not have")
    about = shows[-1].partition("/")[0]
    case = Case(contract.name, subject, description, written["clause"], shows, steps, about)
    known = seeded().of(contract.name).ids
    for name in case.needed_ids():
        if name not in known:
            raise CaseError(
                f"{where}: nothing fills {{{name}}}: no step before keeps it, and contracts/seeded.toml has no such id"
            )
    return case


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
            raise CaseError(f"{where}: `call: '*'` is for a case with `operations: all`")
        name = operation
    if name not in contract.operations:
        raise CaseError(
            f"{where}: {name!r} is no operation of {contract.name}; there are: {', '.join(contract.operations)}"
        )
    if written["expect"] not in contract.operations[name].examples:
        there = ", ".join(contract.operations[name].examples)
        raise CaseError(f"{where}: {name} has no outcome {written['expect']!r}; it has: {there}")
    return Call(
        operation=name,
        expect=written["expect"],
        body=written.get("with"),
        raw=written.get("raw"),
        encoding=written.get("as"),
        query=written.get("query", {}),
        path=written.get("path", {}),
        headers=written.get("headers", {}),
        credentials=written.get("credentials", {}),
        method=written.get("method"),
        keep=written.get("keep", {}),
        see=written.get("see", {}),
        from_example=written["call"] == "*",
    )
