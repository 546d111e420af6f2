"""The file that describes the thing under test: where it is, what opens it, and which ids exist there."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from counterfoil.reports.toml_lines import Where, line_of, lines_of

SEEDED = Path(__file__).parent / "seeded.toml"
#: a folder for each contract: its cases, its laws and its vocabulary
APIS = Path(__file__).parent.parent / "apis"
#: the profile that is used where none is named and it lies in the current folder
USUAL = Path("counterfoil.toml")

Scalar = str | int | float | bool
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file, the line, the key and the mend."""


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


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the target promises beyond its contract: the seconds within which every answer comes.

    It bans nobody who has tried `wrong_logins` wrong credentials in a row. No answer of it is larger than
    `answer_bytes`: of a larger one, no more is read.
    """

    answer_seconds: Seconds | None = None
    wrong_logins: Annotated[int, msgspec.Meta(ge=0)] = 4
    answer_bytes: Annotated[int, msgspec.Meta(ge=1)] = 8 * 1024 * 1024


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an https target is trusted, and what it is shown. Paths are seen from the profile's folder.

    `ca_file` holds the authority that signed the target's certificate, if the machine does not know it. `verify = false`
    trusts anybody.
    """

    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""
    verify: bool = True


class Timeout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many seconds to wait for a connection, and for the next part of an answer."""

    connect: Seconds | None = None
    read: Seconds | None = None


class Discovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an id is found where a profile does not give it: by reading.

    `pick` says where it stands in the answer of `operation`: a JSON pointer, or a JSONPath query, of which the first one
    is taken that is none of the ids named by `but`. With several in `pick`, the first that finds something counts.
    `given` are arguments; `{name}` in them is another id.
    """

    operation: str
    pick: str | list[str]
    given: dict[str, Scalar] = {}
    but: list[str] = []


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How what an operation creates is recognised afterwards: `{mark}` in the `text` of a field that is left out else.

    Only requests that have the field `beside` get it. `found_by` is the operation that lists such things, `given` its
    arguments, `entries` a pointer to the list in its answer. `names` says what in the answer of the creating call is
    which property of such an entry; nothing, where an entry is what that call answers.
    """

    field: str
    text: str = "{mark}"
    beside: str = ""
    found_by: str = ""
    given: dict[str, Scalar] = {}
    entries: str = ""
    names: dict[str, str] = {}


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile says about one contract.

    `accounts` can log in, by a name for each: the fields that the login takes, and `second_factor` where one is asked
    for. The first account that fits a kind of session opens whatever needs one. `logins` says, for each security scheme
    of the contract that is a session, how it is opened; it belongs to the contract, so profiles need not repeat it, and
    so do `properties`, `discover`, `meanings` and `marks`: which request property carries which id, how an id is found,
    what each id is, and how what an operation creates is recognised.

    `safety` says how a deployment is treated: `careful` changes nothing there, `free` is for one that can be thrown away.
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
    limits: Limits = Limits()
    tls: Tls = Tls()
    proxy: str | None = None
    timeout: Seconds | Timeout | None = None
    safety: Literal["careful", "free"] | None = None
    discover: dict[str, Discovery] = {}
    meanings: dict[str, str] = {}
    marks: dict[str, Mark] = {}

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
    """Per contract, what the file says. A contract that it does not name has an empty entry.

    `warnings` tell what can be used as it is, but ought not to stay so.
    """

    entries: Mapping[str, Entry]
    path: Path | None = field(default=None)
    warnings: tuple[str, ...] = ()

    def of(self, contract: str) -> Entry:
        """The entry for one contract."""
        return self.entries.get(contract, Entry())


@cache
def seeded() -> Profile:
    """The documented seeded installation, as every mock starts with it."""
    return read(SEEDED)


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


def read(path: Path, environ: Mapping[str, str] = os.environ) -> Profile:
    """The profile that the file holds; `${NAME}` in its texts is taken from the environment.

    What belongs to the contract rather than to an installation (`properties`, `logins`, `never`, `discover`, `meanings`,
    `marks`) is taken from its vocabulary where the file is silent.

    Raises:
        ProfileError: unreadable, no TOML, an unknown key, a value of the wrong kind, or a variable that is not set. All
            mistakes are told at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        written = tomllib.loads(text)
    except OSError as error:
        raise ProfileError(f"{path}: the profile cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: the profile is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error
    file = _File(path, text)
    content = file.expanded(written, environ)
    try:
        entries = msgspec.convert(content, dict[str, Entry])
    except msgspec.ValidationError as error:
        from counterfoil.contracts.profile.errors import mistakes  # only who makes one waits for it

        file.wrong += list(mistakes(content)) or [((), str(error))]
        entries = {}
    if not file.wrong:
        entries = {name: file.placed(name, entry) for name, entry in entries.items()}
    if file.wrong:
        in_order = sorted(file.wrong, key=lambda each: file.line(each[0]))
        raise ProfileError("\n".join(file.told(where, what) for where, what in in_order))
    entries = {name: _with_vocabulary(name, entry) for name, entry in entries.items()}
    if path == SEEDED:
        return Profile(entries, path)
    warnings = [
        file.told(where, f"this is a secret: write {_variable_for(where)} here and set that in the environment")
        for where in literal_secrets(written)
    ]
    warnings += [
        file.told((name, "ids", unused), "no case needs an id of this name; see `counterfoil init` for those that do")
        for name, entry in entries.items()
        for unused in (entry.ids.keys() - seeded().of(name).ids.keys() if seeded().of(name).ids else ())
    ]
    return Profile(entries, path, tuple(warnings))


def _with_vocabulary(name: str, entry: Entry) -> Entry:
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


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_NAME = re.compile(r"secret|passw|pwd|token|key|authorization|cookie|signature|factor|\bpin\b", re.IGNORECASE)


class _File:
    """One file being read: where its keys stand, and what is wrong with them."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self._text = path, text
        self.wrong: list[tuple[Where, str]] = []

    def told(self, where: Where, what: str) -> str:
        """A sentence about a key, behind its file and line."""
        return f"{self.path}:{self.line(where)}: {named(where)}: {what}"

    def line(self, where: Where) -> int:
        """In which line the key is."""
        return line_of(self._lines, where)

    @cached_property
    def _lines(self) -> dict[Where, int]:
        return lines_of(self._text)

    def expanded(self, node: Any, environ: Mapping[str, str], where: Where = ()) -> Any:
        """The tree with the variables filled in; those that are not set are told."""
        if isinstance(node, dict):
            return {key: self.expanded(value, environ, (*where, key)) for key, value in node.items()}
        if isinstance(node, list):
            return [self.expanded(value, environ, (*where, index)) for index, value in enumerate(node)]
        if not isinstance(node, str):
            return node
        missing = [name for name in _VARIABLE.findall(node) if name not in environ]
        self.wrong += [(where, f"needs the environment variable {name}, which is not set") for name in missing]
        return _VARIABLE.sub(lambda match: environ.get(match[1], ""), node)

    def placed(self, contract: str, entry: Entry) -> Entry:
        """The entry with the files of its TLS settings as they are found from anywhere; a missing one is told."""
        names = ("ca_file", "client_certificate", "client_key")
        paths = {name: self.path.parent / getattr(entry.tls, name) for name in names if getattr(entry.tls, name)}
        for name, path in paths.items():
            if not path.exists():
                self.wrong.append(((contract, "tls", name), f"there is no file {path}"))
        if "client_key" in paths and "client_certificate" not in paths:
            self.wrong.append(((contract, "tls", "client_key"), "a key needs its `client_certificate`"))
        placed = {name: str(path.absolute()) for name, path in paths.items()}
        return msgspec.structs.replace(entry, tls=msgspec.structs.replace(entry.tls, **placed))


def named(where: Where) -> str:
    """A place in a profile as a person writes it: `[shopscript.ids] sku`; a table by its name alone."""
    *tables, key = where or ("",)
    return f"[{'.'.join(map(str, tables))}] {key}" if tables else f"[{key}]"


def literal_secrets(written: Mapping[str, Any]) -> Iterator[Where]:
    """The places of a profile where a secret stands as it is, instead of the name of its variable."""
    for contract, entry in written.items():
        for path, value in _texts(entry, (contract,)):
            table, name = path[1], str(path[-1])
            is_secret = (
                table == "credentials"
                or (table in ("accounts", "headers", "ids") and SECRET_NAME.search(name))
                or (table == "proxy" and "@" in value)
            )
            if is_secret and value and not _VARIABLE.search(value):
                yield path


def _texts(node: Any, path: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield from _texts(below, (*path, key))
    elif isinstance(node, str) and len(path) > 1:
        yield path, node


def _variable_for(where: Where) -> str:
    contract, *names = map(str, where)
    return "${" + variable(contract, *(names[1:] or names)) + "}"


def variable(*parts: str) -> str:
    """The name of an environment variable for a secret of that contract: `WHMCS_CLASSIC_SECRET`."""
    kept = [part for part in parts if part not in ("body", "query", "headers")]
    return re.sub(r"\W", "_", "_".join(kept), flags=re.ASCII).upper()


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
