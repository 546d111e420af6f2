"""What must be so for the rest of the suite to say anything at all."""

from collections.abc import Callable

from counterfoil.contracts.wire.wire import can_read
from counterfoil.reports.results import Result
from counterfoil.specs import Contract


def test_every_documented_answer_can_be_read(contract: Contract, record: Callable[[Result], None]) -> None:
    """No documented media type is one whose bodies nobody looks into: that would be a green light for anything."""
    unread = {
        f"{operation.id} {answer.status} {media_type}"
        for operation in contract.operations.values()
        for answer in operation.answers.values()
        for media_type, media in answer.media.items()
        if media.schema and not can_read(media_type)
    }
    record(
        Result(
            id=f"{contract.name}/contract",
            contract=contract.name,
            operation="",
            phase="suite",
            description="every documented answer can be read",
            verdict="errored" if unread else "passed",
            reason=f"nobody reads the bodies of {', '.join(sorted(unread))}" if unread else "",
        )
    )
