"""An installation is where it is called: the address of a checkout, those in a state, and the pages that stand there."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import jwt
import pytest

from counterfoil.mockserver.create import create_app
from tests.mockserver.whmcs.rest.shopping import BUSINESS, PRODUCT, Shopper

STATE = "X-Api-State"
FROM_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "shop.test, inner", "X-Forwarded-Prefix": "/billing/"}


def issuer(answer: Any) -> str:
    """Who has signed the state of an answer, and for whom: the same."""
    claims = jwt.decode(answer.headers[STATE], options={"verify_signature": False})
    assert claims["iss"] == claims["aud"]
    return claims["iss"].removesuffix("/")


@pytest.fixture
def other(whmcs_now) -> Iterator[str]:
    """The path of another world."""
    client = whmcs_now.test_client()
    assert 201 == client.post("/_mock/worlds", json={"name": "elsewhere"}).status_code
    yield "/w/elsewhere"
    client.delete("/_mock/worlds/elsewhere")


def checked_out(client: Any, below: str, **more: Any) -> tuple[str, str]:
    """The address to which a user's checkout leads, and the issuer of the state, where `below` is the path of the API."""
    login = client.post(
        f"{below}/api/v2/user/session", json={"email": "davis@example.com", "password": "counterfoil"}, **more
    )
    headers = {**more.get("headers", {}), STATE: login.headers[STATE]}
    more = {**more, "headers": headers}
    cart = client.post(f"{below}/api/v2/cart", **more).json["data"]["id"]
    client.post(f"{below}/api/v2/cart/{cart}/items", json={"items": [PRODUCT]}, **more)
    done = client.post(f"{below}/api/v2/cart/{cart}/checkout", **more)
    assert 200 == done.status_code, done.text
    return done.json["data"]["url"], issuer(login)


@pytest.mark.parametrize(
    ("more", "base"),
    [
        pytest.param({}, "http://localhost", id="as-sent"),
        pytest.param({"base_url": "https://pay.test:8443"}, "https://pay.test:8443", id="host-and-scheme"),
        pytest.param({"base_url": "http://[::1]:8080"}, "http://[::1]:8080", id="version-6"),
        pytest.param({"headers": FROM_PROXY}, "https://shop.test/billing", id="proxy-on-this-machine"),
        pytest.param(
            {"headers": FROM_PROXY, "environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}},
            "http://localhost",
            id="stranger",
        ),
        pytest.param({"headers": {"Host": "<b>"}}, "http://localhost:80", id="no-host"),
    ],
)
def test_a_checkout_and_a_state_have_the_address_of_the_request(visitor, more: dict, base: str) -> None:
    """Its own, or the one that a proxy says it was asked for; what is no address is not repeated."""
    url, named = checked_out(visitor.client, "", **more)

    assert (f"{base}/viewinvoice.php?id=12", base) == (url, named)


def test_a_world_of_its_own_is_in_the_address(visitor, other: str) -> None:
    """The page is that of the world where the order was placed, and a state is for that world."""
    url, named = checked_out(visitor.client, other)

    assert ("http://localhost/w/elsewhere/viewinvoice.php?id=12", "http://localhost/w/elsewhere") == (url, named)
    assert 200 == visitor.client.get("/w/elsewhere/viewinvoice.php?id=12").status_code
    assert 404 == visitor.client.get("/viewinvoice.php?id=12").status_code


def test_the_address_may_be_told_at_the_start_or_by_the_owner(visitor) -> None:
    """What is told wins over what a request says, and the installation's own setting over both."""
    client = create_app(["whmcs"], public_url="https://shop.test/mock").test_client()
    client.post("/_mock/worlds", json={"name": "mine"})

    assert "https://shop.test/mock" == checked_out(client, "", headers=FROM_PROXY)[1]
    assert "https://shop.test/mock/w/mine" == checked_out(client, "/w/mine")[1]
    visitor.settings(url="https://billing.test")
    assert "https://billing.test" == checked_out(visitor.client, "")[1]
    visitor.settings(url="")


def test_a_state_is_good_under_every_name_of_the_installation(davis) -> None:
    """A front end and its server may call it by different names."""
    for base in ("http://127.0.0.1:8080", "http://localhost:5173"):
        assert 200 == davis.send("GET", "/user/clients", base_url=base).status_code


class Read(HTMLParser):
    """A page as somebody reads it who hears it: its parts, and its text."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        assert "text/html; charset=utf-8" == page.content_type
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_address_of_a_checkout_shows_the_invoice(davis) -> None:
    """With what it is for, its taxes and what is left to pay; readable by ear, with a language, headings and headers."""
    shopper = Shopper(davis)
    shopper.add(BUSINESS)
    url = shopper.ask("POST", "/checkout")["url"]

    page = Read(davis.client.get(url.removeprefix("http://localhost")))

    for said in ("Invoice 12", "Unpaid", "Business - free-two.com (monthly)", "$25.00 USD", "Tax 20.00%", "$36.00 USD"):
        assert said in page.text
    names = [tag for tag, _ in page.tags]
    assert [1, 1, 1] == [names.count(each) for each in ("h1", "main", "caption")]
    assert ("html", {"lang": "en"}) in page.tags
    assert all({"scope"} == attributes.keys() for tag, attributes in page.tags if tag == "th")


def test_a_paid_invoice_says_so(davis) -> None:
    """Payments stand below the total."""
    page = Read(davis.client.get("/viewinvoice.php?id=1"))

    assert "Paid on 2025-05-20" in page.text
    assert "Left to pay $0.00 USD" in " ".join(page.text.split())


def test_a_guest_is_led_to_a_page_with_the_cart(visitor) -> None:
    """It says how the order is placed."""
    guest = Shopper(visitor)
    guest.add(PRODUCT)
    url = guest.ask("POST", "/checkout")["url"]

    page = Read(visitor.client.get(url.removeprefix("http://localhost")))

    assert "Starter - free-one.com (monthly)" in page.text
    assert "POST /api/v2/user/session" in page.text


@pytest.mark.parametrize(
    "path", ["/viewinvoice.php?id=99", "/viewinvoice.php", "/viewinvoice.php?id=<b>", "/cart.php?cart=x"]
)
def test_what_is_not_there_is_a_page_too(visitor, path: str) -> None:
    """Under 404, and what was asked for is not repeated as HTML."""
    answer = visitor.client.get(path)

    assert 404 == answer.status_code
    assert "Not found" in Read(answer).text
    assert "<b>" not in answer.text
