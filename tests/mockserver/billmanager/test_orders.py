"""The order call: source 000's table row by row, what goes into the cart, and what is ordered at once."""

import pytest

EVERY_ROW = {
    "order_period": 1, "pricelist": 111, "sok": "ok", "clicked_button": "order", "autoprolong": "on", "datacenter": 2,
    "force_use_new_cart": "on", "addon_5": 10, "addon_12": 126,
}  # fmt: skip


@pytest.mark.parametrize("by", ["GET", "POST", "PUT"])
def test_an_item_goes_into_the_cart_with_all_that_was_chosen(caller, by):
    """Source 000's examples, all at once, by whatever verb."""
    made = caller.order(by, **EVERY_ROW)

    assert {"lineitem.id": {"$": "1"}, "elid": {"$": "1"}, "ok": {"$": ""}} == {
        name: made[name] for name in made if name[0] != "$"
    }
    cost, (item,) = caller.cart()
    assert "12.52" == cost == item["price"]["price"]["cost"]["$"]
    assert ("1", "1", "111", "2", "on") == tuple(
        item[name]["$"] for name in ("id", "elid", "pricelist", "datacenter", "autoprolong")
    )
    assert {"name": {"$": "Cloud One"}, "period": {"$": "1"}} == item["main"]
    assert [("Extra disk space", "10", "5.00"), ("Extra memory", "126", "2.52")] == [
        tuple(each[f"configuration_{part}"]["$"] for part in ("name", "value", "price"))
        for each in item["configuration"]["elem"]
    ]


@pytest.mark.parametrize(
    "fields",
    [
        *({"order_period": months} for months in (1, 3, 6, 12, 24, 36)),
        {"func": "v2.soft.order.param", "pricelist": 121},
        {"func": "v2.dedic.order.param", "pricelist": 131},
        {"pricelist": "0111"},
        {"autoprolong": "off"},
        {"autoprolong": ""},
        {"datacenter": 1},
        {"autoprolong": "12"},
        {"autoprolong": "null"},
        {"clicked_button": None},
        {"force_use_new_cart": "on"},
        {"skipbasket": "off"},
        {"out": "json"},
        {"addon_5": 0, "addon_12": 1000, "addon_14": 3, "addon_15": "off", "addon_16": 9},
        {"unknown": "thing"},
    ],
)
@pytest.mark.parametrize("by", ["GET", "POST"])
def test_a_row_is_accepted_with_its_values(caller, by, fields):
    """Each value that source 000 names or the vendor prints elsewhere, and what the seeded tariffs have."""
    assert {"$": "1"} == caller.order(by, **fields)["lineitem.id"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"func": "v2.vhost.order.param"}, ("missed", "func")),
        ({"func": "v2.certificate.order.param", "pricelist": 141}, ("missed", "func")),
        ({"func": "v2.domain.order.param", "pricelist": 151}, ("missed", "func")),
        ({"func": "vhost.order.param"}, ("missed", "func")),
        ({"func": "v2..order.param"}, ("missed", "func")),
        ({"func": "v2.vds.order.param\n"}, ("missed", "func")),
        ({"func": "V2.vds.order.param"}, ("missed", "func")),
        ({"order_period": None}, ("value", "order_period")),
        ({"order_period": ""}, ("value", "order_period")),
        ({"order_period": 2}, ("value", "order_period")),
        ({"order_period": "month"}, ("value", "order_period")),
        ({"order_period": 3, "func": "v2.soft.order.param", "pricelist": 121}, ("value", "order_period")),
        ({"pricelist": None}, ("wizard_unavailable", None)),
        ({"pricelist": ""}, ("wizard_unavailable", None)),
        ({"pricelist": 999}, ("missed", "pricelist")),
        ({"pricelist": 0}, ("missed", "pricelist")),
        ({"pricelist": 121}, ("missed", "pricelist")),
        ({"pricelist": "cheap"}, ("value", "pricelist")),
        ({"pricelist": "1" * 40}, ("value", "pricelist")),
        ({"sok": "yes"}, ("value", "sok")),
        ({"clicked_button": "finish"}, ("value", "clicked_button")),
        ({"autoprolong": "maybe"}, ("value", "autoprolong")),
        ({"autoprolong": "ON"}, ("value", "autoprolong")),
        ({"autoprolong": "2"}, ("value", "autoprolong")),
        ({"project": 2}, ("missed", "pricelist")),
        ({"ostempl": "windows"}, ("value", "ostempl")),
        ({"recipe": "docker-alma"}, ("value", "recipe")),
        ({"order_count": 0}, ("value", "order_count")),
        ({"datacenter": 9}, ("missed", "datacenter")),
        ({"datacenter": 1, "func": "v2.dedic.order.param", "pricelist": 131}, ("missed", "datacenter")),
        ({"datacenter": "north"}, ("value", "datacenter")),
        ({"force_use_new_cart": "1"}, ("value", "force_use_new_cart")),
        ({"skipbasket": "true"}, ("value", "skipbasket")),
        ({"addon_7": 1}, ("missed", "addon_7")),
        ({f"addon_{'9' * 5000}": 1}, ("missed", f"addon_{'9' * 4000}")),
        ({"addon_5": 101}, ("value", "addon_5")),
        ({"addon_5": -1}, ("value", "addon_5")),
        ({"addon_5": "ten"}, ("value", "addon_5")),
        ({"addon_14": 9}, ("value", "addon_14")),
        ({"addon_14": "Lite"}, ("value", "addon_14")),
        ({"addon_15": "1"}, ("value", "addon_15")),
        ({"addon_16": 2}, ("value", "addon_16")),
        ({"addon_16": 0}, ("value", "addon_16")),
        ({"addon_5[]": 1}, ("value", "addon_5")),
        ({"order_period[0]": 1}, ("value", "order_period")),
        ({"lang": "xx"}, ("value", "lang")),
    ],
)
@pytest.mark.parametrize("by", ["GET", "POST"])
def test_a_row_is_refused_with_any_other_value(caller, by, fields, expected):
    """The error names the parameter, and nothing has changed."""
    before = caller.everything()

    refused = caller.order(by, **fields)

    assert expected == caller.error(refused)
    assert refused["error"]["msg"]["$"]
    assert before == caller.everything()


