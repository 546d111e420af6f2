"""The shop as every world finds it."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.mockserver.shopscript.shop import Shop
from counterfoil.specs.reading import read

SEED = Path(__file__).with_name("seed.yaml")
#: the lists of the seed that are kept by a key
TABLES = {
    "tokens": "text", "contacts": "id", "catalogue.products": "id", "catalogue.skus": "id", "catalogue.services": "id",
    "catalogue.service_variants": "id", "catalogue.stocks": "id", "catalogue.virtual_stocks": "id",
}  # fmt: skip


def seeded_state(now: datetime, seed: int, path: Path | dict[str, Any] = SEED) -> Shop:
    """A new shop, from a file or from what one holds. It has nothing in it that depends on the moment or on chance."""
    shop = msgspec.convert(_keyed(path) if isinstance(path, dict) else _seed(path), Shop, strict=False)
    shop.begin()
    return shop


@cache
def _seed(path: Path) -> dict[str, Any]:
    return _keyed(read(path))


def _keyed(content: dict[str, Any]) -> dict[str, Any]:
    """The seed, its lists turned into what the state keeps: things by their keys."""
    content = {**content, "catalogue": dict(content["catalogue"])}
    for table, key in TABLES.items():
        *above, last = table.split(".")
        node = content[above[0]] if above else content
        node[last] = {each[key]: each for each in node.get(last, ())}
    return content
