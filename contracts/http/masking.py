"""Keeps secrets out of what a run writes down, and writes the command that sends a request again without them."""

import re
import shlex
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from counterfoil.contracts.http import spelled
from counterfoil.contracts.http.kept import KeptValues
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.profile.secret_names import SECRET_NAME
from counterfoil.reports.mismatch import LONGEST_VALUE
from counterfoil.reports.results import Result

_SHORT = 6  # a shorter value may be an ordinary word, so it is masked only where its name stands before it

#: what every request says of itself, in its headers; a value that is one of them is masked as a short one is
_ORDINARY = frozenset({"counterfoil", "application", "multipart", "urlencoded", "charset"})

_LONG = 20_000
#: so many signs one sign may become: escaped for JSON, within JSON
_SPELLED = 12
#: so many signs of texts are remembered
_MOST_KNOWN = 4_000_000
#: what a shell does not take as it stands between double quotes
_ACTIVE = re.compile(r'[\\"`$]')


class _Known(dict[str, str]):
    """Texts, and what they are without what is secret for good: headers, bodies and commands come again and again."""

    _left = _MOST_KNOWN

    def add(self, text: str, masked: str) -> str:
        """Remember it, and that nothing is to be masked in what comes of it."""
        self._left -= len(text) + len(masked)
        if self._left < 0:
            self.clear()
            self._left = _MOST_KNOWN
        self[text] = self[masked] = masked
        return masked


@dataclass(frozen=True)
class Mask:
    """The secrets of one target, by name. A masked secret reads as a shell variable: `$ACCESS_TOKEN`.

    What is `behind` a name is a secret only there, however long it is; the third is how it is shown. What an answer gave
    and a request sent again to open the target is `kept`: name by value.
    """

    secrets: Mapping[str, str]
    behind: tuple[tuple[str, str, str], ...] = ()
    kept: KeptValues = field(default_factory=KeptValues)
    _known: _Known = field(default_factory=_Known, repr=False, compare=False)

    def text(self, text: str) -> str:
        """The text with every secret replaced."""
        for written, name in self.kept.found_in(text):
            text = _behind(name, written, text) if written in _ORDINARY else text.replace(written, _shown(name))
        if len(text) > _LONG:
            return self._without_secrets(text)
        known = self._known.get(text)
        if known is None:
            known = self._known.add(text, self._without_secrets(text))
        return known

    def _without_secrets(self, text: str) -> str:
        every = self._longest_first()
        for name, value in every:
            variable = _shown(name)
            if len(value) >= _SHORT and value not in _ORDINARY:
                there = [each for each in spelled.spans(text, value) if text[slice(*each)] not in _ORDINARY]
                text = _replaced(text, there, variable)
            elif value:
                text = _behind(name, value, text)
        for name, value in every:  # whole ones first: of two that begin alike, each has its own name
            text = _replaced(
                text, [each for each in spelled.runs(text, value) if _tells(text[slice(*each)])], _shown(name)
            )
        for name, value, shown in self.behind:
            text = _behind(name, value, text, shown)
        return text

    def also(self, secrets: Mapping[str, str]) -> "Mask":
        """The mask with more secrets, to which what was found without them says nothing."""
        return replace(self, secrets={**self.secrets, **secrets}, _known=_Known()) if secrets else self

    def cut(self, text: str, limit: int) -> str:
        """The beginning of a stranger's text, which may be long: half a secret at its end is no secret that a mask finds.

        So of what is looked at, which is much more than what is shown, only what stands far from its end is shown.
        """
        beginning = text[: limit + _LONG]
        shown = self.text(beginning)
        if len(beginning) < len(text):  # however many secrets before it have become short names
            longest = max(map(len, (*self.secrets.values(), *self.kept)), default=0)
            shown = shown[: -min(_LONG, _SPELLED * longest) or None]
        return shown[:limit]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Mask":
        """Keeps back everything that is secret in these entries of a profile."""
        every = list(entries)
        secrets = {
            name: value for entry in every for name, value in (secrets_of(entry) | _other_secrets_of(entry)).items()
        }
        return cls(secrets, tuple(pair for entry in every for pair in passwords_of(entry)))

    def curl(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, pairs: list[tuple[str, str]],
        options: Iterable[str] = (),
    ) -> str:  # fmt: skip
        """The command that sends the request again, once the variables it names are set."""
        words = ["curl", "-sS", *map(self._quoted, options), "-X", method, self._quoted(url)]
        multipart = any(value.startswith("multipart/form-data") for value in headers.values())
        for name, value in headers.items():
            if not (multipart and name.lower() == "content-type"):
                words += ["-H", self._quoted(f"{name}: {value}")]
        if multipart and pairs:
            for name, value in pairs:
                words += ["--form-string", self._quoted(f"{name}={value}")]
        elif len(body) > _LONG:
            words += ["--data-binary", f"@BODY # a file of {len(body)} bytes, which are too many to show"]
        elif body:
            words += ["--data-raw", self._quoted(body.decode("utf-8", "backslashreplace"))]
        return " ".join(words)

    def _quoted(self, text: str) -> str:
        """A word of a command that a shell reads as it was, but for the variables, which it fills in."""
        shown = self.text(text)
        names = frozenset((*self.secrets, *(shown for _, _, shown in self.behind), *self.kept.names))
        parts = _any_of(names).split(shown) if names and "$" in shown else [shown]
        if len(parts) == 1:
            return shlex.quote(shown)
        if "!" in shown:  # which a shell that one types into would take for an order, between double quotes
            return "".join(
                f'"${part}"' if number % 2 else shlex.quote(part) for number, part in enumerate(parts) if part
            )
        words = [_ACTIVE.sub(r"\\\g<0>", part) for part in parts]
        for number in range(1, len(words), 2):
            joined = re.match(r"\w", words[number + 1]) is not None
            words[number] = f"${{{words[number]}}}" if joined else f"${words[number]}"
        return f'"{"".join(words)}"'

    def _longest_first(self) -> list[tuple[str, str]]:
        return sorted(self.secrets.items(), key=lambda item: -len(item[1]))


