"""How a lie about orders is told: what an answer of certain calls says is changed on its way."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

sys.path.insert(0, str(Path(__file__).parent))
from lawbreaking import Ask, Asked, Lie, Said

#: changes a tree; or gives another one, with its status
Change = Callable[[Any, Asked], tuple[Any, int] | None]


@dataclass(frozen=True)
class Breaker:
    """A lie, the law that it breaks, and the trial that finds it."""

    contract: str
    trial: str
    law: str
    tell: Lie


BREAKERS: dict[str, Breaker] = {}


def breaks(contract: str, trial: str, law: str) -> Callable[[Lie], Lie]:
    """Registers a lie with the law that it breaks."""

    def register(tell: Lie) -> Lie:
        name = f"{contract}-{tell.__name__}"
        assert name not in BREAKERS
        BREAKERS[name] = Breaker(contract, trial, law, tell)
        return tell

    return register


def changing(contract: str, trial: str, law: str, *functions: str, refused: bool = False) -> Callable[[Change], Change]:
    """Registers a change of what these functions answer in JSON where they accept a call, or where they refuse it."""

    def register(change: Change) -> Change:
        def tell(asked: Asked, ask: Ask) -> Said:
            said = ask(asked)
            if function(asked) not in functions or not said.body.startswith(b"{"):
                return said
            tree = said.json()
            if refused is not (said.status >= 400 or "error" in tree or tree.get("result") == "error"):
                return said
            other, status = change(tree, asked) or (tree, said.status)
            return said.but(other, status)

        tell.__name__ = change.__name__
        breaks(contract, trial, law)(tell)
        return change

    return register


def function(asked: Asked) -> str:
    """Which function of an RPC contract is called."""
    if asked.path.endswith("/includes/api.php"):
        return fields(asked).get("action", "")
    return asked.path.rpartition("/")[2]


def fields(asked: Asked) -> dict[str, str]:
    """The plain fields of a form."""
    return {name: values[-1] for name, values in parse_qs(asked.body.decode("latin-1")).items()}
