"""What waits to be paid: unpaid orders, the old basket, and the ways to pay."""

import pytest

CONFIRM = "cartorder.create.confirm"


def statuses(caller) -> tuple[list[str], list[str]]:
    """Of payments and of services."""
    return [row["status"] for row in caller.rows("payment")], [row["item_status"] for row in caller.rows("vds")]


def test_an_unpaid_order_is_paid_where_its_answer_says(poor):
    """The address in `ok` of `cartorder.create.confirm` works, and the paid service becomes active on that day."""
    poor.order(order_period=3)
    where = poor.ask(CONFIRM, paymethod_id=1, sok="ok")["ok"]["$"]
    assert (["1"], ["1"]) == statuses(poor)
    poor.later(days=10)

    function, elid = (part.partition("=")[2] for part in where.partition("?")[2].split("&"))
    form = poor.ask(function, elid=elid)
    paid = poor.ask(function, elid=elid, sok="ok")

    assert ("form", "func=order") == (form["metadata"]["$type"], paid["ok"]["$"])
    assert (["2"], ["2"]) == statuses(poor)
    assert ("2026-12-03", "2026-09-03") == (poor.rows("vds")[0]["expiredate"], poor.rows("payment")[0]["pay_date"])
    assert "0.00" == poor.balance()
    assert ("value", "elid") == poor.error(poor.ask(function, elid=elid, sok="ok"))


def test_nobody_pays_for_another(caller, poor):
    """A payment is its client's."""
    poor.order()
    poor.ask(CONFIRM, paymethod_id=1, sok="ok")

    assert ("missed", "elid") == caller.error(caller.ask("payment.pay", elid=2, sok="ok"))
    assert ("missed", "billorder") == caller.error(caller.ask("payment.add", billorder=2))


def test_an_order_is_paid_in_another_way(caller):
    """`payment.add` lists the ways, `payment.add.method` takes one: from the account it is paid at once."""
    caller.order()
    caller.ask(CONFIRM, paymethod_id=1, sok="ok")

    ways = caller.ask("payment.add", billorder=2)
    assert ("methodlist", ["0", "1"]) == (
        ways["list"]["$name"], [each["paymethod"]["$"] for each in ways["list"]["elem"]]
    )  # fmt: skip
    assert "payment.pay" in caller.ask("payment.add.method", billorder=2, paymethod=1, sok="ok")["ok"]["$"]
    assert "func=order" == caller.ask("payment.add.method", billorder=2, paymethod=0, sok="ok")["ok"]["$"]
    assert (["2", "2"], ["2", "2"]) == statuses(caller)
    assert "95.00" == caller.balance()
    assert ("value", "elid") == caller.error(caller.ask("payment.add.method", billorder=2, paymethod=0, sok="ok"))


def test_the_old_basket_is_ordered_with_its_number(caller):
    """`payment.add.method` makes one order of it, of the number that the basket has told before."""
    caller.order("POST", "vds.order.param", order_period=None, period=1, clicked_button="finish")
    made = caller.quick_order()
    form = caller.ask("payment.add.method")

    done = caller.ask("payment.add.method", billorder=made["billorder"]["$"], paymethod=0, sok="ok")

    assert ("form", "methodlist") == (form["metadata"]["$type"], form["list"]["$name"])
    assert (made["billorder"], "func=order", "83.00") == (done["billorder"], done["ok"]["$"], done["balance"]["$"])
    assert "elem" not in caller.ask("basket")["list"]
    assert ["2"] == [row["item_status"] for row in caller.rows("certificate")]
    assert ("missed", "cart") == caller.error(caller.ask("payment.add.method", paymethod=0, sok="ok"))


@pytest.mark.parametrize("by", ["GET", "POST"])
def test_an_item_leaves_the_old_basket(caller, poor, by):
    """`basket` with `clicked_button=delete` removes it; `clearbasket` removes all."""
    caller.quick_order()
    caller.quick_order("domain.order.param", pricelist=151)
    delete = {"by": by, "clicked_button": "delete", "sok": "ok"}

    assert ("missed", "id") == caller.error(poor.ask("basket", **delete, id=1))
    assert ("value", "id") == caller.error(caller.ask("basket", **delete))
    assert {"$": ""} == caller.ask("basket", **delete, id=1)["ok"]
    assert ("missed", "id") == caller.error(caller.ask("basket", **delete, id=1))
    assert "9.00" == caller.ask("basket")["total_sum"]["$"]
    assert "form" == caller.ask("basket", by, clicked_button="clearbasket")["metadata"]["$type"]
    assert {"$": ""} == caller.ask("basket", by, clicked_button="clearbasket", sok="ok")["ok"]
    assert "0.00" == caller.ask("basket")["total_sum"]["$"]


