"""Installations of WHMCS that break one law or case of checking out each, in ways for which the mock has no defect."""

import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lawbreaking import Ask, Asked, Said, breaks_case
from order_lawbreaking import breaks

REST = "whmcs-rest"
CART = "/cart/.{16}"
ITEM = {"items": [{"type": "domain_register", "period": 1, "name": "left-behind.com"}]}


def items(asked: Asked, method: str) -> Asked:
    """The same call on the items of the cart."""
    return replace(asked, method=method, path=f"{asked.cart.path}/items", query="", body=b"")


@breaks_case("A checkout is refused with the errors of the validation")
def validates_everything(asked: Asked, ask: Ask) -> Said:
    """The validation tells no errors."""
    said = ask(asked)
    return said.but({"data": {"validation_errors": []}}) if asked.asks("POST", f"{CART}/validate") else said


@breaks(REST, "orders", "refused_checkout_changes_nothing")
def clears_what_it_refuses(asked: Asked, ask: Ask) -> Said:
    """A refused checkout empties the cart."""
    said = ask(asked)
    if asked.asks("POST", f"{CART}/checkout") and said.status == 400:
        ask(items(asked, "DELETE"))
    return said


@breaks_case("A user's cart becomes an order whose service is listed")
def leaves_something_behind(asked: Asked, ask: Ask) -> Said:
    """A cart that was checked out has an item in it."""
    said = ask(asked)
    if asked.asks("POST", f"{CART}/checkout") and "order_id" in said.json()["data"]:
        ask(items(asked, "POST").but(ITEM))
    return said


@breaks_case("A user's cart becomes an order whose service is listed")
def activates_at_once(asked: Asked, ask: Ask) -> Said:
    """New services are active before anybody has paid."""
    said = ask(asked)
    if asked.asks("GET", "/user/services") and said.status == 200:
        return said.but({"data": [each | {"status": "Active"} for each in said.json()["data"]]})
    return said


@breaks_case("A user's cart becomes an order whose service is listed")
def orders_nothing_again(asked: Asked, ask: Ask) -> Said:
    """An empty cart can be checked out."""
    said = ask(asked)
    if asked.asks("POST", f"{CART}/checkout") and said.status == 400 and b"mpty" in said.body:
        return said.but({"data": {"url": "https://example.com/", "order_id": 1000}}, 200)
    return said


@breaks(REST, "orders", "orders_are_numbered")
def numbers_no_order(asked: Asked, ask: Ask) -> Said:
    """Every order is order 7."""
    said = ask(asked)
    if asked.asks("POST", f"{CART}/checkout") and "order_id" in said.json()["data"]:
        return said.but({"data": said.json()["data"] | {"order_id": 7}})
    return said


@breaks_case("A guest is sent to the page where the buyer goes on")
def empties_the_carts_of_guests(asked: Asked, ask: Ask) -> Said:
    """A guest who goes on to check out finds an empty cart."""
    said = ask(asked)
    if asked.asks("POST", f"{CART}/checkout") and said.status == 200 and "order_id" not in said.json()["data"]:
        ask(items(asked, "DELETE"))
    return said


MADE = count()
LAST: list[bytes] = [b""]


@breaks(REST, "cart at once", "cart_at_once_have_ids_of_their_own")
def gives_everybody_the_same_cart(asked: Asked, ask: Ask) -> Said:
    """Of those who come at once, some get a cart that is another's."""
    said = ask(asked)
    if asked.asks("POST", "/cart") and said.status == 200:
        if next(MADE) % 9 > 1:
            return replace(said, body=LAST[0])
        LAST[0] = said.body
    return said
