"""What a document says of all operations alike, written out at each for readers who look nowhere else."""

from typing import Any

from counterfoil.specs.view import METHODS


def written_out(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its general answers at every operation that has none of its own under their status.

    Which there are, `x-statuses` says; a status without an answer there is only known. The document is not changed.
    """
    general = {status: answer for status, answer in document.get("x-statuses", {}).items() if answer}
    if not general:
        return document
    return {**document, "paths": {path: _with(item, general) for path, item in document["paths"].items()}}


def _with(item: dict[str, Any], general: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {**below, "responses": {**general, **below["responses"]}} if key in METHODS else below
        for key, below in item.items()
    }
