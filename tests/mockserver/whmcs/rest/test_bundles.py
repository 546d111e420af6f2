"""Bundles come as they are defined, at their own prices, and their items are changed and taken out one by one."""

from tests.mockserver.whmcs.rest.shopping import REGISTRATION, business


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
