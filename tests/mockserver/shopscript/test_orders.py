"""What an order is made of, and what it costs."""

from datetime import datetime
from decimal import Decimal

import msgspec
import pytest

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.shopscript import render, writing
from counterfoil.mockserver.shopscript.catalogue import Sku
from counterfoil.mockserver.shopscript.orders import OrderedItem
from counterfoil.mockserver.shopscript.seed import seeded_state
from counterfoil.mockserver.shopscript.shop import Shop
from tests.mockserver.shopscript.conftest import NEW_SHOP

NOW = datetime(2026, 1, 5, 9)
LATER = datetime(2026, 1, 6, 9)


@pytest.fixture
def shop() -> Shop:
    return seeded_state(NOW, 1, NEW_SHOP)


def everything(shop: Shop) -> object:
    return msgspec.to_builtins(shop, str_keys=True)


@pytest.mark.parametrize("params", [None, {"_element": "x"}])
def test_an_order_without_params_has_an_empty_list(shop: Shop, params):
    """An array of PHP without members; in XML it is no element."""
    shop.settings.stock_counting = "process"  # else a parameter says that the stock was reduced
    order = shop.place(1, [OrderedItem(1)], NOW, None, params)
    body = render.order_by_source(order, shop.contacts[1], keyed=True)

    assert b'"params":[]' in writing.json(body)
    assert b"<params" not in writing.xml(body)


def test_a_total_is_the_sum_of_price_times_quantity(shop: Shop):
    """Services count as rows of their own, in the quantity of their product."""
    order = shop.place(1, [OrderedItem(1, Decimal(2), (1,)), OrderedItem(3)], NOW)

    assert Decimal("209.9900") == order.total
    assert [Decimal(2), Decimal(2), Decimal(1)] == [row.quantity for row in order.rows]


def test_services_follow_their_product(shop: Shop):
    """Each service's row comes right after the row of its product, and names it."""
    order = shop.place(1, [OrderedItem(1, Decimal(1), (1, 2)), OrderedItem(2, Decimal(1), (1,))], NOW)

    assert [1, 2, 3, 4, 5] == [row.id for row in order.rows]
    assert [None, 1, 1, None, 4] == [row.parent_id for row in order.rows]
    assert [None, 1, 2, None, 1] == [row.service_variant_id for row in order.rows]


def test_a_percentage_is_of_the_price_of_one_product(shop: Shop):
    """The warranty costs a tenth of the lamp, whatever the quantity."""
    order = shop.place(1, [OrderedItem(1, Decimal(3), (2,))], NOW)

    assert Decimal("2.5000") == order.rows[1].price
    assert Decimal("82.5000") == order.total


def test_a_service_has_the_price_that_is_nearest_to_the_sku(shop: Shop):
    """The SKU's own price for a service goes before the product's, and that before the variant's."""
    prices = [shop.place(1, [OrderedItem(sku, Decimal(1), (variant,))], NOW).rows[1].price
              for sku, variant in ((1, 3), (3, 3), (1, 1), (5, 1))]  # fmt: skip

    assert [Decimal(price) for price in ("12", "9", "5", "2.5")] == prices


def test_a_fraction_of_a_piece_costs_a_fraction(shop: Shop):
    """A quantity has three decimals, an amount four."""
    order = shop.place(1, [OrderedItem(6, Decimal("2.3456"))], NOW)

    assert "2.346" == str(order.rows[0].quantity)
    assert "3.1279" == str(order.total)
    assert 100 == order.rows[0].denominator


def test_a_tax_inside_the_price_leaves_the_total(shop: Shop):
    """The cable costs 8.50 with its fifth of tax inside."""
    order = shop.place(1, [OrderedItem(2, Decimal(2))], NOW)

    assert ("17.0000", "2.8333") == (str(order.total), str(order.tax))


def test_a_tax_on_top_is_added_to_the_total(shop: Shop):
    """The blend costs 18.40, and a tenth of it goes to the state."""
    order = shop.place(1, [OrderedItem(5), OrderedItem(2)], NOW)

    assert ("28.7400", "3.2567") == (str(order.total), str(order.tax))


def test_a_row_is_named_by_product_and_variant(shop: Shop):
    """A variant with a name stands in brackets after its product; so does a service's."""
    order = shop.place(1, [OrderedItem(1, Decimal(1), (2,)), OrderedItem(2)], NOW)

    assert ["Desk lamp (white)", "Warranty (two years)", "Cable"] == [row.name for row in order.rows]


def test_what_is_not_sold_is_left_out(shop: Shop):
    """An unknown SKU or service makes no row; an order may end up without any."""
    order = shop.place(1, [OrderedItem(1, Decimal(1), (99,)), OrderedItem(99)], NOW)
    empty = shop.place(1, [OrderedItem(99)], NOW)

    assert [1] == [row.sku_id for row in order.rows]
    assert ([], Decimal(0)) == (empty.rows, empty.total)


