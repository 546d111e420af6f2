"""What clients of live panels send and read, and what the vendor prints elsewhere."""

import xml.etree.ElementTree as ET

import pytest


def test_rows_of_a_table_stand_in_the_document(caller):
    """`doc.elem`: one row is an object, several are an array, no row leaves nothing; in XML `elem` right below `doc`."""
    assert dict is type(caller.ask("vds")["elem"])
    caller.order(skipbasket="on")
    assert list is type(caller.ask("vds")["elem"])
    assert "elem" not in caller.ask("soft")
    doc = ET.fromstring(caller.send("func=vds&out=xml&authinfo=demo:demo").text)
    assert ["1", "2"] == [each.findtext("id") for each in doc.findall("elem")]
    assert doc.find("list") is None


def test_payments_have_the_columns_that_the_vendor_lists(caller):
    """And a client of a live panel reads `pay_date` and `sender_id` besides."""
    (row,) = caller.rows("payment")

    assert ("1", "1-1", "2026-08-14", "2026-08-14", "1", "Counterfoil Hosting", "5.00 EUR") == tuple(
        row[name] for name in (
            "id", "number", "create_date", "pay_date", "sender_id", "recipient_name", "subaccountamount_iso",
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"filter": "on", "status": 1}, ["2"]),
        ({"filter": "on", "status": 2}, ["1"]),
        ({"filter": "on", "status": 1, "paymethod_id": 0}, []),
        ({"filter": "off", "status": 1}, ["1", "2"]),
        ({"status": 1}, ["1", "2"]),
        (
            {"filter": "on", "createdate": "other", "createdatestart": "2026-08-20", "createdateend": "2026-08-30"},
            ["2"],
        ),
        ({"filter": "on", "createdateend": "2026-08-20"}, ["1"]),
    ],
)
def test_filter_on_narrows_a_table(caller, fields, found):
    """By what stands in its columns, and by days, as the vendor's page on payments prints it."""
    caller.order()
    caller.ask("cartorder.create.confirm", paymethod_id=1, sok="ok")

    assert found == [row["id"] for row in caller.rows("payment", **fields)]


def test_the_price_list_is_as_live_panels_give_it(caller):
    """Data centers in `slist[0]`, tariffs in `list[0]` with `title`, `description`, `detail`, `prices.price`."""
    doc = caller.ask("v2.vds.order.pricelist", out="json")

    assert [("1", "Amsterdam"), ("2", "Helsinki")] == [(val["$key"], val["$"]) for val in doc["slist"][0]["val"]]
    cloud = doc["list"][0]["elem"][0]
    assert ("Cloud One", "A small server for a site or two") == (cloud["title"]["$"], cloud["description"]["$"])
    assert {"Processors": "1", "Memory": "1 GiB", "Disk space": "20 GiB"} == {
        each["name"]["$"]: each["value"]["$"] for each in cloud["detail"]
    }
    assert ("1", "5.00", "EUR") == tuple(
        cloud["prices"]["price"][0][name]["$"] for name in ("period", "cost", "currency")
    )
    narrowed = caller.ask("v2.vds.order.pricelist", datacenter=1)["list"][0]["elem"]
    assert "111" == narrowed["id"]["$"]


def test_certificates_and_domains_have_price_lists_too(caller):
    """By the old function, which is there for every product type."""
    for func, number in (("certificate", "141"), ("domain", "151"), ("dedic", "131")):
        listed = caller.ask(f"{func}.order.pricelist")["list"][0]["elem"]
        assert (number, func) == (listed["id"]["$"], listed["itemtype"]["$"])


def test_the_order_form_has_what_live_forms_have(caller):
    """The lists `ostempl` and `recipe`, where `$depend` is the system; what it costs; `keyvalue` for a tariff."""
    form = caller.ask("v2.vds.order.param", keyvalue="111_2", period=3)

    choices = {each["$name"]: each["val"] for each in form["slist"]}
    assert ["debian-13", "alma-10"] == [each["$key"] for each in choices["ostempl"]]
    assert [("null", None), ("lemp", "debian-13"), ("docker", "debian-13"), ("docker-alma", "alma-10")] == [
        (each["$key"], each.get("$depend")) for each in choices["recipe"]
    ]
    lists = {each["$name"]: each["elem"] for each in form["list"]}
    assert ("15.00", "15.00") == tuple(lists[name]["cost"]["$"] for name in ("pricelist_summary", "total_summary"))
    assert {"$": "Total amount: 15.00 EUR"} == form["orderinfo"]


