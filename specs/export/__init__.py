"""A contract as other people's tools take it: for API clients, for code generators, and as OpenAPI 3.0.

A contract says more than those tools read: functions as fragments of a path, conditions between fields, links that undo.
What they cannot use is left out or written in a plainer way; nothing is added but what the seeded caller sends.
"""

from typing import Any

from counterfoil.specs.export.clients import for_clients
from counterfoil.specs.export.older import as_older
from counterfoil.specs.export.tools import for_tools

#: what a document can be exported for
KINDS = ("tools", "clients", "3.0")


def exported(document: dict[str, Any], kind: str) -> dict[str, Any]:
    """The contract's united document, written for one kind of tools. The document itself is not changed."""
    if kind == "tools":
        return for_tools(document)
    typed = for_clients(document)
    return as_older(typed) if kind == "3.0" else typed
