"""Days that follow from other days."""

from calendar import monthrange
from datetime import MAXYEAR, date, datetime, timedelta


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is too short; no later than dates go."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years > MAXYEAR:
        return date.max
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def add_days(moment: datetime, days: int) -> datetime:
    """So many days later or earlier, as far as dates go."""
    try:
        return moment + timedelta(days)
    except OverflowError:
        return datetime.max.replace(microsecond=0) if days > 0 else datetime.min  # noqa: DTZ901 - a world has no zone


def later(moment: datetime, seconds: int) -> datetime:
    """So many seconds later or earlier, as far as dates go."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(microsecond=0) if seconds > 0 else datetime.min  # noqa: DTZ901 - see above
