"""How well a demand is founded: as well as the weakest of what it rests on.

A demand rests on several links: the sentence of a case or a law, the example of an outcome, the status, the keyword of a
schema, the notation of an answer, and where something has to be refused, the promise that its kind is refused. Whoever
judges gives all links that there are to `weakest`, and asks nothing else.
"""

import re
from collections.abc import Container, Iterable, Mapping
from typing import Any, Literal

#: how a demand can be known, the best founded first
STRENGTH = ("documented", "published", "observed", "implied", "chosen")
#: what a demand weighs that does not hold
WEIGHT: Mapping[str, Literal["broken", "warning", "note"]] = {
    "documented": "broken",
    "published": "broken",
    "observed": "warning",
    "implied": "warning",
    "chosen": "note",
}

_MARK = re.compile(rf"\b({'|'.join(STRENGTH)})\b", re.IGNORECASE)
_SOURCE = re.compile(r"\bsource \d", re.IGNORECASE)
#: what is wrong with a request, by the keyword of the clause that it breaks
_KINDS = {"required": "missing", "dependentRequired": "missing", "media_type": "body", "json": "body"}


def weakest(links: Iterable[str]) -> str:
    """The evidence of what rests on all of these; documented, where there are none."""
    return max(filter(None, links), key=STRENGTH.index, default="documented")


def marks(prose: str) -> list[str]:
    """Every mark in the prose of a clause: `Source 003, cart; that the newest is first is chosen` rests on both."""
    found = [mark.lower() for mark in _MARK.findall(prose)]
    return ["documented", *found] if _SOURCE.search(prose) else found


def of_refusal(
    document: Mapping[str, Any], place: str, keyword: str, operation: Mapping[str, Any] | None = None
) -> str:
    """How well it is founded that a request is refused which breaks a clause of this kind.

    That a value is described does not promise that others are refused: the root's `x-refuses` says for which kinds a
    document promises it, and that of an operation goes before it. A contract without it promises all that it describes.
    """
    refuses = {**document.get("x-refuses", {"*": "documented"}), **(operation or {}).get("x-refuses", {})}
    kind = "credentials" if place == "security" else _KINDS.get(keyword, "value")
    return str(refuses.get(kind, refuses.get("*", "chosen")))


def of_notation(
    document: Mapping[str, Any],
    asked: Iterable[tuple[str, str]],
    operation: Mapping[str, Any] | None = None,
    odd: Container[str] = (),
) -> str:
    """How well it is known what an answer looks like in the notation that the request asks for, or does not ask for.

    What an operation says of itself goes before what the root says of all, and `*` stands for every other value. `odd` are the
    fields whose values are none that there are: nobody says in which notation such a request is answered.
    """
    given = dict(asked)
    of_all, own = document.get("x-shown", {}), (operation or {}).get("x-shown", {})
    shown = {name: {**of_all.get(name, {}), **own.get(name, {})} for name in {*of_all, *own}}
    return weakest(
        "chosen" if name in odd else ways.get(given.get(name, ""), ways.get("*", "documented"))
        for name, ways in shown.items()
    )
