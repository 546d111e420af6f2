"""What one run is to do, in a form that reaches every process that takes part in it."""

from contextlib import suppress
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec

from counterfoil.contracts.http.client import CredentialsRefused, Target, Unreachable, Withheld
from counterfoil.contracts.http.control import Control, token_of_environment
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.phases.cases import Case
from counterfoil.contracts.phases.cases import load as load_cases
from counterfoil.contracts.profile.model import Entry, Profile
from counterfoil.contracts.profile.read import read as read_profile
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.safety.guard import guarded
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports import results
from counterfoil.reports.baseline import Baseline
from counterfoil.reports.baseline import read as read_baseline
from counterfoil.reports.results import Header
from counterfoil.specs import Contract


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The header, as it will stand in the results, and what only the run itself needs to know.

    `own` says where the contracts of one's own are, by their names; `rules`, how careful it is;
    `baseline` is the file of the findings that are accepted; `shard`, which part of how many it is; `only`, the ids of the
    cases that are run, if not all are. Mocks `without_token`
    are not sent the token of the control plane.
    """

    header: Header
    out: str
    mocks: list[str]
    profile: str | None = None
    max_time: float | None = None
    own: dict[str, str] = {}
    rules: Rules = Rules()
    baseline: str | None = None
    shard: tuple[int, int] = (1, 1)
    only: tuple[str, ...] = ()
    without_token: list[str] = []

    @cached_property
    def until(self) -> float:
        """When the run is over, in seconds of the epoch."""
        if self.max_time is None:
            return float("inf")
        return datetime.fromisoformat(self.header.started).timestamp() + self.max_time

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
            token = None if name in self.without_token else token_of_environment()
            control = Control(at.url, token) if name in self.mocks else None
            contract = Contract.load(self.own.get(name, name), tuple(at.overlays))
            installation = Installation(contract, at.url, entry, control, unfit=at.unfit)
            targets[name] = guarded(Target(installation), self.rules, Path(self.out) if self.out else None)
        return targets

    def close(self) -> None:
        """Leave the targets as they were found, as far as that can be done."""
        for target in self.__dict__.get("targets", {}).values():
            if target.careful:
                with suppress(Unreachable, CredentialsRefused, Withheld):
                    target.sessions.close()
            target.close()

    @cached_property
    def cases(self) -> dict[str, list[Case]]:
        """All cases of each contract."""
        targets = self.targets.items()
        return {name: load_cases(target.contract, entry=self.entries[name]) for name, target in targets}

    def witnesses(self, name: str) -> list[Case]:
        """The cases of that contract which this level carries out, and any that is asked for by its id."""
        short = self.header.level == "smoke" and not self.only
        return [case for case in self.cases[name] if case.is_short or not short]

    @cached_property
    def accepting(self) -> Baseline:
        """The findings that are accepted."""
        return read_baseline(Path(self.baseline) if self.baseline else None)

    def discreet(self, text: str) -> str:
        """The text without the secrets of any target."""
        return self.mask.text(text)

    @cached_property
    def mask(self) -> Mask:
        """Keeps back what is secret of any target."""
        return Mask.of(self.entries.values())

    @property
    def today(self) -> date:
        """The day on which the run began."""
        return date.fromisoformat(self.header.started[:10])

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """What the profile says, per contract."""
        only = list(self.header.target)
        known: Profile = read_profile(Path(self.profile), only=only) if self.profile else seeded()
        return {name: _with_found(known.of(name), at) for name, at in self.header.target.items()}


def _with_found(entry: Entry, at: results.Target) -> Entry:
    """The entry with the ids that the run has found before it began, and without those that are not what they ought to be.

    So no process looks for them again.
    """
    found = {name: known.value for name, known in at.found.items()}
    fit = {name: value for name, value in entry.ids.items() if name not in at.unfit}
    return msgspec.structs.replace(entry, ids={**found, **fit})


def write(plan: Plan, path: Path) -> None:
    """Leave the plan where the run's processes find it."""
    path.write_bytes(msgspec.json.encode(plan))


@lru_cache
def read(path: Path) -> Plan:
    """The plan that `write` left."""
    return msgspec.json.decode(path.read_bytes(), type=Plan)
