"""One of the two targets: a mock gives each script a world of its own, anything else is what it is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.contracts.http.client import CredentialsRefused, Target, Unreachable, Withheld
from counterfoil.contracts.http.trust import PROVEN, SAID
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.run.discovery import discovered
from counterfoil.contracts.safety.guard import Guard, behind, guarded
from counterfoil.contracts.safety.rules import Rules
from counterfoil.specs import Contract

_MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
#: a repeated request meets another day, another hour and another seed, so that what depends on them shows itself
_LATER = timedelta(days=1, hours=1, minutes=1, seconds=1)


@dataclass(frozen=True)
class SharedWorlds:
    """What the contracts of one mock have in common while it is asked as a deployment: a folder, and its worlds' URLs."""

    folder: Path
    worlds: dict[bool, str] = field(default_factory=dict)


class Side:
    """A target, with all that is needed to ask it the same twice."""

    def __init__(self, contract: Contract, url: str, entry: Entry, seed: int, rules: Rules) -> None:
        if entry.safety == "free" and not rules.writes:
            entry = msgspec.structs.replace(entry, safety=None)  # a comparison changes nothing unless it is told to
        self.contract, self.url, self.entry = contract, url.rstrip("/"), entry
        self.target = Target.described(contract, self.url, entry)
        self._seed, self._rules = seed, rules
        self._moment = _MONDAY
        self._again: Target | None = None
        self._earlier = 0
        self.served: tuple[str, ...] = ()
        self.doubt = ""
        self._settings: dict[str, Any] | None = None
        self._lasting: dict[bool, Target] = {}
        self._open = ExitStack()
        self._goes_on = False
        self._common: SharedWorlds | None = None

    @property
    def is_mock(self) -> bool:
        """Whether it has worlds, and can be told to do things."""
        return self.target.control is not None

    @property
    def requests(self) -> int:
        """How many requests it was sent."""
        targets = {id(each): each for each in (self.target, self._again, *self._lasting.values()) if each is not None}
        return self._earlier + sum(each.requests for each in targets.values())

    @property
    def repeats(self) -> bool:
        """Whether it has to be asked everything twice, to know in the end what differs by itself."""
        return self._goes_on

    def guarded(self, folder: Path | None) -> None:
        """Send nothing that does harm at a deployment, and write down in the folder what is created there."""
        self.target = guarded(self.target, self._rules, folder)

    def beside(self, deployment: "Side", common: "SharedWorlds") -> None:
        """Be asked as the deployment is, if it is a mock: at its time, by its rules, and of what was done before."""
        if self.is_mock and not deployment.is_mock:
            self._moment = datetime.now(UTC)
            self._common = common
            self.target = behind(self.target, self._as_at_a_deployment(again=False))
            self._goes_on = self._rules.writes

    def find_ids(self) -> None:
        """Look for the ids that the profile does not give. Raises Unreachable, ProfileError."""
        with self.world(again=False) as world:
            ids = discovered(world, self.entry).ids
        self.entry = msgspec.structs.replace(self.entry, ids=dict(ids))
        self._earlier += self.target.requests
        self.target.close()
        self.target = self.target.another(self.target.installation.with_ids(ids))

    @contextmanager
    def world(self, again: bool) -> Iterator[Target]:
        """The target in a world that knows of nothing yet, where it has worlds; `again` is a repetition."""
        if not self.is_mock:
            yield self.target
        elif self._goes_on:
            if again not in self._lasting:
                self._lasting[again] = self._common_world(again)
            yield self._lasting[again]
        else:
            with self._new_world(again) as world:
                yield world

    def _common_world(self, again: bool) -> Target:
        """The world in which the other contracts of the mock are asked, too: they may be of one installation."""
        assert self._common is not None
        base = self._common.worlds.get(again)
        if base is None:
            world = self._open.enter_context(self._new_world(again))
            self._common.worlds[again] = world.base_url
            return world
        target = self._repeating() if again else self.target
        return target.another(target.installation.at(base))

    @contextmanager
    def _new_world(self, again: bool) -> Iterator[Target]:
        target = self._repeating() if again else self.target
        moment = self._moment + _LATER if again else self._moment
        with target.world("diff", seed=self._seed + again, clock=f"{moment:%Y-%m-%dT%H:%M:%SZ}") as world:
            settings = self._own_settings(world)
            if settings:
                world.command("PATCH", "/_mock/settings", settings)
            yield world

    def recognise(self) -> None:
        """Find out whether it answers, and whether it is a mock. Raises Unreachable, NoMock, CredentialsRefused."""
        said = SAID if self._rules.mock or self.entry.mock else ""
        careful = self._rules.may_send(self.entry.safety, trusted=said or PROVEN).careful
        self.target, found = self.target.recognised(said, careful=careful)
        self.served, self.doubt = found.served, found.why if found.control is None else ""

    def check_answers(self) -> None:
        """Find out whether it still answers at all. Raises Unreachable."""
        if not self.target.answers():
            raise Unreachable(f"{self.url} does not answer")

    def close(self) -> None:
        """Forget the worlds that were made."""
        self._open.close()
        if not self.is_mock:
            with suppress(Unreachable, CredentialsRefused, Withheld):
                self.target.sessions.close()
        for target in (self.target, self._again):
            if target is not None:
                target.close()

    def _repeating(self) -> Target:
        if self._again is None:
            again = self.target.another(self.target.installation)
            self._again = behind(again, self._as_at_a_deployment(again=True)) if self._common else again
        return self._again

    def _as_at_a_deployment(self, again: bool) -> Guard:
        """A guard that counts and marks just as the deployment's, so that both are sent the same."""
        assert self._common is not None
        folder = self._common.folder / ("again" if again else "first")
        folder.mkdir(parents=True, exist_ok=True)
        return Guard(self._rules, self.entry, self.contract.name, careful=True, folder=folder)

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
