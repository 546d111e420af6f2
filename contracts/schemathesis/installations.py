"""Which installation a schema of Schemathesis is sent to, and what is known of it: the profile's, or the seeded one."""

import os
from functools import cache
from pathlib import Path
from threading import RLock

from schemathesis.schemas import BaseSchema

from counterfoil.contracts.generate.contract_schema import contract_of
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.loopback import is_loopback
from counterfoil.contracts.profile.model import Entry, Profile
from counterfoil.contracts.profile.read import USUAL, read, seeded
from counterfoil.contracts.profile.vocabulary import with_vocabulary

#: the environment variable that names the profile
PROFILE_VARIABLE = "COUNTERFOIL_PROFILE"


class Known:
    """An installation as these hooks know it. Whoever uses its sessions holds the lock: Schemathesis may have several workers."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.contract = target.contract
        self.lock = RLock()


_KNOWN: dict[tuple[int, str], Known] = {}
_ADDING = RLock()


def known_of(schema: BaseSchema, base_url: str | None = None) -> Known | None:
    """The installation that the schema is sent to; None, where the schema is no contract.

    Raises:
        ProfileError: the profile that is named cannot be used.
    """
    contract = contract_of(schema)
    if contract is None:
        return None
    url = (base_url or schema.get_base_url()).rstrip("/")
    with _ADDING:
        if (id(contract), url) not in _KNOWN:
            named = os.environ.get(PROFILE_VARIABLE) or (str(USUAL) if USUAL.exists() else "")
            entry = _profile(named, contract.name).of(contract.name) if is_described(url) else Entry()
            _KNOWN[id(contract), url] = Known(Target.described(contract, url, with_vocabulary(contract.name, entry)))
    return _KNOWN[id(contract), url]


def is_described(url: str) -> bool:
    """Whether anything is known of what is there: without a profile, only a mock on this machine is taken for the seeded one."""
    return bool(os.environ.get(PROFILE_VARIABLE)) or USUAL.exists() or is_loopback(url)


@cache
def _profile(path: str, contract: str) -> Profile:
    return read(Path(path), only=[contract]) if path else seeded()
