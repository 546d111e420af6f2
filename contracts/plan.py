"""What one run is to do, in a form that reaches every process that takes part in it."""

from functools import cached_property, lru_cache
from pathlib import Path

import msgspec

from contracts.profile import Entry, Profile, seeded
from contracts.profile import read as read_profile
from contracts.results import Header
from contracts.target import Target
from specs import Contract


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The header, as it will stand in the results, and what only the run itself needs to know."""

    header: Header
    out: str
    mocks: list[str]
    profile: str | None = None
    max_time: float | None = None

    @property
    def results(self) -> Path:
        """Where the results are written."""
        return Path(self.out) / "results.jsonl"

    @cached_property
    def targets(self) -> dict[str, Target]:
        """One target per contract, with one connection for the whole run."""
        targets = {}
        for name, at in self.header.target.items():
            entry = self.entries[name]
            control = at.url if name in self.mocks else None
            contract = Contract.load(name, tuple(at.overlays))
            targets[name] = Target.described(contract, at.url, entry, control)
        return targets

    def close(self) -> None:
        """Leave the targets as they were found, as far as that can be done."""
        for target in self.__dict__.get("targets", {}).values():
            target.close()

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """What the profile says, per contract."""
        known: Profile = read_profile(Path(self.profile)) if self.profile else seeded()
        return {name: known.of(name) for name in self.header.target}


def write(plan: Plan, path: Path) -> None:
    """Leave the plan where the run's processes find it."""
    path.write_bytes(msgspec.json.encode(plan))


@lru_cache
def read(path: Path) -> Plan:
    """The plan that `write` left."""
    return msgspec.json.decode(path.read_bytes(), type=Plan)
