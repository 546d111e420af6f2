"""AddOrder and the functions around it, from the bytes of a request to those of its answer."""

import base64
import json

import phpserialize
import pytest

# Source 001, "Example Commands", External API. In the last one the source puts the payment method into another variable.
SINGLE = (
    "clientid=1&pid=1&domain=whmcs.com&billingcycle=monthly&addons=1%2C3%2C9"
    "&customfields=YToxOntpOjE7czo2OiJHb29nbGUiO30%3D&domaintype=register&regperiod=1&paymentmethod=mailin"
)
MULTIPLE = (
    "clientid=1&pid[0]=1&domain[0]=whmcs.com&billingcycle[0]=monthly&pid[1]=1&domain[1]=whmcs2.com"
    "&billingcycle[1]=monthly&pid[2]=5&domain[2]=whmcs3.com&billingcycle[2]=annually&noemail=true"
    "&paymentmethod=authorize"
)
DOMAINS = (
    "clientid=1&domaintype[0]=register&domain[0]=whmcs.com&regperiod[0]=1&dnsmanagement[0]=on&idprotection[0]=on"
    "&domaintype[1]=register&domain[1]=whmcs.co.uk&regperiod[1]=2&nameserver1=ns1.demo.com&nameserver2=ns2.demo.com"
    "&nameserver3=ns3.demo.com&nameserver4=ns4.demo.com&promocode=demopromo&paymentmethod=quantumgateway"
)
ADDON = "clientid=1&addonid=5&serviceid=19&paymentmethod=paypal"
RENEWAL = "clientid=1&domainrenewals[domain1.com]=1&domainrenewals[domain2.com]=2&paymentmethod=paypal"


def php(value: object) -> str:
    return base64.b64encode(phpserialize.dumps(value)).decode()


@pytest.mark.parametrize(
    ("example", "ids", "amount"),
    [
        (SINGLE, ("23", "41,42,43", "15"), "94.95"),  # 10 + 4 + 30 + 10 + 20 + 12.95, and a fifth of the certificate
        (MULTIPLE, ("23,24,25", "", ""), "308.00"),  # 10 + 10 + 240, and a fifth of the 240
        (DOMAINS, ("", "", "15,16"), "32.35"),
        (ADDON, ("", "41", ""), "5.00"),
        (RENEWAL, ("", "", ""), "40.85"),  # 14.95 with DNS management, and twice 12.95
    ],
    ids=["single product", "multiple products", "domains with promo", "addon only", "renewal only"],
)
def test_the_examples_of_the_source_run_as_written(caller, example: str, ids: tuple, amount: str):
    """Each in a fresh installation; the ids are those of the contract's own example."""
    answer = caller.ask("addorder", example)

    services, addons, domains = ids
    assert {
        "result": "success", "orderid": 7, "productids": services, "serviceids": services, "addonids": addons,
        "domainids": domains, "invoiceid": 12,
    } == answer  # fmt: skip
    row = caller.order_row(7)
    invoice = caller.ask("GetInvoice", invoiceid=12)
    assert amount == row["amount"] == invoice["total"] == invoice["balance"]
    assert ("Pending", "Unpaid") == (row["status"], row["paymentstatus"])


def test_the_single_product_is_seen_everywhere(caller):
    """As order, service with its custom field, addons, domain, and lines of the invoice."""
    caller.ask("addorder", SINGLE)

    lines = caller.order_row(7)["lineitems"]["lineitem"]
    assert [
        ("product", 23, "Hosting Account", "Starter", "Monthly", "10.00"),
        ("addon", 41, "Addon", "Support plan", "Monthly", "4.00"),
        ("addon", 42, "Addon", "Certificate", "Annually", "40.00"),
        ("addon", 43, "Addon", "Moving in", "One-Time", "20.00"),
        ("domain", 15, "Domain", "Register", 1, "12.95"),
    ] == [
        tuple(each[k] for k in ("type", "relid", "producttype", "product", "billingcycle", "amount")) for each in lines
    ]
    (service,) = caller.ask("GetClientsProducts", serviceid=23)["products"]["product"]
    assert [{"id": 1, "name": "How did you find us", "translated_name": "How did you find us", "value": "Google"}] == (
        service["customfields"]["customfield"]
    )
    assert "10 GB" == service["configoptions"]["configoption"][0]["value"]
    assert ("2026-08-24", "2026-08-24", "Monthly") == tuple(
        service[name] for name in ("regdate", "nextduedate", "billingcycle")
    )
    (domain,) = caller.ask("GetClientsDomains", domainid=15)["domains"]["domain"]
    assert ("whmcs.com", "Register", "0000-00-00", "2026-08-24") == tuple(
        domain[name] for name in ("domainname", "regtype", "expirydate", "nextduedate")
    )
    assert [1, 3, 9] == [row["addonid"] for row in caller.ask("GetClientsAddons", serviceid=23)["addons"]["addon"]]
    items = caller.ask("GetInvoice", invoiceid=12)["items"]["item"]
    assert ["Hosting", "Addon", "Addon", "Setup", "Addon", "DomainRegister"] == [item["type"] for item in items]


