"""What the panel's answers are made of."""

from datetime import date
from typing import Any

from counterfoil.mockserver.engine.vendor import Body


def text(value: Any) -> Body:
    """An element with a text."""
    return {"$": value.isoformat() if isinstance(value, date) else str(value)}


def switch(on: int | bool) -> Body:
    """An element that says on or off."""
    return text("on" if on else "off")


def if_any(name: str, value: Any) -> Body:
    """The element under its name, or nothing where there is nothing to say."""
    return {name: text(value)} if value else {}


def several(name: str, elements: list[Body]) -> Body:
    """The elements under their name: a list where there are several, nothing where there is none."""
    if not elements:
        return {}
    return {name: elements[0] if len(elements) == 1 else elements}


def named(name: str, elements: list[Body]) -> Body:
    """A list that has a name."""
    return {"$name": name, **several("elem", elements)}
