"""Worlds: isolated copies of all state, each with its own clock, faults and journal."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from counterfoil.mockserver.engine import snapshots
from counterfoil.mockserver.engine.faults import Fault, InForce
from counterfoil.mockserver.engine.journal import Entry, Journal
from counterfoil.mockserver.engine.operations import Compiled
from counterfoil.mockserver.engine.steps import Answer
from counterfoil.mockserver.engine.variation import Variation
from counterfoil.mockserver.engine.vendor import Vendor

MAIN = "main"
Tell = Callable[[str, Entry], None]


class Clock:
    """A world's time in UTC, without a zone, to the second. It runs, or it is stopped at a moment."""

    def __init__(self, stands_at: datetime | None = None) -> None:
        self._start = stands_at
        #: the last second that was read, and the moment that it is: to make one takes longer than to look up the second
        self._read = (0, datetime.min)  # noqa: DTZ901 - the world's time has no zone
        self.reset()

    def reset(self) -> None:
        """Set the clock back to its initial state."""
        self._stands_at = self._start
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The world's time."""
        if self._stands_at is not None:
            return self._stands_at
        real = self._real()
        return real + self._ahead if self._ahead else real

    def put(self, moment: datetime) -> None:
        """Stop the clock at this moment."""
        self._stands_at = moment.replace(microsecond=0)

    def tick(self) -> None:
        """Let the clock run, from where it is."""
        self._ahead = self.now() - self._real()
        self._stands_at = None

    def advance(self, by: timedelta) -> None:
        """Move the clock forward, or back by a negative time, whether it runs or not."""
        if self._stands_at is not None:
            self._stands_at += by
        else:
            self._ahead += by

    @property
    def ticks(self) -> bool:
        """Whether the clock runs."""
        return self._stands_at is None

    def _real(self) -> datetime:
        second = int(time.time())
        read = self._read
        if read[0] != second:
            self._read = read = second, datetime.fromtimestamp(second, UTC).replace(tzinfo=None)
        return read[1]