def test_name_servers_and_code_are_kept_with_the_order(caller):
    """Source 001, "Domain Only with promo": extras for the first of two domains only."""
    caller.ask("addorder", DOMAINS)

    row = caller.order_row(7)
    assert "ns1.demo.com,ns2.demo.com,ns3.demo.com,ns4.demo.com" == row["nameservers"]
    assert ("demopromo", "Percentage", "10.00") == (row["promocode"], row["promotype"], row["promovalue"])
    flags = [
        (each["dnsmanagement"], each["emailforwarding"], each["idprotection"]) for each in row["lineitems"]["lineitem"]
    ]
    assert [(1, 0, 1), (0, 0, 0)] == flags


def test_values_with_one_index_are_one_line(caller):
    """A service may have a domain that is not ordered, and a domain no service; gaps do not matter."""
    form = (
        "clientid=1&paymentmethod=mailin&pid[7]=1&domain[7]=a.com&domaintype[2]=transfer&domain[2]=b.com&eppcode[2]=x"
    )

    caller.order(form)

    lines = caller.order_row(7)["lineitems"]["lineitem"]
    assert [("product", "a.com"), ("domain", "b.com")] == [(line["type"], line["domain"]) for line in lines]
    assert "b.com=x" == caller.order_row(7)["transfersecret"]


@pytest.mark.parametrize(
    ("blob", "kept"),
    [
        ({1: "Google"}, "Google"), ({"1": "Google"}, "Google"), ({1: 999}, "999"), ({1: True}, "1"),
        ({1: None, 2: "x"}, ""), ({7: "elsewhere"}, ""), ({"a": "b"}, ""),
    ],
)  # fmt: skip
def test_custom_fields_are_read_as_php_wrote_them(caller, blob: dict, kept: str):
    """Keys that are no field of the product are ignored."""
    caller.order(f"clientid=1&paymentmethod=mailin&pid=1&customfields={php(blob).replace('+', '%2B')}")

    (service,) = caller.ask("GetClientsProducts", serviceid=23)["products"]["product"]
    assert kept == service["customfields"]["customfield"][0]["value"]