def test_a_long_value_is_cut_where_it_is_told(caller):
    """A message is for a person."""
    refused = caller.order(autoprolong="x" * 1000)

    assert f"'{'x' * 100}'" in refused["error"]["msg"]["$"]
    assert len(refused["error"]["msg"]["$"]) < 200


def test_the_body_goes_before_the_query_and_the_last_of_a_name_counts(caller):
    """Both are read, whatever the verb; what is empty is as if it were not there."""
    query = "authinfo=demo:demo&func=v2.vds.order.param&order_period=36&pricelist=111&pricelist=999&sok=ok&lang=ru"
    form = "order_period=3&order_period=6&pricelist=111&clicked_button=order&lang="

    for verb in ("GET", "POST"):
        assert "<lineitem.id>" in caller.send(query, form, verb).text

    assert ["6", "6"] == [item["main"]["period"]["$"] for item in caller.cart()[1]]


@pytest.mark.parametrize("by", ["GET", "POST"])
@pytest.mark.parametrize("fields", [{}, {"order_period": 7}, {"clicked_button": None}, {"skipbasket": "on"}])
def test_without_sok_an_order_shows_its_form(caller, by, fields):
    """It says what can be chosen and what it would cost, and changes nothing, whatever else is missing or wrong."""
    before = caller.everything()

    shown = caller.order(by, sok=None, **fields)

    assert before == caller.everything()
    assert "error" not in shown
    assert ("form", "v2.vds.order.param") == (shown["metadata"]["$type"], shown["metadata"]["$name"])
    lists = {each["$name"]: [(val["$key"], val["$"]) for val in each["val"]] for each in shown["slist"]}
    assert [("1", "Amsterdam"), ("2", "Helsinki")] == lists["datacenter"]
    assert ["1", "3", "6", "12", "24", "36"] == [key for key, _ in lists["order_period"]]
    assert ["on", "off"] == [key for key, _ in lists["autoprolong"]]
    assert {"$": "Total amount: 5.00 EUR"} == shown["orderinfo"]


