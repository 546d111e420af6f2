"""Reads profiles: the file, its variables, and what is wrong with it."""

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.contracts.profile.model import Entry, Profile
from counterfoil.contracts.profile.secret_names import SECRET_NAME, variable
from counterfoil.contracts.profile.vocabulary import INSTALLATIONS, for_each_contract, with_vocabulary
from counterfoil.reports.toml_lines import Where, line_of, lines_of

SEEDED = Path(__file__).parent / "seeded.toml"
#: the profile that is used where none is named and it lies in the current folder
USUAL = Path("counterfoil.toml")


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file, the line, the key and the mend."""


@cache
def seeded() -> Profile:
    """The documented seeded installation, as every mock starts with it."""
    return read(SEEDED)


def read(
    path: Path,
    environ: Mapping[str, str] = os.environ,
    *,
    only: Collection[str] | None = None,
    secrets: bool = True,
) -> Profile:
    """The profile that the file holds; `${NAME}` in its texts is taken from the environment.

    Where it is `only` to be of these contracts, the variables of the others need not be set: their tables are left out then,
    and nobody is warned of what stands there.
    Without `secrets`, for what sends nothing, no variable needs to be set.

    What belongs to the contract rather than to an installation (`properties`, `logins`, `never`, `discover`, `meanings`,
    `marks`) is taken from its vocabulary where the file is silent.

    Raises:
        ProfileError: unreadable, no TOML, an unknown key, a value of the wrong kind, or a variable that is not set. All
            errors are reported at once.
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
    values = environ if secrets else {name: f"${name}" for name in _VARIABLE.findall(text)} | dict(environ)
    content = file.expanded(written, values)
    if only is not None:
        left_out = file.forget_others(only)
        content = {name: table for name, table in content.items() if name not in left_out}
        written = {name: table for name, table in written.items() if name not in left_out}
    try:
        entries = msgspec.convert(content, dict[str, Entry])
    except msgspec.ValidationError as error:
        from counterfoil.contracts.profile.errors import errors  # only who makes one waits for it

        file.wrong += list(errors(content)) or [((), str(error))]
        entries = {}
    for name, entry in entries.items():
        file.find_missing(name, entry)
    if file.wrong:
        in_order = sorted(file.wrong, key=lambda each: file.line(each[0]))
        raise ProfileError("\n".join(file.told(where, what) for where, what in in_order))
    entries = msgspec.convert(for_each_contract(content), dict[str, Entry])
    entries = {name: with_vocabulary(name, file.placed(entry)) for name, entry in entries.items()}
    if path == SEEDED:
        return Profile(entries, path)
    if only is not None:
        written = {name: table for name, table in written.items() if name in wanted(only)}
    warnings = [
        file.told(where, f"this is a secret: write {_variable_for(where)} here and set that in the environment")
        for where in literal_secrets(written)
    ]
    warnings += [
        file.told((name, "ids", unused), "no case needs an id of this name; see `counterfoil init` for those that do")
        for name, table in written.items()
        if (known := seeded().of(INSTALLATIONS.get(name, (name,))[0]).ids)
        for unused in table.get("ids", {}).keys() - known.keys()
    ]
    return Profile(entries, path, tuple(warnings))


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def wanted(contracts: Collection[str]) -> set[str]:
    """The tables that somebody reads who only wants these contracts: also that of an installation which has one of them."""
    return {*contracts, *(name for name, has in INSTALLATIONS.items() if not set(contracts).isdisjoint(has))}


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

    def forget_others(self, only: Collection[str]) -> set[str]:
        """The tables that cannot be read, and that nobody needs who only wants these contracts: nothing is wrong with them."""
        left_out = {str(where[0]) for where, _ in self.wrong if where} - wanted(only)
        self.wrong = [(where, what) for where, what in self.wrong if not where or where[0] not in left_out]
        return left_out

    def _files(self, entry: Entry) -> dict[str, Path]:
        names = ("ca_file", "client_certificate", "client_key")
        return {name: self.path.parent / getattr(entry.tls, name) for name in names if getattr(entry.tls, name)}

    def find_missing(self, table: str, entry: Entry) -> None:
        """Tell of the files of the table's TLS settings that are not there."""
        files = self._files(entry)
        for name, path in files.items():
            if not path.exists():
                self.wrong.append(((table, "tls", name), f"there is no file {path}"))
        if "client_key" in files and "client_certificate" not in files:
            self.wrong.append(((table, "tls", "client_key"), "a key needs its `client_certificate`"))

    def placed(self, entry: Entry) -> Entry:
        """The entry with the files of its TLS settings as they are found from anywhere."""
        files = {name: str(path.absolute()) for name, path in self._files(entry).items()}
        return msgspec.structs.replace(entry, tls=msgspec.structs.replace(entry.tls, **files))


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
