"""Items are put into a cart with all that they have, or all of them are refused."""

import pytest

from tests.mockserver.whmcs.rest.shopping import BUSINESS, PRODUCT, REGISTRATION, TRANSFER, business, product

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
