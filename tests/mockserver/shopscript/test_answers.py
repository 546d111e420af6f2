"""What the shop answers: orders, lists, actions; in JSON, in XML, and as a live shop does."""

import re
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring

TWO_AND_A_SERVICE = "contact_id=1&items[0][sku_id]=1&items[0][quantity]=2&items[0][services][0][service_variant_id]=1&items[1][sku_id]=2"


def test_an_order_is_answered_as_it_is_read_later(caller):
    """`add_order` and `get_order` give the same body."""
    made = caller.post("shop.order.add", f"{TWO_AND_A_SERVICE}&comment=Ring")

    assert caller.get("shop.order.getInfo", "id=1").data == made.data
    assert ("new", "Ring", None) == tuple(made.json[key] for key in ("state_id", "comment", "update_datetime"))
    assert "2026-01-05 09:00:00" == made.json["create_datetime"]


def test_numbers_are_numbers_with_all_their_digits(caller):
    """Source 002: money has four decimals, a quantity three."""
    text = caller.post("shop.order.add", TWO_AND_A_SERVICE).text

    assert '"total":68.5000,' in text
    assert '"quantity":2.000,' in text
    assert '"tax_percent":20.0000,"tax_included":1,' in text


def test_a_service_names_its_product_and_has_no_image(caller):
    """Its row has the ids of service, variant and parent, the variant's code, and an image_id that is null."""
    lamp, wrapping, _ = caller.order(TWO_AND_A_SERVICE)["items"]

    assert (None, None, None, 4) == tuple(
        lamp[key] for key in ("service_id", "service_variant_id", "parent_id", "image_id")
    )
    assert (1, 1, lamp["id"]) == tuple(wrapping[key] for key in ("service_id", "service_variant_id", "parent_id"))
    assert (None, lamp["sku_code"]) == (wrapping["image_id"], wrapping["sku_code"])


def test_a_service_of_a_live_shop_has_no_key_for_an_image(live):
    """Its row comes from another table than a product's."""
    lamp, wrapping, _ = live.order(TWO_AND_A_SERVICE)["items"].values()

    assert "image_id" in lamp
    assert "image_id" not in wrapping


def test_names_are_escaped_as_html(caller):
    """The contact's and the rows', as PHP's htmlspecialchars does it."""
    order = caller.order('contact[name]=<b>Cy\'s "R%26D"</b>&items[0][sku_id]=5')

    assert "&lt;b&gt;Cy&#039;s &quot;R&amp;D&quot;&lt;/b&gt;" == order["contact"]["name"]
    assert "Coffee &amp; cocoa blend" == order["items"][0]["name"]


def test_a_contact_is_made_of_its_fields(caller):
    """It has the next id, and is not registered."""
    order = caller.order("contact[name]=Cy&contact[email]=cy@example.com&contact[phone]=7&items[0][sku_id]=1")

    assert 3 == order["contact_id"]
    assert {"id": 3, "name": "Cy", "email": "cy@example.com", "phone": "7", "registered": False} == {
        key: value for key, value in order["contact"].items() if key != "photo_50x50"
    }


def test_contact_id_goes_before_contact(caller):
    """Unless it is empty or 0."""
    assert 1 == caller.order("contact_id=1&contact=2&items[0][sku_id]=1")["contact_id"]
    assert 2 == caller.order("contact_id=0&contact=2&items[0][sku_id]=1")["contact_id"]


def test_params_are_kept_but_for_the_shops_own(caller):
    """Where the order comes from cannot be said by the caller."""
    order = caller.order(
        "contact_id=1&items[0][sku_id]=1&params[gift]=yes&params[ip]=1&params[storefront]=x&params[a.b]=c"
    )

    params = order["params"]
    assert ("yes", "c", "127.0.0.1", "shop.example.com") == tuple(
        params[key] for key in ("gift", "a.b", "ip", "storefront")
    )
    assert ("1", "1") == (params["reduced"], params["reduce_times"])


