"""Keeps secrets out of what a run writes down, and writes the command that sends a request again without them."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

_SHORT = 6  # a shorter value may be an ordinary word, so it is masked only where its name stands before it

_LONG = 20_000


@dataclass(frozen=True)
class Mask:
    """The secrets of one target, by name. A masked secret reads as a shell variable: `$ACCESS_TOKEN`.

    What is `behind` a name is a secret only there, however long it is.
    """

    secrets: Mapping[str, str]
    behind: tuple[tuple[str, str], ...] = ()

    def text(self, text: str) -> str:
        """The text with every secret replaced."""
        for name, value in self._longest_first():
            variable = f"${_variable(name)}"
            for written in dict.fromkeys((value, quote_plus(value))):
                if len(written) >= _SHORT:
                    text = text.replace(written, variable)
                elif written:
                    text = _behind(name, written, text)
        for name, value in self.behind:
            for written in dict.fromkeys((value, quote_plus(value))):
                text = _behind(name, written, text)
        return text

    def curl(self, method: str, url: str, headers: Mapping[str, str], body: bytes, pairs: list[tuple[str, str]]) -> str:
        """The command that sends the request again, once the variables it names are set."""
        words = ["curl", "-sS", "-X", method, self._quoted(url)]
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
            words += ["--data-binary", self._quoted(body.decode("utf-8", "backslashreplace"))]
        return " ".join(words)

    def _quoted(self, text: str) -> str:
        quoted = shlex.quote(self.text(text))
        names = dict.fromkeys(name for name, _ in (*self._longest_first(), *self.behind))
        for name in names:  # single quotes keep a variable from being filled in
            variable = f"${_variable(name)}"
            if quoted.startswith("'"):
                quoted = quoted.replace(variable, f"'\"{variable}\"'")
        return quoted

    def _longest_first(self) -> list[tuple[str, str]]:
        return sorted(self.secrets.items(), key=lambda item: -len(item[1]))


def _behind(name: str, written: str, text: str) -> str:
    """The text with the secret replaced where its name stands before it."""
    pattern = rf"(\b{re.escape(name)}(?:=|\"\s*:\s*\"|:\s*)){re.escape(written)}(?![^\s&\"';,}}])"
    return re.sub(pattern, lambda match: f"{match[1]}${_variable(name)}", text)


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()
