"""The items of a cart: putting in, changing, taking out, and what belongs to a product."""

import msgspec
import pytest

from tests.mockserver.whmcs.rest.shopping import BUSINESS, PRODUCT, REGISTRATION, TRANSFER, Shopper, business, product


@pytest.fixture
def guest(visitor):
    return Shopper(visitor)


@pytest.fixture
def mine(davis):
    return Shopper(davis)


# Putting in


def test_a_product_comes_with_all_that_it_has(guest):
    """Fields and options that were not named are there with their defaults."""
    (item,) = guest.add(
        business(
            quantity=2, addons=[{"id": 1, "quantity": 0}, {"id": 9}], custom_fields=[{"id": 3, "value": "Europe"}],
            config_options=[{"id": 1, "value": 2}, {"id": 3, "value": True}, {"id": 4, "value": 7}],
        )
    )["items"]  # fmt: skip
    assert ("product", 2, "free-two.com", 5) == (
        item["type"], item["quantity"], item["domain"], item["product"]["id"],
    )  # fmt: skip
    assert [(1, 1, "monthly"), (9, 1, "onetime")] == [
        (addon["addon"]["id"], addon["quantity"], addon["billing"]["cycle"]) for addon in item["addons"]
    ]
    assert [(2, ""), (3, "Europe")] == [(field["id"], field["value"]) for field in item["custom_fields"]]
    assert [("50 GB", 2), ("London", 3), ("Own address", True), ("Mailbox", 7)] == [
        (option["option"]["name"], option["option"]["value"]) for option in item["config_options"]
    ]
    assert "onetime" not in item["billing"]["price"]


@pytest.mark.parametrize(
    ("number", "cycle", "shown", "price"),
    [
        (1, None, "monthly", {"recurring"}),
        (4, None, "free", None),
        (6, "onetime", "onetime", {"onetime"}),
        (1, "annually", "annually", {"recurring"}),
    ],
)
def test_the_billing_follows_the_cycle(guest, number, cycle, shown, price):
    """No cycle means the shortest; what is free has no price."""
    (item,) = guest.add({"type": "product", "product_id": number, "billing_cycle": cycle})["items"]
    assert shown == item["billing"]["cycle"]
    assert price == (set(item["billing"]["price"]) if item["billing"]["price"] else None)


@pytest.mark.parametrize(
    ("years", "cycle", "how"),
    [(1, "annually", "recurring"), (2, "biennially", "recurring"), (3, "triennially", "recurring"), (4, "onetime", "onetime")],
)  # fmt: skip
def test_a_domains_cycle_follows_from_its_years(guest, years, cycle, how):
    """Up to three years recur, more are paid once."""
    (item,) = guest.add({**REGISTRATION, "period": years})["items"]
    assert (cycle, [how]) == (item["billing"]["cycle"], list(item["billing"]["price"]))


def test_lines_are_never_joined(guest):
    """The same thing twice is two items with ids of their own."""
    items = guest.add(PRODUCT, PRODUCT)["items"] + guest.add(PRODUCT)["items"]
    assert 3 == len({item["item_id"] for item in items})
    assert all(8 == len(item["item_id"]) for item in items)


def test_the_fields_of_a_registration_show_what_was_sent(guest):
    """A registration shows fields, a transfer the texts as they came."""
    registration = {**REGISTRATION, "name": "free.us", "additional_fields": ["C12", "", "P1", "on", "more"]}
    transfer = {**TRANSFER, "name": "taken.us", "additional_fields": ["C12"]}
    items = guest.add(registration, transfer, {**transfer, "additional_fields": None})["items"]
    assert ["C12", "", "P1", "on"] == [field["default"] for field in items[0]["additional_fields"]]
    assert [["C12"], None] == [item["additional_fields"] for item in items[1:]]


def test_what_is_said_of_a_domain_comes_back(guest):
    """All properties of the request are in the answer."""
    said = {
        **TRANSFER, "idn_language": "afr", "dns_management": True, "email_forwarding": True, "id_protection": True,
        "nameservers": ["ns1.example.com"],
    }  # fmt: skip
    (item,) = guest.add(said)["items"]
    assert said == {name: item[name] for name in said}


