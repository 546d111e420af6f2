"""What the source document of a contract promises, sentence by sentence: reads a `promises.yaml`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from counterfoil.specs.loader import HERE, PROMISES, folder_of, names
from counterfoil.specs.quoting import complaint
from counterfoil.specs.reading import SpecError, read

_NOTATION = re.compile(r"(:answer:[0-9]+):[a-z]+:/")
#: beside the cases and the laws that show them
_SHIPPED = HERE.parent / "contracts" / "apis"


@dataclass(frozen=True)
class Promise:
    """One sentence of a source document, in our own words.

    `clauses` are patterns for ids of clauses, without the contract's name. `unseen` says why nothing shows the promise.
    """

    name: str
    says: str
    place: str
    evidence: str = "documented"
    clauses: tuple[str, ...] = ()
    unseen: str = ""

    def is_of(self, clause: str) -> bool:
        """Whether the clause of that id, without the contract's name, shows it."""
        return any(fnmatchcase(in_any_notation(clause), pattern) for pattern in self.clauses)


def in_any_notation(clause: str) -> str:
    """The id of a clause as a promise names it: the same whatever the notation of the answer is."""
    return _NOTATION.sub(r"\1:/", clause, count=1)


def file_of(contract: str) -> Path:
    """Where the promises of a contract stand, if somebody wrote them down. One of your own is given by its folder."""
    return (_SHIPPED / contract.replace("-", "_") if contract in names() else folder_of(contract)) / PROMISES


def promises_of(contract: str | Path) -> Mapping[str, Promise]:
    """The promises of a contract by their names; none where there is no file.

    Raises:
        SpecError: the file breaks `promises.schema.json`.
    """
    path = file_of(str(contract))
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}


@cache
def _read(path: Path, _changed: int) -> Mapping[str, Promise]:
    """The promises in the file as it was when it was changed last."""
    content = read(path)
    broken = jsonschema.exceptions.best_match(_validator().iter_errors(content))
    if broken is not None:
        place = "/".join(map(str, broken.absolute_path)) or "the file"
        raise SpecError(f"{path}: {place}: {complaint(broken)}")
    return {name: _promise(name, written) for name, written in content["promises"].items()}


def _promise(name: str, written: Mapping[str, Any]) -> Promise:
    return Promise(name, **{**written, "clauses": tuple(written.get("clauses", ()))})


@cache
def _validator() -> Any:
    schema = json.loads((HERE / "promises.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)
