"""Unites a contract's files into one OpenAPI document, and refuses what a reader of it would trip over."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from counterfoil.specs import keywords
from counterfoil.specs.pointers import unescaped
from counterfoil.specs.quoting import quoted
from counterfoil.specs.reading import SpecError, read

HERE = Path(__file__).parent
#: what a contract's folder holds beside its documents: what the source document promises (see `specs.promises`)
PROMISES = "promises.yaml"


def names() -> list[str]:
    """The names of all contracts, sorted."""
    return sorted(folder.parent.name.replace("_", "-") for folder in HERE.glob("*/openapi.yaml"))


def shipped_overlay(contract: str, overlay: str) -> Path | None:
    """The file of the overlay of that name that is shipped with the contract, if there is one."""
    path = folder_of(contract) / "overlays" / f"{overlay}.yaml"
    return path if path.exists() else None


def folder_of(contract: str) -> Path:
    """Where the contract's files are. A shipped contract is given by its name, one of your own by its folder."""
    return HERE / contract.replace("-", "_") if contract in names() else Path(contract)


def name_of(contract: str) -> str:
    """The contract's name, which is its folder's.

    Raises:
        SpecError: it is neither shipped nor a folder with an `openapi.yaml`, or a folder with the name of a shipped one.
    """
    if contract in names():
        return contract
    folder = folder_of(contract)
    if not folder.is_dir():
        raise SpecError(
            f"There is no contract {contract!r}; there are: {', '.join(names())}, and any folder of your own"
        )
    if not (folder / "openapi.yaml").is_file():
        raise SpecError(f"{folder} is no contract: there is no openapi.yaml in it")
    name = folder.resolve().name.replace("_", "-")
    if name in names():
        raise SpecError(f"{folder}: {name!r} is the name of a contract that is shipped; give the folder another one")
    return name


def load(contract: str, overlays: Sequence[str | Path] = ()) -> dict[str, Any]:
    """The contract, by its name or its folder, as one OpenAPI 3.1 document, the overlays applied in their order.

    An overlay is the name of a file in the contract's `overlays/` folder (`wire`) or a path to one of your own.

    Raises:
        SpecError: no such contract or overlay, a name defined twice, a dangling `$ref`, an unknown keyword or a missing
            one, a YAML trap.
    """
    name_of(contract)
    folder = folder_of(contract)
    document: dict[str, Any] = {}
    others = sorted(path for path in folder.glob("*.yaml") if path.name not in ("openapi.yaml", PROMISES))
    for path in [folder / "openapi.yaml", *others]:
        _unite(document, read(path), path)
    if overlays:
        from counterfoil.specs.overlay import apply, find

        for overlay in overlays:
            apply(document, find(contract, overlay))
    _check(document, contract)
    return document


def load_file(path: Path) -> dict[str, Any]:
    """A document that is one file and no contract, such as the one of the mock's control plane.

    Raises:
        SpecError: it breaks what is asked of a contract's files, too.
    """
    document = read(path)
    _check(document, path.name)
    return document


def _check(document: dict[str, Any], name: str) -> None:
    keywords.check(document, name)
    _check_refs(document, name)


def _unite(document: dict[str, Any], part: Any, path: Path, where: str = "") -> None:
    """A disjoint union: maps merge down to the named thing (`components/schemas/Order`), which stands once."""
    if not isinstance(part, dict):
        raise SpecError(f"{path}: {where} has to be a mapping, not {quoted(part)}")
    for key, value in part.items():
        place = f"{where}/{key}"
        mergeable = where == "/components" or (where == "" and key in ("paths", "components"))
        if key not in document:
            document[key] = value if not mergeable else {}
            if not mergeable:
                continue
        elif not mergeable:
            raise SpecError(f"{path}: {place} is defined a second time; one of the two must go or be renamed")
        _unite(document[key], value, path, place)


def refs(node: Any, where: str = "#") -> Iterator[tuple[str, str]]:
    """Every `$ref` below the node, as (where it stands, what it points to)."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield where, target
        for key, value in node.items():
            yield from refs(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from refs(value, f"{where}/{index}")


def resolve(document: dict[str, Any], ref: str) -> Any:
    """What a `#/components/…` reference points to; SpecError if it points to nothing."""
    if not ref.startswith("#/"):
        raise SpecError(f"{ref!r} is not a reference of the form #/components/…")
    node: Any = document
    for part in ref[2:].split("/"):
        key = unescaped(part)
        if not isinstance(node, dict) or key not in node:
            raise SpecError(f"{ref} points to nothing: there is no {key!r}")
        node = node[key]
    return node


def _check_refs(document: dict[str, Any], contract: str) -> None:
    for where, target in refs(document):
        try:
            resolve(document, target)
        except SpecError as error:
            raise SpecError(f"{contract} {where}: {error}") from None
    seen: dict[str, str] = {}
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            name = operation.get("operationId") if isinstance(operation, dict) else None
            if name is None:
                continue
            if name in seen:
                raise SpecError(f"{contract}: the operationId {name!r} stands at {seen[name]} and at {method} {path}")
            seen[name] = f"{method} {path}"
            for status in operation["responses"]:
                if not status.isdecimal():
                    raise SpecError(
                        f"{contract}: {name} answers {quoted(status)}; write every status that it answers, as in 404"
                    )
