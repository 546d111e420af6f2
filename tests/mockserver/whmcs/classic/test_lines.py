"""How plain and indexed parameters of AddOrder come together, and what is done with values that do not fit."""

import pytest

ORDER = "clientid=1&paymentmethod=mailin"


def rows(caller, kind: str) -> list[dict]:
    return [line for line in caller.order_row(7)["lineitems"]["lineitem"] if kind == line["type"]]


def test_s8_a_plain_value_is_that_of_every_line(caller):
    """S8: the cycle of both products, the years, extras and kind of both domains."""
    caller.order(
        f"{ORDER}&pid[0]=5&pid[1]=5&billingcycle=annually&domain[0]=a.com&domain[1]=b.com&domaintype=register"
        "&regperiod=2&idprotection=on&dnsmanagement[1]=on"
    )

    assert ["Annually", "Annually"] == [line["billingcycle"] for line in rows(caller, "product")]
    assert [("a.com", 2, 0, 1), ("b.com", 2, 1, 1)] == [
        (line["domain"], line["billingcycle"], line["dnsmanagement"], line["idprotection"])
        for line in rows(caller, "domain")
    ]


def test_s8_a_plain_type_makes_each_domain_of_its_kind(caller):
    """S8: whatever the indexes are; and a plain domain takes the one index of its type."""
    caller.order(f"{ORDER}&domain[3]=a.com&domain[7]=b.com&domaintype=transfer&eppcode=x")

    assert [("a.com", "Transfer"), ("b.com", "Transfer")] == [
        (line["domain"], line["product"]) for line in rows(caller, "domain")
    ]
    assert "a.com=x,b.com=x" == caller.order_row(7)["transfersecret"]


def test_s8_addons_for_one_service_name_it_once(caller):
    """S8: `serviceids` plain beside `addonids` with indexes."""
    caller.order(f"{ORDER}&addonids[0]=1&addonids[1]=5&serviceids=19")

    assert [40, 41, 42] == [row["id"] for row in caller.ask("GetClientsAddons", serviceid=19)["addons"]["addon"]]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("pid=1&billingcycle[0]=monthly&billingcycle[1]=annually", "pid"),
        ("pid=1&addons[0]=1&addons[1]=3", "pid"),
        ("domain=a.com&domaintype[0]=register&domaintype[1]=transfer", "domain"),
        ("domain=a.com&domaintype=register&regperiod[0]=1&regperiod[1]=2", "domain"),
        ("addonids=1&serviceids[0]=19&serviceids[1]=19", "addonids"),
    ],
)
def test_s8_what_makes_the_lines_is_not_plain_beside_several(caller, more: str, named: str):
    """S8: values for lines that nothing makes are not dropped silently."""
    assert f"Expecting parameter '{named}' to be an array" == caller.message("AddOrder", f"{ORDER}&{more}")


def test_s10_spaces_beside_commas_mean_nothing(caller):
    """S10: in a list of addons, plain or indexed, and in lists of products and services."""
    caller.order(f"{ORDER}&pid=1&addons=1, 3, 9")
    caller.ask("AddOrder", f"{ORDER}&pid[0]=1&addons[0]=1 ,5")

    addons = caller.ask("GetClientsAddons", serviceid="23, 24")["addons"]["addon"]
    assert [1, 3, 9, 1, 5] == [row["addonid"] for row in addons]
    assert [1, 5] == [row["pid"] for row in caller.ask("GetProducts", pid="1, 5")["products"]["product"]]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("addons=1;3", "'addons': '1;3' is not written like 1,3,9"),
        ("addons[0]=1,3&addons[1]=a", "'addons[1]': 'a' is not written like 1,3,9"),
        ("customfields=%3F%3F%3F", "'customfields': it is not the base64 form of what PHP's serialize makes of a flat array"),
        ("clientip=here", "'clientip': 'here' is no IP address"),
    ],
)  # fmt: skip
def test_s10_a_message_says_what_is_wrong(caller, more: str, said: str):
    """S10: in words of the wire, and in none of the schema's."""
    assert f"Invalid value for parameter {said}" == caller.message("AddOrder", f"{ORDER}&pid=1&{more}")


def test_s10_a_day_is_named_with_an_example(caller):
    """S10: where a value has a form, the message shows one."""
    said = caller.message("AddInvoicePayment", invoiceid=4, transid="A", gateway="mailin", date="yesterday")

    assert "Invalid value for parameter 'date': 'yesterday' is not written like 2026-08-24 11:02:40" == said
