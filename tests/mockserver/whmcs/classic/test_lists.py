"""What can be read: orders, clients, services, domains, addons, the catalogue."""

import pytest


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"userid": 1}, [2, 1]),
        ({"status": "pending"}, [4]),
        ({"userid": 2, "status": "ACTIVE"}, [3]),
        ({"userid": 1, "status": "Fraud"}, []),
        ({"userid": 99}, []),
        ({"status": "Delivered"}, []),
        ({"id": 3}, [3]),
        ({"id": 3, "userid": 1}, []),
        ({"id": 3, "userid": 2, "status": "active"}, [3]),
        ({"id": 99}, []),
        ({"limitnum": 2}, [5, 4]),
        ({"limitstart": 3, "limitnum": 9}, [2, 1]),
        ({"limitstart": 5}, []),
        ({"limitstart": 99999999999999999999}, []),
    ],
)
def test_orders_are_filtered_and_paged(caller, filters: dict, ids: list):
    """All filters have to match; the newest come first."""
    page = caller.ask("GetOrders", **filters)

    assert ids == [row["id"] for row in page["orders"]["order"]]
    assert (filters.get("limitstart", 0), len(ids)) == (page["startnumber"], page["numreturned"])


def test_states_are_counted_also_when_empty(caller):
    """Before and after an order."""
    before = caller.ask("GetOrderStatuses")
    caller.order()

    assert (4, [("Pending", 1), ("Active", 3), ("Fraud", 0), ("Cancelled", 1)]) == (
        before["totalresults"],
        [(row["title"], row["count"]) for row in before["statuses"]["status"]],
    )
    assert 2 == caller.ask("GetOrderStatuses")["statuses"]["status"][0]["count"]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [1, 2, 4, 3]),
        ({"sorting": "DESC"}, [3, 4, 2, 1]),
        ({"search": "davis ex"}, [1, 2]),
        ({"search": "FORMER"}, [4]),
        ({"search": "nobody"}, []),
        ({"limitstart": 1, "limitnum": 2}, [2, 4]),
    ],
)
def test_clients_are_listed(caller, filters: dict, ids: list):
    """By last name, first name, company."""
    assert ids == [row["id"] for row in caller.ask("GetClients", **filters)["clients"]["client"]]


def test_one_client_is_read_by_id_or_email(caller):
    """The id counts if both are given."""
    by_id = caller.ask("GetClientsDetails", clientid=1)

    assert ("Davis Example", "United Kingdom", "USD", "0.00") == tuple(
        by_id["client"][name] for name in ("fullname", "countryname", "currency_code", "credit")
    )
    assert by_id == caller.ask("GetClientsDetails", email="DAVIS@example.com")
    assert by_id == caller.ask("GetClientsDetails", clientid=1, email="robin@example.com")
    assert "stats" not in by_id
    for fields in ({"clientid": 99}, {"email": "nobody@example.com"}, {"clientid": 99, "email": "davis@example.com"}):
        assert "Client Not Found" == caller.message("GetClientsDetails", **fields)


def test_the_stats_of_a_client_are_counted(caller):
    """Amounts are written for a reader."""
    caller.order("clientid=1&paymentmethod=mailin&pid=1&domain=a.com&domaintype=register")

    assert {
        "numpaidinvoices": 2, "paidinvoicesamount": "$39.90 USD", "numunpaidinvoices": 1,
        "unpaidinvoicesamount": "$22.95 USD", "numcancelledinvoices": 0, "cancelledinvoicesamount": "$0.00 USD",
        "productsnumactive": 1, "productsnumtotal": 2, "numactivedomains": 2, "numdomains": 3,
    } == caller.ask("GetClientsDetails", clientid=1, stats="on")["stats"]  # fmt: skip


KIM = (
    "firstname=Kim&lastname=Sample&email=kim@example.com&address1=12+Carbon+Lane&city=Springfield&state=Illinois"
    "&postcode=62701&country=us&phonenumber=217-555-0142&password2=correct+horse+battery"
)


