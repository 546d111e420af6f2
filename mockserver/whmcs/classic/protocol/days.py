"""Days as they stand on the wire."""

from datetime import date, datetime

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body

#: as programs write a day, and as the installation shows it to its staff
_FORMS = ("%Y-%m-%d", "%d/%m/%Y")


def day_in(given: Body, name: str) -> date | None:
    """The day in the field, which has a day's form; None where there is none. Refused if the calendar lacks it."""
    if name not in given:
        return None
    found = _read(given[name])
    if found is None:
        raise Refusal("invalid_parameter", parameter=name, reason=f"{given[name][:80]!r} is no day")
    return found.date()


def moment_in(given: Body, name: str, now: datetime) -> datetime:
    """The moment in the field: a day, in one of two forms; now where there is none. Refused if it is neither."""
    day = day_in(given, name)
    return now if day is None else datetime.combine(day, now.time())


def _read(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a world's time has no zone
        except ValueError:
            continue
    return None
