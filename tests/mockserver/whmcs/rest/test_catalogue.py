"""The REST API's catalogue: products, groups, what belongs to a product, bundles."""

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.app import Mock

STORE = "/api/v2/store"


@pytest.fixture
def store(whmcs_now: Mock) -> FlaskClient:
    client = whmcs_now.test_client()
    assert 200 == client.post("/_mock/reset").status_code
    return client


def data(store: FlaskClient, path: str, **headers: str):
    answer = store.get(f"{STORE}{path}", headers=headers)
    assert 200 == answer.status_code, answer.text
    return answer.json["data"]


def refused(store: FlaskClient, status: int, path: str) -> str:
    answer = store.get(f"{STORE}{path}")
    assert status == answer.status_code, answer.text
    return answer.json["message"]


def dollars(value: str) -> dict:
    return {"value": value, "code": "USD", "display_value": f"${value} USD", "prefix": "$", "suffix": " USD"}


def test_products_come_group_by_group(store):
    """The order is that of the groups, and in a group that of its products."""
    assert [1, 2, 3, 4, 6, 5] == [product["id"] for product in data(store, "/products")]


def test_a_product_says_all_that_is_known_of_it(store):
    """Its group and prices come with it, and nothing is left where nothing is."""
    product = data(store, "/products/3")

    assert ("server", "Server/VPS") == tuple(product["type"].values())
    assert (True, 2, False) == tuple(
        product[name] for name in ("stock_control_enabled", "stock_quantity", "is_domain_required")
    )
    assert {"is_supported": True, "type": {"code": 1, "display": "Yes - several services"}} == (
        product["allow_multiple_quantities"]
    )
    assert "Servers and more" == product["group"]["name"]
    assert ["monthly", "semiannually", "annually"] == [each["cycle"] for each in product["pricing"]["recurring"]]
    assert {"cycle": "monthly", "setup": dollars("50.00"), "amount": dollars("120.00")} == (
        product["pricing"]["recurring"][0]
    )
    assert None is data(store, "/products/1")["stock_quantity"]


@pytest.mark.parametrize(
    ("product", "pricing"),
    [
        (4, {"is_free": True}),
        (6, {"is_free": False, "onetime": {"setup": dollars("5.00"), "amount": dollars("45.00")}}),
    ],
)
def test_what_is_not_paid_in_cycles_has_none(store, product, pricing):
    """What is free has no price at all, and what is paid once has one."""
    assert pricing == data(store, f"/products/{product}")["pricing"]


def test_a_sold_machine_is_missing_from_the_stock(store):
    """The stock is that of the installation, whichever API sells from it."""
    form = {
        "identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "action": "AddOrder", "clientid": 1,
        "paymentmethod": "mailin", "pid": 3, "responsetype": "json",
    }  # fmt: skip
    assert "success" == store.post("/includes/api.php", data=form).json["result"]

    assert 1 == data(store, "/products/3")["stock_quantity"]


@pytest.mark.parametrize("below", ["", "/addons", "/customfields", "/configoptions", "/cross-sells"])
@pytest.mark.parametrize("number", ["99", "-1", "none", "1.5", "9" * 30])
def test_no_product_is_there_under_another_id(store, below, number):
    """What fits no id names nothing either, and that is said before anything about pages."""
    pages = "?page=0" if below else ""

    assert f"Product {number} not found" == refused(store, 404, f"/products/{number}{below}{pages}")


@pytest.mark.parametrize("path", ["/products/groups", "/bundles/groups"])
@pytest.mark.parametrize("number", ["99", "none"])
def test_no_group_is_there_under_another_id(store, path, number):
    """Groups of products and of bundles are the same."""
    assert f"Product group {number} not found" == refused(store, 404, f"{path}/{number}?page=0")


def test_groups_come_in_their_order(store):
    """A group has its features, and null for what was never said of it."""
    groups = data(store, "/products/groups")

    assert [1, 2, 3, 4, 5] == [group["order"] for group in groups]
    assert {"id": 2, "name": "Free certificates", "description": None, "order": 2} == groups[0]["features"][1]
    assert (None, None, []) == (groups[1]["icon"], groups[1]["tagline"], groups[1]["features"])


def test_a_group_has_its_products(store):
    """Each as it is shown alone; a group of bundles has none."""
    assert [data(store, "/products/1"), data(store, "/products/2")] == data(store, "/products/groups/1")["products"]
    assert [] == data(store, "/products/groups/4")["products"]


def test_addons_have_prices_of_their_own(store):
    """A product lists those that go with it, paid once or in cycles."""
    addons = {addon["id"]: addon for addon in data(store, "/products/1/addons")}

    assert [1, 3, 5, 9] == list(addons)
    assert {"setup": dollars("0.00"), "amount": dollars("20.00")} == addons[9]["pricing"]["onetime"]
    assert [{"cycle": "annually", "setup": dollars("10.00"), "amount": dollars("30.00")}] == (
        addons[3]["pricing"]["recurring"]
    )
    assert [] == data(store, "/products/4/addons")


def test_fields_of_the_order_form_are_listed(store):
    """What only staff see is not among them, and only a dropdown has values to choose from."""
    fields = data(store, "/products/5/customfields")

    assert [(2, "text", None), (3, "dropdown", ["Europe", "America"])] == [
        (field["id"], field["type"], field["options"]) for field in fields
    ]
    assert [("link", True), ("textarea", False), ("password", False), ("checkbox", False)] == [
        (field["type"], field["required"]) for field in data(store, "/products/6/customfields")
    ]
    assert r"^https?://\S+$" == data(store, "/products/6/customfields")[0]["validation"]