def test_a_client_is_added_and_can_order(caller):
    """And its address is taken from then on."""
    assert {"result": "success", "clientid": 5} == caller.ask("AddClient", f"{KIM}&currency=2")
    assert "A user already exists with that email address" == caller.message("AddClient", KIM.replace("kim@", "KIM@"))
    client = caller.ask("GetClientsDetails", clientid=5)["client"]
    assert ("US", "EUR", "Active") == (client["country"], client["currency_code"], client["status"])
    caller.order("clientid=5&paymentmethod=mailin&pid=1")
    assert ("9.00", "€", "EUR", "Kim Sample") == tuple(
        caller.order_row(7)[name] for name in ("amount", "currencyprefix", "currencysuffix", "name")
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("firstname=Kim", "firstname="), "You did not enter your first name"),
        (("email=kim@example.com", "email=kim"), "The email address you entered was not valid"),
        (("country=us", "country=Freedonia"), "Valid country required"),
        (("country=us", "country=zz"), "Valid country required"),
        (("country=us&phonenumber=217-555-0142", ""), "Valid country required"),
        (("phonenumber=217-555-0142", ""), "You did not enter your phone number"),
        (("password2=correct+horse+battery", ""), "Invalid value for parameter 'password2': it is required"),
        (("email=kim@example.com", "email=davis@example.com"), "A user already exists with that email address"),
        (
            ("password2=correct+horse+battery", "email=davis@example.com"),
            "A user already exists with that email address",
        ),
        (
            ("firstname=Kim", "firstname=Kim&currency=9"),
            "Invalid value for parameter 'currency': there is no currency 9",
        ),
        (
            ("firstname=Kim", "firstname=Kim&groupid=1"),
            "Invalid value for parameter 'groupid': there is no client group 1",
        ),
        (("firstname=Kim", "firstname=Kim&clientip=x"), "Invalid value for parameter 'clientip': 'x' is no IP address"),
    ],
)
def test_a_client_without_an_answer_is_not_added(caller, change: tuple, message: str):
    """The first message that applies is given."""
    assert message == caller.message("AddClient", KIM.replace(*change))

    assert 4 == caller.ask("GetClients")["totalresults"]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [19, 20, 21]),
        ({"clientid": 1}, [19]),
        ({"serviceid": 20}, [20]),
        ({"serviceid": 99}, []),
        ({"pid": 1}, [19, 21]),
        ({"domain": "TRADING.example"}, [20]),
        ({"username2": "davis"}, [19]),
        ({"clientid": 1, "pid": 2}, []),
        ({"clientid": 4, "pid": 1, "domain": "former.example"}, [21]),
        ({"serviceid": 19, "clientid": 2}, []),
        ({"limitstart": 1, "limitnum": 1}, [20]),
    ],
)
def test_services_are_filtered(caller, filters: dict, ids: list):
    """The filters come back, empty where none was given."""
    page = caller.ask("GetClientsProducts", **filters)

    assert ids == [row["id"] for row in page["products"]["product"]]
    assert {name: filters.get(name, "") for name in ("clientid", "serviceid", "pid", "domain")} == {
        name: page[name] for name in ("clientid", "serviceid", "pid", "domain")
    }


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [3, 4, 5]),
        ({"clientid": 1}, [3, 4]),
        ({"domainid": 5}, [5]),
        ({"domainid": 5, "clientid": 1}, []),
        ({"domain": "Domain2.com"}, [4]),
        ({"clientid": 2, "domain": "domain2.com"}, []),
        ({"domainid": 99}, []),
        ({"limitnum": 1}, [3]),
    ],
)
def test_domains_are_filtered(caller, filters: dict, ids: list):
    """All filters have to match."""
    assert ids == [row["id"] for row in caller.ask("GetClientsDomains", **filters)["domains"]["domain"]]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [40, 41, 42]),
        ({"serviceid": "19"}, [40, 41]),
        ({"serviceid": "20,19,19"}, [40, 41, 42]),
        ({"serviceid": "99"}, []),
        ({"serviceid": "9" * 5000}, []),
        ({"clientid": 2}, [42]),
        ({"addonid": 5}, [41, 42]),
        ({"addonid": 5, "serviceid": "19", "clientid": 1}, [41]),
    ],
)
def test_addons_are_filtered(caller, filters: dict, ids: list):
    """The addon that is asked for is the catalogue's."""
    caller.order("clientid=1&paymentmethod=mailin&addonid=5&serviceid=19")
    caller.order("clientid=2&paymentmethod=mailin&addonid=5&serviceid=20")

    assert ids == [row["id"] for row in caller.ask("GetClientsAddons", **filters)["addons"]["addon"]]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"pid": "1,5,99"}, [1, 5]),
        ({"gid": 2}, [3, 4, 6]),
        ({"pid": "1,4", "gid": 2}, [4]),
        ({"module": "cpanel"}, []),
    ],
)
def test_products_are_filtered(caller, filters: dict, ids: list):
    """Unknown ids contribute nothing."""
    assert ids == [row["pid"] for row in caller.ask("GetProducts", **filters)["products"]["product"]]


