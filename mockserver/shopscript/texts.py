"""The framework's texts in the language of the token's owner; most are the same in all."""

import re

_MISSING = re.compile(r"Required parameter is missing: “(.+)”\.")
_RUSSIAN = r"Отсутствует обязательный параметр: «\1»."


def translated(text: str, language: str) -> str:
    """The text in that language, or as it is where the framework has no other."""
    return _MISSING.sub(_RUSSIAN, text) if language == "ru_RU" else text