REFUSED = [
    (product(product_id=999), "Product 999 cannot be ordered"),
    (product(billing_cycle="triennially"), "The billing cycle triennially is not offered"),
    (product(billing_cycle="free"), "The billing cycle free is not offered"),
    (product(addons=[{"id": 77}]), "Addon 77 cannot be ordered with product 1"),
    (product(custom_fields=[{"id": 2, "value": ""}]), "Custom field 2 is none of product 1"),
    (product(config_options=[{"id": 4, "value": 1}]), "Configurable option 4 is none of product 1"),
    ({"type": "bundle", "id": 99}, "Bundle 99 cannot be ordered"),
    ({"type": "bundle", "id": 3}, "Bundle 3 cannot be ordered"),
    ({"type": "bundle", "id": 1, "items": [PRODUCT]}, "Product 1 is no further part of bundle 1"),
    ({"type": "addon"}, "An addon for a service needs data"),
    ({"type": "addon", "data": {"id": 1}}, "An addon for a service needs service_id"),
    ({"type": "bundle", "id": 1, "items": [{**REGISTRATION, "name": "a.org"}]}, "Domain a.org is not offered for 1 years"),
    ({**REGISTRATION, "name": "free.example"}, "Domain free.example is not offered for 1 years"),
    ({**REGISTRATION, "name": "free.io", "period": 6}, "Domain free.io is not offered for 6 years"),
    ({**REGISTRATION, "name": "word"}, "Domain word is not offered for 1 years"),
    ({**TRANSFER, "name": "free.io"}, "Domain free.io is not offered for 1 years"),
    ({"type": "addon", "data": {"id": 1}, "service_id": 19}, "Service 19 is none of the selected client"),
    ({"type": "service_renewal", "id": 19}, "There is no service_renewal for 19: the selected client has no such thing"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "message"), REFUSED)
def test_one_impossible_item_keeps_all_out(guest, item, message):
    """The refusal names what is impossible, and the cart stays as it was."""
    before = guest.add(BUSINESS)
    assert (422, message) == guest.refused("POST", "/items", {"items": [PRODUCT, item]})
    assert before == guest.show()


@pytest.mark.parametrize(
    "item",
    [
        {"type": "product", "product_id": 1},
        {"type": "teapot"},
        {**TRANSFER, "epp_code": ""},
        {name: value for name, value in TRANSFER.items() if name != "epp_code"},
        {**TRANSFER, "period": 10},
        {"type": "domain_renewal", "id": 3},
        product(quantity=2**31),
        None,
    ],
)
def test_an_item_of_the_wrong_form_is_refused(guest, item):
    """Each kind has its own required properties and limits."""
    status, message = guest.refused("POST", "/items", {"items": [item]})
    assert 422 == status
    assert "is not valid" in message


def test_no_items_are_no_change(guest):
    """The list may be left out."""
    assert guest.show() == guest.ask("POST", "/items", {})


# What a client has already


def test_an_addon_for_a_service(mine):
    """Its item has no type, and the shortest cycle if none is named."""
    (item,) = mine.add({"type": "addon", "data": {"id": 5}, "service_id": 19, "quantity": None})["items"]
    assert ("type" in item, 19, 1, "monthly", 5) == (
        False, item["service_id"], item["quantity"], item["billing_cycle"], item["addon"]["id"],
    )  # fmt: skip
    assert {"monthly": "5.00"} == {
        each["cycle"]: each["amount"]["value"] for each in mine.show()["totals"]["recurring"]
    }


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"service_id": 20}, "Service 20 is none of the selected client"),
        ({"data": {"id": 99}}, "Addon 99 cannot be ordered for service 19"),
        ({"billing_cycle": "quarterly"}, "The billing cycle quarterly is not offered"),
    ],
)
def test_an_impossible_addon_for_a_service(mine, more, message):
    """The service has to be the selected client's, and the addon one of its product's."""
    item = {"type": "addon", "data": {"id": 5}, "service_id": 19, **more}
    assert (422, message) == mine.refused("POST", "/items", {"items": [item]})


