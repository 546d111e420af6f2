"""For each defect, something that a client can see: the same in every honest world, and another thing in its own."""

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


# Shop-Script

said(
    order_total_forgets_the_quantity=lambda c: c.sale(2, 1, **{"items[0][quantity]": 3})["total"],
    services_name_a_product_as_their_parent=lambda c: [
        item["parent_id"] for item in c.sale(3, **{"items[0][services][0][service_variant_id]": 1})["items"]
    ],
    newest_order_is_not_found=lambda c: (c.sale(), c.sale(), c.shop("search").json["count"])[-1],
    expired_token_is_accepted=lambda c: c.shop("search", access_token="counterfoil-expired").status_code,
    token_of_another_app_is_accepted=lambda c: c.shop("search", access_token="counterfoil-wrong-scope").status_code,
    count_is_that_of_the_page=lambda c: (c.sale(), c.sale(), c.shop("search", limit=1).json["count"])[-1],
    names_are_escaped_twice=lambda c: c.sale(contact_id=0, **{"contact[name]": "A & B"})["contact"]["name"],
    comments_become_question_marks=lambda c: c.sale(comment="Звоните дважды, Straße")["comment"],
    single_item_is_no_list=lambda c: type(c.sale()["items"]),
    totals_are_texts=lambda c: type(c.sale()["total"]),
    items_show_their_profit=lambda c: sorted(c.sold(c.sale()["id"]).json["items"][0]),
    days_come_before_months=lambda c: c.sale()["create_datetime"],
    xml_is_sent_as_json=lambda c: c.sold(c.sale()["id"], format="xml").content_type,
    unknown_order_shows_the_query=lambda c: c.sold(999).json,
    same_sale_twice_is_one=lambda c: (c.sale(3, 1)["id"], c.sale(3, 1)["id"], c.shop("search").json["count"]),
)


@seen
def action_drops_the_comment(c: Caller) -> Any:
    number = c.sale(comment="Please ring twice.")["id"]
    c.shop("action", {"id": number, "action": "process"})
    return c.sold(number).json["comment"]


@seen
def concurrent_sales_lose_one(c: Caller) -> Any:
    c.at_once(lambda: c.sale(1), lambda: c.sale(2))
    return c.shop("search").json["count"]


@seen
def deletion_is_not_kept(c: Caller) -> Any:
    number = c.sale()["id"]
    c.shop("delete", {"id": number})
    return c.sold(number).json["state_id"]


@seen
def refused_action_leaves_a_mark(c: Caller) -> Any:
    number = c.sale()["id"]
    c.shop("action", {"id": number, "action": "refund"})
    return c.sold(number).json["update_datetime"]


@seen
def unavailable_action_is_a_conflict(c: Caller) -> Any:
    return c.shop("action", {"id": c.sale()["id"], "action": "refund"}).status_code


@seen
def deleted_order_keeps_its_stock(c: Caller) -> Any:
    number = c.sale(3)["id"]
    c.shop("delete", {"id": number})
    return c.sold(number).json["params"]["reduced"]


# WHMCS, classic

said(
    product_ids_are_those_of_the_catalogue=lambda c: c.order()["productids"],
    any_secret_opens=lambda c: c.send("GetOrders", secret="wrong").status_code,
    read_only_credentials_may_write=lambda c: c.order(identifier="counterfoil-readonly")["result"],
    second_page_begins_one_early=lambda c: c.ask("GetOrders", limitstart=1, limitnum=1),
    name_beyond_latin_1_crashes=lambda c: c.send("AddClient", **CLIENT | {"lastname": "Достоевский"}).status_code,
    pairs_are_joined_by_ampersands=lambda c: c.send("GetInvoice", responsetype="nvp", invoiceid=1).data,
    single_order_is_no_list=lambda c: type(c.ask("GetOrders", id=1)["orders"]["order"]),
    years_have_two_digits=lambda c: c.ask("GetOrders", id=1)["orders"]["order"],
    nothing_falls_due=lambda c: (c.later(days=60), c.ask("GetClientsProducts", serviceid=19)["products"]["product"])[
        -1
    ],
    refusals_are_sent_as_html=lambda c: c.send("GetInvoice", invoiceid=999).content_type,
    unknown_action_repeats_the_request=lambda c: c.ask("Fly")["message"],
    unknown_payment_method_is_taken_for_the_first=lambda c: c.order(paymentmethod="shells")["result"],
    unknown_client_is_refused_in_other_words=lambda c: c.ask("GetClientsDetails", clientid=999)["message"],
    same_order_twice_is_one=lambda c: (c.order(pid=3), c.order(pid=3), stock(c)),
)


