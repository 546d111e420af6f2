"""Worlds: isolated copies of all state, each with its own clock, faults and journal."""

import threading
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from counterfoil.mockserver.engine.operations import Compiled
from counterfoil.mockserver.engine.variation import Variation
from counterfoil.mockserver.engine.vendor import Call, Vendor

MAIN = "main"
JOURNAL_ENTRIES = 500
JOURNAL_BYTES = 4096


class Clock:
    """A world's time in UTC, without a zone, to the second. It runs, or it is stopped at a moment."""

    def __init__(self, stands_at: datetime | None = None) -> None:
        self._start = stands_at
        self.reset()

    def reset(self) -> None:
        """Set the clock back to its initial state."""
        self._stands_at = self._start
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The world's time."""
        return self._stands_at or (_real() + self._ahead)

    def put(self, moment: datetime) -> None:
        """Stop the clock at this moment."""
        self._stands_at = moment.replace(microsecond=0)

    def tick(self) -> None:
        """Let the clock run, from where it is."""
        self._ahead = self.now() - _real()
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


def _real() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A fault that was ordered: refuse an operation under one of its named examples, or answer late."""

    operation: str
    contract: str | None = None
    #: a named example of the operation, its template filled with `facts`
    refusal: str | None = None
    facts: dict[str, str] = {}
    #: seconds to wait before answering
    delay: float = 0.0
    #: how many requests it applies to; without it, all
    times: int | None = None


class Entry(NamedTuple):
    """One request and its answer in a world's journal."""

    number: int
    at: datetime
    contract: str
    operation: str
    outcome: str
    method: str
    url: str
    request: bytes
    status: int
    answer: bytes


class World:
    """One isolated copy of all vendors' state. Hold `lock` while touching it."""

    def __init__(self, name: str, vendors: Mapping[str, Vendor], seed: int, clock: Clock) -> None:
        self.name = name
        self.seed = seed
        self.clock = clock
        self.lock = threading.Lock()
        #: what its program does otherwise; a reset does not change a program
        self.variations: tuple[Variation, ...] = ()
        self._vendors = vendors
        self.reset()

    def reset(self) -> None:
        """Put everything back to the seeded installation."""
        self.clock.reset()
        self._states: dict[str, Any] = {}
        self.faults: list[Fault] = []
        self.journal: deque[Entry] = deque(maxlen=JOURNAL_ENTRIES)
        self.requests = 0

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

    def vary(self, variations: tuple[Variation, ...]) -> None:
        """Give the world another program. Its state stays, unless one of the two is installed in another way."""
        reinstalled = {each for each in (*self.variations, *variations) if each.step == "seeded"}
        changed = any((each in self.variations) is not (each in variations) for each in reinstalled)
        self.variations = variations
        if changed:
            self.reset()

    def fault(self, contract: str, operation: Compiled) -> Fault | None:
        """The fault that applies to a request to the operation; the request is counted."""
        for fault in self.faults:
            if (
                fault.operation == operation.id
                and fault.contract in (None, contract)
                and (fault.refusal is None or fault.refusal in operation.refusals)
            ):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                return fault
        return None

    def note(self, contract: str, operation: str, outcome: str, call: Call, status: int, answer: bytes) -> None:
        """Write an exchange into the journal. Takes the lock itself."""
        query = call.environ.get("QUERY_STRING", "")
        url = f"{call.environ['PATH_INFO']}?{query}" if query else call.environ["PATH_INFO"]
        request, shown = call.sent[:JOURNAL_BYTES], answer[:JOURNAL_BYTES]
        with self.lock:
            self.requests += 1
            self.journal.append(
                Entry(self.requests, call.now, contract, operation, outcome, call.method, url, request, status, shown)
            )

    def snapshot(self) -> dict[str, Any]:
        """All state as JSON data."""
        return {
            "format": 1,
            "seed": self.seed,
            "clock": {"now": self.clock.now().isoformat(), "ticks": self.clock.ticks},
            "vendors": {name: msgspec.to_builtins(self.state(name), str_keys=True) for name in sorted(self._vendors)},
        }

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Replace the state by that of a snapshot.

        Raises:
            ValueError: not a snapshot of this mock; nothing has changed then.
        """
        try:
            moment = datetime.fromisoformat(snapshot["clock"]["now"])
            states = {
                name: msgspec.convert(state, self._vendors[name].state, strict=False, str_keys=True)
                for name, state in snapshot["vendors"].items()
            }
            seed, ticks = int(snapshot["seed"]), bool(snapshot["clock"]["ticks"])
        except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
            raise ValueError(f"not a snapshot of this mock: {error}") from error
        self._states, self.seed = states, seed
        self.clock.put(moment)
        if ticks:
            self.clock.tick()


class Worlds:
    """All worlds of the server; `main` is always there."""

    def __init__(self, vendors: Mapping[str, Vendor], seed: int, stands_at: datetime | None) -> None:
        self._vendors = vendors
        self._seed = seed
        self._stands_at = stands_at
        self._worlds = {MAIN: World(MAIN, vendors, seed, Clock(stands_at))}

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
        world.variations = variations
        return world if self._worlds.setdefault(name, world) is world else None

    def drop(self, name: str) -> bool:
        """Delete the world, and say whether it was there; `main` cannot be deleted."""
        return name != MAIN and self._worlds.pop(name, None) is not None