def test_renewals(mine):
    """Domains, services and their addons are renewed at their own prices."""
    domain, service, addon = mine.add(
        {"type": "domain_renewal", "id": 3, "period": 2},
        {"type": "service_renewal", "id": 19},
        {"type": "addon_renewal", "id": 40},
    )["items"]
    assert ("domain1.com", 3, 2) == (domain["name"], domain["id"], domain["period"])
    assert ("Starter", "davis.example", "Active", "10.00") == (
        service["name"], service["domain"], service["status"],
        service["billing"]["price"]["recurring"]["amount"]["value"],
    )  # fmt: skip
    assert ("addon_renewal", 40, "Support plan", "4.00") == (
        addon["type"], addon["id"], addon["name"], addon["billing"]["price"]["recurring"]["amount"]["value"],
    )  # fmt: skip
    assert [] == mine.errors()


def test_a_renewal_is_for_no_more_years_than_are_sold(mine):
    """The TLD says for how many."""
    mine.visitor.call("AddOrder", clientid=1, paymentmethod="mailin", domain="free.io", domaintype="register")
    number = max(int(row["id"]) for row in mine.visitor.call("GetClientsDomains", clientid=1)["domains"]["domain"])
    mine.visitor.call("AcceptOrder", orderid=7)
    renewal = {"type": "domain_renewal", "id": number, "period": 6}
    assert (422, "Domain free.io is not offered for 6 years") == mine.refused("POST", "/items", {"items": [renewal]})


def test_what_belongs_to_another_client_is_not_renewed(mine):
    """The selected client counts, not the user's others."""
    assert 422 == mine.refused("POST", "/items", {"items": [{"type": "domain_renewal", "id": 5, "period": 1}]})[0]


def test_what_the_client_lost_keeps_the_cart_from_checkout(mine):
    """The item stays, without a price and with an error."""
    order = mine.visitor.call("AddOrder", clientid=1, paymentmethod="mailin", pid=1, domain="gone.com")
    service = int(order["serviceids"])
    mine.add({"type": "addon", "data": {"id": 5}, "service_id": service})
    mine.visitor.call("CancelOrder", orderid=order["orderid"])
    mine.visitor.call("DeleteOrder", orderid=order["orderid"])
    assert [None] == [item["billing"] for item in mine.show()["items"]]
    (row,) = mine.errors()
    assert ("service", service) == (row["errors"][0]["type"], row["errors"][0]["id"])


# Bundles


def test_a_bundle_comes_as_it_is_defined(guest):
    """Its product comes at the bundle's price with the addon included; a domain has to be named."""
    (bundle,) = guest.add({"type": "bundle", "id": 1})["items"]
    (part,) = bundle["items"]
    assert ("bundle", 1, 5, [1]) == (
        bundle["type"], bundle["id"], part["product"]["id"], [addon["addon"]["id"] for addon in part["addons"]],
    )  # fmt: skip
    assert "item_id" not in bundle
    assert "210.00" == guest.show()["totals"]["total"]["value"]


def test_a_bundles_product_and_its_domain(guest):
    """The domain inside is an item of its own, at the bundle's price for the bundle's years."""
    item = business(billing_cycle="annually", domain={**REGISTRATION, "name": "free.net"})
    cart = guest.add({"type": "bundle", "id": 1, "items": [item]})
    ((part,),) = [bundle["items"] for bundle in cart["items"]]
    assert ("domain_register", "free.net") == (part["domain"]["type"], part["domain"]["name"])
    assert "220.00" == cart["totals"]["total"]["value"]
    assert {"counter": 3} == guest.ask("GET", "/counter")
    assert [] == guest.errors()
    dearer = guest.ask("POST", f"/items/{part['domain']['item_id']}", {"type": "domain_register", "period": 2})
    assert "237.90" == dearer["totals"]["total"]["value"]
    (left,) = guest.ask("DELETE", f"/items/{part['domain']['item_id']}")["items"][0]["items"]
    assert left["domain"] is None


def test_a_bundle_goes_with_its_last_item(guest):
    """Its items are deleted one by one."""
    items = guest.add({"type": "bundle", "id": 1, "items": [REGISTRATION]})["items"][0]["items"]
    assert 2 == len(items)
    assert 1 == len(guest.ask("DELETE", f"/items/{items[0]['item_id']}")["items"])
    assert [] == guest.ask("DELETE", f"/items/{items[1]['item_id']}")["items"]


