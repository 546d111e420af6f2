"""One of the two targets: a mock gives each script a world of its own, anything else is what it is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.profile import Entry
from contracts.target import Target
from specs import Contract

_MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
#: a repeated request meets another day, another hour and another seed, so that what depends on them shows itself
_LATER = timedelta(days=1, hours=1, minutes=1, seconds=1)


class Side:
    """A target, with all that is needed to ask it the same twice."""

    def __init__(self, contract: Contract, url: str, entry: Entry, seed: int) -> None:
        self.contract, self.url, self.entry = contract, url.rstrip("/"), entry
        self.target = Target.described(contract, self.url, entry)
        self._seed = seed
        self._moment = _MONDAY
        self._again: Target | None = None
        self._settings: dict[str, Any] | None = None
        self._lasting: dict[bool, Target] = {}
        self._open = ExitStack()
        #: whether what one script does is there for the next one, though the target has worlds
        self.goes_on = False

    @property
    def is_mock(self) -> bool:
        """Whether it has worlds, and can be told to do things."""
        return self.target.control is not None

    @property
    def requests(self) -> int:
        """How many requests it was sent."""
        return self.target.requests + (self._again.requests if self._again else 0)

    def set_clock(self, moment: datetime) -> None:
        """Let the worlds of a mock be at that moment, and not on the Monday on which all mocks meet."""
        self._moment = moment

    @contextmanager
    def world(self, again: bool) -> Iterator[Target]:
        """The target in a world that knows of nothing yet, where it has worlds; `again` is a repetition."""
        if not self.is_mock:
            yield self.target
        elif self.goes_on:
            if again not in self._lasting:
                self._lasting[again] = self._open.enter_context(self._new_world(again))
            yield self._lasting[again]
        else:
            with self._new_world(again) as world:
                yield world

    @contextmanager
    def _new_world(self, again: bool) -> Iterator[Target]:
        target = self._repeating() if again else self.target
        moment = self._moment + _LATER if again else self._moment
        with target.world("diff", seed=self._seed + again, clock=f"{moment:%Y-%m-%dT%H:%M:%SZ}") as world:
            settings = self._own_settings(world)
            if settings:
                world.command("PATCH", "/_mock/settings", settings)
            yield world

    def check_answers(self) -> None:
        """Find out whether it still answers at all. Raises Unreachable."""
        self.target.connect()

    def close(self) -> None:
        """Forget the worlds that were made."""
        self._open.close()
        for target in (self.target, self._again):
            if target is not None:
                target.close()

    def _repeating(self) -> Target:
        if self._again is None:
            self._again = Target.described(self.contract, self.url, self.entry, self.target.control)
        return self._again

    def _own_settings(self, world: Target) -> dict[str, Any]:
        """In which settings the world at the URL is not as every new one: they are what its owner wants compared."""
        if self._settings is None:
            usual = world.command("GET", "/_mock/settings")
            here = self.target.command("GET", "/_mock/settings")
            changed = {
                vendor: {name: value for name, value in own.items() if value != usual.get(vendor, {}).get(name)}
                for vendor, own in here.items()
            }
            self._settings = {vendor: own for vendor, own in changed.items() if own}
        return self._settings
