"""OpenAPI Overlays 1.0: a file of changes to a contract, for what a wire or a deployment does differently."""

from pathlib import Path
from typing import Any

import jsonpath_rfc9535

from counterfoil.specs.loader import folder_of, shipped_overlay
from counterfoil.specs.reading import SpecError, read


def find(contract: str, overlay: str | Path) -> Path:
    """The overlay's file: one shipped beside the contract, or a path of the user's own."""
    shipped = shipped_overlay(contract, str(overlay))
    if shipped is not None:
        return shipped
    path = Path(overlay)
    if path.exists():
        return path
    known = sorted(p.stem for p in (folder_of(contract) / "overlays").glob("*.yaml")) or ["none"]
    raise SpecError(f"{contract} has no overlay {str(overlay)!r} and there is no such file; it has: {', '.join(known)}")


def apply(document: dict[str, Any], path: Path) -> None:
    """Carry out the overlay's actions on the document, in their order.

    Raises:
        SpecError: not an overlay, a JSONPath that cannot be read, or a target that matches nothing (a change that
            changes nothing is a mistake of its author).
    """
    overlay = read(path)
    if not str(overlay.get("overlay", "")).startswith("1.") or not isinstance(overlay.get("actions"), list):
        raise SpecError(f"{path}: not an OpenAPI Overlay (it needs `overlay: 1.0.0` and a list `actions`)")
    for number, action in enumerate(overlay["actions"], 1):
        place = f"{path}: action {number}"
        if not isinstance(action, dict) or set(action) - {"target", "description", "update", "remove"}:
            raise SpecError(f"{place} has only target, description, update and remove")
        try:
            nodes = list(jsonpath_rfc9535.finditer(action["target"], document))
        except (KeyError, jsonpath_rfc9535.JSONPathError) as error:
            raise SpecError(f"{place}: the target cannot be read: {error}") from error
        if not nodes:
            raise SpecError(f"{place}: the target {action['target']} matches nothing in the contract")
        for node in reversed(nodes):
            if action.get("remove"):
                _remove(document, node.location)
            elif isinstance(node.value, list):
                node.value.append(action["update"])
            elif isinstance(node.value, dict):
                _merge(node.value, action["update"])
            else:
                raise SpecError(f"{place}: {action['target']} is a scalar; remove it, then update the object it is in")


def _remove(document: Any, location: tuple[int | str, ...]) -> None:
    for key in location[:-1]:
        document = document[key]
    del document[location[-1]]


def _merge(into: dict[str, Any], update: dict[str, Any]) -> None:
    for key, value in update.items():
        if isinstance(into.get(key), dict) and isinstance(value, dict):
            _merge(into[key], value)
        elif isinstance(into.get(key), list) and isinstance(value, list):
            into[key].extend(value)
        else:
            into[key] = value
