"""What a world's installations would have sent: nothing leaves the mock, and everything can be read here."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from counterfoil.mockserver.asked import Unusable
from counterfoil.mockserver.engine.preferences import meant
from counterfoil.mockserver.engine.worlds import World

WORDS = ("to", "template")


def messages(world: World, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """The messages that fit what the query says, the oldest first. Raises Unusable for a word that nobody knows."""
    for word in asked:
        if word not in WORDS:
            raise Unusable(f"The outbox is not filtered by {word[:80]!r}. {meant(word, WORDS)}")
    return [
        {"vendor": vendor, **msgspec.to_builtins(message), "at": f"{message.at.isoformat()}Z"}
        for vendor, sent in world.outboxes().items()
        for message in sent
        if all(fnmatchcase(getattr(message, word).lower(), pattern.lower()) for word, pattern in asked.items())
    ]


def clear(world: World) -> None:
    """Forget all messages."""
    for sent in world.outboxes().values():
        sent.clear()