def test_order_count_orders_that_many(caller):
    """With a system, a program and empty fields, as two Java clients send them."""
    wanted = {"ostempl": "alma-10", "recipe": "docker-alma", "order_count": 2, "elid": "", "item_id": "", "domain": ""}

    made = caller.order(**wanted)
    assert ("10.00", ["1", "2"]) == (caller.cart()[0], [item["id"]["$"] for item in caller.cart()[1]])
    done = caller.order(**wanted, skipbasket="on")

    assert ("1", "2") == (made["lineitem.id"]["$"], done["id"]["$"])
    assert ["alma-10", "alma-10"] == [row["ostempl"] for row in caller.rows("vds")[1:]]
    assert [("2", "10.00")] == [(row["count"], row["cost"]) for row in caller.rows("order")[1:]]


def test_keyvalue_names_a_tariff_and_its_data_center(caller):
    """What is named by itself goes before it."""
    caller.order(pricelist=None, keyvalue="111_2")
    caller.order(pricelist=None, keyvalue="111_2", datacenter=1)

    assert ["2", "1"] == [item["datacenter"]["$"] for item in caller.cart()[1]]


def test_the_call_that_the_vendor_prints_is_ordered_and_charged(caller):
    """GET, `autoprolong=1`, a domain, no `clicked_button`; only the product type and the tariff are this panel's."""
    answer = caller.send(
        "authinfo=demo:demo&func=v2.vds.order.param&autoprolong=1&datacenter=1&domain=domain.name&order_period=1"
        "&pricelist=111&skipbasket=on&addon_5=10&sok=ok&out=xjson"
    ).json["doc"]

    service = caller.rows("vds")[1]
    assert (answer["id"]["$"], "domain.name", "on") == tuple(service[name] for name in ("id", "domain", "autoprolong"))
    assert "90.00" == caller.balance()


@pytest.mark.parametrize(
    ("kind", "pricelist", "period", "left"),
    [
        ("soft", 121, 1, "92.00"),
        ("vds", 111, 3, "85.00"),
        ("certificate", 141, 12, "88.00"),
        ("domain", 151, 12, "91.00"),
    ],
)
def test_the_old_order_function_serves_every_product_type(caller, kind, pricelist, period, left):
    """`period`, `clicked_button=finish`, `skipbasket`, `remoteid`; `id` is the new service, and no cart has it."""
    done = caller.ask(
        f"{kind}.order.param", pricelist=pricelist, period=period, clicked_button="finish", skipbasket="on",
        remoteid="4711", domain="shop.example", licname="name", sok="ok",
    )  # fmt: skip

    (service,) = [row for row in caller.rows(kind) if row.get("remoteid") == "4711"]
    assert (done["id"]["$"], str(period), "2") == (service["id"], service["period"], service["item_status"])
    assert (left, "0.00") == (caller.balance(), caller.ask("basket")["total_sum"]["$"])


def test_old_and_new_clients_share_one_panel(caller):
    """What one orders, the other sees: the old basket, the new cart, orders and services are the same."""
    waiting = caller.ask("vds.order.param", pricelist=111, period=1, clicked_button="finish", sok="ok")
    in_cart = caller.ask("vds.order.param", pricelist=111, period=1, force_use_new_cart="on", sok="ok")
    new = caller.order(skipbasket="on")
    form = caller.ask("vds.order.param", pricelist=111)

    assert waiting["item.id"] == caller.ask("basket")["list"]["elem"]["item.id"]
    assert [in_cart["lineitem.id"]] == [item["id"] for item in caller.cart()[1]]
    assert new["id"]["$"] in [row["id"] for row in caller.rows("vds")]
    assert "period" in [each["$name"] for each in form["slist"]]
