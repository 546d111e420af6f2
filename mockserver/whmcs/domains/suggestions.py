"""Suggesting domain names for a phrase; the same phrase gives the same names."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from counterfoil.mockserver.whmcs.domains.registry import AVAILABLE, NameStatus, sold_as, status_of
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.tlds import Tld

PROVIDER = "WhmcsDomains"
#: of a longer phrase only the beginning counts
LONGEST_TERM = 120
MOST_LABELS = 40

#: a name with one of these in it is sensitive
SENSITIVE = ("casino", "drug", "gambl", "nude", "porn", "sex", "weapon", "xxx")

_WORD = re.compile(r"[^\W_]+")
_DOMAIN = re.compile(r"\S+\.\S+")
_SMALL_WORDS = frozenset(
    ("a", "an", "and", "at", "by", "com", "for", "in", "of", "on", "or", "the", "to", "with", "www")
)
_BEFORE = ("get", "my", "the", "go")
_BEHIND = ("online", "shop", "site", "hq", "app", "hub")


def suggested_tlds(installation: Installation) -> list[str]:
    """Under which TLDs names are suggested to whoever asks for none."""
    return [tld.name for tld in installation.tlds.values() if tld.suggested]


def suggest(
    installation: Installation, term: str, tlds: Iterable[str], *, longest: int | None = None, decent: bool = False
) -> list[NameStatus]:
    """The names that fit the phrase and can be registered, those closest to it first.

    `longest` counts the name without its TLD; with `decent` there is no sensitive word in it.
    """
    named = [sold_as(installation, name) for name in tlds]
    asked = named or [installation.tlds[name] for name in suggested_tlds(installation)]
    sold = list({tld.name: tld for tld in asked if tld is not None}.values())
    return [
        status
        for status in _names(installation, term[:LONGEST_TERM], sold)
        if status.state == AVAILABLE
        and (longest is None or len(status.label) <= longest)
        and not (decent and any(word in status.label for word in SENSITIVE))
    ]


def _names(installation: Installation, term: str, tlds: list[Tld]) -> Iterator[NameStatus]:
    for label in list(dict.fromkeys(_labels(term)))[:MOST_LABELS]:
        for tld in tlds:
            status = status_of(installation, f"{label}.{tld.name}")
            if status is not None:
                yield status


def _labels(term: str) -> Iterator[str]:
    """What comes from the phrase, the closest first."""
    term = term.strip().lower()
    if _DOMAIN.fullmatch(term):
        term = term.partition(".")[0]
        yield term
    words = [word for word in _WORD.findall(term) if word not in _SMALL_WORDS]
    if not words:
        return
    yield "".join(words)
    yield "-".join(words)
    yield from ("".join(pair) for pair in pairwise(words))
    yield from words
    for word in dict.fromkeys(("".join(words), *words)):
        yield from (f"{word}{more}" for more in _BEHIND)
        yield from (f"{more}{word}" for more in _BEFORE)