def test_free_orders_what_costs_nothing(caller):
    """And refuses what costs something."""
    order = {"order_period": None, "period": 1, "clicked_button": "finish"}
    caller.order("POST", "soft.order.param", pricelist=122, **order)
    caller.order("POST", "soft.order.param", pricelist=121, **order)

    assert ("value", "id") == caller.error(caller.ask("basket", clicked_button="free", id=2, sok="ok"))
    assert {"$": ""} == caller.ask("basket", clicked_button="free", id=1, sok="ok")["ok"]
    assert ["2"] == [row["item_status"] for row in caller.rows("soft")]
    assert "8.00" == caller.ask("basket")["total_sum"]["$"]


def test_a_code_takes_something_off_the_old_basket(caller):
    """Until the basket is ordered; an unknown code is missed, and one that nothing could use is refused."""
    code = {"promocode": "TENTH", "sok": "ok"}
    assert ("promocode_not_use", "promocode") == caller.error(caller.ask("basket", **code))
    caller.quick_order()

    assert ("missed", "promocode") == caller.error(caller.ask("basket", promocode="NONE", sok="ok"))
    assert {"$": ""} == caller.ask("basket", **code)["ok"]

    basket = caller.ask("basket")
    assert ("10.80", "1.20") == (basket["total_sum"]["$"], basket["full_discount"]["$"])
    assert "89.20" == caller.ask("payment.add.method", paymethod=0, sok="ok")["balance"]["$"]
    caller.quick_order()
    assert "12.00" == caller.ask("basket")["total_sum"]["$"]


def test_a_basket_of_two_providers_is_not_one_order(caller):
    """An order is paid to one provider."""
    for pricelist in (111, 211):
        caller.order(pricelist=pricelist, force_use_new_cart="off")

    assert ("several_projects", "basket") == caller.error(caller.ask("payment.add.method", paymethod=0, sok="ok"))


def test_a_cart_is_emptied_for_the_provider_that_is_named(caller):
    """`cart.empty` with `project=2` empties provider 2's, and what lists or deletes looks at that provider's alone."""
    caller.order()
    caller.order(pricelist=211)

    assert {"$": ""} == caller.ask("cart.empty", project=2, sok="ok")["ok"]

    assert ("1", "0") == tuple(caller.ask("cart", project=each)["total"]["count"]["$"] for each in (1, 2))
    assert ("missed", "project") == caller.error(caller.ask("cart.empty", project=3, sok="ok"))
    delete = {"clicked_button": "delete", "id": 1, "sok": "ok"}
    assert ("missed", "id") == caller.error(caller.ask("cart", **delete, project=2))
    assert ["211"] == [caller.ask("v2.vds.order.pricelist", project=2)["list"][0]["elem"]["id"]["$"]]
    for func, count in (("order", 0), ("payment", 0), ("vds", 0), ("subaccount", 1)):
        assert count == len(caller.rows(func, project=2))


