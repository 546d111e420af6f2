"""The file that describes the thing under test: where it is, what opens it, and which ids exist there."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

SEEDED = Path(__file__).parent / "seeded.toml"

Scalar = str | int | float | bool


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file, the key and the mend."""


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What opens the target, by the place where it goes: name -> value."""

    body: dict[str, str] = {}
    query: dict[str, str] = {}
    headers: dict[str, str] = {}

    def names(self) -> set[str]:
        """The names of all of them, whatever their place; a header's name is in lower case."""
        return {*self.body, *self.query, *(name.lower() for name in self.headers)}


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How sessions of one kind begin and end: the operations of the contract that do it.

    The account's fields are the body of `operation`. `verify` takes a second factor, `ends` logs out, and `others` give
    a state that holds another session than the one that was sent.
    """

    operation: str
    verify: str = ""
    ends: str = ""
    others: list[str] = []


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile says about one contract.

    `accounts` can log in, by a name for each: the fields that the login takes, and `second_factor` where one is asked
    for. The first account that fits a kind of session opens whatever needs one. `logins` says, for each security scheme
    of the contract that is a session, how it is opened; it belongs to the contract, so profiles need not repeat it.
    """

    url: str | None = None
    overlay: str | list[str] = []
    credentials: Credentials = Credentials()
    accounts: dict[str, dict[str, str]] = {}
    logins: dict[str, Login] = {}
    ids: dict[str, Scalar] = {}
    properties: dict[str, str] = {}
    never: list[str] = []
    headers: dict[str, str] = {}

    @property
    def known(self) -> dict[str, Scalar]:
        """What a case can name: the ids, and what the accounts log in with, as `user_email`."""
        own = {
            f"{account}_{name}": value for account, fields in self.accounts.items() for name, value in fields.items()
        }
        return {**own, **self.ids}

    @property
    def overlays(self) -> tuple[str, ...]:
        """The overlays, in the order in which they are applied."""
        return (self.overlay,) if isinstance(self.overlay, str) else tuple(self.overlay)


@dataclass(frozen=True)
class Profile:
    """Per contract, what the file says. A contract that it does not name has an empty entry."""

    entries: Mapping[str, Entry]
    path: Path | None = field(default=None)

    def of(self, contract: str) -> Entry:
        """The entry for one contract."""
        return self.entries.get(contract, Entry())


@cache
def seeded() -> Profile:
    """The documented seeded installation, as every mock starts with it."""
    return read(SEEDED)


def read(path: Path, environ: Mapping[str, str] = os.environ) -> Profile:
    """The profile that the file holds; `${NAME}` in its texts is taken from the environment.

    Which request property carries which id (`properties`), which ones the suite does not make up (`never`), and how
    sessions are opened (`logins`) is taken from the seeded profile where the file is silent, since that is the
    contract's own vocabulary.

    Raises:
        ProfileError: unreadable, no TOML, an unknown key, a value of the wrong kind, or a variable that is not set.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path}: the profile cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: the profile is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error
    content = _expanded(content, environ, path, "")
    entries = {}
    for name, table in content.items():
        try:
            entries[name] = msgspec.convert(table, Entry)
        except msgspec.ValidationError as error:
            raise ProfileError(f"{path}: {_plainly(str(error), name)}") from error
    if path != SEEDED:
        known = seeded().entries
        entries = {
            name: msgspec.structs.replace(
                entry,
                properties={**known.get(name, Entry()).properties, **entry.properties},
                logins={**known.get(name, Entry()).logins, **entry.logins},
                never=[*known.get(name, Entry()).never, *entry.never],
            )
            for name, entry in entries.items()
        }
    return Profile(entries, path)


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def _expanded(node: Any, environ: Mapping[str, str], path: Path, where: str) -> Any:
    if isinstance(node, dict):
        return {key: _expanded(value, environ, path, f"{where}.{key}".lstrip(".")) for key, value in node.items()}
    if isinstance(node, list):
        return [_expanded(value, environ, path, where) for value in node]
    if not isinstance(node, str):
        return node

    def value_of(match: re.Match[str]) -> str:
        try:
            return environ[match[1]]
        except KeyError:
            message = f"{path}: {where} needs the environment variable {match[1]}, which is not set"
            raise ProfileError(message) from None

    return _VARIABLE.sub(value_of, node)


def _plainly(message: str, table: str) -> str:
    """Msgspec's words for a user's mistake, behind the place in the file instead of its JSON path."""
    text, _, place = message.partition(" - at `")
    where = f"[{table}] {place.rstrip('`').removeprefix('$').lstrip('.')}".strip()
    if "unknown field" in text:
        kind = Login if "logins" in place else Credentials if place else Entry
        known = ", ".join(field.name for field in msgspec.structs.fields(kind))
        text = f"{text.replace('Object contains unknown field', 'there is no key')}; there are: {known}"
    return f"{where}: {text}"