def masked(result: Result, mask: Mask) -> Result:
    """The result with no secret in what it says, its exchanges too."""
    seen: dict[str, dict[str, int]] = {}
    for operation, outcomes in result.seen.items():
        counts = seen.setdefault(operation, {})
        for label, count in outcomes.items():
            counts[mask.text(label)] = counts.get(mask.text(label), 0) + count
    said = masked_line(msgspec.structs.replace(result, seen={}), mask, _NAMES)
    for finding in said["findings"]:  # values of any length, of which no more than this is kept, once they are masked
        for each in finding["mismatches"]:
            each.update(expected=each["expected"][:LONGEST_VALUE], got=each["got"][:LONGEST_VALUE])
    return msgspec.structs.replace(msgspec.convert(said, Result), seen=seen)


#: what the contract and the suite are called by
_NAMES = frozenset({"kind", "contract", "operation", "phase", "verdict", "check", "evidence", "severity"})


def masked_line(line: msgspec.Struct, mask: Mask, names: AbstractSet[str]) -> dict[str, Any]:
    """What is written down, with every text of it masked but for what stands under these names."""

    def below(node: Any, key: str = "") -> Any:
        if isinstance(node, dict):
            return {name: below(each, name) for name, each in node.items()}
        if isinstance(node, list | tuple):
            return [below(each, key) for each in node]
        return mask.text(node) if isinstance(node, str) and key not in names else node

    told: dict[str, Any] = below(msgspec.to_builtins(line))
    return told


