"""A shop behind Flask's test client, at a moment that does not move."""

from datetime import datetime
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.create import create_app
from counterfoil.mockserver.shopscript.seed import SEED
from counterfoil.specs.reading import read

FORM = "application/x-www-form-urlencoded"
STANDS_AT = datetime(2026, 1, 5, 9)
TOKEN = "counterfoil-token"
ORDER = "contact_id=1&items[0][sku_id]=1"
DATABASE = "Database error. See log files for details."


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


#: the seed, but for the orders that are there before anybody calls
NEW_SHOP = {**read(SEED), "past_orders": []}


@pytest.fixture(scope="session")
def apps(tmp_path_factory) -> dict:
    """The mock by overlay: what is compiled once serves all tests. Nobody has ordered yet, unless it is the seeded one."""
    made: dict = {}
    new = tmp_path_factory.mktemp("shop") / "new.yaml"
    new.write_text("shopscript: {past_orders: []}\n")

    def app(*overlays: str, seeded: bool = False):
        if (overlays, seeded) not in made:
            made[overlays, seeded] = create_app(
                ["shopscript"], overlays=overlays, stands_at=STANDS_AT, seed_file=None if seeded else new
            )
        return made[overlays, seeded]

    return app


@pytest.fixture
def caller(apps) -> Caller:
    """The shop as source 002 has it, as it is seeded, without an order."""
    return reset(apps())


@pytest.fixture
def live(apps) -> Caller:
    """The shop as a live one speaks, as it is seeded, without an order."""
    return reset(apps("wire"))


def refusal(answer) -> tuple:
    return answer.status_code, answer.json["error"], answer.json.get("error_description")


def reset(app) -> Caller:
    client = app.test_client()
    assert 200 == client.post("/_mock/reset").status_code
    return Caller(client)


@pytest.fixture
def encoded():
    """Brackets percent-encoded, as most clients send them."""
    return lambda form: quote(form, safe="=&")