def test_stock_shows_in_the_params(caller):
    """`reduced` comes when stock is taken, and is 0 once it is given back."""
    caller.settings(stock_counting="process")
    caller.order()

    def reduced() -> str | None:
        return caller.get("shop.order.getInfo", "id=1").json["params"].get("reduced")

    seen = [reduced()]
    caller.post("shop.order.action", "id=1&action=process")
    seen.append(reduced())
    caller.post("shop.order.delete", "id=1")
    seen.append(reduced())
    assert [None, "1", "0"] == seen


def test_unknown_skus_leave_an_empty_order(caller):
    """Without rows it costs nothing, and is made all the same."""
    order = caller.order("contact_id=1&items[0][sku_id]=99")

    assert ([], 0) == (order["items"], order["total"])
    assert 1 == caller.count()


@pytest.mark.parametrize(
    ("hash_", "ids"),
    [
        ("", [4, 3, 2, 1]),
        ("id/2", [2]),
        ("id/1,3,1,9", [3, 1]),
        ("id/99999999999999999999999999", []),
        ("search/state_id=new", [4, 2, 1]),
        ("search/state_id=deleted", [3]),
        ("search/state_id=nowhere", []),
    ],
)
def test_a_search_selects_by_its_hash(caller, hash_, ids):
    """The newest first."""
    for _ in range(4):
        caller.order()
    caller.post("shop.order.delete", "id=3")

    found = caller.get("shop.order.search", f"hash={hash_}").json

    assert ids == [order["id"] for order in found["orders"]]
    assert (0, 100, len(ids)) == (found["offset"], found["limit"], found["count"])


def test_a_search_has_pages(caller):
    """The count is of all pages."""
    for _ in range(5):
        caller.order()

    found = caller.get("shop.order.search", "offset=1&limit=2").json

    assert [4, 3] == [order["id"] for order in found.pop("orders")]
    assert {"offset": 1, "limit": 2, "count": 5} == found


def test_an_action_tells_where_the_order_was_and_is(caller):
    """The id is the log entry's, and the order's own time of change follows the clock."""
    caller.order()
    caller.client.post("/_mock/clock", json={"advance": {"minutes": 5}})

    done = caller.post("shop.order.action", "id=1&action=process").json

    assert {
        "order_id": 1,
        "action_id": "process",
        "before_state_id": "new",
        "after_state_id": "processing",
        "id": 2,
        "update": {"update_datetime": "2026-01-05 09:05:00"},
    } == done
    order = caller.get("shop.order.getInfo", "id=1").json
    assert ("processing", "2026-01-05 09:05:00") == (order["state_id"], order["update_datetime"])


def test_an_action_that_is_not_offered_is_refused(caller):
    """Known to another state or to none, it is a 404; so is a second deletion."""
    caller.order()
    text = "The action {} is not available for order 1"

    for action in ("ship", "fly"):
        answer = caller.post("shop.order.action", f"id=1&action={action}")
        assert (404, text.format(action)) == (answer.status_code, answer.json["error_description"])
    assert 200 == caller.post("shop.order.delete", "id=1").status_code
    again = caller.post("shop.order.delete", "id=1")
    assert (404, text.format("delete")) == (again.status_code, again.json["error_description"])


def test_the_actions_of_an_order_are_listed(caller):
    """Those of its state, with a name to show."""
    caller.order()

    assert {
        "actions": [
            {"id": "process", "name": "Process"},
            {"id": "pay", "name": "Pay"},
            {"id": "delete", "name": "Delete"},
        ]
    } == caller.get("shop.order.actions", "id=1").json


def test_xml_holds_the_same_tree(caller):
    """The root is `response`, members stand in the singular, nothing is an empty element, true is 1."""
    caller.order(TWO_AND_A_SERVICE + "&params[a.b]=c")

    answer = caller.get("shop.order.getInfo", "id=1&format=xml")
    root = fromstring(answer.text)

    assert "text/xml; charset=utf-8" == answer.content_type
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert ("response", "68.5000") == (root.tag, root.findtext("total"))
    assert ["1", "2", "3"] == [item.findtext("id") for item in root.findall("items/item")]
    assert ("", "1", "c") == tuple(
        root.findtext(each) for each in ("update_datetime", "contact/registered", "params/a.b")
    )


