"""What a search selects, sorts and shows, by the forms that the vendor publishes."""

from urllib.parse import quote

import pytest
from defusedxml.ElementTree import fromstring


@pytest.fixture
def orders(caller):
    """Five orders: the second one is processed, the third deleted."""
    caller.order("contact_id=1&items[0][sku_id]=1&params[gift]=yes&comment=Ring twice")
    caller.order("contact_id=2&items[0][sku_id]=2")
    caller.order("contact_id=1&items[0][sku_id]=3")
    caller.order("contact_id=2&items[0][sku_id]=1&items[0][services][0][service_variant_id]=1&params[gift]=no")
    caller.order("contact_id=1&items[0][sku_id]=1&items[0][quantity]=4&params[ext id]=A-7")
    caller.post("shop.order.action", "id=2&action=process")
    caller.post("shop.order.delete", "id=3")
    return caller


def ids(caller, query: str) -> list[int]:
    answer = caller.get("shop.order.search", query)
    assert 200 == answer.status_code, answer.text
    return [order["id"] for order in answer.json["orders"]]


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("search/contact_id=1", [5, 3, 1]),
        ("search/state_id=new||processing", [5, 4, 2, 1]),
        ("search/state_id!=new", [3, 2]),
        ("search/state_id!=new||deleted", [2]),
        ("search/state_id^=pro", [2]),
        ("search/state_id*=let", [3]),
        ("search/state_id=$ing", [2]),
        ("search/total>=100", [5, 3]),
        ("search/total>100", [3]),
        ("search/total<25", [2]),
        ("search/total<=25&contact_id=1", [1]),
        ("search/state_id=new||processing&contact_id=2", [4, 2]),
        ("search/id=4", [4]),
        ("search/id=#100.4", [4]),
        ("search/params.gift=yes", [1]),
        ("search/params.gift=yes||no", [4, 1]),
        ("search/params.ext id=A-7", [5]),
        ("search/params.nothing=1", []),
        ("search/items.service_id=1", [4]),
        ("search/items.product_id=2||3", [3, 2]),
        ("search/comment*=twice", [1]),
        ("search/create_datetime>=2026-01-05", [5, 4, 3, 2, 1]),
        ("search/currency=usd&id<3", [2, 1]),
    ],
)
def test_a_hash_has_conditions(orders, selector, found):
    """A column, one of the params or of the items, an operator, and values; `&` joins several."""
    assert found == ids(orders, f"hash={quote(selector)}")


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("total asc", [2, 1, 4, 5, 3]),
        ("total desc", [3, 5, 4, 1, 2]),
        ("total", [2, 1, 4, 5, 3]),
        ("id asc", [1, 2, 3, 4, 5]),
        ("nothing", [5, 4, 3, 2, 1]),
    ],
)
def test_a_list_is_sorted_as_asked(orders, sort, found):
    """By one column, upwards unless it says desc; what is no column changes nothing. Pages follow."""
    assert found == ids(orders, f"sort={quote(sort)}")
    assert found[1:3] == ids(orders, f"sort={quote(sort)}&offset=1&limit=2")


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ("id,total", {"id", "total"}),
        ("total", {"id", "total"}),
        ("id,items", {"id", "items"}),
        ("nothing", {"id"}),
    ],
)
def test_an_order_has_the_fields_that_were_asked_for(orders, fields, keys):
    """And always its id."""
    for order in orders.get("shop.order.search", f"fields={fields}").json["orders"]:
        assert keys == order.keys()


def test_an_asterisk_is_what_an_order_is_itself(orders):
    """What belongs to it is added by name."""
    own, with_items = (
        orders.get("shop.order.search", f"fields={fields}").json["orders"][0] for fields in ("*", "*,items,contact")
    )

    assert {"id", "total", "state_id"} <= own.keys()
    assert {"items", "contact"} == with_items.keys() - own.keys()


def test_every_order_of_a_collection_has_its_number_and_its_items_have_places(orders, live):
    """`id_encoded` and `items[].sort` are in a list alone; a live shop sends texts."""
    order = orders.get("shop.order.search", "hash=id/4").json["orders"][0]

    assert "#100.4" == order["id_encoded"]
    assert [0, 1] == [item["sort"] for item in order["items"]]
    assert "id_encoded" not in orders.get("shop.order.getInfo", "id=4").json
    xml = fromstring(orders.get("shop.order.search", "hash=id/4&format=xml").text)
    assert "#100.4" == xml.findtext("orders/order/id_encoded")
    live.order()
    listed = live.get("shop.order.search").json["orders"][0]
    assert ("#100.1", "0") == (listed["id_encoded"], listed["items"][0]["sort"])