def stock(c: Caller) -> Any:
    """How many servers are left."""
    return c.ask("GetProducts", pid=3)["products"]["product"][0]["quantity_available"]


def listed(c: Caller, **fields: Any) -> list[Any]:
    """The ids of the orders that are listed."""
    return [order["id"] for order in c.ask("GetOrders", **fields)["orders"]["order"]]


@seen
def invoice_total_forgets_the_tax(c: Caller) -> Any:
    return c.ask("GetInvoice", invoiceid=c.order(pid=5)["invoiceid"])["total"]


@seen
def order_takes_its_promotion_twice(c: Caller) -> Any:
    number = c.order(promocode="demopromo")["orderid"]
    return c.ask("GetOrders", id=number)["orders"]["order"][0]["amount"]


@seen
def second_payment_replaces_the_first(c: Caller) -> Any:
    invoice = c.order()["invoiceid"]
    for amount in (3, 4):
        c.ask(
            "AddInvoicePayment", invoiceid=invoice, transid=amount, gateway="paypal", date="2026-01-05", amount=amount
        )
    return c.ask("GetInvoice", invoiceid=invoice)["balance"]


@seen
def concurrent_orders_lose_one(c: Caller) -> Any:
    c.at_once(lambda: c.order(pid=1), lambda: c.order(pid=4))
    return len(listed(c, userid=1))


@seen
def deleted_order_is_still_listed(c: Caller) -> Any:
    return c.ask("DeleteOrder", orderid=5)["result"], listed(c)


@seen
def cancelled_orders_count_as_pending(c: Caller) -> Any:
    return c.ask("GetOrderStatuses")["statuses"]


@seen
def xml_is_not_escaped(c: Caller) -> Any:
    number = c.ask("AddClient", **CLIENT | {"companyname": "Fish & Chips <Ltd>"})["clientid"]
    return c.send("GetClientsDetails", responsetype="xml", clientid=number).data


@seen
def refused_order_takes_its_stock(c: Caller) -> Any:
    return c.order(pid=3, billingcycle="hourly")["result"], stock(c)


# WHMCS, REST

said(
    page_size_is_ignored=lambda c: len(c.rest("GET", "/store/products", page_size=2).json["data"]),
    last_page_is_repeated=lambda c: len(c.rest("GET", "/countries", page=999).json["data"]),
    total_is_that_of_the_page=lambda c: c.rest("GET", "/store/domain/pricing", page_size=2).json["meta"],
    countries_leave_in_latin_1=lambda c: c.rest("GET", "/countries/AX").data,
    unknown_product_shows_the_stack=lambda c: c.rest("GET", "/store/products/999").json["message"],
    unknown_group_crashes=lambda c: c.rest("GET", "/store/products/groups/999").status_code,
    guests_have_empty_lists=lambda c: c.rest("GET", "/user/services").status_code,
    cart_total_forgets_the_quantity=lambda c: c.totals(BUSINESS | {"quantity": 3}),
    cart_total_forgets_the_setup_fees=lambda c: c.totals(BUSINESS),
    totals_are_added_as_floats=lambda c: c.totals(*(register(f"free-{name}.com") for name in "abc")),
    items_of_one_request_share_an_id=lambda c: len(
        {each["item_id"] for each in c.add(c.cart(), PRODUCT, BUSINESS).json["data"]["items"]}
    ),
    same_product_replaces_the_first=lambda c: len(c.contents(c.cart(PRODUCT, PRODUCT | {"quantity": 2}))["items"]),
    repeated_add_is_dropped=lambda c: len(c.contents(c.cart(PRODUCT, PRODUCT))["items"]),
    unknown_code_is_accepted=lambda c: c.rest("POST", f"{c.cart(PRODUCT)}/promotions", {"code": "NONE"}).status_code,
    unknown_cycle_is_taken_for_monthly=lambda c: c.add(c.cart(), PRODUCT | {"billing_cycle": "hourly"}).status_code,
    country_may_be_left_out=lambda c: c.rest("POST", f"{c.cart(PRODUCT)}/geolocation", {}).status_code,
    empty_list_is_null=lambda c: c.rest("GET", f"{c.cart(PRODUCT)}/promotions").json,
    more_is_sold_than_there_is=lambda c: c.rest("POST", f"{c.cart(SERVER | {'quantity': 3})}/validate").json,
    validation_is_sent_as_html=lambda c: c.rest("POST", f"{c.cart(PRODUCT)}/validate").content_type,
)


