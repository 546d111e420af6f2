"""Where an order can go, and what this does to the stock."""

from datetime import datetime
from decimal import Decimal

import pytest

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.shopscript import workflow
from counterfoil.mockserver.shopscript.orders import Order, OrderedItem
from counterfoil.mockserver.shopscript.seed import seeded_state
from counterfoil.mockserver.shopscript.shop import Shop
from tests.mockserver.shopscript.conftest import NEW_SHOP

NOW = datetime(2026, 1, 5, 9)
LATER = datetime(2026, 1, 6, 9)

#: as the contract's table has it
OFFERED = {
    "new": ["process", "pay", "delete"],
    "processing": ["pay", "ship", "complete", "delete"],
    "paid": ["ship", "complete", "refund", "delete"],
    "shipped": ["complete", "refund"],
    "completed": ["refund"],
    "refunded": [],
    "deleted": ["restore"],
}
WAYS = {
    "new": [],
    "processing": ["process"],
    "paid": ["pay"],
    "shipped": ["process", "ship"],
    "completed": ["pay", "complete"],
    "refunded": ["pay", "refund"],
    "deleted": ["delete"],
}


@pytest.fixture
def shop() -> Shop:
    return seeded_state(NOW, 1, NEW_SHOP)


def ordered(shop: Shop, *actions: str) -> Order:
    order = shop.place(1, [OrderedItem(3, Decimal(2), (3,)), OrderedItem(1)], NOW)
    for action in actions:
        shop.act(order.id, action, LATER)
    return order


def left(shop: Shop) -> Decimal | None:
    return shop.catalogue.skus[3].count


@pytest.mark.parametrize("state", OFFERED)
def test_a_state_offers_its_actions(shop: Shop, state: str):
    """Exactly those of the contract's table, in its order; any other is refused and changes nothing."""
    order = ordered(shop, *WAYS[state])

    assert state == order.state
    assert OFFERED[state] == [action.id for action in workflow.offered(state)]
    for action in {each.id for each in workflow.ACTIONS} - set(OFFERED[state]) | {"create", "fly"}:
        with pytest.raises(Refusal) as refused:
            shop.act(order.id, action, LATER)
        assert "action_unavailable" == refused.value.name
        assert state == order.state


@pytest.mark.parametrize("state", sorted(set(OFFERED) - {"deleted"}))
def test_an_order_can_be_deleted_in_any_state(shop: Shop, state: str):
    """Deleting is not bound to the workflow, but a deleted order is not deleted again."""
    order = ordered(shop, *WAYS[state])

    entry = shop.delete(order.id, LATER)

    assert ("delete", state, "deleted", LATER) == (entry.action, entry.before, entry.after, entry.at)
    with pytest.raises(Refusal) as refused:
        shop.delete(order.id, LATER)
    assert "action_unavailable" == refused.value.name


def test_every_action_is_logged(shop: Shop):
    """The log's numbers go through all orders, and begin with the creation."""
    first, second = ordered(shop, "process"), ordered(shop)

    assert [(1, "create", "", "new"), (2, "process", "new", "processing")] == [
        (entry.id, entry.action, entry.before, entry.after) for entry in first.log
    ]
    assert [3] == [entry.id for entry in second.log]
    assert (LATER, None) == (first.updated, second.updated)


@pytest.mark.parametrize("does", ["act", "delete"])
def test_an_unknown_order_is_refused(shop: Shop, does: str):
    """There must be an order before something can be done with it."""
    arguments = (1, "process", NOW) if does == "act" else (1, NOW)

    with pytest.raises(Refusal) as refused:
        getattr(shop, does)(*arguments)

    assert "order_not_found" == refused.value.name


def test_orders_are_found_by_their_state(shop: Shop):
    """An order is under the state that it is in, and under no other, in the order of the ids."""
    for actions in (["process"], [], ["process"], ["delete"], ["delete", "restore"]):
        ordered(shop, *actions)

    assert {"new": [2, 5], "processing": [1, 3], "deleted": [4]} == shop.orders.ids_by_state


@pytest.mark.parametrize(
    ("counting", "actions", "taken"),
    [
        ("create", [], 2),
        ("create", ["process"], 2),
        ("create", ["delete"], 0),
        ("create", ["delete", "restore"], 2),
        ("process", [], 0),
        ("process", ["process"], 2),
        ("process", ["pay"], 2),
        ("process", ["process", "pay"], 2),
        ("process", ["process", "delete"], 0),
        ("process", ["delete"], 0),
        ("process", ["process", "delete", "restore"], 0),
        ("process", ["process", "delete", "restore", "process"], 2),
        ("none", ["process", "ship"], 0),
        ("none", ["delete", "restore"], 0),
    ],
)
def test_stock_is_taken_once_as_the_shop_is_set(shop: Shop, counting: str, actions: list[str], taken: int):
    """On creation, when the work begins, or never; a deleted order gives it back, a restored one takes it again."""
    shop.settings.stock_counting = counting

    order = ordered(shop, *actions)

    assert Decimal(3 - taken) == left(shop)
    assert (taken > 0) == order.stock_taken


def test_no_stock_is_too_small(shop: Shop):
    """The count falls below zero, and what has none stays without."""
    ordered(shop)
    ordered(shop)

    assert Decimal(-1) == left(shop)
    assert shop.catalogue.skus[1].count is None


def test_a_shop_that_changes_its_mind_gives_back_what_it_took(shop: Shop):
    """What was taken for an order is remembered with the order, not with the setting."""
    order = ordered(shop)
    shop.settings.stock_counting = "none"

    shop.delete(order.id, LATER)

    assert Decimal(3) == left(shop)
    assert (False, 1) == (order.stock_taken, order.times_taken)