def test_options_are_chosen_by_id(caller):
    """A list's choice by its id, yes or no, and a number."""
    chosen = php({1: 2, 2: "4", 3: "on", 4: 3}).replace("+", "%2B")

    caller.order(f"clientid=1&paymentmethod=mailin&pid=5&configoptions={chosen}")

    (service,) = caller.ask("GetClientsProducts", serviceid=23)["products"]["product"]
    assert [("dropdown", "50 GB"), ("radio", "Sacramento"), ("yesno", 1), ("quantity", 3)] == [
        (option["type"], option["value"]) for option in service["configoptions"]["configoption"]
    ]
    assert ("40.50", "32.50") == (service["firstpaymentamount"], service["recurringamount"])


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("", "Client ID not found"),
        ("clientid=99&pid=1&paymentmethod=mailin", "Client ID not found"),
        ("clientid=99", "Client ID not found"),
        ("clientid=4", "Unable to add order when client status is Closed"),
        ("clientid=1&pid=1", "Invalid Payment Method"),
        ("clientid=1", "Invalid Payment Method"),
        ("clientid=1&pid=1&paymentmethod=gold", "Invalid Payment Method"),
        ("clientid=1&paymentmethod=gold", "Invalid Payment Method"),
        ("clientid=1&paymentmethod=mailin", "No items added to cart so order cannot proceed"),
        ("clientid=1&paymentmethod=mailin&pid=99", "No items added to cart so order cannot proceed"),
        ("clientid=1&paymentmethod=mailin&domain=a.com", "No items added to cart so order cannot proceed"),
        ("clientid=1&paymentmethod=mailin&domaintype=register", "No items added to cart so order cannot proceed"),
        ("clientid=1&paymentmethod=mailin&domainrenewals=", "No items added to cart so order cannot proceed"),
        ("clientid=1&paymentmethod=mailin&addonid=5", "Service ID not owned by Client ID provided"),
        ("clientid=1&paymentmethod=mailin&addonid=5&serviceid=20", "Service ID not owned by Client ID provided"),
        ("clientid=1&paymentmethod=mailin&addonid=2&serviceid=19", "Addon ID invalid"),
        ("clientid=1&paymentmethod=mailin&addonids[0]=1&addonids[1]=2&serviceids[0]=19&serviceids[1]=19",
         "Addon ID invalid"),
        ("clientid=1&paymentmethod=mailin&addonids[0]=1&addonids[1]=5&serviceids[0]=19",
         "Service ID not owned by Client ID provided"),
        ("clientid=1&paymentmethod=mailin&domainrenewals[a.com]=1", "Domain not owned by Client ID provided"),
        ("clientid=2&paymentmethod=mailin&domainrenewals[trading-place.net]=1",
         "Domain status is set to 'Pending' and cannot be renewed"),
        ("clientid=1&paymentmethod=mailin&pid=1&billingcycle[0]=monthly&billingcycle[1]=annually",
         "Expecting parameter 'pid' to be an array"),
        ("clientid=1&paymentmethod=mailin&domain=a.com&domaintype[0]=register&domaintype[1]=register",
         "Expecting parameter 'domain' to be an array"),
        ("clientid=99&paymentmethod=mailin&domain=a.com&domaintype[0]=register&domaintype[1]=register",
         "Client ID not found"),
    ],
)  # fmt: skip
def test_an_order_is_refused_in_the_order_of_the_checks(caller, form: str, message: str):
    """Client, payment method, items; nothing comes of a refused order."""
    assert message == caller.message("AddOrder", form)

    assert 5 == caller.ask("GetOrders")["totalresults"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("clientid=abc", "'clientid': 'abc' is not a whole number"),
        ("clientid=0", "'clientid': 0 is less than 1"),
        ("clientid[]=1", "'clientid': it is sent with an index, but has one value only"),
        ("pid=1,1,5", "'pid': '1,1,5' is not a whole number"),
        ("pid[0]=1&pid[1]=x", "'pid[1]': 'x' is not a whole number"),
        ("pid[a]=1", "'pid[a]': 'a' is no index from 0 to 99"),
        ("pid[100]=1", "'pid[100]': '100' is no index from 0 to 99"),
        ("pid=3&pid[0]=3&pid[1]=3&pid[2]=3", "'pid[2]': product 3 is out of stock"),
        ("billingcycle=weekly", "'billingcycle': 'weekly' is none of the cycles of product 1: monthly"),
        ("billingcycle[0]=weekly", "'billingcycle[0]': 'weekly' is none of the cycles"),
        ("domain=a.com&domaintype=renew", "'domaintype': 'renew' is none of register, transfer"),
        ("domain=a.com&domaintype=register&regperiod=11", "'regperiod': 11 is more than 10"),
        ("domain[0]=a.io&domaintype[0]=register&regperiod[0]=6", "'regperiod[0]': .io is sold for 1 to 5 years"),
        ("domain=a.io&domaintype=transfer", "'domaintype': domains under .io cannot be transferred"),
        ("domain=a.xyz&domaintype=register", "'domain': domains under .xyz are not sold"),
        ("domain=a&domaintype=register", "'domain': 'a' is no domain name"),
        ("domainrenewals[domain1.com]=soon", "'domainrenewals[domain1.com]': 'soon' is not a whole number"),
        ("domainrenewals=[object Object]", "'domainrenewals': '[object Object]' is not sent as domainrenewals[...]"),
        ("addons=1,,2", "'addons': "),
        ("priceoverride=cheap", "'priceoverride': 'cheap' is not a number"),
        ("priceoverride=-1", "'priceoverride': -1 is less than 0"),
        ("noemail=maybe", "'noemail': 'maybe' is neither yes nor no"),
        ("contactid=2", "'contactid': 2 is no contact of client 1"),
        ("affid=9", "'affid': there is no affiliate 9"),
        ("clientip=here", "'clientip': 'here' is no IP address"),
        ("customfields=!", "'customfields': "),
        ("customfields=AAAA", "'customfields': it is not the base64 form of what PHP's serialize makes"),
        (f"customfields[0]={php({1: {2: 3}})}", "'customfields[0]': it is not the base64 form"),
        (f"customfields={base64.b64encode(b'a:1:{i:0;' * 5000).decode()}", "'customfields': it is not the base64"),
    ],
)  # fmt: skip
def test_a_value_that_means_nothing_is_named(caller, more: str, said: str):
    """The parameter as it was sent, with its index, and why."""
    form = f"clientid=1&paymentmethod=mailin&pid=1&{more}"

    assert f"Invalid value for parameter {said}" in caller.message("AddOrder", form)
    assert 5 == caller.ask("GetOrders")["totalresults"]