@seen
def session_lives_after_logout(c: Caller) -> Any:
    c.log_in()
    c.state = c.rest("DELETE", "/user/session").headers["X-Api-State"]
    return c.rest("GET", "/user/services").status_code


@seen
def expired_state_is_accepted(c: Caller) -> Any:
    c.log_in()
    c.later(days=2)
    return c.rest("GET", "/user/services").status_code


@seen
def anybodys_service_is_shown(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return c.rest("GET", "/user/services/19").status_code


@seen
def service_is_due_a_day_early(c: Caller) -> Any:
    c.log_in()
    return c.rest("GET", "/user/services/19").json["data"]["billing"]["next_due_date"]


@seen
def discount_is_taken_twice(c: Caller) -> Any:
    return sums(c.rest("POST", f"{c.cart(PRODUCT)}/promotions", {"code": "demopromo"}).json["data"])


@seen
def everybody_pays_in_dollars(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return c.contents(c.cart(PRODUCT))["totals"]["total"]


@seen
def changed_product_drops_its_addons(c: Caller) -> Any:
    path = c.cart(PRODUCT | {"addons": [{"id": 1}]})
    item = c.contents(path)["items"][0]["item_id"]
    c.rest("POST", f"{path}/items/{item}", {"type": "product", "billing_cycle": "annually"})
    return len(c.contents(path)["items"][0]["addons"])


@seen
def concurrent_adds_lose_one(c: Caller) -> Any:
    path = c.cart()
    c.at_once(lambda: c.add(path, PRODUCT), lambda: c.add(path, BUSINESS))
    return len(c.contents(path)["items"])


@seen
def deleted_item_comes_back(c: Caller) -> Any:
    path = c.cart(PRODUCT)
    item = c.contents(path)["items"][0]["item_id"]
    return len(c.rest("DELETE", f"{path}/items/{item}").json["data"]["items"]), len(c.contents(path)["items"])


@seen
def anybodys_cart_is_shown(c: Caller) -> Any:
    c.log_in()
    path = c.cart(PRODUCT)
    c.state = ""
    return c.rest("GET", path).status_code


@seen
def newest_cart_is_not_listed(c: Caller) -> Any:
    c.log_in()
    return c.cart(), c.cart(), c.rest("GET", "/cart").json["data"]


@seen
def refused_items_stay_in_the_cart(c: Caller) -> Any:
    path = c.cart()
    return c.add(path, PRODUCT, PRODUCT | {"product_id": 999}).status_code, len(c.contents(path)["items"])


@seen
def checkout_leaves_the_stock(c: Caller) -> Any:
    c.log_in()
    assert 200 == c.rest("POST", f"{c.cart(SERVER)}/checkout").status_code
    return c.rest("GET", "/store/products/3").json["data"]["stock_quantity"]


@seen
def text_beyond_the_bmp_crashes(c: Caller) -> Any:
    path = c.cart(PRODUCT)
    item = c.contents(path)["items"][0]["item_id"]
    fields = {"custom_fields": [{"id": 1, "value": "a friend 🙂"}]}
    return c.rest("POST", f"{path}/items/{item}/customfields", fields).status_code
