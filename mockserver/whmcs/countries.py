"""The countries of ISO 3166, by their code of two letters."""

from functools import cache


@cache
def country(code: str) -> str | None:
    """The country's short name, or None where no country has the code."""
    import pycountry  # its tables take time to load, and few requests need them

    found = pycountry.countries.get(alpha_2=code)
    if found is None:
        return None
    return str(getattr(found, "common_name", found.name))
