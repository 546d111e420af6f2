"""Time does something: what is paid for goes on, and what is not stops."""

AT_ONCE = {"skipbasket": "on", "force_use_new_cart": "on"}


def service(caller, number: str) -> dict[str, str]:
    return next(row for row in caller.rows("vds") if row["id"] == number)


def test_a_service_with_autoprolong_is_renewed_and_charged(caller):
    """Renewed and charged for each period that has begun; each renewal has its order and its paid payment."""
    caller.order(autoprolong="on")
    caller.ask("cartorder.create.confirm", paymethod_id=0, sok="ok")

    caller.later(days=95)

    assert ("2", "2026-12-24") == (service(caller, "2")["item_status"], service(caller, "2")["expiredate"])
    # 5.00 for the order, and 5.00 each for three renewals of it and three of the seeded service
    assert "65.00" == caller.balance()
    renewals = caller.rows("payment")[2:]
    assert [("5.00", "2", "0")] * 6 == [(row["cost"], row["status"], row["paymethod_id"]) for row in renewals]
    assert ["2026-09-13", "2026-09-24", "2026-10-13", "2026-10-24", "2026-11-13", "2026-11-24"] == [
        row["create_date"] for row in renewals
    ]
    assert [row["billorder"] for row in renewals] == [row["id"] for row in caller.rows("order")[2:]]


def test_a_service_without_autoprolong_expires(caller):
    """Else expired, not active; it is paid for until the day before."""
    caller.order(autoprolong="off", **AT_ONCE)

    caller.later(days=30)
    before = service(caller, "2")["item_status"]
    caller.later(days=1)

    assert ("2", "3", "2026-09-24") == (before, service(caller, "2")["item_status"], service(caller, "2")["expiredate"])


def test_a_service_that_the_account_cannot_pay_stops(caller):
    """Renewal takes what there is, in the order of the days, and nothing is owed."""
    caller.order(order_period=1, addon_12=1000, addon_5=40, **AT_ONCE, autoprolong="on")
    assert "55.00" == caller.balance()

    caller.later(days=65)

    assert ("3", "2026-10-24") == (service(caller, "2")["item_status"], service(caller, "2")["expiredate"])
    assert ("2", "0.00") == (service(caller, "1")["item_status"], caller.balance())


def test_autoprolong_may_be_a_number_of_months(caller):
    """As the vendor's page on service management has it: it is renewed by so many, at their price."""
    caller.order(order_period=1, autoprolong=12, addon_15="on", **AT_ONCE)

    caller.later(days=31)

    assert "2027-09-24" == service(caller, "2")["expiredate"]
    assert "78.00" == caller.rows("payment")[-1]["cost"]


def test_a_service_is_prolonged_by_its_owner(caller, poor):
    """At once, from the account; one that has stopped begins anew, and nobody else can do so."""
    caller.order(**AT_ONCE)
    form = caller.ask("service.prolong", elid=2, period=3)
    done = caller.ask("service.prolong", elid=2, period=3, sok="ok")

    assert ("2026-09-24", "2026-12-24") == (form["expiredate"]["$"], form["newexpiredate"]["$"])
    assert ("2026-12-24", "80.00") == (done["expiredate"]["$"], done["balance"]["$"])
    assert ("missed", "elid") == caller.error(poor.ask("service.prolong", elid=2, sok="ok"))
    assert ("value", "period") == caller.error(caller.ask("service.prolong", elid=2, period=2, sok="ok"))
    caller.later(days=200)
    assert "3" == service(caller, "2")["item_status"]
    assert "2027-04-12" == caller.ask("service.prolong", elid=2, sok="ok")["expiredate"]["$"]
    assert "2" == service(caller, "2")["item_status"]


def test_renewal_is_switched_later_and_a_service_is_given_up(caller, poor):
    """By the functions of the product type; the order and the payment stay."""
    assert "on" == caller.ask("vds.edit", elid=1)["autoprolong"]["$"]
    assert {"$": ""} == caller.ask("vds.edit", elid=1, autoprolong="off", sok="ok")["ok"]
    assert "off" == service(caller, "1")["autoprolong"]
    for func, who in (("soft.edit", caller), ("vds.edit", poor), ("soft.delete", caller), ("vds.delete", poor)):
        assert ("missed", "elid") == caller.error(who.ask(func, elid=1, sok="ok"))
    assert ("missed", "func") == caller.error(caller.ask("vhost.edit", elid=1, sok="ok"))

    assert {"$": ""} == caller.ask("vds.delete", elid=1, sok="ok")["ok"]

    assert [] == caller.rows("vds")
    assert (1, 1) == (len(caller.rows("order")), len(caller.rows("payment")))


def test_what_nobody_has_paid_does_not_expire(poor):
    """An order that waits for its money is ordered, however long."""
    poor.order()
    poor.ask("cartorder.create.confirm", paymethod_id=1, sok="ok")

    poor.later(days=400)

    assert ["1"] == [row["item_status"] for row in poor.rows("vds")]


def test_the_last_day_that_there_is_ends_nothing(caller):
    """A clock at its end does not renew for ever."""
    caller.order(func="v2.soft.order.param", pricelist=122, order_period=36, autoprolong="on", **AT_ONCE)

    caller.later(days=365 * 400)

    assert ["2"] == [row["item_status"] for row in caller.rows("soft")]


def test_time_passes_where_nobody_asks(caller):
    """A world that nobody has called yet begins before its clock is moved, and a year leaves what single days leave."""
    caller.later(days=365)
    at_once = caller.everything()
    caller.client.post("/_mock/reset")
    for _ in range(73):
        caller.later(days=5)

    demo = at_once["clients"]["1"]
    # 100.00 is enough for a year of the seeded service, which costs 5.00 a month
    assert ("40.00", "2027-09-13") == (demo["accounts"][0]["balance"], demo["services"][0]["expires"])
    assert 13 == len(demo["payments"])
    assert at_once == caller.everything()


def test_a_year_that_the_account_cannot_pay_ends_early(caller):
    """Each month that there was money for is paid; then the service stops, and its owner can prolong it later."""
    caller.order(pricelist=211, autoprolong="on", **AT_ONCE, project=2)

    caller.later(days=400)

    assert ("3", "2.00") == (service(caller, "2")["item_status"], caller.balance(1))
    assert 12 == len([row for row in caller.rows("payment") if row["cost"] == "4.00"])
