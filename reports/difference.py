"""What a comparison of two targets comes to, as data: the differences, one per cause, and what was left out of them."""

from typing import Literal

import msgspec

FORMAT = 1

Severity = Literal["breaking", "changed", "noise"]
Kind = Literal[
    "unanswered",
    "status",
    "outcome",
    "media_type",
    "header",
    "type",
    "missing",
    "extra",
    "value",
    "members",
    "order",
    "time",
]
SEVERITIES: tuple[Severity, ...] = ("breaking", "changed", "noise")


class SampleSide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side of an example: the command that sends the request, its secrets masked, and what is answered."""

    curl: str
    status: int | None
    says: str


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pair of answers that shows a difference. `case` is the script that the request stands in."""

    case: str
    operation: str
    place: str
    a: SampleSide
    b: SampleSide


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cause for which answers differ. The id stays the same from run to run.

    `operations` says how often it was seen in the answers of each, `places` where in them.
    """

    id: str
    contract: str
    kind: Kind
    severity: Severity
    what: str
    operations: dict[str, int]
    places: list[str]
    count: int
    example: Sample


class Recognised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values that differ and have to, by the reason for it, and where they stand."""

    contract: str
    reason: str
    count: int
    places: dict[str, int]


class ComparedTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two targets."""

    url: str
    mock: bool
    requests: int


class DiffReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole comparison. `compared` counts pairs of answers by contract and operation."""

    format: int
    counterfoil: str
    started: str
    seconds: float
    seed: int
    level: str
    a: ComparedTarget
    b: ComparedTarget
    compared: dict[str, dict[str, int]]
    differences: list[Difference]
    recognised: list[Recognised]
    left_out: dict[str, int]

    @property
    def answers(self) -> int:
        """How many pairs of answers were compared."""
        return sum(sum(counts.values()) for counts in self.compared.values())

    @property
    def differ(self) -> bool:
        """Whether the targets differ in anything but noise."""
        return any(each.severity != "noise" for each in self.differences)
