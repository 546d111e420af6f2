"""An installation of one's own: a file in the words of the shipped seeds, checked to the letter before it is used."""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import yaml

from counterfoil.mockserver.engine.snapshots import closed
from counterfoil.mockserver.engine.vendor import Vendor
from counterfoil.specs import SpecError
from counterfoil.specs.quoting import complaint, quoted
from counterfoil.specs.reading import read

MOST_TOLD = 10
_SOME_DAY = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - the world's time has no zone
_HEAD = """\
# What is in the mock from the start: `counterfoil serve --seed-file THIS`. Leave out what may stay as it is shipped: a list that
# stands here replaces the shipped one, settings change one by one.
"""


def schema(vendors: Mapping[str, Vendor]) -> dict[str, Any]:
    """The JSON Schema of the file."""
    properties, definitions = {}, {}
    for name, vendor in vendors.items():
        (_, found) = msgspec.json.schema_components([vendor.state], ref_template=f"#/$defs/{name}.{{name}}")
        for known, described in found.items():
            definitions[f"{name}.{known}"] = _closed(described, vendor)
        root = definitions[f"{name}.{vendor.state.__name__}"]
        shown = read(vendor.seed)
        root["properties"] = {key: root["properties"][key] for key in shown if key in root["properties"]}
        root.pop("required", None)  # what is left out stays as it is shipped
        for table in vendor.tables:
            _make_list(definitions, name, vendor, table)
        properties[name] = {"$ref": f"#/$defs/{name}.{vendor.state.__name__}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "An installation of the mock",
        "type": "object", "additionalProperties": False, "properties": properties, "$defs": definitions,
    }  # fmt: skip


def starting_file(vendors: Mapping[str, Vendor]) -> str:
    """The shipped seeds as one file, to be changed."""
    parts = [_HEAD]
    for name, vendor in vendors.items():
        lines = (f"  {line}" if line else "" for line in vendor.seed.read_text().splitlines())
        parts.append("\n".join([f"{name}:", *lines]) + "\n")
    return "\n".join(parts)


def installed(path: Path, vendors: Mapping[str, Vendor]) -> dict[str, Vendor]:
    """The vendors with what the file has. Raises SpecError with each mistake, its line and the mend."""
    content = read(path)
    mistakes = list(_mistakes(content, vendors))
    if mistakes:
        lines = _Lines(path)
        told = [f"{path}:{lines.of(place)}: {message}" for place, message in mistakes[:MOST_TOLD]]
        more = len(mistakes) - len(told)
        raise SpecError("\n".join([*told, *([f"and {more} more"] if more else [])]))
    made = dict(vendors)
    for name, own in content.items():
        whole = _merged(read(vendors[name].seed), own)
        made[name] = dataclasses.replace(vendors[name], seeded_state=partial(vendors[name].seeded_state, path=whole))
        try:
            made[name].seeded_state(_SOME_DAY, 1)
        except (LookupError, TypeError, ValueError, msgspec.ValidationError) as error:
            raise SpecError(
                f"{path}: {name} cannot be made of this: {type(error).__name__}: {error}. What one list names has to be in "
                "another: compare with the shipped lists ('counterfoil init --seed')."
            ) from error
    return made


def _closed(described: dict[str, Any], vendor: Vendor) -> dict[str, Any]:
    """What msgspec says of a type, with no other keys, and with the ways in which a seed writes values."""
    if "properties" not in described:
        return described
    required = [name for name in described.get("required", ()) if name not in vendor.made]
    written = {name: _written(name, value, vendor) for name, value in described["properties"].items()}
    return closed({**described, "properties": written, "required": required})


