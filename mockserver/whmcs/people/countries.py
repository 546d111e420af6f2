"""The countries of ISO 3166 with their states, by their codes."""

from collections import defaultdict
from functools import cache

import msgspec


class State(msgspec.Struct, kw_only=True, frozen=True):
    """A state, province or region, by its code within its country."""

    code: str
    name: str


class Country(msgspec.Struct, kw_only=True, frozen=True):
    """A country and its states, in the order of their codes; it has none where they are not known."""

    code: str
    name: str
    states: tuple[State, ...]


@cache
def country(code: str) -> str | None:
    """The country's short name, or None where no country has the code of two letters."""
    import pycountry  # its tables take time to load, and few requests need them

    entry = pycountry.countries.get(alpha_2=code)
    if entry is None:
        return None
    return str(getattr(entry, "common_name", entry.name))


@cache
def countries() -> dict[str, Country]:
    """All countries by their codes, in the order of these."""
    import pycountry

    states: dict[str, list[State]] = defaultdict(list)
    for each in pycountry.subdivisions:
        states[each.country_code].append(State(code=each.code.partition("-")[2], name=each.name))
    return {
        code: Country(
            code=code, name=country(code) or code,
            states=tuple(sorted(states.get(code, ()), key=lambda state: state.code)),
        )
        for code in sorted(each.alpha_2 for each in pycountry.countries)
    }  # fmt: skip
