"""No more wrong logins in a row than may be, whoever is at work."""

from types import SimpleNamespace
from typing import Any

import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.safety.credentials import CredentialState, credential_state
from counterfoil.contracts.safety.logins import LoginLimit
from counterfoil.contracts.safety.run_state import SharedState
from counterfoil.specs import Contract

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


@pytest.mark.parametrize(
    ("operation", "body", "state", "carried"),
    [
        ("create_user_session", {"email": "davis@example.com", "password": "counterfoil"}, "", "RIGHT"),
        ("create_user_session", {"email": "davis@example.com", "password": "counterfoil"}, "none of ours", "RIGHT"),
        ("create_user_session", {"email": "davis@example.com", "password": "other"}, "", "WRONG"),
        ("verify_user_session", {"fields": {"code": "417339"}}, "begun", "STATE"),
        ("verify_user_session", {"fields": {"code": "417339"}}, "none of ours", "WRONG"),
        ("verify_user_session", {"fields": {"code": "000000"}}, "begun", "WRONG"),
    ],
)
def test_a_second_factor_is_as_right_as_the_session_that_it_opens(
    operation: str, body: Any, state: str, carried: str
) -> None:
    """Right by itself it opens nothing: a target counts it among the wrong ones."""
    contract = Contract.load("whmcs-rest")
    target = Target.described(contract, "http://127.0.0.1:1", seeded().of("whmcs-rest"))
    target.sessions.given.add(["begun"])
    headers = {"X-Api-State": state} if state else {}
    request = Request(
        contract.operations[operation], headers=headers, body=body, media_type="application/json", session="none"
    )

    assert carried == credential_state(request, target.prepare(request), target).name
