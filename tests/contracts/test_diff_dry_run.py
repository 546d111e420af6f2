"""`counterfoil diff --dry-run` says what both sides would be sent, and sends nothing."""

import pytest
from click.testing import CliRunner

from counterfoil.contracts.cli.diff import diff

NOBODY = (
    "https://a.staging.invalid",
    "https://b.staging.invalid",
    "--api",
    "shopscript",
    "--level",
    "smoke",
    "--dry-run",
)


def rehearsed(*more: str) -> tuple[list[list[str]], str]:
    """The rows of the table, and all that is said."""
    ended = CliRunner().invoke(diff, [*NOBODY, *more])
    assert 0 == ended.exit_code, ended.output
    return [line.split() for line in ended.output.splitlines() if line.startswith("shopscript")], ended.output


def test_deployments_are_only_read_and_refused() -> None:
    """Each side has its rows; what changes something is left out, with what would allow it."""
    rows, told = rehearsed()

    assert {"A", "B"} == {row[1] for row in rows}
    assert {"refused"} == {expected for _, _, _, effect, expected, _ in rows if effect != "reads"}
    assert "needs --writes, since it creates something there" in told
    assert told.endswith("Nothing was sent.\n")


@pytest.mark.parametrize("more", [("--writes",), ("--mock-a", "--mock-b")])
def test_what_is_allowed_is_counted(more: tuple[str, ...]) -> None:
    """Orders are made where that is allowed, and in worlds of mocks."""
    rows, _ = rehearsed(*more, "--only", "add_order")

    assert ["A", "B"] == [
        side for _, side, operation, _, expected, _ in rows if (operation, expected) == ("add_order", "accepted")
    ]
