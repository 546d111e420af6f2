"""Sessions are opened when they are needed, carried in their newest state, and never cost the address its welcome."""

from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest

from counterfoil.contracts.http.client import CredentialsRefused, Request, Target
from counterfoil.contracts.http.sessions import NoAccount
from counterfoil.contracts.profile.model import Entry, Login
from counterfoil.specs import Contract

_ANSWER: dict[str, Any] = {
    "description": "An answer.",
    "content": {"application/json": {"schema": {}, "examples": {"done": {"value": {}}}}},
}


def _operation(name: str, *ways: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "security": list(ways), "responses": {"200": _ANSWER, "401": _ANSWER}}


def _login(name: str) -> dict[str, Any]:
    schema = {"type": "object", "required": ["who", "password"]}
    return {**_operation(name), "requestBody": {"content": {"application/json": {"schema": schema}}}}


def _door() -> Contract:
    paths = {
        "/session": {"post": _login("log_in"), "delete": _operation("log_out", {"state": []})},
        "/session/verify": {"post": {**_login("verify"), "security": [{"state": []}]}},
        "/mask": {"post": _operation("mask", {"state": []})},
        "/closed": {"get": _operation("closed", {"state": []})},
        "/open": {"get": _operation("open", {}, {"state": []})},
    }
    schemes = {"state": {"type": "apiKey", "in": "header", "name": "X-State"}}
    return Contract("door", {"paths": paths, "components": {"securitySchemes": schemes}})


class Door:
    """Numbers the states that it gives, and writes down which ones it gets."""

    def __init__(self) -> None:
        self.app = flask.Flask("door")
        self.asked: list[str] = []
        self.given = 0
        #: how many wrong passwords there are before nobody gets in
        self.patience = 1000
        #: whether anybody may act as somebody else
        self.masks = True
        self.app.add_url_rule("/<path:path>", view_func=self.answer, methods=["GET", "POST", "DELETE"])

    def answer(self, path: str) -> Any:
        """A new state for whoever has one, or has the right password."""
        body = flask.request.get_json(silent=True) or {}
        state = flask.request.headers.get("X-State", "")
        self.asked.append(f"{flask.request.method} {path} {state}".strip())
        if path == "session" and flask.request.method == "POST":
            if not self.patience:
                return {}, 403
            if body.get("password") != "right":
                self.patience -= 1
                return {}, 401
            state = "first"
        if not state:
            return {}, 200 if path == "open" else 401
        self.given += 1
        challenge = {"fields": [{"name": "code"}]} if body.get("who") == "careful" else {}
        return challenge, 200 if self.masks or path != "mask" else 404, {"X-State": f"state-{self.given}"}


ACCOUNTS = {
    "careful": {"who": "careful", "password": "right", "second_factor": "7"},
    "plain": {"who": "plain", "password": "right"},
    "wrong": {"who": "plain", "password": "wrong"},
}
LOGINS = {"state": Login("log_in", "verify", "log_out", ["mask"])}


@pytest.fixture
def door() -> Door:
    """A door with nobody behind it."""
    return Door()


@pytest.fixture
def target(door: Door, mount: Callable[[flask.Flask], str]) -> Iterator[Target]:
    """The door as a target whose profile has three accounts."""
    target = Target.described(_door(), mount(door.app), Entry(accounts=ACCOUNTS, logins=LOGINS))
    yield target
    target.close()


def _ask(target: Target, operation: str, **how: Any) -> int:
    return target.send(Request(target.contract.operations[operation], **how)).status


def test_a_session_is_opened_once_and_carried_in_its_newest_state(target: Target, door: Door) -> None:
    """The first account without a second factor opens it."""
    assert [_ask(target, "closed") for _ in range(3)] == [200, 200, 200]
    assert door.asked == ["POST session", "GET closed state-1", "GET closed state-2", "GET closed state-3"]