def test_a_product_of_a_bundle_is_a_product(guest):
    """Domain and options are set as those of any other."""
    _, part = guest.add({"type": "bundle", "id": 1, "items": [REGISTRATION]})["items"][0]["items"]
    guest.ask("POST", f"/items/{part['item_id']}/domain", {"domain_name": "mine.com"})
    guest.ask("POST", f"/items/{part['item_id']}/configoptions/4", {"value": 3})
    assert [] == guest.errors()


def test_extras_of_a_bundles_domain_come_along(guest):
    """They are on, and included in the price."""
    cart = guest.add({"type": "bundle", "id": 2, "items": [{**REGISTRATION, "period": 2}]})
    assert cart["items"][0]["items"][0]["id_protection"]
    assert "28.00" == cart["totals"]["total"]["value"]


# Changing


def test_a_product_changes_its_cycle_and_its_addons_follow(guest):
    """A quantity of null stays, one below 1 is 1."""
    item = guest.put(business(addons=[{"id": 1}, {"id": 3}]))
    (shown,) = guest.ask("POST", f"/items/{item}", {"billing_cycle": "annually", "quantity": 2})["items"]
    assert (2, ["annually", "annually"]) == (
        shown["quantity"], [addon["billing"]["cycle"] for addon in shown["addons"]],
    )  # fmt: skip
    (shown,) = guest.ask("POST", f"/items/{item}", {"type": "product", "billing_cycle": None, "quantity": None})[
        "items"
    ]
    assert (item, 2, "monthly") == (shown["item_id"], shown["quantity"], shown["billing"]["cycle"])
    (shown,) = guest.ask("POST", f"/items/{item}", {"billing_cycle": "monthly", "quantity": -4})["items"]
    assert 1 == shown["quantity"]


def test_a_domain_keeps_what_is_left_out(guest):
    """What is null is taken away instead."""
    item = guest.put({**TRANSFER, "dns_management": True, "nameservers": ["ns1.example.com"]})
    (shown,) = guest.ask("POST", f"/items/{item}", {"type": "domain_transfer", "period": 3})["items"]
    assert (3, True, ["ns1.example.com"], "12345abcde") == (
        shown["period"], shown["dns_management"], shown["nameservers"], shown["epp_code"],
    )  # fmt: skip
    (shown,) = guest.ask(
        "POST", f"/items/{item}", {"type": "domain_transfer", "period": 1, "nameservers": None}
    )["items"]  # fmt: skip
    assert shown["nameservers"] is None


def test_a_renewal_changes_its_years(mine):
    """The price is that of the new period."""
    item = mine.put({"type": "domain_renewal", "id": 3, "period": 1})
    (shown,) = mine.ask("POST", f"/items/{item}", {"type": "domain_renewal", "period": 3})["items"]
    assert (3, "44.85") == (shown["period"], shown["billing"]["price"]["recurring"]["amount"]["value"])


@pytest.mark.parametrize(
    ("item", "body", "message"),
    [
        (PRODUCT, {"type": "domain_register", "period": 1}, "cannot be changed by a body of type domain_register"),
        (REGISTRATION, {"billing_cycle": "monthly"}, "cannot be changed by a body of type product"),
        (REGISTRATION, {"type": "domain_transfer", "period": 1}, "cannot be changed by a body of type domain_transfer"),
        (TRANSFER, {"type": "domain_transfer", "period": 10}, "is not valid"),
        (PRODUCT, {"quantity": 2}, "is not valid"),
        (PRODUCT, {"type": "addon", "billing_cycle": "monthly"}, "is not valid"),
        (PRODUCT, {"billing_cycle": "biennially"}, "The billing cycle biennially is not offered"),
        ({**REGISTRATION, "name": "free.io"}, {"type": "domain_register", "period": 6}, "is not offered for 6 years"),
    ],
)
def test_a_change_that_does_not_fit_changes_nothing(guest, item, body, message):
    """Neither another kind nor terms that are not offered."""
    number, before = guest.put(item), guest.show()
    status, said = guest.refused("POST", f"/items/{number}", body)
    assert 422 == status
    assert message in said
    assert before == guest.show()


