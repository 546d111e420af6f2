"""A panel behind Flask's test client, at a moment that does not move, and a caller of it."""

from datetime import datetime
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app

NOW = datetime(2026, 8, 24, 9, 30)
FORM = "application/x-www-form-urlencoded"


class Caller:
    """A program that calls the panel for a client."""

    def __init__(self, client: FlaskClient, authinfo: str = "demo:demo") -> None:
        self.client = client
        self.authinfo = authinfo

    def send(self, query: str = "", form: str = "", verb: str = "GET", **more) -> TestResponse:
        """Send parameters as they are written, without credentials."""
        return self.client.open(f"/billmgr?{query}", method=verb, data=form, content_type=FORM, **more)

    def ask(self, func: str, by: str = "POST", **fields) -> dict:
        """The answer's `doc` to a function with these parameters."""
        encoded = urlencode({"authinfo": self.authinfo, "out": "xjson", "func": func, **fields})
        answer = self.send(encoded) if by == "GET" else self.send(form=encoded, verb=by)
        assert (200, "application/json; charset=utf-8") == (answer.status_code, answer.content_type)
        return answer.json["doc"]

    @staticmethod
    def error(doc: dict) -> tuple:
        """The kind of a refusal, and what it is about."""
        return doc["error"]["$type"], doc["error"].get("$object")

    def order(self, by: str = "POST", func: str = "v2.vds.order.param", **fields) -> dict:
        """The answer to an order; a field that is None is left out."""
        given = {"order_period": 1, "pricelist": 111, "sok": "ok", "clicked_button": "order", **fields}
        return self.ask(func, by, **{name: value for name, value in given.items() if value is not None})

    def quick_order(self, func: str = "certificate.order.param", **fields) -> dict:
        """The answer to an order of a certificate for a year."""
        given = {"pricelist": 141, "period": 12, "domain": "example.com", "sok": "ok", "clicked_button": "quickbasket"}
        return self.ask(func, **{**given, **fields})

    def cart(self, **fields) -> tuple[str, list[dict]]:
        """What the new cart costs, and its items."""
        doc = self.ask("cart", **fields)
        items = many(doc.get("list", {}).get("elem"))
        assert str(len(items)) == doc["total"]["count"]["$"]
        return doc["total"]["cost"]["$"], items

    def rows(self, func: str, **fields) -> list[dict[str, str]]:
        """The rows of a table, which stand in the document itself, each element by its text."""
        return [{name: value["$"] for name, value in row.items()} for row in many(self.ask(func, **fields).get("elem"))]

    def balance(self, provider: int = 0) -> str:
        """What is left on the first account, or on another."""
        return self.rows("subaccount")[provider]["balance"]

    def settings(self, **settings) -> None:
        """Change what the panel's owner decides."""
        assert 200 == self.client.patch("/_mock/settings", json={"billmanager": settings}).status_code

    def later(self, **by) -> None:
        """Move the world's clock."""
        assert 200 == self.client.post("/_mock/clock", json={"advance": by}).status_code

    def everything(self) -> dict:
        """All of the panel's state."""
        return self.client.get("/_mock/snapshot").json["vendors"]["billmanager"]


def many(elements: dict | list | None) -> list:
    """The elements under one name, however many there are."""
    if elements is None:
        return []
    return elements if isinstance(elements, list) else [elements]


@pytest.fixture(scope="session")
def panel() -> Mock:
    return create_app(["billmanager"], stands_at=NOW)


@pytest.fixture
def caller(panel: Mock) -> Caller:
    client = panel.test_client(use_cookies=False)  # a test sends its cookies itself
    assert 200 == client.post("/_mock/reset").status_code
    return Caller(client)


@pytest.fixture
def poor(caller: Caller) -> Caller:
    """A caller for the client who has no money."""
    return Caller(caller.client, "poor:poor")
