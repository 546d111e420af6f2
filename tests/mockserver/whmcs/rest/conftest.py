"""Whoever calls the REST API, at a moment that does not move."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from tests.mockserver.whmcs.rest.shopping import Shopper

STANDS_AT = datetime(2026, 1, 5, 9)
STATE = "X-Api-State"
PASSWORD = "counterfoil"
PAIR = "identifier=counterfoil-identifier&secret=counterfoil-secret"


class Visitor:
    """A client of the REST API that sends the newest state, as it should."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.state = ""

    def send(self, method: str, path: str, body: Any = None, **more) -> TestResponse:
        """One call with the state; `data` sends a body as it is written."""
        headers = {**({STATE: self.state} if self.state else {}), **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        answer = self.client.open(f"/api/v2{path}", method=method, headers=headers, **more)
        self.state = answer.headers.get(STATE, self.state)
        return answer

    def get(self, path: str) -> Any:
        """The data of an answer."""
        answer = self.send("GET", path)
        assert 200 == answer.status_code, answer.text
        return answer.json["data"]

    def refused(self, method: str, path: str, body: Any = None, **more) -> tuple[int, str]:
        """The status and the message of a refusal."""
        answer = self.send(method, path, body, **more)
        assert {"message"} == answer.json.keys(), answer.text
        return answer.status_code, answer.json["message"]

    def log_in(self, email: str = "davis@example.com", password: str = PASSWORD) -> TestResponse:
        """Begin a user's session."""
        return self.send("POST", "/user/session", {"email": email, "password": password})

    def log_admin_in(self, username: str = "administrator", password: str = PASSWORD) -> TestResponse:
        """Begin an administrator's session."""
        return self.send("POST", "/admin/session", {"username": username, "password": password})

    def verify(self, code: Any, kind: str = "user") -> TestResponse:
        """Send a second factor."""
        return self.send("POST", f"/{kind}/session/verify", {"fields": {"key": code}})

    def call(self, action: str, **fields) -> Any:
        """A function of the classic API."""
        data = {"action": action, "responsetype": "json", **fields}
        pair = dict(each.split("=") for each in PAIR.split("&"))
        answer = self.client.post("/includes/api.php", data={**pair, **data}).json
        assert "success" == answer["result"], answer
        return answer

    def later(self, seconds: int) -> None:
        """Let the world's time pass."""
        assert 200 == self.client.post("/_mock/clock", json={"advance": {"seconds": seconds}}).status_code

    def settings(self, **settings) -> None:
        """Change what the installation's owner decides."""
        assert 200 == self.client.patch("/_mock/settings", json={"whmcs": settings}).status_code


@pytest.fixture(scope="session")
def whmcs_now() -> Mock:
    return create_app(["whmcs"], stands_at=STANDS_AT)


@pytest.fixture
def visitor(whmcs_now: Mock) -> Visitor:
    """Nobody yet, after a reset."""
    client = whmcs_now.test_client()
    assert 200 == client.post("/_mock/reset").status_code
    return Visitor(client)


@pytest.fixture
def davis(visitor: Visitor) -> Visitor:
    """A user who is logged in, owner of the clients 1 and 2."""
    assert 200 == visitor.log_in().status_code
    return visitor


@pytest.fixture
def administrator(visitor: Visitor) -> Visitor:
    """An administrator who is logged in."""
    assert 200 == visitor.log_admin_in().status_code
    return visitor


@pytest.fixture
def guest(visitor: Visitor) -> Shopper:
    return Shopper(visitor)


@pytest.fixture
def mine(davis: Visitor) -> Shopper:
    return Shopper(davis)
