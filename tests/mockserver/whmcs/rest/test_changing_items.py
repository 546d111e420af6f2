"""The items of a cart are changed and taken out, and so is what belongs to a product."""

import msgspec
import pytest

from tests.mockserver.whmcs.rest.shopping import BUSINESS, PRODUCT, REGISTRATION, TRANSFER, Shopper, business, product

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
