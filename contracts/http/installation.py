"""What is under test: one contract's installation, as the profile describes it. Nothing of it changes during a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from counterfoil.contracts.http.control import Control
from counterfoil.contracts.http.masking import Mask, secrets_of
from counterfoil.contracts.profile.model import Credentials, Entry, Scalar
from counterfoil.specs import Contract

PATIENCE = 3.0


@dataclass(frozen=True)
class Installation:
    """Where it is, what opens it and which ids exist there. `control` is there if it is a mock that can be told things.

    `shown_base` stands in reports in place of the base URL: a world of a mock is gone by then. `unfit` are ids that the
    profile gives and that are not used, each with the sentence that says why.
    """

    contract: Contract
    base_url: str
    entry: Entry = field(default_factory=Entry)
    control: Control | None = None
    shown_base: str = ""
    unfit: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        object.__setattr__(self, "shown_base", self.shown_base or self.base_url)

    def at(self, base_url: str) -> "Installation":
        """The same at another URL, as a world of a mock has it, with the same secrets."""
        twin = replace(self, base_url=base_url)
        twin.__dict__.update(mask=self.mask, secrets=self.secrets)
        return twin

    def with_ids(self, ids: Mapping[str, Scalar]) -> "Installation":
        """The same, of which these ids are known."""
        entry = Entry(**{name: getattr(self.entry, name) for name in self.entry.__struct_fields__} | {"ids": dict(ids)})
        return replace(self, entry=entry)

    @property
    def credentials(self) -> Credentials:
        """What opens it."""
        return self.entry.credentials

    @cached_property
    def ids(self) -> dict[str, Scalar]:
        """What a case can name: the known ids, and what the accounts log in with."""
        return self.entry.known

    def lacks(self, names: Iterable[str]) -> str:
        """What is to be said of the ids among these that are not known; an empty text if all of them are."""
        missing = [name for name in dict.fromkeys(names) if name not in self.ids]
        told = next((self.unfit[name] for name in missing if name in self.unfit), "")
        if told or not missing:
            return told
        listed = " and ".join(f'"{name}"' for name in missing)
        return f"needs the known id{'s' if len(missing) > 1 else ''} {listed} in the profile"

    @cached_property
    def mask(self) -> Mask:
        """Keeps its secrets out of what is written down."""
        return Mask.of([self.entry])

    @cached_property
    def secrets(self) -> dict[str, str]:
        """What opens it, by name; of an Authorization header, what stands after its scheme."""
        return secrets_of(self.entry)

    @property
    def secret_names(self) -> set[str]:
        """The names under which credentials of any kind are given, in lower case."""
        return {name.lower() for name in (*self.credentials.names(), *self.entry.never)} | {"authorization"}

    @property
    def patience(self) -> float:
        """How many seconds an answer may take."""
        return self.entry.limits.answer_seconds or PATIENCE

    @property
    def patience_evidence(self) -> str:
        """A limit that the profile sets is a promise; ours is but a choice."""
        return "documented" if self.entry.limits.answer_seconds else "chosen"