def test_the_old_basket_is_that_of_the_provider_who_is_named(caller):
    """S2: `basket` and `payment.add.method` show, change and order what is that provider's, and leave the rest."""
    for pricelist in (111, 211):
        caller.order(pricelist=pricelist, force_use_new_cart="off")
    sums = [caller.ask("basket", project=each)["total_sum"]["$"] for each in (1, 2, 3)]
    assert "0.00" not in sums[:2]
    assert "0.00" == sums[2]
    assert float(caller.ask("basket")["total_sum"]["$"]) == sum(map(float, sums))
    delete = {"clicked_button": "delete", "id": 1, "sok": "ok"}
    assert ("missed", "id") == caller.error(caller.ask("basket", **delete, project=2))
    assert ("missed", "id") == caller.error(caller.ask("basket", **{**delete, "clicked_button": "free"}, project=2))
    assert ("promocode_not_use", "promocode") == caller.error(
        caller.ask("basket", promocode="TENTH", sok="ok", project=3)
    )
    assert ("missed", "cart") == caller.error(caller.ask("payment.add.method", paymethod=0, sok="ok", project=3))

    number = caller.ask("payment.add")["billorder"]["$"]
    paid = caller.ask("payment.add.method", paymethod=0, sok="ok", project=2)

    assert ["2"] == [order["project"] for order in caller.rows("order") if order["id"] == paid["billorder"]["$"]]
    assert (number, sums[0]) == (paid["billorder"]["$"], caller.ask("basket")["total_sum"]["$"])
    assert number != caller.ask("payment.add")["billorder"]["$"]
    caller.ask("basket", clicked_button="clearbasket", sok="ok", project=2)
    assert sums[0] == caller.ask("basket")["total_sum"]["$"]
    caller.ask("basket", clicked_button="clearbasket", sok="ok", project=1)
    assert "0.00" == caller.ask("basket")["total_sum"]["$"]


@pytest.mark.parametrize(
    ("func", "fields", "about"),
    [
        ("vds.edit", {"elid": 1, "autoprolong": "off"}, "elid"),
        ("vds.delete", {"elid": 1}, "elid"),
        ("service.prolong", {"elid": 1}, "elid"),
        ("payment.pay", {"elid": 2}, "elid"),
        ("payment.add.method", {"billorder": 2, "paymethod": 0}, "billorder"),
        ("payment.add", {"billorder": 2}, "billorder"),
    ],
)
def test_what_is_another_providers_is_not_there(caller, func, fields, about):
    """S2: no function ignores `project`; named rightly, the same call is done, and a form without `sok` shows nothing of it."""
    caller.order()
    assert "2" == caller.ask("cartorder.create.confirm", paymethod_id=1, sok="ok")["payment_id"]["$"]
    before = [caller.rows(each) for each in ("order", "payment", "vds", "subaccount")]

    assert ("missed", about) == caller.error(caller.ask(func, **fields, sok="ok", project=2))
    if func != "payment.add":
        assert "expiredate" not in caller.ask(func, **fields, project=2)

    assert before == [caller.rows(each) for each in ("order", "payment", "vds", "subaccount")]
    assert "error" not in caller.ask(func, **fields, sok="ok", project=1)


def test_the_order_form_is_that_of_the_provider_who_is_named(caller):
    """S2: without `sok` as with it, a tariff of another provider is not there."""
    assert "form" in caller.order(sok=None, project=1)["metadata"]
    assert ("missed", "pricelist") == caller.error(caller.order(sok=None, project=2))
    assert "form" in caller.order(sok=None, project="first")["metadata"]


def test_the_flag_for_the_new_cart_can_be_off(caller):
    """Then the item is in the old basket."""
    made = caller.order(force_use_new_cart="off")

    assert ("0.00", []) == caller.cart()
    assert made["item.id"] == caller.ask("basket")["list"]["elem"]["item.id"]


@pytest.mark.parametrize("flag", ["on", "off"])
def test_a_domain_has_its_name_in_either_cart(caller, flag):
    """a.example and b.example do not look alike."""
    for name in ("a.example", "b.example"):
        caller.quick_order("domain.order.param", pricelist=151, domain=name, force_use_new_cart=flag)

    items = caller.cart()[1] if flag == "on" else caller.ask("basket")["list"]["elem"]
    column = "domain" if flag == "on" else "item.domain"
    assert ["a.example", "b.example"] == [item[column]["$"] for item in items]


def test_parameters_of_a_domain_pass_in_the_same_way(caller):
    """`autoprolong` and `skipbasket` do there what they do in the new order."""
    domain = {"func": "domain.order.param", "pricelist": 151, "autoprolong": "on"}
    caller.quick_order(**domain, force_use_new_cart="on")
    assert "on" == caller.cart()[1][0]["autoprolong"]["$"]

    done = caller.quick_order(**domain, skipbasket="on", remoteid="r-7")

    (service,) = caller.rows("domain")
    assert (done["id"]["$"], "on", "example.com", "r-7") == tuple(
        service[name] for name in ("id", "autoprolong", "domain", "remoteid")
    )
    assert "91.00" == caller.balance()
    assert ("0.00", 1) == (caller.ask("basket")["total_sum"]["$"], len(caller.cart()[1]))