def _written(name: str, value: dict[str, Any], vendor: Vendor) -> dict[str, Any]:
    if "anyOf" in value:
        return {**value, "anyOf": [_written(name, each, vendor) for each in value["anyOf"]]}
    if value.get("format") == "decimal":
        return {**value, "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
    if name in vendor.days and value.get("type") == "string":
        return {"anyOf": [{"type": "integer", "description": "Days from the world's start."}, value]}
    below = {key: _written("", value[key], vendor) for key in ("items", "additionalProperties")
             if isinstance(value.get(key), dict)}  # fmt: skip
    return {**value, **below}


def _make_list(definitions: dict[str, Any], name: str, vendor: Vendor, table: str) -> None:
    """Describe a table as the seed has it: a list of what the state keeps by a key."""
    node = definitions[f"{name}.{vendor.state.__name__}"]
    *above, last = table.split(".")
    for step in above:
        node = definitions[node["properties"][step]["$ref"].removeprefix("#/$defs/")]
        node.pop("required", None)
    node["properties"][last] = {"type": "array", "items": node["properties"][last]["additionalProperties"]}


def _mistakes(content: dict[str, Any], vendors: Mapping[str, Vendor]) -> Iterator[tuple[list[Any], str]]:
    """Each place and what is wrong there."""
    described = schema(vendors)
    for error in jsonschema.Draft202012Validator(described).iter_errors(content):
        deepest = jsonschema.exceptions.best_match([error]) or error
        place = list(deepest.absolute_path)
        if deepest.validator == "additionalProperties":
            known = sorted(deepest.schema.get("properties", {}))
            for key in sorted(set(deepest.instance) - set(known)):
                near = get_close_matches(key, known, n=3)
                hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known)}."
                yield [*place, key], f"{_dotted([*place, key])} is unknown; {hint}"
        else:
            yield place, f"{_dotted(place)}: {_told(deepest)}"
    for name, vendor in vendors.items():
        own = content.get(name)
        if not isinstance(own, dict):
            continue
        for table, key in vendor.tables.items():
            yield from _doubled([name, *table.split(".")], _at(own, table.split(".")), key)
        yield from _dangling(name, vendor, _merged(read(vendor.seed), own))


def _dangling(name: str, vendor: Vendor, whole: dict[str, Any]) -> Iterator[tuple[list[Any], str]]:
    """What one list names and another does not have; the lists that the file leaves out are the shipped ones."""
    for field, table in vendor.references.items():
        rows = _at(whole, table.split("."))
        key = vendor.tables[table]
        known = {row.get(key) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
        for place, value in _values([name], whole, field.split(".")):
            if value is not None and value not in known:
                there = ", ".join(map(str, list(known)[:10]))
                yield (
                    place,
                    f"{_dotted(place)} names {quoted(value)}, which is not in {name}.{table}; there are: {there}.",
                )


def _values(place: list[Any], node: Any, steps: list[str]) -> Iterator[tuple[list[Any], Any]]:
    """Each plain value at the end of the steps, with its place; lists are gone through."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from _values([*place, number], each, steps)
    elif steps and isinstance(node, dict):
        yield from _values([*place, steps[0]], node.get(steps[0]), steps[1:])
    elif not steps and isinstance(node, str | int | None):
        yield place, node


def _told(error: jsonschema.ValidationError) -> str:
    if error.validator == "pattern":
        return f"{quoted(error.instance)} is no amount; write it as a text with digits and a point, as in '12.50'."
    if error.validator == "type":
        wanted = error.validator_value
        hint = " (in quotes)" if wanted == "string" and isinstance(error.instance, int | float) else ""
        return f"{quoted(error.instance)} is not of the type {wanted}{hint}."
    return f"{complaint(error)}."


def _doubled(place: list[Any], rows: Any, key: str) -> Iterator[tuple[list[Any], str]]:
    seen: set[Any] = set()
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        value = row.get(key) if isinstance(row, dict) else None
        if isinstance(value, str | int) and value in seen:
            yield [*place, number, key], f"{_dotted(place)} has the {key} {quoted(value)} twice."
        if isinstance(value, str | int):
            seen.add(value)


def _at(node: Any, steps: list[str]) -> Any:
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _dotted(place: list[Any]) -> str:
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in place).lstrip(".") or "the file"


def _merged(shipped: Any, own: Any) -> Any:
    """What is shipped, with one's own mappings key by key, and with one's own lists and values in their place."""
    if isinstance(shipped, dict) and isinstance(own, dict):
        return {**shipped, **{key: _merged(shipped.get(key), value) for key, value in own.items()}}
    return own


class _Lines:
    """Where in the file a value stands."""

    def __init__(self, path: Path) -> None:
        self._root = yaml.compose(path.read_text(), Loader=yaml.SafeLoader)

    def of(self, place: list[Any]) -> int:
        """The line of the place, or of the nearest one above it that is there."""
        node, line = self._root, 1
        for step in place:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == str(step)), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
        return line
