"""What belongs to a contract rather than to an installation of it: its `vocabulary.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.contracts.profile.model import Entry

#: a folder for each contract: its cases, its laws and its vocabulary
APIS = Path(__file__).parent.parent / "apis"
#: what keeps several contracts: what a profile says in a table of its name holds for each of them
INSTALLATIONS: Mapping[str, tuple[str, ...]] = {"whmcs": ("whmcs-rest", "whmcs-classic")}


def installation_of(contract: str) -> str:
    """The installation that keeps the contract, which may keep others, too."""
    return next((name for name, contracts in INSTALLATIONS.items() if contract in contracts), contract)


def for_each_contract(content: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a profile by contract: what stands in an installation's own is where its contracts say nothing else.

    It holds for those of its contracts that have a table, or for all if none has.
    """
    tables = dict(content)
    for installation, contracts in INSTALLATIONS.items():
        shared = tables.pop(installation, None)
        if shared is not None:
            named = [name for name in contracts if name in tables] or contracts
            tables |= {name: _united(shared, tables.get(name, {})) for name in named}
    return tables


def _united(shared: Any, own: Any) -> Any:
    if not isinstance(shared, dict) or not isinstance(own, dict):
        return own
    return {**shared, **{key: _united(shared.get(key), value) for key, value in own.items()}}


@cache
def vocabulary(contract: str) -> Entry:
    """What belongs to the contract rather than to an installation of it; nothing, for a contract of one's own."""
    own, shared = folder_of(contract) / "vocabulary.toml", APIS / f"{installation_of(contract)}.toml"
    written = [tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {} for path in (shared, own)]
    return msgspec.convert(_united(*written), Entry)


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
