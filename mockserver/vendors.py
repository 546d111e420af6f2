"""All vendors of the mock, and which of the chosen overlays apply to which contract."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from counterfoil.mockserver import billmanager, shopscript, whmcs
from counterfoil.mockserver.engine.vendor import Vendor
from counterfoil.specs import SpecError
from counterfoil.specs.loader import shipped_overlay

ALL: Mapping[str, Vendor] = {vendor.name: vendor for vendor in (billmanager.VENDOR, shopscript.VENDOR, whmcs.VENDOR)}


def overlays_of(contract: str, overlays: Sequence[str]) -> tuple[str, ...]:
    """The chosen overlays that apply to this contract.

    An overlay is a name (`wire`: every contract that ships an overlay of that name) or `contract=path` for a file.
    """
    applicable = []
    for overlay in overlays:
        name, given, path = overlay.partition("=")
        if given:
            if name == contract:
                applicable.append(path)
        elif shipped_overlay(contract, overlay) is not None:
            applicable.append(overlay)
    return tuple(applicable)


def check_overlays(contracts: Sequence[str], overlays: Sequence[str]) -> None:
    """Raise SpecError for an overlay that applies to no contract that is served."""
    for overlay in overlays:
        if not any(overlays_of(contract, [overlay]) for contract in contracts):
            hint = "; a file of your own is given as contract=path" if Path(overlay).exists() else ""
            raise SpecError(f"No served contract ({', '.join(contracts)}) has an overlay {overlay!r}{hint}")
