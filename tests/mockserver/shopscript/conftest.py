"""A shop behind Flask's test client, at a moment that does not move."""

from datetime import datetime
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.create import create_app

FORM = "application/x-www-form-urlencoded"


class Caller:
    """A client of the shop with a token in its header."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.headers = {"Authorization": "Bearer counterfoil-token"}

    def post(self, method: str, form: str = "", query: str = "", **more):
        """Post a form as it is written."""
        more = {"content_type": FORM, "headers": self.headers, "data": form, **more}
        return self.client.post(f"/api.php/{method}?{query}", **more)

    def get(self, method: str, query: str = "", **more):
        """Get a method."""
        return self.client.get(f"/api.php/{method}?{query}", **{"headers": self.headers, **more})

    def order(self, form: str = "contact_id=1&items[0][sku_id]=1") -> dict:
        """Place an order and read the answer."""
        answer = self.post("shop.order.add", form)
        assert 200 == answer.status_code, answer.text
        return answer.json

    def settings(self, **settings) -> None:
        """Change what the shop's owner can switch."""
        assert 200 == self.client.patch("/_mock/settings", json={"shopscript": settings}).status_code

    def count(self) -> int:
        """How many orders there are."""
        return self.get("shop.order.search").json["count"]


@pytest.fixture(scope="session")
def apps() -> dict:
    """The mock by overlay: what is compiled once serves all tests."""
    made: dict = {}

    def app(*overlays: str):
        if overlays not in made:
            made[overlays] = create_app(["shopscript"], overlays=overlays, stands_at=datetime(2026, 1, 5, 9))
        return made[overlays]

    return app


@pytest.fixture
def caller(apps) -> Caller:
    """The shop as source 002 has it, as it is seeded."""
    return reset(apps())


@pytest.fixture
def live(apps) -> Caller:
    """The shop as a live one speaks, as it is seeded."""
    return reset(apps("wire"))


def reset(app) -> Caller:
    client = app.test_client()
    assert 200 == client.post("/_mock/reset").status_code
    return Caller(client)


@pytest.fixture
def encoded():
    """Brackets percent-encoded, as most clients send them."""
    return lambda form: quote(form, safe="=&")