def test_an_order_without_invoice_names_none(caller):
    """The answer has no `invoiceid`, the order has 0."""
    answer = caller.ask("AddOrder", "clientid=1&paymentmethod=mailin&pid=1&noinvoice=true")

    assert "invoiceid" not in answer
    assert (0, "") == (caller.order_row(7)["invoiceid"], caller.order_row(7)["paymentstatus"])


def test_false_means_no(caller):
    """Python clients send `False`."""
    assert 12 == caller.ask("AddOrder", "clientid=1&paymentmethod=mailin&pid=1&noinvoice=False")["invoiceid"]


def test_an_order_lives(caller):
    """Placed, paid, accepted, set back, cancelled, deleted; and its traces at each step."""
    number = caller.order()
    assert caller.ask(
        "AddInvoicePayment", invoiceid=12, transid="A1", gateway="mailin", date="2026-08-24 11:02:40"
    ) == {"result": "success"}
    invoice = caller.ask("GetInvoice", invoiceid=12)
    assert ("Paid", "0.00", "2026-08-24 11:02:40") == (invoice["status"], invoice["balance"], invoice["datepaid"])
    assert "A1" == invoice["transactions"]["transaction"][0]["transid"]
    assert "Paid" == caller.order_row(number)["paymentstatus"]
    for action in ("AcceptOrder", "PendingOrder", "CancelOrder"):
        assert {"result": "success"} == caller.ask(action, orderid=number)
    assert "Order ID not found or Status not Pending" == caller.message("AcceptOrder", orderid=number)
    assert {"result": "success"} == caller.ask("DeleteOrder", orderid=number)
    assert "Order ID not found" == caller.message("DeleteOrder", orderid=number)
    assert "Invoice ID Not Found" == caller.message("GetInvoice", invoiceid=12)
    assert 0 == caller.ask("GetClientsProducts", serviceid=23)["totalresults"]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("AcceptOrder", "Order ID not found or Status not Pending"),
        ("CancelOrder", "Order ID not found or Status not Pending"),
        ("PendingOrder", "Order ID Not Found"),
        ("FraudOrder", "Order ID Not Found"),
        ("DeleteOrder", "Order ID not found"),
        ("GetInvoice", "Invoice ID Not Found"),
        ("AddInvoicePayment", "Invoice ID Not Found"),
        ("CloseClient", "Client ID Not Found"),
        ("GetClientsDetails", "Either clientid Or email Is Required"),
        ("AddClient", "You did not enter your first name"),
    ],
)
def test_an_absent_id_is_like_one_that_does_not_exist(caller, action: str, message: str):
    """And an empty one is absent."""
    assert message == caller.message(action)
    assert message == caller.message(action, "orderid=&invoiceid=&clientid=&email=&firstname=")


def test_orders_in_dead_states_only_are_deleted(caller):
    """Pending and active ones are not."""
    number = caller.order()

    assert "The order status must be in Cancelled or Fraud to be deleted" == caller.message(
        "DeleteOrder", orderid=number
    )


def test_a_closed_client_orders_no_more(caller):
    """What it has stays as it is, and closing it again is accepted."""
    for _ in range(2):
        assert {"result": "success", "clientid": 1} == caller.ask("CloseClient", clientid=1)

    assert "Unable to add order when client status is Closed" == caller.message(
        "AddOrder", clientid=1, pid=1, paymentmethod="mailin"
    )
    assert "Active" == caller.ask("GetClientsProducts", serviceid=19)["products"]["product"][0]["status"]


def test_a_snapshot_brings_everything_back(caller):
    """Through JSON, and with the indexes by which things are found."""
    caller.order(SINGLE)
    snapshot = json.loads(caller.client.get("/_mock/snapshot").data)
    before = caller.ask("GetOrders")
    caller.ask("FraudOrder", orderid=7)
    caller.ask("DeleteOrder", orderid=7)

    assert 200 == caller.client.put("/_mock/snapshot", json=snapshot).status_code

    assert before == caller.ask("GetOrders")
    assert 8 == caller.order()


def test_a_host_name_names_the_service_of_a_server(caller):
    """Where no domain does; the service is found by it."""
    caller.order("clientid=1&paymentmethod=mailin&pid=3&hostname=db1.example")

    assert [23] == [row["id"] for row in caller.ask("GetClientsProducts", domain="db1.example")["products"]["product"]]


def test_a_late_renewal_costs_the_fee_of_the_grace_period(caller):
    """What a cart charges for it, AddOrder charges too: the usual price, and 5.00 more under .com."""
    renew = "clientid=1&paymentmethod=mailin&domainrenewals[domain1.com]=1"
    in_time = caller.order_row(caller.order(renew))["amount"]
    caller.client.post("/_mock/clock", json={"advance": {"days": 40}})
    late = caller.order_row(caller.order(renew))["amount"]

    assert ["14.95", "19.95"] == [in_time, late]