def test_options_offer_what_can_be_chosen(store):
    """The choices of a dropdown have ids, yes is true, and a quantity has limits."""
    options = {option["type"]: option for option in data(store, "/products/5/configoptions")}

    assert ["dropdown", "radio", "yesno", "quantity"] == list(options)
    assert [1, 2] == [choice["value"] for choice in options["dropdown"]["options"]]
    assert [True] == [choice["value"] for choice in options["yesno"]["options"]]
    assert [1] == [choice["value"] for choice in options["quantity"]["options"]]
    assert [(None, None), (0, 50)] == [
        (options[kind]["quantity_minimum"], options[kind]["quantity_maximum"]) for kind in ("radio", "quantity")
    ]
    assert {"is_free": True} == options["dropdown"]["options"][0]["pricing"]
    assert {"cycle": "monthly", "setup": dollars("3.00"), "amount": dollars("1.00")} == (
        options["radio"]["options"][1]["pricing"]["recurring"][0]
    )


def test_a_product_is_not_among_its_cross_sells(store):
    """They are other products, as those are shown alone."""
    assert [data(store, "/products/3"), data(store, "/products/6")] == data(store, "/products/2/cross-sells")
    assert [] == data(store, "/products/3/cross-sells")


def test_a_bundle_of_a_product_shows_the_product(store):
    """Its first item is shown; the price is the bundle's own where it says so, else the usual one."""
    bundles = {bundle["id"]: bundle for bundle in data(store, "/bundles/groups/4")["bundles"]}

    assert [1, 3, 4] == list(bundles)
    first, used_up, usual = (bundles[number]["bundle_items"] for number in (1, 3, 4))
    assert ("product", "annually", True, dollars("210.00"), [1], []) == tuple(
        first[name] for name in ("bundle_type", "billing_cycle", "price_override", "price", "addons", "tlds")
    )
    assert "domain_price" not in first
    assert ([".com"], 1, True, dollars("4.00"), ["dnsmanagement"], [{"id": 1, "value": 2}]) == tuple(
        used_up[name]
        for name in (
            "tlds", "domain_registration_period", "domain_price_override", "domain_price", "domain_addons",
            "config_option",
        )
    )  # fmt: skip
    assert (False, dollars("30.00")) == (usual["price_override"], usual["price"])
    assert (25, 25, dollars("5.00")) == tuple(bundles[3][name] for name in ("max_uses", "uses", "price"))


def test_a_bundle_of_a_domain_shows_the_domain(store):
    """Its TLDs have a dot here, and its extras no underscore."""
    (bundle,) = data(store, "/bundles/groups/5")["bundles"]

    assert "Names" == bundle["group"]["name"]
    assert ("domain", [".com", ".org"], 2, True, dollars("28.00"), ["idprotection"]) == tuple(
        bundle["bundle_items"][name]
        for name in ("bundle_type", "tlds", "registration_period", "price_override", "price", "addons")
    )


def test_a_group_without_bundles_has_an_empty_list(store):
    """It is a group all the same."""
    group = data(store, "/bundles/groups/1")

    assert ("Shared Hosting", []) == (group["name"], group["bundles"])


LISTS = {
    "/products": None, "/products/groups": None, "/products/groups/2": "products", "/products/1/addons": None,
    "/products/6/customfields": None, "/products/5/configoptions": None, "/products/2/cross-sells": None,
    "/bundles/groups/4": "bundles",
}  # fmt: skip


@pytest.mark.parametrize(("path", "inside"), LISTS.items())
def test_pages_make_up_the_whole_list(store, path, inside):
    """One page after the other has all rows once, and a page beyond the last is empty."""

    def rows(query: str = "") -> list:
        found = data(store, f"{path}{query}")
        return found[inside] if inside else found

    whole, found, number = rows(), [], 1
    while page := rows(f"?page={number}&page_size=2"):
        assert len(page) <= 2
        found += page
        number += 1

    assert len(whole) > 1
    assert whole == found
    assert [] == rows("?page=1000000000000000000")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=0", "page_size=501"])
def test_a_page_that_cannot_be_is_refused(store, path, query):
    """Pages begin at 1 and hold 1 to 500 rows."""
    assert f"The parameter {query.partition('=')[0]} is not valid: " in refused(store, 422, f"{path}?{query}")


def test_prices_are_those_of_the_selected_client(store):
    """A client who pays in euros sees euros, anybody else the default currency."""
    login = {"email": "twofa@example.com", "password": "counterfoil"}
    state = store.post("/api/v2/user/session", json=login).headers["X-Api-State"]
    verified = store.post(
        "/api/v2/user/session/verify", json={"fields": {"key": "417339"}}, headers={"X-Api-State": state}
    )
    assert 200 == verified.status_code, verified.text
    euros = {"X-Api-State": verified.headers["X-Api-State"]}

    product = data(store, "/products/1", **euros)
    assert ("9.00", "EUR", "€9.00 EUR") == tuple(
        product["pricing"]["recurring"][0]["amount"][name] for name in ("value", "code", "display_value")
    )
    bundle = data(store, "/bundles/groups/4", **euros)["bundles"][0]
    assert ("198.00", "189.00") == (bundle["price"]["value"], bundle["bundle_items"]["price"]["value"])
    tld = data(store, "/domain/pricing/com", **euros)
    assert ("11.66", "4.50") == (tld["pricing"][0]["register"]["value"], tld["grace_period"]["price"]["value"])