def test_what_needs_no_session_gets_one_only_on_demand(target: Target, door: Door) -> None:
    """And a step can do without, wherever one is needed."""
    _ask(target, "open")
    _ask(target, "open", session="plain")
    assert _ask(target, "closed", session="none") == 401
    assert _ask(target, "closed", credentials=None) == 401
    _ask(target, "closed", headers={"x-state": "own"})
    assert door.asked == ["GET open", "POST session", "GET open state-1", "GET closed", "GET closed", "GET closed own"]


def test_a_session_that_has_ended_is_opened_anew(target: Target, door: Door) -> None:
    """After a logout; the state that a masquerade gives is another session's."""
    _ask(target, "mask")
    _ask(target, "closed")
    _ask(target, "log_out")
    _ask(target, "closed")
    assert door.asked[2:] == ["GET closed state-1", "DELETE session state-3", "POST session", "GET closed state-5"]


def test_a_mask_that_is_refused_gives_the_newest_state_of_ones_own_session(target: Target, door: Door) -> None:
    """Nobody else acts then, so it can be nobody else's."""
    door.masks = False
    _ask(target, "mask")
    _ask(target, "closed")
    assert door.asked[1:] == ["POST mask state-1", "GET closed state-2"]


def test_a_second_factor_is_sent_where_it_is_asked_for(target: Target, door: Door) -> None:
    """But not for the operation that takes it: this one gets the state that awaits it."""
    _ask(target, "closed", session="careful")
    assert door.asked == ["POST session", "POST session/verify state-1", "GET closed state-2"]
    _ask(target, "verify", body={"fields": {"code": "7"}}, media_type="application/json")
    assert door.asked[3:] == ["POST session", "POST session/verify state-4"]


def test_a_login_that_is_refused_says_whose(target: Target) -> None:
    """So that the profile can be mended."""
    with pytest.raises(CredentialsRefused, match='the account "wrong" of the profile cannot log in: log_in'):
        _ask(target, "closed", session="wrong")
    with pytest.raises(NoAccount, match='the account "nobody"'):
        _ask(target, "closed", session="nobody")


def test_wrong_logins_never_stand_many_in_a_row(target: Target, door: Door) -> None:
    """A right one comes between, before anybody could take the suite for an intruder."""
    row, longest = 0, 0
    for _ in range(12):
        before = len(door.asked)
        status = _ask(target, "log_in", body={"who": "x", "password": "y"}, media_type="application/json")
        row = (0 if len(door.asked) - before > 1 else row) + (status == 401)
        longest = max(longest, row)
    assert longest == 4
    assert len(door.asked) == 14


def test_where_wrong_logins_add_up_no_more_are_sent(target: Target, door: Door) -> None:
    """Right ones in between are no help there; the right credentials are not to blame."""
    door.patience = 8
    wrong: dict[str, Any] = {"body": {"who": "x", "password": "y"}, "media_type": "application/json"}
    assert [_ask(target, "log_in", **wrong) for _ in range(8)] == [401] * 8
    with pytest.raises(NoAccount, match="after wrong logins, right ones are refused, too"):
        _ask(target, "log_in", **wrong)
    assert door.patience == 0


def test_states_and_passwords_stay_out_of_the_report(target: Target) -> None:
    """The command that shows a request again has a variable in their place: of several passwords, each its own."""
    exchange = target.send(Request(target.contract.operations["closed"]))
    assert '"X-State: $X_STATE"' in exchange.sent.curl
    body = {"who": "plain", "password": "right"}
    login = Request(target.contract.operations["log_in"], body=body, media_type="application/json")
    assert r"\"password\": \"$CAREFUL_PASSWORD\"" in target.prepare(login).curl
    other = Request(
        target.contract.operations["log_in"], body={**body, "password": "wrong"}, media_type=login.media_type
    )
    assert r"\"password\": \"$WRONG_PASSWORD\"" in target.prepare(other).curl
