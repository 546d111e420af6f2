"""What is wrong with the tables of a profile, in words that name the mend and never a value: it may be a secret."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

import jsonschema

from counterfoil.contracts.profile.schema import schema
from counterfoil.reports.toml_lines import Where

_KINDS = {
    "string": "a text in quotes",
    "number": "a number",
    "integer": "a number",
    "boolean": "true or false",
    "object": "a table",
    "array": "a list",
}


def errors(content: Mapping[str, Any]) -> Iterator[tuple[Where, str]]:
    """Every error with its place, in the order of the file."""
    for error in _validator().iter_errors(content):
        yield from _told(error)


def _told(error: Any) -> Iterator[tuple[Where, str]]:
    where, rule, asked = tuple(error.absolute_path), error.validator, error.validator_value
    # of several kinds of value, the one that is meant is the one that the value already is
    meant = [each for each in error.context or () if each.validator != "type"]
    if len(where) == 1 and rule == "type":
        yield where, "what a profile says stands in the table of its contract, as in [shopscript]"
    elif meant:
        for each in meant:
            yield from _told(each)
    elif rule == "additionalProperties":
        known = list(error.schema["properties"])
        yield from (((*where, name), _unknown(name, known)) for name in error.instance if name not in known)
    elif rule == "required":
        yield where, f"the key `{next(name for name in asked if name not in error.instance)}` is missing"
    else:
        limits = {"exclusiveMinimum": f"more than {asked}", "minimum": f"{asked} or more"}
        told = " or ".join(map(repr, asked)) if rule == "enum" else limits.get(rule)
        yield where, f"must be {told or ' or '.join(_kinds(error.schema))}"


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(schema())


def _unknown(name: str, known: list[str]) -> str:
    """What there is instead, the likeliest first."""
    likely = get_close_matches(name, known, 1)
    return f"there is no key `{name}`; there are: {', '.join(dict.fromkeys([*likely, *known]))}"


def _kinds(node: Any) -> Iterator[str]:
    """The kinds of value that a schema takes, but for nothing at all, which TOML cannot write."""
    names = [part.get("type", "object") for part in node.get("anyOf", [node])]
    yield from dict.fromkeys(_KINDS[name] for name in names if name != "null")
