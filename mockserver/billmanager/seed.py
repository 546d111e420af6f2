"""The panel as every world finds it."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.mockserver.billmanager import renewal
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.engine.moments import add_days
from counterfoil.specs.reading import read

SEED = Path(__file__).with_name("seed.yaml")
_MOMENTS = frozenset(("created", "paid"))
_DAYS = frozenset(("expires",))
DAYS = _MOMENTS | _DAYS
#: the lists of the seed that are kept by a key
TABLES = {"providers": "id", "datacenters": "id", "tariffs": "id", "clients": "id"}


def seeded_state(now: datetime, seed: int, path: Path | dict[str, Any] = SEED) -> Panel:
    """The seeded panel at that moment; what looks random follows from the seed."""
    content = _dated(path if isinstance(path, dict) else _seed(path), now)
    for name, key in TABLES.items():
        content[name] = {row[key]: row for row in content[name]}
    panel = msgspec.convert({**content, "seed": seed}, Panel, strict=False, str_keys=True)
    panel.next_due = renewal.first_due(panel)
    return panel


@cache
def _seed(path: Path) -> dict[str, Any]:
    return read(path)


def _dated(node: Any, now: datetime) -> Any:
    """A copy of the seed with days in place of the numbers that count them."""
    if isinstance(node, list):
        return [_dated(each, now) for each in node]
    if not isinstance(node, dict):
        return node
    copy: dict[str, Any] = {}
    for key, value in node.items():
        if key in _MOMENTS and isinstance(value, int):
            copy[key] = add_days(now, value)
        elif key in _DAYS and isinstance(value, int):
            copy[key] = add_days(now, value).date()
        else:
            copy[key] = _dated(value, now)
    return copy