def test_the_form_reckons_with_what_was_sent(caller):
    """Period and addons, as far as the tariff has them; a tariff that has no month is shown for its shortest period."""
    shown = caller.order(sok=None, order_period=3, addon_5=10, addon_15="on", addon_14=99, addon_7=1)
    domain = caller.ask("domain.order.param", pricelist=151)

    assert {"$": "Total amount: 36.00 EUR"} == shown["orderinfo"]
    assert {"$": "Total amount: 9.00 EUR"} == domain["orderinfo"]
    assert "period" in [each["$name"] for each in domain["slist"]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"pricelist": None}, ("wizard_unavailable", None)),
        ({"pricelist": 999}, ("missed", "pricelist")),
        ({"pricelist": "x"}, ("value", "pricelist")),
    ],
)
def test_there_is_no_form_without_a_tariff(caller, fields, expected):
    """Nothing could be shown on it."""
    assert expected == caller.error(caller.order(sok=None, **fields))


def test_equal_calls_make_several_items(caller):
    """They add up in one cart, and their ids count on."""
    made = [caller.order(**EVERY_ROW)["lineitem.id"]["$"] for _ in range(3)]

    cost, items = caller.cart()
    assert ["1", "2", "3"] == made == [item["id"]["$"] for item in items]
    assert "37.56" == cost


def test_what_is_not_said_is_off_and_first(caller):
    """No renewal, and the tariff's first data center, if it has any."""
    caller.order()
    caller.order(func="v2.soft.order.param", pricelist=121)

    cloud, software = caller.cart()[1]
    assert ("off", "1") == (cloud["autoprolong"]["$"], cloud["datacenter"]["$"])
    assert "datacenter" not in software
    assert "configuration" not in software


@pytest.mark.parametrize("flag", ["on", "off", None])
def test_skipbasket_orders_past_the_cart(caller, flag):
    """Order, paid payment and active service are there at once, and the account has less; the other flag means nothing."""
    done = caller.order(**EVERY_ROW, skipbasket="on") if flag == "on" else caller.order(
        skipbasket="on", force_use_new_cart=flag, autoprolong="on", addon_5=10, addon_12=126, datacenter=2
    )  # fmt: skip

    assert ("2", "2", "2", "") == tuple(done[name]["$"] for name in ("id", "billorder", "payment_id", "ok"))
    assert "lineitem.id" not in done
    assert ("0.00", []) == caller.cart()
    assert ("87.48", "50.00") == (caller.balance(), caller.balance(1))
    assert {
        "id": "2", "project": "1", "createdate": "2026-08-24", "count": "1", "cost": "12.52", "currency": "EUR",
        "payment_id": "2",
    } == caller.rows("order")[1]  # fmt: skip
    assert ("2", "2", "0", "12.52") == tuple(
        caller.rows("payment")[1][name] for name in ("billorder", "status", "paymethod_id", "cost")
    )
    assert {
        "id": "2", "name": "Cloud One", "pricelist": "111", "project": "1", "period": "1", "cost": "12.52",
        "currency": "EUR", "datacenter": "2", "autoprolong": "on", "ostempl": "debian-13", "item_status": "2",
        "createdate": "2026-08-24", "expiredate": "2026-09-24", "billorder": "2",
    } == caller.rows("vds")[1]  # fmt: skip


def test_skipbasket_needs_money(caller, poor):
    """Where there is too little, nothing changes; what is free needs none."""
    before = caller.everything()

    for who, fields in ((poor, {}), (caller, {"func": "v2.dedic.order.param", "pricelist": 131})):
        refused = who.order(skipbasket="on", **fields)
        assert ("balance", "subaccount") == caller.error(refused)
    assert before == caller.everything()
    assert "149.00 EUR is to be paid, and the balance is 100.00 EUR" in refused["error"]["msg"]["$"]
    assert "id" in poor.order(skipbasket="on", func="v2.soft.order.param", pricelist=122)
    assert ["2"] == [service["item_status"] for service in poor.rows("soft")]


