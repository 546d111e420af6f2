"""The formats that contracts name beside those of JSON Schema."""

import re

import pytest

from counterfoil.specs.formats import FORMATS, PATTERNS


@pytest.mark.parametrize(
    ("name", "text", "holds"),
    [
        ("date-or-zeros", "2028-02-29", True),
        ("date-or-zeros", "0000-00-00", True),
        ("date-or-zeros", "2026-02-30", False),
        ("date-or-zeros", "2026-00-10", False),
        ("date-or-zeros", "20260210", False),
        ("date-or-zeros", "2026-W01-1", False),
        ("local-date-time", "2026-08-24 11:02:40", True),
        ("local-date-time", "2026-08-24T11:02:40", False),
        ("local-date-time", "2026-08-24 11:02:40+00:00", False),
        ("local-date-time", "2026-08-24 25:02:40", False),
        ("local-date-time", "0000-00-00 00:00:00", False),
        ("local-date-time-or-zeros", "0000-00-00 00:00:00", True),
        ("local-date-time-or-zeros", "2026-13-24 11:02:40", False),
        ("local-date-time-or-zeros", "2026-08-24", False),
    ],
)
def test_a_date_is_one_of_the_calendar(name: str, text: str, holds: bool) -> None:
    """Zeros stand for none where the format says so."""
    assert holds is FORMATS[name](text)
    if "-02-3" not in text:  # how long a month is, no pattern can say
        assert holds is (re.search(PATTERNS[name], text) is not None)