def test_prices_are_shown_by_currency_and_cycle(caller):
    """What is not offered costs -1.00, what is free stands in the first column; only fields of the form are shown."""
    products = {row["pid"]: row for row in caller.ask("GetProducts")["products"]["product"]}

    dollars, euros = products[1]["pricing"]["USD"], products[1]["pricing"]["EUR"]
    assert ("$", " USD", "10.00", "28.00", "55.00", "100.00", "-1.00") == tuple(
        dollars[name] for name in ("prefix", "suffix", "monthly", "quarterly", "semiannually", "annually", "biennially")
    )
    assert ("9.00", "13.50") == (euros["monthly"], products[2]["pricing"]["EUR"]["msetupfee"])
    assert ("0.00", "-1.00", "free") == (
        products[4]["pricing"]["USD"]["monthly"], products[4]["pricing"]["USD"]["annually"], products[4]["paytype"]
    )  # fmt: skip
    assert [2, 3] == [field["id"] for field in products[5]["customfields"]["customfield"]]
    options = products[5]["configoptions"]["configoption"]
    assert [1, 2, 3, 4] == [option["type"] for option in options]
    assert "24.00" == options[0]["options"]["option"][1]["pricing"]["USD"]["annually"]


def test_promotions_are_shown_expired_ones_too(caller):
    """By their whole code, in any letter case."""
    codes = [row["code"] for row in caller.ask("GetPromotions")["promotions"]["promotion"]]
    assert ["demopromo", "PROMOCODE", "CARTAPI", "LASTYEAR", "SIXAMONTH", "NOSETUP", "FIRSTMONTHS"] == codes

    caller.order("clientid=1&paymentmethod=mailin&pid=1&promocode=DEMOPROMO")

    (demo,) = caller.ask("GetPromotions", code="DemoPromo")["promotions"]["promotion"]
    assert ("Percentage", "10.00", "1,5,D.com,D.co.uk", "0000-00-00", 1) == tuple(
        demo[name] for name in ("type", "value", "appliesto", "expirationdate", "uses")
    )
    assert 0 == caller.ask("GetPromotions", code="demo")["totalresults"]


def test_ways_to_pay_are_listed(caller):
    """Those that the source's examples and real clients name."""
    rows = caller.ask("GetPaymentMethods")["paymentmethods"]["paymentmethod"]

    assert {"mailin", "paypal", "banktransfer", "authorize", "quantumgateway"} == {row["module"] for row in rows}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"invoiceid": 99}, "Invoice ID Not Found"),
        ({"invoiceid": 5}, "It is not possible to add a payment to an invoice that is Cancelled"),
        ({"gateway": "gold"}, "Invalid value for parameter 'gateway': there is no payment method 'gold'"),
        ({"date": "2026-02-31"}, "Invalid value for parameter 'date': '2026-02-31' is no day"),
        ({"date": "yesterday"}, "Invalid value for parameter 'date': "),
        ({"transid": ""}, "Invalid value for parameter 'transid': it is required"),
        ({"date": ""}, "Invalid value for parameter 'date': it is required"),
        ({"amount": "much"}, "Invalid value for parameter 'amount': 'much' is not a number"),
        ({"invoiceid": "", "amount": "much"}, "Invoice ID Not Found"),
    ],
)
def test_a_payment_that_cannot_be_recorded_is_refused(caller, fields: dict, message: str):
    """And the invoice is as it was."""
    before = caller.ask("GetInvoice", invoiceid=4)
    given = {"invoiceid": 4, "transid": "A1", "gateway": "mailin", "date": "2026-08-24", **fields}

    assert caller.message("AddInvoicePayment", **given).startswith(message)
    assert before == caller.ask("GetInvoice", invoiceid=4)


def test_a_part_is_paid_and_then_the_rest(caller):
    """A transaction id may come twice; `transactions` is empty text while nobody has paid."""
    assert "" == caller.ask("GetInvoice", invoiceid=4)["transactions"]
    balances = []
    for amount in ("3.95", "4", ""):
        caller.ask("AddInvoicePayment", invoiceid=4, transid="A1", gateway="paypal", date="2026-08-24", amount=amount)
        invoice = caller.ask("GetInvoice", invoiceid=4)
        balances.append((invoice["balance"], invoice["status"], invoice["datepaid"]))

    zeros = "0000-00-00 00:00:00"
    assert [("10.00", "Unpaid", zeros), ("6.00", "Unpaid", zeros), ("0.00", "Paid", "2026-08-24 00:00:00")] == balances
    assert ["3.95", "4.00", "6.00"] == [row["amountin"] for row in invoice["transactions"]["transaction"]]
