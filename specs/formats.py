"""Formats of texts beside those of JSON Schema, as the contracts name them."""

import re
from collections.abc import Callable
from datetime import datetime

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def is_moment(text: str) -> bool:
    """`local-date-time`: a moment by the clock of the installation, `2026-08-24 11:02:40`."""
    return _MOMENT.fullmatch(text) is not None and _is_real(text)


def is_moment_or_zeros(text: str) -> bool:
    """`local-date-time-or-zeros`: the same, or `0000-00-00 00:00:00` where there is none."""
    return text == "0000-00-00 00:00:00" or is_moment(text)


def is_day_or_zeros(text: str) -> bool:
    """`date-or-zeros`: a day of the calendar, or `0000-00-00` where there is none."""
    return text == "0000-00-00" or (_DAY.fullmatch(text) is not None and _is_real(text))


def _is_real(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


FORMATS: dict[str, Callable[[str], bool]] = {
    "local-date-time": is_moment,
    "local-date-time-or-zeros": is_moment_or_zeros,
    "date-or-zeros": is_day_or_zeros,
}

_YMD = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_HMS = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
#: as much of them as a pattern can say, for those who know only the formats that every validator knows
PATTERNS = {
    "local-date-time": f"^{_YMD} {_HMS}$",
    "local-date-time-or-zeros": f"^({_YMD} {_HMS}|0000-00-00 00:00:00)$",
    "date-or-zeros": f"^({_YMD}|0000-00-00)$",
    "date-time": rf"^{_YMD}[Tt ]{_HMS}(\.\d+)?([Zz]|[+-]\d\d:\d\d)$",
}
