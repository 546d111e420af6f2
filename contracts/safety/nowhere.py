"""Ids that are made up and exist nowhere: what changes or removes may name these, and nothing else, in a careful run."""

import re

#: numbers that no installation has counted up to; what cases and generated requests name as unknown
_NUMBERS = frozenset({"999999999", "2000000000"})
_UUID = "00000000-0000-4000-8000-000000000000"
_TEXT = re.compile(r"no-?such[a-z0-9._-]*", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*,\s*")


def exists_nowhere(value: str) -> bool:
    """Whether the value, or each of several that are joined by commas, is an id that is made up."""
    return all(
        part in _NUMBERS or part.lower() == _UUID or bool(_TEXT.fullmatch(part))
        for part in _SEPARATOR.split(value.strip())
    )