def test_the_same_sku_twice_makes_two_rows(shop: Shop):
    """Equal items are not added up."""
    order = shop.place(1, [OrderedItem(1), OrderedItem(1)], NOW)

    assert [1, 1] == [row.sku_id for row in order.rows]


def test_two_equal_calls_make_two_orders(shop: Shop):
    """Nothing is remembered of a call but the order that it made."""
    first, second = (shop.place(1, [OrderedItem(1)], NOW) for _ in range(2))

    assert (1, 2) == (first.id, second.id)
    assert (2, 2) == (shop.contacts[1].number_of_orders, shop.contacts[1].last_order_id)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "Cy Example", "firstname": "Other"}, "Other"),
        ({"firstname": "Cy", "lastname": "Example"}, "Cy Example"),
        ({"name": "Cy", "company": "Example & Co"}, "Cy"),
        ({"company": "Example & Co"}, "Example & Co"),
        ({"email": "a@b.example"}, "a"),
        ({"phone": "+1-555 (01) 02"}, "15550102"),
    ],
)
def test_a_new_customer_gets_a_name(shop: Shop, fields: dict, name: str):
    """A name yields to its parts; without any, it is derived from the address or the number."""
    order = shop.place(fields, [OrderedItem(1)], NOW)

    assert (3, name) == (order.contact_id, shop.contacts[3].name)


@pytest.mark.parametrize(
    ("customer", "item", "refusal"),
    [
        (9, OrderedItem(1), "unknown_contact"),
        ({"name": "Cy"}, OrderedItem(1, Decimal(10) ** 12), "invalid_parameter"),
        ({"name": "Cy"}, OrderedItem(3, Decimal(10) ** 11), "invalid_parameter"),
    ],
)
def test_a_refused_order_changes_nothing(shop: Shop, customer: int | dict, item: OrderedItem, refusal: str):
    """Not even a contact, a number or a piece of stock."""
    before = everything(shop)

    with pytest.raises(Refusal) as refused:
        shop.place(customer, [OrderedItem(3), item], NOW)

    assert refusal == refused.value.name
    assert before == everything(shop)


def test_a_quantity_too_small_to_be_kept_is_kept_as_none(shop: Shop):
    """The database has three decimals, and rounds."""
    order = shop.place(1, [OrderedItem(1, Decimal("0.0004"))], NOW)

    assert Decimal(0) == order.total


def test_a_page_begins_with_the_newest(shop: Shop):
    """A page is cut from the end, and may be short or empty."""
    for _ in range(5):
        shop.place(1, [OrderedItem(1)], NOW)
    ids = shop.orders.ids

    assert [5, 4] == [order.id for order in shop.orders.page(ids, 0, 2)]
    assert [1] == [order.id for order in shop.orders.page(ids, 4, 2)]
    assert [] == shop.orders.page(ids, 5, 2)
    assert [5, 4, 3, 2, 1] == [order.id for order in shop.orders.page(ids, 0, 1000)]


def test_ids_are_looked_up_once(shop: Shop):
    """Ids that no order has, and repeated ones, do not count."""
    for _ in range(3):
        shop.place(1, [OrderedItem(1)], NOW)

    assert [1, 3] == shop.orders.existing([3, 1, 7, 3])


def test_the_whole_shop_can_be_kept_and_taken_on(shop: Shop):
    """A snapshot is JSON data, and the shop that comes of it goes on as the first would have."""
    shop.place({"name": "Cy", "city": "Bonn"}, [OrderedItem(2, Decimal("1.5"), (2,))], NOW, "Ring", {"a": "b"})
    shop.act(1, "process", LATER)

    again = msgspec.convert(everything(shop), Shop, strict=False, str_keys=True)

    assert shop == again
    assert everything(shop) == everything(again)
    assert shop.place(1, [OrderedItem(1)], NOW) == again.place(1, [OrderedItem(1)], NOW)
    assert everything(shop) == everything(again)


def test_two_shops_share_nothing(shop: Shop):
    """What happens in one world is not seen in another."""
    other = everything(seeded_state(NOW, 2, NEW_SHOP))

    shop.place({"name": "Cy"}, [OrderedItem(3)], NOW)
    shop.settings.licensed = False

    assert other == everything(seeded_state(NOW, 1, NEW_SHOP))


def test_every_part_of_the_seed_can_be_ordered(shop: Shop):
    """Each SKU leads to its product, each service variant to its service."""
    items = [OrderedItem(sku, Decimal(1), tuple(shop.catalogue.service_variants)) for sku in shop.catalogue.skus]

    order = shop.place(2, items, NOW)

    assert [1, 2, 3, 4, 5, 6, 7, 8] == [row.sku_id for row in order.rows if not row.is_service]
    assert 8 * 4 == len(order.rows)
    assert {1, 10, 100, 1000} == {row.denominator for row in order.rows}
    assert isinstance(shop.catalogue.skus[1], Sku)