def secrets_of(entry: Entry) -> dict[str, str]:
    """What opens a target, by name: credentials, second factors, headers and ids that are called like secrets.

    Of an Authorization header, it is what stands after its scheme; what `Basic` says is a secret as it was before, too,
    and so is each cookie.
    """
    headers = {name: value for name, value in entry.headers.items() if SECRET_NAME.search(name)}
    headers |= entry.credentials.headers
    of_accounts = {f"{account}_{name}" for account, fields in entry.accounts.items() for name in fields}
    ids = {name: value for name, value in entry.ids.items() if name not in of_accounts and SECRET_NAME.search(name)}
    found = {name: value for name, value in ids.items() if isinstance(value, str)}
    for name, value in headers.items():
        scheme, _, secret = value.partition(" ") if "authorization" in name.lower() else ("", "", value)
        found[name] = secret or scheme
        if scheme.lower() == "basic":
            found |= _basic(name, secret)
        elif name.lower() == "cookie":
            each = [part.partition("=")[::2] for part in value.split(";")]
            found |= {f"{name}_{key.strip()}": said for key, said in each if len(said) >= _SHORT}
    factors = {f"{name}_second_factor": each.get("second_factor", "") for name, each in entry.accounts.items()}
    found = {**entry.credentials.body, **entry.credentials.query, **found, **factors}
    return {name: value for name, value in found.items() if value}


def passwords_of(entry: Entry) -> tuple[tuple[str, str, str], ...]:
    """The passwords of the accounts behind their names, where these may be ordinary words, and how each is shown.

    Where all accounts have the same one, its name does not say whose it is.
    """
    name = "password"
    found = {account: fields[name] for account, fields in entry.accounts.items() if name in fields}
    is_one = len(set(found.values())) == 1
    return tuple((name, value, name if is_one else f"{account}_{name}") for account, value in found.items())


def _other_secrets_of(entry: Entry) -> dict[str, str]:
    """What is secret and opens no operation by itself: passwords that nobody has published, also within something."""
    found = {
        f"{account}_{name}": value
        for account, fields in entry.accounts.items()
        for name, value in fields.items()
        if SECRET_NAME.search(name) and value not in _published()
    }
    if entry.proxy and "@" in entry.proxy:
        found["proxy_password"] = unquote(urlsplit(entry.proxy).password or "")
    for place in (entry.credentials.body, entry.credentials.query):
        found |= {f"{name}_password": value.partition(":")[2] for name, value in place.items() if ":" in value}
    return {name: value for name, value in found.items() if len(value) >= _SHORT}


def _published() -> frozenset[str]:
    """The passwords of the seeded installation: everybody knows them, and they are ordinary words."""
    return frozenset(
        value for entry in seeded().entries.values() for each in entry.accounts.values() for value in each.values()
    )


def _basic(name: str, secret: str) -> dict[str, str]:
    try:
        user, _, password = b64decode(secret, validate=True).decode().partition(":")
    except (NoBase64, UnicodeDecodeError):
        return {}
    return {f"{name}_decoded": f"{user}:{password}", f"{name}_password": password}


def _behind(name: str, value: str, text: str, shown: str = "") -> str:
    """The text with the secret replaced where its name stands before it, by this name or the other one."""
    if name not in text:
        return text
    end = r"(?![^\s&\"';,}])"
    pattern = (
        rf"\b{re.escape(spelled.meant(name))}(?:=|\"\s*:\s*\"|:\s*)(?P<value>{re.escape(spelled.meant(value))}){end}"
    )
    return _replaced(text, spelled.spans_behind(text, pattern), _shown(shown or name))


def _tells(run: str) -> bool:
    """Whether a part of a secret is more than an ordinary word, which may be a part of it."""
    for word in _ORDINARY:
        run = run.replace(word, "")
    return len(run) >= spelled.LEAST_RUN


def _replaced(text: str, spans: Sequence[spelled.Span], by: str) -> str:
    pieces, at = [], 0
    for begin, end in spans:
        pieces += [text[at:begin], by]
        at = end
    return "".join([*pieces, text[at:]]) if spans else text


def _shown(name: str) -> str:
    """What stands in place of a secret."""
    return f"${_variable(name)}"


@lru_cache(256)
def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    """The variables of these secrets."""
    variables = sorted({_variable(name) for name in names}, key=len, reverse=True)
    return re.compile(rf"\$({'|'.join(map(re.escape, variables))})")


@lru_cache(4096)
def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()
