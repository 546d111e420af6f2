"""Carts: one for each client and provider, emptied, and ordered from with one payment."""

import pytest

CONFIRM = "cartorder.create.confirm"
FAR = {"pricelist": 211}  # a tariff of provider 2


def confirm(caller, **fields) -> dict:
    return caller.ask(CONFIRM, **{"paymethod_id": 0, "sok": "ok", **fields})


def ids(caller, **fields) -> list[str]:
    return [item["id"]["$"] for item in caller.cart(**fields)[1]]


def test_each_client_has_a_cart_for_each_provider(caller, poor):
    """Source 000, "cart": what one orders is in nobody else's, and in none for another provider."""
    caller.order()
    caller.order(**FAR)
    poor.order()

    assert ["1"] == ids(caller) == ids(caller, project=1)
    assert ["2"] == ids(caller, project=2)
    assert ["3"] == ids(poor)
    assert ("missed", "project") == caller.error(poor.ask("cart", project=2))
    assert ("missed", "project") == caller.error(caller.ask("cart", project=3))
    assert ("missed", "pricelist") == caller.error(poor.order(**FAR))
    assert ("value", "project") == caller.error(caller.ask("cart", project="first"))


def test_one_child_is_an_object_and_several_are_an_array(caller):
    """As a panel does it; an empty cart has no list."""
    seen = []
    for _ in range(3):
        seen.append(type(caller.ask("cart").get("list", {}).get("elem")))
        caller.order()

    assert [type(None), dict, list] == seen


@pytest.mark.parametrize("by", ["GET", "POST"])
def test_an_item_is_deleted_from_whichever_cart(caller, poor, by):
    """By its owner only, once, and with `sok`."""
    caller.order()
    caller.order(**FAR)
    delete = {"by": by, "clicked_button": "delete", "sok": "ok"}

    for who, number in ((poor, 1), (caller, 3), (caller, 0)):
        assert ("missed", "id") == caller.error(who.ask("cart", **delete, id=number))
    assert ("value", "id") == caller.error(caller.ask("cart", **delete, id="first"))
    assert ("value", "id") == caller.error(caller.ask("cart", **delete))
    assert (["1"], ["2"]) == (ids(caller), ids(caller, project=2))
    assert {"$": ""} == caller.ask("cart", **delete, id=2)["ok"]
    assert ("missed", "id") == caller.error(caller.ask("cart", **delete, id=2))
    assert (["1"], []) == (ids(caller), ids(caller, project=2))


@pytest.mark.parametrize("by", ["GET", "POST"])
def test_the_cart_is_read_by_any_verb(caller, by):
    """`func=cart` alone only reads, even in a form; with a button or `sok` it is to do something."""
    caller.order()

    assert {"$": "1"} == caller.ask("cart", by)["total"]["count"]
    assert ("value", "clicked_button") == caller.error(caller.ask("cart", by, clicked_button="drop", id=1, sok="ok"))
    assert ("value", "clicked_button") == caller.error(caller.ask("cart", by, id=1, sok="ok"))
    assert ["1"] == ids(caller)


def test_a_cart_is_emptied_whether_or_not_there_is_something_in_it(caller):
    """The one for the first account's provider; ids are not used again."""
    caller.order()
    caller.order(**FAR)

    for _ in range(2):
        assert {"$": ""} == caller.ask("cart.empty", sok="ok")["ok"]

    assert ([], ["2"]) == (ids(caller), ids(caller, project=2))
    assert {"$": "3"} == caller.order()["lineitem.id"]


@pytest.mark.parametrize(
    ("func", "fields", "asked"),
    [
        ("cart", {"clicked_button": "delete", "id": 1}, ["id"]),
        ("cart", {"clicked_button": "delete"}, ["id"]),
        ("cart.empty", {}, []),
        (CONFIRM, {"elid": "1", "paymethod_id": 0}, ["elid", "project", "paymethod_id"]),
        (CONFIRM, {"elid": "none"}, ["elid", "project", "paymethod_id"]),
    ],
)
@pytest.mark.parametrize("by", ["GET", "POST"])
def test_without_sok_a_function_shows_its_form(caller, by, func, fields, asked):
    """And changes nothing."""
    caller.order()
    before = caller.everything()

    shown = caller.ask(func, by, **fields)

    assert ("form", func) == (shown["metadata"]["$type"], shown["metadata"]["$name"])
    field = shown["metadata"]["form"].get("field", [])
    assert asked == [each["$name"] for each in (field if isinstance(field, list) else [field])]
    assert before == caller.everything()


def test_a_whole_cart_is_one_order_with_one_payment(caller):
    """Source 000, "order": from the balance it is paid and its services are active; what was chosen is theirs."""
    caller.order(autoprolong="on", datacenter=2)
    caller.order(func="v2.soft.order.param", pricelist=121, order_period=12)

    done = confirm(caller)

    assert ("2", "2", "15.00", "func=order") == tuple(
        done[name]["$"] for name in ("billorder", "payment_id", "balance", "ok")
    )
    assert ("15.00", ("0.00", [])) == (caller.balance(), caller.cart())
    assert ("2", "85.00", "2") == tuple(caller.rows("order")[1][name] for name in ("count", "cost", "payment_id"))
    assert ["2", "2"] == [payment["status"] for payment in caller.rows("payment")]
    (cloud,), (software,) = caller.rows("vds")[1:], caller.rows("soft")
    assert ("2", "on", "2", "2", "2026-09-24") == tuple(
        cloud[name] for name in ("item_status", "autoprolong", "datacenter", "billorder", "expiredate")
    )
    assert ("2", "off", "2", "2027-08-24") == tuple(
        software[name] for name in ("item_status", "autoprolong", "billorder", "expiredate")
    )


