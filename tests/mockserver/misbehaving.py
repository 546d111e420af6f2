"""A client of the mock, and what it can see of each defect: the same in every honest world, another thing in its own."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from werkzeug.test import TestResponse

from counterfoil.mockserver.app import Mock

PAIR = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret"}
PRODUCT = {"type": "product", "product_id": 1, "billing_cycle": "monthly"}
BUSINESS = {"type": "product", "product_id": 5, "billing_cycle": "monthly"}
SERVER = {"type": "product", "product_id": 3, "billing_cycle": "monthly"}
CLIENT = {
    "firstname": "Max", "lastname": "Muster", "email": "max@example.com", "address1": "Gasse 1", "city": "Wien",
    "state": "Wien", "postcode": "1010", "country": "AT", "phonenumber": "1", "password2": "geheim",
}  # fmt: skip


class Caller:
    """A client of one world, by all its contracts."""

    def __init__(self, mock: Mock, world: str) -> None:
        self.mock, self.world = mock, world
        self.client = mock.test_client()
        self.state = ""
        #: the seconds that the mock would have waited before it answered
        self.waited = 0.0
        #: where calls that are made at the same time wait for each other inside the mock
        self.meeting: Barrier | None = None

    def at_once(self, *calls: Callable[[], Any]) -> None:
        """Make these calls at the same time."""
        self.meeting = Barrier(len(calls))
        with ThreadPoolExecutor(len(calls)) as pool:
            for done in [pool.submit(call) for call in calls]:
                done.result()
        self.meeting = None

    def later(self, **by: int) -> None:
        """Let the world's time pass."""
        assert 200 == self.client.post(f"{self.world}/_mock/clock", json={"advance": by}).status_code

    # Shop-Script

    def shop(self, method: str, form: Mapping[str, Any] | None = None, **query: Any) -> TestResponse:
        """Call a method of the shop; with a form, by POST."""
        query = {"access_token": "counterfoil-token", **query}
        path = f"{self.world}/api.php/shop.order.{method}"
        client = self.mock.test_client()
        return (
            client.get(path, query_string=query) if form is None else client.post(path, data=form, query_string=query)
        )

    def sale(self, *skus: int, **more: Any) -> Any:
        """Place an order in the shop; what it answers."""
        form = {f"items[{n}][sku_id]": sku for n, sku in enumerate(skus or (1,))}
        return self.shop("add", {"contact_id": 1, **form, **more}).json

    def sold(self, number: int, **query: Any) -> TestResponse:
        """The shop's order."""
        return self.shop("getInfo", None, id=number, **query)

    # WHMCS, classic

    def send(self, action: str, **fields: Any) -> TestResponse:
        """Call a function of the classic API."""
        data = {**PAIR, "responsetype": "json", "action": action, **fields}
        return self.mock.test_client().post(f"{self.world}/includes/api.php", data=data)

    def ask(self, action: str, **fields: Any) -> Any:
        """What a function of the classic API answers, in JSON."""
        return self.send(action, **fields).get_json(force=True)

    def order(self, **fields: Any) -> Any:
        """Place an order of a client; what it answers."""
        return self.ask("AddOrder", **{"clientid": 1, "paymentmethod": "mailin", "pid": 1, **fields})

    # WHMCS, REST

    def rest(self, method: str, path: str, body: Any = None, **query: Any) -> TestResponse:
        """Call an operation of the REST API, as whoever is logged in."""
        headers = {"X-Api-State": self.state} if self.state else {}
        more = {} if body is None else {"json": body}
        url = f"{self.world}/api/v2{path}"
        return self.mock.test_client().open(url, method=method, headers=headers, query_string=query, **more)

    def log_in(self, email: str = "davis@example.com") -> None:
        """Log in as a user."""
        self.state = ""
        answer = self.rest("POST", "/user/session", {"email": email, "password": "counterfoil"})
        self.state = answer.headers["X-Api-State"]
        if answer.status_code == 202:
            self.state = self.rest("POST", "/user/session/verify", {"fields": {"key": "417339"}}).headers["X-Api-State"]

    def cart(self, *items: Any) -> str:
        """The path of a new cart with these items, one added after the other."""
        path = f"/cart/{self.rest('POST', '/cart').json['data']['id']}"
        for item in items:
            assert 200 == self.add(path, item).status_code
        return path

    def add(self, path: str, *items: Any) -> TestResponse:
        """Add items to a cart."""
        return self.rest("POST", f"{path}/items", {"items": items})

    def contents(self, path: str) -> Any:
        """What is in a cart."""
        return self.rest("GET", path).json["data"]

    def totals(self, *items: Any) -> dict[str, str]:
        """What a new cart with these items costs."""
        return sums(self.contents(self.cart(*items)))


def sums(contents: Any) -> dict[str, str]:
    """Subtotal and total of a cart."""
    return {name: contents["totals"][name]["value"] for name in ("subtotal", "total")}


def register(name: str) -> dict[str, Any]:
    """A domain to put into a cart."""
    return {"type": "domain_register", "period": 1, "name": name}


SEEN: dict[str, Callable[[Caller], Any]] = {}


def seen(observe: Callable[[Caller], Any]) -> Callable[[Caller], Any]:
    """Registers what can be seen of the defect of the same name."""
    SEEN[observe.__name__] = observe
    return observe


def said(**observations: Callable[[Caller], Any]) -> None:
    """Registers what can be seen in one line."""
    SEEN.update(observations)
