"""Every key that source 002 documents varies in the seed: discounts, shipping, currencies, taxes, stocks, fractions."""

import json
from decimal import Decimal

import pytest

from counterfoil.mockserver.shopscript.seed import SEED, seeded_state
from counterfoil.specs import reading
from tests.mockserver.shopscript.conftest import STANDS_AT, reset

SHELF, RETURNED = 7, 8
#: by the discount of five per cent on what comes to 1000.00 in the main currency
STOREFRONT = {
    "currency": "EUR", "rate": "1.10000000", "shipping": "12.5000", "discount": "57.7319", "tax": "0.3973",
    "total": "1109.8022", "state_id": "new",
}  # fmt: skip


@pytest.fixture
def caller(apps):
    """The shop as source 002 has it, with the order that is seeded."""
    return reset(apps(seeded=True))


@pytest.fixture
def live(apps):
    """The shop as a live one speaks, with the order that is seeded."""
    return reset(apps("wire", seeded=True))


def read(answer):
    return json.loads(answer.text, parse_float=Decimal)


def test_an_order_of_the_storefront_has_all_that_can_vary(caller):
    """As source 002 lists it, in the second currency; seen on a live shop: orders that were placed elsewhere have shipping."""
    order = read(caller.get("shop.order.getInfo", "id=1"))
    rows = {(row["sku_id"], row["type"], row["service_id"]): row for row in order["items"]}
    shelf, blend = rows[SHELF, "product", None], rows[5, "product", None]

    assert STOREFRONT == {key: str(order[key]) for key in STOREFRONT}
    assert ("95.0000", "47.5000", 2, 1) == (
        str(shelf["price"]), str(shelf["total_discount"]), shelf["stock_id"], shelf["virtual_stock_id"]
    )  # fmt: skip
    assert (3, None) == (
        rows[RETURNED, "product", None]["stock_id"],
        rows[RETURNED, "product", None]["virtual_stock_id"],
    )
    assert ("16.7273", "8.4091", "10.0000") == tuple(
        str(blend[key]) for key in ("price", "purchase_price", "tax_percent")
    )
    assert ["4.5455", "9.5000"] == [str(row["price"]) for row in order["items"] if row["type"] == "service"]


@pytest.mark.parametrize("key", ["discount", "shipping", "rate", "currency", "tax", "total"])
def test_each_sum_of_an_order_differs_somewhere(caller, key):
    """So that a client which confuses two of them, or takes one for 0, is seen."""
    caller.order()

    assert 2 == len({str(order[key]) for order in read(caller.get("shop.order.search"))["orders"]})


def test_the_storefronts_order_adds_up(caller):
    """Source 002: the total is what the items cost, less the discount, with shipping and with taxes on top."""
    order = read(caller.get("shop.order.getInfo", "id=1"))
    items = sum(row["price"] * row["quantity"] for row in order["items"])

    assert order["total"] == round(items, 4) - order["discount"] + order["shipping"] + order["tax"]
    assert order["discount"] == sum(row["total_discount"] for row in order["items"])
    assert order["discount"] == order["items_total_discount"]


def test_a_large_order_costs_less(caller):
    """What comes off follows from the shop's own rules: five per cent from 1000.00 on, and nothing below."""
    large = read(caller.post("shop.order.add", "contact_id=1&items[0][sku_id]=1&items[0][quantity]=40"))
    small = read(caller.post("shop.order.add", "contact_id=1&items[0][sku_id]=1&items[0][quantity]=39"))

    assert ("950.0000", "50.0000", "50.0000") == tuple(
        map(str, (large["total"], large["discount"], large["items"][0]["total_discount"]))
    )
    assert ("975.0000", "0.0000", 0) == (str(small["total"]), str(small["discount"]), small["items_total_discount"])


def test_what_is_priced_in_another_currency_is_ordered_in_the_shops(caller):
    """Source 002: an item's price is in the currency of the order."""
    order = read(caller.post("shop.order.add", f"contact_id=1&items[0][sku_id]={SHELF}"))

    assert ("USD", "1.00000000", "104.5000", "52.8000") == (
        order["currency"], str(order["rate"]), str(order["total"]), str(order["items"][0]["purchase_price"])
    )  # fmt: skip


def test_a_stock_is_taken_from_and_given_back_to(caller):
    """Source 002, stock_id: the stock from which the quantity is to be withdrawn. Here the first that has enough."""

    def stocks():
        skus = caller.client.get("/_mock/snapshot").json["vendors"]["shopscript"]["catalogue"]["skus"]
        return [Decimal(count) for number in (SHELF, RETURNED) for count in skus[str(number)]["stocks"].values()]

    before = stocks()
    taken = [caller.order(f"contact_id=1&items[0][sku_id]={SHELF}&items[0][quantity]={many}") for many in (2, 1, 50)]

    assert [1, 2, 1] == [order["items"][0]["stock_id"] for order in taken]
    assert [before[0] - 52, before[1] - 1, before[2]] == stocks()
    for order in taken:
        caller.post("shop.order.delete", f"id={order['id']}")
    assert before == stocks()


def test_a_live_shop_tells_all_that_in_texts(live):
    """But for what PHP computes."""
    order = live.get("shop.order.getInfo", "id=1").json
    first = next(iter(order["items"].values()))

    assert STOREFRONT == {key: order[key] for key in STOREFRONT}
    assert ("2", "1", "47.5000") == (first["stock_id"], first["virtualstock_id"], first["total_discount"])
    assert 57.7319 == order["items_total_discount"]


def test_a_shop_of_ones_own_begins_without_what_it_does_not_sell():
    """An order of things that a seed file has replaced is not among its orders."""
    content = reading.read(SEED)
    content["catalogue"]["skus"] = content["catalogue"]["skus"][:1]
    shop = seeded_state(STANDS_AT, 1, content)

    assert ([], []) == (shop.orders.ids, shop.past_orders)