@pytest.mark.parametrize(
    ("func", "fields", "cost"),
    [
        ("certificate.order.param", {}, "12.00"),
        ("domain.order.param", {"pricelist": 151, "addon_31": "on"}, "12.00"),
    ],
)
def test_a_quick_order_goes_into_either_cart(caller, func, fields, cost):
    """With the flag into the new one, without it or with `off` into the old basket."""
    made = [caller.quick_order(func, **fields, **flag) for flag in (
        {"force_use_new_cart": "on"}, {"force_use_new_cart": "off"}, {},
    )]  # fmt: skip

    assert [{"lineitem.id"}, {"item.id"}, {"item.id"}] == [set(each) & {"lineitem.id", "item.id"} for each in made]
    assert cost == caller.cart()[0]
    basket = caller.ask("basket")
    assert "24.00" == basket["total_sum"]["$"]
    assert [("2", func.partition(".")[0], "12", "off", cost), ("3", func.partition(".")[0], "12", "off", cost)] == [
        (*(item[f"item.{name}"]["$"] for name in ("id", "type", "period", "autoprolong")), item["cost"]["$"])
        for item in basket["list"]["elem"]
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"func": "vds.order.param"}, ("missed", "pricelist")),
        ({"func": "vhost.order.param"}, ("missed", "func")),
        ({"pricelist": ""}, ("wizard_unavailable", None)),
        ({"pricelist": 151}, ("missed", "pricelist")),
        ({"period": ""}, ("value", "period")),
        ({"period": 1}, ("value", "period")),
        ({"period": 36}, ("value", "period")),
        ({"domain": ""}, ("value", "domain")),
        ({"clicked_button": "order"}, ("value", "clicked_button")),
        ({"addon_31": "on"}, ("missed", "addon_31")),
        ({"force_use_new_cart": "yes"}, ("value", "force_use_new_cart")),
    ],
)
def test_a_quick_order_is_refused_by_its_own_names(caller, fields, expected):
    """The months are called `period` there."""
    before = caller.everything()

    assert expected == caller.error(caller.quick_order(**{"func": "certificate.order.param", **fields}))
    assert before == caller.everything()


def test_a_certificate_from_the_cart_is_a_service(caller):
    """With its domain, and without a data center."""
    caller.quick_order(force_use_new_cart="on")

    caller.ask("cartorder.create.confirm", paymethod_id=0, sok="ok")

    (service,) = caller.rows("certificate")
    assert ("example.com", "12.00", "2027-08-24") == (service["domain"], service["cost"], service["expiredate"])
    assert "datacenter" not in service


def test_tariffs_say_what_an_order_may_be(caller, poor):
    """Those of the product type, at providers where the client has an account; with periods, centers and addons."""
    listed = caller.ask("v2.vds.order.pricelist")["list"][0]

    cloud, far = listed["elem"]
    assert ("pricelist", "111", "1", "211", "2") == (
        listed["$name"], cloud["id"]["$"], cloud["project"]["$"], far["id"]["$"], far["project"]["$"],
    )  # fmt: skip
    assert {"1": "5.00", "3": "15.00", "6": "30.00", "12": "54.00", "24": "102.00", "36": "144.00"} == {
        each["period"]["$"]: each["cost"]["$"] for each in cloud["prices"]["price"]
    }
    assert [("5", "integer"), ("12", "integer"), ("14", "enum"), ("15", "flag"), ("16", "integer")] == [
        (each["$id"], each["$type"]) for each in cloud["addon"]
    ]
    assert {"$id": "2", "$": "Helsinki"} == far["datacenter"]
    assert "addon" not in far
    assert {"$": "111"} == poor.ask("v2.vds.order.pricelist")["list"][0]["elem"]["id"]
    for func in ("v2.certificate.order.pricelist", "v2.vhost.order.pricelist", "vhost.order.pricelist"):
        assert ("missed", "func") == caller.error(caller.ask(func))
