"""Putting things into carts, for the tests."""

from decimal import Decimal
from typing import Any

PRODUCT = {"type": "product", "product_id": 1, "billing_cycle": "monthly", "domain": "free-one.com"}
BUSINESS = {"type": "product", "product_id": 5, "billing_cycle": "monthly", "domain": "free-two.com"}
REGISTRATION = {"type": "domain_register", "name": "free-three.com", "period": 1}
TRANSFER = {"type": "domain_transfer", "name": "taken-one.com", "period": 1, "epp_code": "12345abcde"}


class Shopper:
    """A visitor with a cart."""

    def __init__(self, visitor: Any, cart: str = "") -> None:
        self.visitor = visitor
        self.id = cart or visitor.send("POST", "/cart").json["data"]["id"]
        self.path = f"/cart/{self.id}"

    def send(self, method: str, path: str = "", body: Any = None):
        return self.visitor.send(method, f"{self.path}{path}", body)

    def ask(self, method: str, path: str = "", body: Any = None) -> Any:
        """The data of an answer."""
        answer = self.send(method, path, body)
        assert 200 == answer.status_code, answer.text
        return answer.json["data"]

    def refused(self, method: str, path: str = "", body: Any = None) -> tuple[int, str]:
        return self.visitor.refused(method, f"{self.path}{path}", body)

    def add(self, *items: Any) -> Any:
        """The cart with these items."""
        return self.ask("POST", "/items", {"items": list(items)})

    def put(self, item: Any) -> str:
        """The id of the item, which is new in the cart."""
        return self.add(item)["items"][-1]["item_id"]

    def show(self) -> Any:
        return self.ask("GET")

    def errors(self) -> Any:
        return self.ask("POST", "/validate")["validation_errors"]


def product(**more: Any) -> Any:
    return {**PRODUCT, **more}


def business(**more: Any) -> Any:
    return {**BUSINESS, **more}


def value(amount: Any) -> Decimal:
    return Decimal(amount["value"])