def test_what_has_no_body_of_its_own_cannot_be_changed(mine):
    """Addons of services and renewals of services can be deleted."""
    addon, renewal = mine.add(
        {"type": "addon", "data": {"id": 5}, "service_id": 19}, {"type": "service_renewal", "id": 19}
    )["items"]
    for each in (addon, renewal):
        assert 422 == mine.refused("POST", f"/items/{each['item_id']}", {"billing_cycle": "monthly"})[0]
        mine.ask("DELETE", f"/items/{each['item_id']}")
    assert [] == mine.show()["items"]


# Taking out


def test_with_a_product_go_its_addons(guest):
    """An addon alone can be deleted too; what is gone is 404."""
    (item,) = guest.add(product(addons=[{"id": 1}, {"id": 5}]))["items"]
    (left,) = guest.ask("DELETE", f"/items/{item['addons'][0]['item_id']}")["items"]
    assert [5] == [addon["addon"]["id"] for addon in left["addons"]]
    assert [] == guest.ask("DELETE", f"/items/{item['item_id']}")["items"]
    for gone in (item["item_id"], item["addons"][1]["item_id"]):
        assert (404, f"Item {gone} not found") == guest.refused("DELETE", f"/items/{gone}")


def test_clearing_keeps_promotion_and_place(guest):
    """Only the items go; an empty cart can be cleared."""
    guest.add(PRODUCT)
    guest.ask("POST", "/promotions", {"code": "CARTAPI"})
    guest.ask("POST", "/geolocation", {"country_code": "GB"})
    cart = guest.ask("DELETE", "/items")
    assert ([], 1, "GB") == (
        cart["items"], len(cart["promotions"]), cart["totals"]["geolocation"]["country_code"],
    )  # fmt: skip
    assert cart == guest.ask("DELETE", "/items")


# What belongs to a product


def test_an_addon_that_is_there_gets_the_new_quantity(guest):
    """It keeps its id; if one addon is refused, none is added."""
    (item,) = guest.add(product(addons=[{"id": 1}]))["items"]
    (shown,) = guest.ask("POST", f"/items/{item['item_id']}/addon", {"addons": [{"id": 1, "quantity": 3}, {"id": 5}]})["items"]  # fmt: skip
    assert [(item["addons"][0]["item_id"], 3), (shown["addons"][1]["item_id"], 1)] == [
        (addon["item_id"], addon["quantity"]) for addon in shown["addons"]
    ]
    refused = guest.refused("POST", f"/items/{item['item_id']}/addon", {"addons": [{"id": 9}, {"id": 99}]})
    assert (422, "Addon 99 cannot be ordered with product 1") == refused
    assert 2 == len(guest.ask("POST", f"/items/{item['item_id']}/addon", {})["items"][0]["addons"])
    assert [] == guest.ask("DELETE", f"/items/{item['item_id']}/addons")["items"][0]["addons"]
    assert 200 == guest.send("DELETE", f"/items/{item['item_id']}/addons").status_code


def test_a_domain_name_is_any_text(guest):
    """An empty text takes the name away."""
    item = guest.put(product(domain=None))
    assert "string" == guest.ask("POST", f"/items/{item}/domain", {"domain_name": "string"})["items"][0]["domain"]
    assert [] == guest.errors()
    assert guest.ask("POST", f"/items/{item}/domain", {"domain_name": ""})["items"][0]["domain"] is None
    assert 422 == guest.refused("POST", f"/items/{item}/domain", {})[0]


def test_custom_fields_one_by_one_and_at_once(guest):
    """What is not named keeps its value; what is deleted has an empty one."""
    item = f"/items/{guest.put(BUSINESS)}"
    guest.ask(
        "POST", f"{item}/customfields", {"custom_fields": [{"id": 2, "value": "A"}, {"id": 3, "value": "Europe"}]}
    )
    guest.ask("POST", f"{item}/customfields/2", {"value": "B"})
    guest.ask("POST", f"{item}/customfields/2", {})
    assert "B" == guest.ask("GET", f"{item}/customfields/2")["value"]
    assert ["Europe", "America"] == guest.ask("GET", f"{item}/customfields/3")["options"]
    refused = guest.refused("POST", f"{item}/customfields", {"custom_fields": [{"id": 2, "value": "C"}, {"id": 1, "value": ""}]})  # fmt: skip
    assert (422, "Custom field 1 is none of product 5") == refused
    guest.ask("DELETE", f"{item}/customfields/2")
    guest.ask("DELETE", f"{item}/customfields/2")
    assert ["", "Europe"] == [field["value"] for field in guest.show()["items"][0]["custom_fields"]]
    (shown,) = guest.ask("DELETE", f"{item}/customfields")["items"]
    assert ["", ""] == [field["value"] for field in shown["custom_fields"]]


