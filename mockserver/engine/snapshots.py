"""The format of snapshots: all of a world's state, described by a schema that knows every key."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec

from counterfoil.mockserver.engine.vendor import Vendor

FORMAT = 1


def schema(vendors: Mapping[str, Vendor]) -> dict[str, Any]:
    """The JSON Schema of a snapshot of these vendors. What it leaves out of a vendor's state has its usual value."""
    return _schema(tuple((name, vendor.state) for name, vendor in sorted(vendors.items())))


def check(snapshot: Any, vendors: Mapping[str, Vendor]) -> None:
    """Raise ValueError, with the place, for what is no snapshot of these vendors."""
    validator = _validator(tuple((name, vendor.state) for name, vendor in sorted(vendors.items())))
    if not validator.is_valid(snapshot):
        error = next(iter(validator.iter_errors(snapshot)))
        place = "/".join(str(step) for step in error.instance_path)
        raise ValueError(f"not a snapshot of this mock: /{place}: {error.message[:300]}")


def closed(described: dict[str, Any]) -> dict[str, Any]:
    """What msgspec says of a type, so that a key that it does not have is refused."""
    return {**described, "additionalProperties": False} if "properties" in described else described


@cache
def _schema(states: tuple[tuple[str, type[Any]], ...]) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    places: dict[str, Any] = {}
    for name, state in states:
        (place,), found = msgspec.json.schema_components([state], ref_template=f"#/$defs/{name}.{{name}}")
        places[name] = place
        definitions |= {f"{name}.{known}": closed(described) for known, described in found.items()}
    clock = {
        "type": "object", "required": ["now", "ticks"], "additionalProperties": False,
        "properties": {"now": {"type": "string", "description": "UTC."}, "ticks": {"type": "boolean"}},
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A snapshot of a world", "type": "object",
        "required": ["format", "seed", "clock", "vendors"], "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT}, "seed": {"type": "integer"}, "clock": clock,
            "vendors": {"type": "object", "properties": places, "additionalProperties": False},
        },
        "$defs": definitions,
    }  # fmt: skip


@cache
def _validator(states: tuple[tuple[str, type[Any]], ...]) -> Any:
    return jsonschema_rs.validator_for(_schema(states))