class World:
    """One isolated copy of all vendors' state. Hold `lock` while touching it."""

    def __init__(self, name: str, vendors: Mapping[str, Vendor], seed: int, clock: Clock) -> None:
        self.name = name
        self.seed = seed
        self.clock = clock
        self.lock = threading.Lock()
        #: what its program does otherwise; a reset does not change a program
        self.variations: tuple[Variation, ...] = ()
        #: whether it is told, or refused, that the mock ignores a parameter; None for neither. A reset does not change it
        self.strict: str | None = None
        self.journal = Journal()
        #: told of each exchange
        self.tell: Tell | None = None
        self._vendors = vendors
        self._snapshot: Any = None
        self.reset()

    def reset(self) -> None:
        """Put everything back to the seeded installation."""
        self.clock.reset()
        self._states: dict[str, Any] = {}
        #: in the order in which they are asked whether they meet a request
        self.faults: list[InForce] = []
        self._last_fault = 0
        self._chances = 0
        self.journal.reset()
        if self._snapshot is not None:
            self.restore(self._snapshot)

    def state(self, vendor: str) -> Any:
        """The vendor's state; made when it is first asked for."""
        state = self._states.get(vendor)
        if state is None:
            state = self._vendors[vendor].seeded_state(self.clock.now(), self.seed)
            for each in self.variations:
                if each.step == "seeded" and each.contract in self._vendors[vendor].contracts:
                    state = each.change(state, self.clock.now(), self.seed)
            self._states[vendor] = state
        return state

    def state_at(self, vendor: str, now: datetime) -> Any:
        """The vendor's state after whatever has fallen due by that moment."""
        state = self.state(vendor)
        lives = self._vendors[vendor].lives
        if lives is not None:
            if self.variations:
                lives = self._varied(vendor, lives)
            lives(state, now)
        return state

    def _varied(self, vendor: str, lives: Callable[[Any, datetime], None]) -> Callable[[Any, datetime], None]:
        for each in self.variations:
            if each.step == "lives" and each.contract in self._vendors[vendor].contracts:
                lives = partial(each.change, lives)
        return lives

    def live(self) -> None:
        """Let happen whatever has fallen due by now; what has no state yet begins now."""
        for name in self._vendors:
            self.state_at(name, self.clock.now())

    def put_back(self, vendor: str, state: Any) -> None:
        """Give the vendor the state that these data tell, as a snapshot has them."""
        self._states[vendor] = msgspec.convert(state, self._vendors[vendor].state, strict=False, str_keys=True)

    def outboxes(self) -> dict[str, list[Any]]:
        """By vendor, the messages that would have been sent by now."""
        self.live()
        return {
            name: vendor.outbox(self.state(name)) for name, vendor in self._vendors.items() if vendor.outbox is not None
        }

    def vary(self, variations: tuple[Variation, ...]) -> None:
        """Give the world another program. Its state stays, unless one of the two is installed in another way."""
        reinstalled = {each for each in (*self.variations, *variations) if each.step == "seeded"}
        changed = any((each in self.variations) is not (each in variations) for each in reinstalled)
        self.variations = variations
        if changed:
            self.reset()

    def order(self, faults: Iterable[Fault]) -> list[Fault]:
        """Put these faults in force, besides those that are; each gets an id."""
        ordered = []
        for fault in faults:
            self._last_fault += 1
            ordered.append(msgspec.structs.replace(fault, id=f"f{self._last_fault}"))
        self.faults = [*self.faults, *(InForce(fault) for fault in ordered)]
        return ordered

    def call_off(self, fault: str) -> bool:
        """Remove the fault of that id, and say whether it was there."""
        left = [each for each in self.faults if each.fault.id != fault]
        was_there = len(left) < len(self.faults)
        self.faults = left
        return was_there

    def fault(self, contract: str, operation: Compiled | None) -> Fault | None:
        """The fault that meets a request to the operation, which is counted; without one, nobody knows what it means."""
        for each in self.faults:
            if each.is_about(contract, operation) and each.meets(self.chance):
                if each.is_over:
                    self.faults = [other for other in self.faults if other is not each]
                return each.fault
        return None

    def chance(self) -> float:
        """The next number from 0 up to 1 that looks random; it follows from the world's seed."""
        self._chances += 1
        digest = hashlib.sha256(f"{self.seed}:{self._chances}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def note(
        self, meaning: tuple[str, str, str], environ: dict[str, Any], at: datetime, sent: bytes, answer: Answer,
        seconds: float, nearest: tuple[dict[str, str], ...] = (),
    ) -> None:  # fmt: skip
        """Write an exchange into the journal: what it means, when it came, and what. Takes the lock itself."""
        with self.lock:
            entry = self.journal.write(meaning, environ, at, sent, answer, seconds, nearest)
        if self.tell is not None:  # without the lock: whoever is told may be slow
            self.tell(self.name, entry)

    def snapshot(self) -> dict[str, Any]:
        """All state as JSON data."""
        self.live()
        return {
            "format": snapshots.FORMAT,
            "seed": self.seed,
            "clock": {"now": self.clock.now().isoformat(), "ticks": self.clock.ticks},
            "vendors": {name: msgspec.to_builtins(self.state(name), str_keys=True) for name in sorted(self._vendors)},
        }

    def restore(self, snapshot: Any) -> None:
        """Replace the state by that of a snapshot; a vendor that it leaves out is as it is seeded.

        Raises:
            ValueError: not a snapshot of this mock; nothing has changed then.
        """
        snapshots.check(snapshot, self._vendors)
        try:
            moment = datetime.fromisoformat(snapshot["clock"]["now"])
            states = {
                name: msgspec.convert(state, self._vendors[name].state, strict=False, str_keys=True)
                for name, state in snapshot["vendors"].items()
            }
        except (ValueError, msgspec.ValidationError) as error:
            raise ValueError(f"not a snapshot of this mock: {error}") from error
        self._states, self.seed = states, snapshot["seed"]
        self.clock.put(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)
        if snapshot["clock"]["ticks"]:
            self.clock.tick()

    def install(self, vendors: Mapping[str, Vendor], snapshot: Any) -> None:
        """Begin with these vendors' seeds and this snapshot, if there is one, from now on and after each reset."""
        self._vendors, self._snapshot = vendors, snapshot
        self.reset()


class Worlds:
    """All worlds of the server; `main` is always there."""

    def __init__(
        self, vendors: Mapping[str, Vendor], seed: int, stands_at: datetime | None, tell: Tell | None = None
    ) -> None:  # fmt: skip
        self._vendors = vendors
        self._seed = seed
        self._stands_at = stands_at
        self._tell = tell
        self._snapshot: Any = None
        self._worlds = {MAIN: World(MAIN, vendors, seed, Clock(stands_at))}
        self._worlds[MAIN].tell = tell

    def install(self, vendors: Mapping[str, Vendor], snapshot: Any = None) -> None:
        """Begin with these vendors' seeds and this snapshot, if there is one; all worlds start over.

        Raises:
            ValueError: not a snapshot of this mock.
        """
        if snapshot is not None:
            snapshots.check(snapshot, vendors)
        self._vendors, self._snapshot = vendors, snapshot
        for world in self:
            with world.lock:
                world.install(vendors, snapshot)

    def __iter__(self) -> Any:
        return iter(list(self._worlds.values()))

    def get(self, name: str) -> World | None:
        """The world of that name."""
        return self._worlds.get(name)

    def make(
        self,
        name: str,
        seed: int | None = None,
        stands_at: datetime | None = None,
        variations: tuple[Variation, ...] = (),
    ) -> World | None:
        """A new world with the seeded installation; None if the name is taken."""
        world = World(name, self._vendors, self._seed if seed is None else seed, Clock(stands_at or self._stands_at))
        world.variations, world.tell = variations, self._tell
        if self._snapshot is not None:
            world.install(self._vendors, self._snapshot)
            if stands_at is not None:
                world.clock.put(stands_at)
        return world if self._worlds.setdefault(name, world) is world else None

    def drop(self, name: str) -> bool:
        """Delete the world, and say whether it was there; `main` cannot be deleted."""
        world = self._worlds.pop(name, None) if name != MAIN else None
        if world is not None:
            world.journal.end()
        return world is not None
