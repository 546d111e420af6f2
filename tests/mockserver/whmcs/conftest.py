"""The seeded installation, and a caller of its classic API, at a moment that does not move."""

from datetime import datetime
from urllib.parse import urlencode

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.seed import seeded_state

NOW = datetime(2026, 8, 24, 9, 30)
FORM = "application/x-www-form-urlencoded"
PAIR = "identifier=counterfoil-identifier&secret=counterfoil-secret"


class Caller:
    """A program that calls the classic API."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def send(self, body: str, query: str = "", **more) -> TestResponse:
        """Post a body as it is written."""
        return self.client.post(f"/includes/api.php?{query}", **{"data": body, "content_type": FORM, **more})

    def ask(self, action: str, form: str = "", credentials: str = PAIR, **fields) -> dict:
        """The answer's data to a function with these fields."""
        more = f"&{urlencode(fields)}" if fields else ""
        answer = self.send(f"{credentials}&responsetype=json&action={action}&{form}{more}")
        assert 200 == answer.status_code, answer.text
        return answer.json

    def order(self, form: str = "clientid=1&paymentmethod=mailin&pid=1") -> int:
        """Place an order; its id."""
        answer = self.ask("AddOrder", form)
        assert "success" == answer["result"], answer
        return answer["orderid"]

    def order_row(self, number: int) -> dict:
        """The order as GetOrders shows it."""
        return self.ask("GetOrders", id=number)["orders"]["order"][0]

    def message(self, action: str, form: str = "", **fields) -> str:
        """The message of a refusal."""
        answer = self.ask(action, form, **fields)
        assert "error" == answer["result"], answer
        return answer["message"]

    def settings(self, **settings) -> None:
        """Change what the installation's owner decides."""
        assert 200 == self.client.patch("/_mock/settings", json={"whmcs": settings}).status_code


@pytest.fixture(scope="session")
def whmcs() -> Mock:
    return create_app(["whmcs"], stands_at=NOW)


@pytest.fixture
def caller(whmcs: Mock) -> Caller:
    client = whmcs.test_client()
    assert 200 == client.post("/_mock/reset").status_code
    return Caller(client)


@pytest.fixture
def installation() -> Installation:
    return seeded_state(NOW, 1)


@pytest.fixture
def everything(installation: Installation):
    """All state as data, to compare it before and after."""
    return lambda: msgspec.to_builtins(installation, str_keys=True)