def test_a_checkbox_without_answer_is_false(guest):
    """Other fields have an empty text."""
    item = f"/items/{guest.put({**PRODUCT, 'product_id': 2})}"
    assert guest.ask("GET", f"{item}/customfields/6")["value"] is False
    guest.ask("POST", f"{item}/customfields/6", {"value": True})
    assert guest.ask("GET", f"{item}/customfields/6")["value"] is True


def test_config_options_one_by_one_and_at_once(guest):
    """What is not named keeps its choice; null and deletion mean the default."""
    item = f"/items/{guest.put(BUSINESS)}"
    guest.ask("POST", f"{item}/configoptions", {"config_options": [{"id": 1, "value": 2}, {"id": 3, "value": True}]})
    guest.ask("POST", f"{item}/configoptions/4", {"value": 5})
    guest.ask("POST", f"{item}/configoptions/4", {})
    option = guest.ask("GET", f"{item}/configoptions/4")
    assert ({"name": "Mailbox", "value": 5}, "2.50") == (
        option["option"], option["billing"]["price"]["recurring"]["amount"]["value"],
    )  # fmt: skip
    refused = guest.refused("POST", f"{item}/configoptions", {"config_options": [{"id": 4, "value": 9}, {"id": 77, "value": 1}]})  # fmt: skip
    assert (422, "Configurable option 77 is none of product 5") == refused
    assert [2, 3, True, 5] == [each["option"]["value"] for each in guest.show()["items"][0]["config_options"]]
    guest.ask("DELETE", f"{item}/configoptions/3")
    guest.ask("POST", f"{item}/configoptions/1", {"value": None})
    assert [1, 3, False, 5] == [each["option"]["value"] for each in guest.show()["items"][0]["config_options"]]
    (shown,) = guest.ask("DELETE", f"{item}/configoptions")["items"]
    assert [1, 3, False, 0] == [each["option"]["value"] for each in shown["config_options"]]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/domain", {"domain_name": "a.com"}),
        ("POST", "/addon", {"addons": []}),
        ("DELETE", "/addons", None),
        ("POST", "/customfields", {}),
        ("DELETE", "/customfields", None),
        ("GET", "/customfields/1", None),
        ("POST", "/customfields/1", {"value": ""}),
        ("DELETE", "/customfields/1", None),
        ("POST", "/configoptions", {}),
        ("DELETE", "/configoptions", None),
        ("GET", "/configoptions/1", None),
        ("POST", "/configoptions/1", {"value": 1}),
        ("DELETE", "/configoptions/1", None),
    ],
)
def test_only_products_have_them(guest, method, path, body):
    """An item of another kind is 422, an unknown one and one of another cart 404."""
    item, other = guest.put(REGISTRATION), Shopper(guest.visitor).put(PRODUCT)
    addon = guest.add(product(addons=[{"id": 1}]))["items"][-1]["addons"][0]["item_id"]
    for each in (item, addon):
        assert (422, f"Item {each} is not a product") == guest.refused(method, f"/items/{each}{path}", body)
    for each in ("nosuchid", "short", other):
        assert (404, f"Item {each} not found") == guest.refused(method, f"/items/{each}{path}", body)


@pytest.mark.parametrize(("kind", "name"), [("customfields", "Custom field"), ("configoptions", "Configurable option")])
def test_a_product_does_not_have_all_of_them(guest, kind, name):
    """A field or option of another product, or a word in place of an id, is 404."""
    item = guest.put(PRODUCT)
    for number in ("77", "word"):
        for method, body in (("GET", None), ("POST", {"value": 1}), ("DELETE", None)):
            status, message = guest.refused(method, f"/items/{item}/{kind}/{number}", body)
            assert (404, f"{name} {number} not found in item {item}") == (status, message)