def test_xml_leaves_an_empty_list_out(caller):
    """An order without rows has no `items`."""
    root = fromstring(caller.post("shop.order.add", "contact_id=1&items[0][sku_id]=99", "format=xml").text)

    assert root.find("items") is None


def test_refusals_have_xml_too(caller):
    """Under the same status, with the same names."""
    answer = caller.post("shop.order.add", "", "format=xml")
    root = fromstring(answer.text)

    assert (400, "text/xml; charset=utf-8") == (answer.status_code, answer.content_type)
    assert ["error", "error_description"] == [each.tag for each in root]


def test_a_live_shop_sends_texts_and_keys_items_by_their_ids(live):
    """Columns are texts with all their decimals; what PHP computes keeps its type."""
    form = "contact_id=1&items[0][sku_id]=2&items[0][quantity]=2.5&items[0][services][0][service_variant_id]=2"

    order = live.order(form)

    assert ("1", "23.3750", "1.00000000", True, 0) == (
        order["id"], order["total"], order["rate"], order["contact"]["registered"], order["items_total_discount"],
    )  # fmt: skip
    assert ["1", "2"] == [item["id"] for item in order["items"].values()] == list(order["items"])
    cable, warranty = order["items"].values()
    assert ("2.5", "10", "20.0000", "1", None) == tuple(
        cable[key] for key in ("quantity", "quantity_denominator", "tax_percent", "tax_included", "virtualstock_id")
    )
    assert ("0.8500", "1", None) == tuple(warranty[key] for key in ("price", "parent_id", "tax_percent"))
    assert "virtual_stock_id" not in cable
    assert order == live.get("shop.order.getInfo", "id=1").json


def test_a_live_shop_has_lists_of_items_elsewhere(live):
    """In a list of orders, in XML, and where there are none."""
    live.order()
    empty = live.order("contact_id=1&items[0][sku_id]=99")

    listed = live.get("shop.order.search").json

    assert [] == empty["items"]
    assert [[], ["1"]] == [[item["id"] for item in order["items"]] for order in listed["orders"]]
    assert (0, 100, 2) == (listed["offset"], listed["limit"], listed["count"])
    xml = fromstring(live.get("shop.order.getInfo", "id=1&format=xml").text)
    assert ["1"] == [item.findtext("quantity") for item in xml.findall("items/item")]


def test_the_live_shop_is_the_same_shop(caller, live):
    """What it says differs in its types alone."""
    numbers, texts = caller.order(TWO_AND_A_SERVICE), live.order(TWO_AND_A_SERVICE)

    for name, value in numbers.items():
        if isinstance(value, int | float) and name != "items_total_discount":
            assert Decimal(str(value)) == Decimal(texts[name]), name
    assert numbers["params"] == texts["params"]
    assert [item["name"] for item in numbers["items"]] == [item["name"] for item in texts["items"].values()]


def test_the_same_calls_get_the_same_bytes(apps):
    """Nothing in an answer is left to chance."""

    def run() -> list[bytes]:
        client = apps().test_client()
        client.post("/_mock/reset")
        headers = {"Authorization": "counterfoil-token"}
        form = {"contact[name]": "Cy", "items[0][sku_id]": "6", "items[0][quantity]": "1.25"}
        return [
            client.post("/api.php/shop.order.add", data=form, headers=headers).data,
            client.post("/api.php/shop.order.action", data={"id": 1, "action": "pay"}, headers=headers).data,
            client.get("/api.php/shop.order.search?format=xml", headers=headers).data,
        ]

    assert run() == run()


def test_every_text_of_a_name_can_be_answered(caller):
    """Control characters and angle brackets leave as JSON; XML escapes what it can."""
    caller.order("contact[name]=%00%01<%0A%22&items[0][sku_id]=1")
    caller.order("contact[name]=<%0A%22&items[0][sku_id]=1")

    assert re.match(r"^\x00\x01&lt;\n&quot;$", caller.get("shop.order.getInfo", "id=1").json["contact"]["name"])
    assert "&lt;\n&quot;" == fromstring(caller.get("shop.order.getInfo", "id=2&format=xml").text).findtext(
        "contact/name"
    )
