"""What belongs to a contract rather than to an installation of it: its `vocabulary.toml`."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from counterfoil.contracts.profile.model import Entry

#: a folder for each contract: its cases, its laws and its vocabulary
APIS = Path(__file__).parent.parent / "apis"


@cache
def vocabulary(contract: str) -> Entry:
    """What belongs to the contract rather than to an installation of it; nothing, for a contract of one's own."""
    path = folder_of(contract) / "vocabulary.toml"
    if not path.is_file():
        return Entry()
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Entry)


def folder_of(contract: str) -> Path:
    """Where the suite keeps what it knows of a contract that ships with it."""
    return APIS / contract.replace("-", "_")


def with_vocabulary(name: str, entry: Entry) -> Entry:
    """The entry, with what belongs to its contract where it is silent."""
    known = vocabulary(name)
    return msgspec.structs.replace(
        entry,
        properties={**known.properties, **entry.properties},
        logins={**known.logins, **entry.logins},
        discover={**known.discover, **entry.discover},
        meanings={**known.meanings, **entry.meanings},
        marks={**known.marks, **entry.marks},
        never=[*known.never, *entry.never],
    )