def test_a_cart_survives_a_snapshot(mine):
    """Every kind of item, with all values as they were, and whose cart it is."""
    mine.add(
        business(addons=[{"id": 1}], custom_fields=[{"id": 2, "value": "true"}], config_options=[{"id": 3, "value": True}, {"id": 4, "value": 1}]),
        TRANSFER, {"type": "bundle", "id": 1, "items": [business(domain=REGISTRATION)]},
        {"type": "service_renewal", "id": 19}, {"type": "domain_renewal", "id": 3, "period": 1},
        {"type": "addon", "data": {"id": 5}, "service_id": 19},
    )  # fmt: skip
    mine.visitor.send("POST", f"{mine.path}/geolocation", {"country_code": "GB"})
    before, client = mine.show(), mine.visitor.client
    snapshot = msgspec.json.decode(client.get("/_mock/snapshot").data)
    mine.ask("DELETE", "/items")
    assert 200 == client.put("/_mock/snapshot", json=snapshot).status_code
    assert before == mine.show()
    assert [mine.id] == [cart["id"] for cart in mine.visitor.get("/cart")]


@pytest.mark.parametrize(
    ("item", "field", "reason"),
    [
        ({"type": "domain_transfer", "name": "a.com", "period": 1}, "items[0][epp_code]", "required"),
        ({"type": "product"}, "items[0][product_id]", "required"),
        ({"type": "boat"}, "items[0][type]", "none of product, addon, bundle"),
        ({"type": "product", "product_id": "1", "billing_cycle": "monthly"}, "items[0][product_id]", "integer"),
        ({}, "items[0][type]", "required"),
    ],
)
def test_what_is_wrong_with_an_item_is_said_of_its_own_kind(guest, item, field, reason):
    """A kind is chosen by its type, and the message names the field of that kind."""
    status, message = guest.refused("POST", "/items", {"items": [item]})
    assert 422 == status
    assert field in message
    assert reason in message


@pytest.mark.parametrize("quantity", [2**31, -(2**31) - 1, 10**30, -(10**30)])
def test_a_quantity_is_an_int32_with_two_ends(guest, quantity):
    """What is beyond either is refused wherever a quantity is said, and changes nothing."""
    item = guest.put(PRODUCT)
    before = guest.show()
    for path, body in (
        ("/items", {"items": [product(quantity=quantity)]}),
        (f"/items/{item}", {"type": "product", "billing_cycle": "monthly", "quantity": quantity}),
        (f"/items/{item}/addon", {"addons": [{"id": 1, "quantity": quantity}]}),
    ):
        status, message = guest.refused("POST", path, body)
        assert (422, True) == (status, "quantity" in message)
    assert before == guest.show()


def test_the_ends_of_an_int32_are_quantities(guest):
    """The lower one is below 1, and counts as 1."""
    least, most = guest.add(product(quantity=-(2**31)), product(quantity=2**31 - 1))["items"]
    assert (1, 2**31 - 1) == (least["quantity"], most["quantity"])


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"type": "product", "product_id": 1, "billing_cycle": "weekly"}, "items[0][billing_cycle]"),
        ({"type": "addon", "billing_cycle": "weekly"}, "items[0][billing_cycle]"),
        (
            {"type": "bundle", "id": 1, "items": [{"type": "product", "product_id": 5, "billing_cycle": "weekly"}]},
            "items[0][items][0][billing_cycle]",
        ),
    ],
)
def test_a_wrong_cycle_is_told_beside_the_right_ones(guest, item, field):
    """All of them, and no kinds of items."""
    cycles = "free, onetime, monthly, quarterly, semiannually, annually, biennially, triennially, null"
    status, message = guest.refused("POST", "/items", {"items": [item]})
    assert (422, f"The field {field} is not valid: it is none of {cycles}") == (status, message)


def test_an_addon_has_the_shortest_cycle_that_it_is_sold_for(guest, whmcs_now):
    """Where it is not sold for its product's own, in whatever order its prices stand."""
    addon = whmcs_now.worlds.get("main").state("whmcs").addons[5]
    addon.prices[1] = dict(reversed(addon.prices[1].items()))
    (item,) = guest.add(product(billing_cycle="quarterly", addons=[{"id": 5}]))["items"]
    assert "monthly" == item["addons"][0]["billing"]["cycle"]
