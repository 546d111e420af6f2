"""The shop as every world finds it."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.mockserver.shopscript.shop import Shop
from counterfoil.specs.reading import read


@cache
def _seed(path: Path) -> dict[str, Any]:
    """The file, its lists turned into what the state keeps: things by their keys."""
    content = read(path)
    catalogue = content["catalogue"]
    for kind in ("products", "skus", "services", "service_variants"):
        catalogue[kind] = {each["id"]: each for each in catalogue[kind]}
    content["contacts"] = {each["id"]: each for each in content["contacts"]}
    content["tokens"] = {each["text"]: each for each in content["tokens"]}
    return content


def seeded_state(now: datetime, seed: int, path: Path = Path(__file__).with_name("seed.yaml")) -> Shop:
    """A new shop. It has nothing in it that depends on the moment or on chance."""
    return msgspec.convert(_seed(path), Shop, strict=False)
