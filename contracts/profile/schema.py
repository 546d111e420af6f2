"""The JSON Schema of a profile."""

from inspect import cleandoc
from typing import Any

import msgspec

from counterfoil.contracts.profile.model import Entry


def schema() -> dict[str, Any]:
    """The JSON Schema of the file, as `profile.schema.json` holds it."""
    made = msgspec.json.schema(dict[str, Entry])
    for component in made["$defs"].values():
        component["description"] = cleandoc(component["description"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A profile of Counterfoil: what is under test, per contract",
        **made,
    }
