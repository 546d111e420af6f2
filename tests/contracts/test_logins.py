"""No more wrong logins in a row than may be, whoever is at work."""

from types import SimpleNamespace
from typing import Any

import pytest

from counterfoil.contracts.safety.credentials import CredentialState
from counterfoil.contracts.safety.logins import LoginLimit
from counterfoil.contracts.safety.run_state import SharedState

TARGET: Any = SimpleNamespace(base_url="http://till.example", sessions=SimpleNamespace(headers=[]))
REQUEST: Any = SimpleNamespace()
ACCEPTED: Any = SimpleNamespace(status=200)
REFUSED: Any = SimpleNamespace(status=401)


@pytest.fixture
def told() -> list[str]:
    """What happens, in its order."""
    return []


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch, told: list[str]) -> LoginLimit:
    """Four may be wrong in a row, and a right login is always at hand."""
    limit = LoginLimit("till", 4, SharedState())

    def reassure(_target: object) -> bool:
        told.append("right login")
        with limit.counted(TARGET, REQUEST, CredentialState.RIGHT) as answers:
            answers.append(ACCEPTED)
        return True

    monkeypatch.setattr(limit, "_reassure", reassure)
    return limit


def refuse(limit: LoginLimit, key: CredentialState) -> None:
    """One that is refused."""
    with limit.counted(TARGET, REQUEST, key) as answers:
        answers.append(REFUSED)


def test_after_so_many_wrong_ones_a_right_one_comes_first(limit: LoginLimit, told: list[str]) -> None:
    """Of those that are wrong on purpose, one fewer: a refusal that nobody expects may come between."""
    for number in range(5):
        refuse(limit, CredentialState.WRONG)
        told.append(f"wrong {number}")

    assert ["wrong 0", "wrong 1", "wrong 2", "right login", "wrong 3", "wrong 4"] == told


def test_two_at_once_do_not_both_take_the_last_one_that_is_left(limit: LoginLimit, told: list[str]) -> None:
    """A session that is refused, which nobody expects, is as wrong as a wrong password."""
    for _ in range(3):
        refuse(limit, CredentialState.STATE)

    with limit.counted(TARGET, REQUEST, CredentialState.STATE) as one:
        told.append("one is sent")
        with limit.counted(TARGET, REQUEST, CredentialState.STATE) as other:
            told.append("the other is sent")
            other.append(REFUSED)
        one.append(REFUSED)

    assert ["one is sent", "right login", "the other is sent"] == told


def test_what_is_accepted_takes_none(limit: LoginLimit, told: list[str]) -> None:
    """Any number of calls in a session may follow some wrong logins."""
    for _ in range(3):
        refuse(limit, CredentialState.WRONG)
    for _ in range(9):
        with limit.counted(TARGET, REQUEST, CredentialState.STATE) as answers:
            answers.append(ACCEPTED)

    assert [] == told


def test_what_is_not_sent_takes_none(limit: LoginLimit, told: list[str]) -> None:
    """Something else withholds it."""
    for _ in range(3):
        refuse(limit, CredentialState.WRONG)
    for _ in range(9):
        with pytest.raises(OSError, match="nothing"), limit.counted(TARGET, REQUEST, CredentialState.STATE):
            raise OSError("nothing is sent")

    assert [] == told