def test_by_bank_transfer_an_order_waits_for_the_money(caller, poor):
    """Its payment is new, its services are ordered, and the balance is as it was."""
    poor.order()

    done = confirm(poor, paymethod_id=1)

    assert "/billmgr?func=payment.pay&elid=2" == done["ok"]["$"]
    assert "balance" not in done
    assert [("1", "1", "5.00")] == [(row["status"], row["paymethod_id"], row["cost"]) for row in poor.rows("payment")]
    assert [("1", "2")] == [(row["item_status"], row["billorder"]) for row in poor.rows("vds")]
    assert ("0.00", []) == (poor.balance(), ids(poor))
    assert 1 == len(caller.rows("order")) == len(poor.rows("order"))


@pytest.mark.parametrize("method", [0, 1])
def test_what_costs_nothing_is_paid_at_once(poor, method):
    """By either method."""
    poor.order(func="v2.soft.order.param", pricelist=122)

    assert "func=order" == confirm(poor, paymethod_id=method)["ok"]["$"]
    assert [("2", str(method))] == [(row["status"], row["paymethod_id"]) for row in poor.rows("payment")]


@pytest.mark.parametrize("elid", ["1,3", "1, 3", "3,1", "3,1,1,3"])
def test_some_items_are_ordered_and_the_others_stay(caller, elid):
    """Each once, however often it is named."""
    for months in (1, 3, 6):
        caller.order(order_period=months)

    confirm(caller, elid=elid)

    assert ["2"] == ids(caller)
    assert [("2", "35.00")] == [(order["count"], order["cost"]) for order in caller.rows("order")[1:]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"elid": "7"}, ("missed", "elid")),
        ({"elid": "1,7"}, ("missed", "elid")),
        ({"elid": "2"}, ("missed", "elid")),
        ({"elid": "3"}, ("missed", "elid")),
        ({"elid": "9" * 5000}, ("missed", "elid")),
        ({"elid": "1;2"}, ("value", "elid")),
        ({"elid": "1,"}, ("value", "elid")),
        ({"elid": "1", "project": 2}, ("missed", "elid")),
        ({"project": 3}, ("missed", "project")),
        ({"project": "two"}, ("value", "project")),
        ({"paymethod_id": 2}, ("missed", "paymethod_id")),
        ({"paymethod_id": -1}, ("missed", "paymethod_id")),
        ({"paymethod_id": ""}, ("value", "paymethod_id")),
        ({"paymethod_id": "cash"}, ("value", "paymethod_id")),
        ({"sok": "yes"}, ("value", "sok")),
        ({}, ("balance", "subaccount")),
        ({"elid": "4"}, ("balance", "subaccount")),
    ],
)
def test_an_order_that_cannot_be_made_changes_nothing(caller, poor, fields, expected):
    """Not even for those of its items that could be ordered."""
    caller.order()
    caller.order(**FAR)
    poor.order()
    caller.order(func="v2.dedic.order.param", pricelist=131)
    before = caller.everything()

    assert expected == caller.error(confirm(caller, **fields))
    assert before == caller.everything()


def test_an_order_is_made_once(caller):
    """Then there is nothing left to order, and a new item makes a new order."""
    caller.order()
    confirm(caller)

    assert ("missed", "cart") == caller.error(confirm(caller))
    assert ("missed", "elid") == caller.error(confirm(caller, elid="1"))
    caller.order()
    assert "3" == confirm(caller)["billorder"]["$"]


def test_each_provider_is_paid_from_its_own_account(caller):
    """The order of one leaves the other's cart and money alone."""
    caller.order()
    caller.order(**FAR)

    assert "46.00" == confirm(caller, project=2)["balance"]["$"]

    assert ("100.00", "46.00") == (caller.balance(), caller.balance(1))
    assert (["1"], []) == (ids(caller), ids(caller, project=2))
    assert ["1", "2"] == [order["project"] for order in caller.rows("order")]


def test_a_new_client_of_the_lists_sees_nothing_of_others(poor):
    """Lists are there, and empty."""
    assert [[], [], [], [], []] == [poor.rows(func) for func in ("order", "payment", "vds", "certificate", "soft")]
    assert "elem" not in poor.ask("basket")["list"]
    assert [
        {"id": "3", "project": "1", "project_name": "Counterfoil Hosting", "balance": "0.00", "currency": "EUR"}
    ] == (poor.rows("subaccount"))


def test_a_snapshot_keeps_what_is_under_way(caller):
    """Cart, basket, session and counters: taken on, they go on as if nothing had been."""
    session = caller.send("func=auth&username=demo&password=demo&out=xjson").json["doc"]["auth"]["$id"]
    caller.order(addon_5=10)
    caller.quick_order()
    kept, cart, basket = caller.client.get("/_mock/snapshot").json, caller.cart(), caller.ask("basket")
    confirm(caller)
    caller.client.post("/_mock/reset")

    assert 200 == caller.client.put("/_mock/snapshot", json=kept).status_code

    assert kept == caller.client.get("/_mock/snapshot").json
    assert (cart, basket) == (caller.cart(), caller.ask("basket"))
    assert "total" in caller.send(f"func=cart&auth={session}&out=xjson").json["doc"]
    assert {"$": "3"} == caller.order()["lineitem.id"]
    done = confirm(caller)
    assert ("2", "3") == (basket["billorder"]["$"], done["billorder"]["$"])
    assert "85.00" == done["balance"]["$"]
