"""Mistakes of real teams, by name: a world's program can have some of them, to see whether a suite notices.

Each contract's are a module of its name here, and stand in `CATALOGUE`. A mistake stands around a step of
a request's life and not in a vendor's code, which does not know of it. All are off until a world is told to have some.
"""

from collections.abc import Container, Iterable, Mapping
from difflib import get_close_matches

from counterfoil.mockserver.defects import billmanager, shopscript, whmcs_classic, whmcs_rest, whmcs_rest_carts
from counterfoil.mockserver.defects.defect import Defect

#: by name
CATALOGUE: Mapping[str, Defect] = {
    defect.name: defect
    for those in (
        billmanager.DEFECTS,
        shopscript.DEFECTS,
        whmcs_classic.DEFECTS,
        whmcs_rest.DEFECTS,
        whmcs_rest_carts.DEFECTS,
    )
    for defect in those
}


class UnknownDefect(ValueError):
    """There is no such mistake to make; the message names those that are called alike."""


def of(contracts: Container[str]) -> list[Defect]:
    """The mistakes that can be made where these contracts are served."""
    return [defect for defect in CATALOGUE.values() if defect.contract in contracts]


def named(names: Iterable[str], contracts: Container[str]) -> tuple[Defect, ...]:
    """The mistakes of these names, in the catalogue's order: there, what changes a form stands behind what reads it.

    Raises:
        UnknownDefect: one of the names is none.
    """
    known = {defect.name: defect for defect in of(contracts)}
    chosen = set(names)
    for name in sorted(chosen):
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "GET /_mock/defects lists them."
            raise UnknownDefect(f"There is no defect {name[:80]!r} here. {hint}")
    return tuple(defect for name, defect in known.items() if name in chosen)
