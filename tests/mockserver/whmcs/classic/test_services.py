"""A14: clients and services that are changed, upgraded, and handled on their servers."""

import base64

import phpserialize
import pytest


def service(caller, number: int = 19) -> dict:
    return caller.ask("GetClientsProducts", serviceid=number)["products"]["product"][0]


def php(value: dict) -> str:
    return base64.b64encode(phpserialize.dumps(value)).decode()


def test_a14_a_client_is_changed(caller):
    """A14: found by the new address, and no longer by the old one; the password is that of its user."""
    answer = caller.ask(
        "UpdateClient", clientemail="davis@example.com", firstname="Dana", email="dana@example.com", country="fr",
        status="Inactive", currency=2, password2="new",
    )  # fmt: skip

    assert {"result": "success", "clientid": 1} == answer
    client = caller.ask("GetClientsDetails", email="DANA@example.com")["client"]
    assert ("Dana", "Example", "FR", "Inactive", "EUR") == tuple(
        client[name] for name in ("firstname", "lastname", "country", "status", "currency_code")
    )
    assert "Client Not Found" == caller.message("GetClientsDetails", email="davis@example.com")


def test_a14_a_service_is_changed_and_found_by_what_it_is_now(caller):
    """A14: its product, domain and login; what is unset is empty; the price follows the catalogue if that is asked for."""
    answer = caller.ask(
        "UpdateClientProduct", serviceid=19, pid=5, domain="new.example", serviceusername="newdavis", autorecalc="1",
        customfields=php({2: "Sales"}), configoptions=php({1: 2, 4: 99}), nextduedate="2026-12-01", **{"unset[0]": "notes"},
    )  # fmt: skip

    assert {"result": "success", "serviceid": 19} == answer
    assert [19] == [
        row["id"] for row in caller.ask("GetClientsProducts", domain="NEW.example", pid=5)["products"]["product"]
    ]
    assert 0 == caller.ask("GetClientsProducts", domain="davis.example")["totalresults"]
    changed = service(caller)
    assert ("27.00", "2026-12-01", "newdavis") == tuple(
        changed[name] for name in ("recurringamount", "nextduedate", "username")
    )
    assert "Sales" == changed["customfields"]["customfield"][0]["value"]


def test_a14_an_upgrade_is_told_ordered_and_done_when_it_is_paid(caller):
    """A14: 10 of 31 days are left of 10.00, and cost 25.00 and a fifth of tax with the new product."""
    asked = {"serviceid": 19, "paymentmethod": "mailin", "type": "product", "newproductid": 5,
             "newproductbillingcycle": "monthly"}  # fmt: skip
    told = caller.ask("UpgradeProduct", calconly="1", **asked)
    assert (1, "Starter", 5, "Business", 10, 31, "$4.84 USD", 0) == tuple(
        told[name] for name in ("oldproductid", "oldproductname", "newproductid", "newproductname", "daysuntilrenewal",
                                "totaldays", "price", "upgradeinprogress")
    )  # fmt: skip
    assert 5 == caller.ask("GetOrders")["totalresults"]

    ordered = caller.ask("UpgradeProduct", **asked)
    assert (7, 12) == (ordered["orderid"], ordered["invoiceid"])
    row = caller.order_row(7)
    assert ("5.81", "Pending", "upgrade", "4.84") == (
        row["amount"], row["status"], row["lineitems"]["lineitem"][0]["type"], row["lineitems"]["lineitem"][0]["amount"]
    )  # fmt: skip
    assert ("Starter", "10.00") == (service(caller)["name"], service(caller)["recurringamount"])
    assert 1 == caller.ask("UpgradeProduct", calconly="1", **asked)["upgradeinprogress"]
    assert "Previous upgrade invoice for service is still unpaid" in caller.message("UpgradeProduct", **asked)

    due = service(caller)["nextduedate"]
    caller.ask("AddInvoicePayment", invoiceid=12, transid="A", gateway="mailin", date="2026-08-24")

    upgraded = service(caller)
    assert ("Business", "25.00", due) == (upgraded["name"], upgraded["recurringamount"], upgraded["nextduedate"])


def test_a14_what_costs_less_is_done_at_once(caller):
    """A14: without an invoice; what it costs less becomes credit."""
    ordered = caller.ask(
        "UpgradeProduct", serviceid=20, paymentmethod="mailin", type="product", newproductid=1, newproductbillingcycle="annually"
    )  # fmt: skip

    assert None is ordered["invoiceid"]
    assert ("$-145.21 USD", "Starter", "100.00") == (
        ordered["price"], service(caller, 20)["name"], service(caller, 20)["recurringamount"]
    )  # fmt: skip
    assert "160.21" == caller.ask("GetClientsDetails", clientid=2)["client"]["credit"]
    caller.ask("CancelOrder", orderid=7)
    caller.ask("DeleteOrder", orderid=7)


def test_a14_options_are_upgraded(caller):
    """A14: by their ids; the rest of the service stays as it is."""
    asked = "serviceid=19&paymentmethod=mailin&type=configoptions&configoptions[1]=2"

    assert "$0.65 USD" == caller.ask("UpgradeProduct", asked)["price"]
    caller.ask("AddInvoicePayment", invoiceid=12, transid="A", gateway="mailin", date="2026-08-24")

    assert ("50 GB", "12.00") == (
        service(caller)["configoptions"]["configoption"][0]["value"], service(caller)["recurringamount"]
    )  # fmt: skip


def test_a14_a_service_lives_on_its_server(caller):
    """A14: set up, suspended for a reason, going on, removed; and nothing of that from another state."""
    caller.order()
    for action, end, reason in (
        ("ModuleCreate", "Active", ""), ("ModuleSuspend", "Suspended", "Abuse"), ("ModuleUnsuspend", "Active", ""),
        ("ModuleTerminate", "Terminated", ""), ("ModuleCreate", "Active", ""),
    ):  # fmt: skip
        assert {"result": "success"} == caller.ask(action, accountid=23, suspendreason=reason)
        assert (end, reason) == (service(caller, 23)["status"], service(caller, 23)["suspensionreason"])

    assert "Service 23 is Active" == caller.message("ModuleUnsuspend", accountid=23)
    assert "Service 23 is Active" == caller.message("ModuleCreate", accountid=23)
    caller.ask("ModuleTerminate", accountid=23)
    assert "Service 23 is Terminated" == caller.message("ModuleSuspend", accountid=23)


@pytest.mark.parametrize(
    ("action", "form", "message"),
    [
        ("UpdateClient", "", "Client ID Not Found"),
        ("UpdateClient", "clientid=99&notes=x", "Client ID Not Found"),
        ("UpdateClient", "clientid=1&email=TWOFA@example.com", "Duplicate Email Address"),
        ("UpdateClient", "clientid=1&email=nobody", "'email': 'nobody' is no email address"),
        ("UpdateClient", "clientid=1&country=QQ", "'country': 'QQ' is no country"),
        ("UpdateClient", "clientid=1&currency=9", "'currency': there is no currency 9"),
        ("UpdateClientProduct", "", "Service ID Not Found"),
        ("UpdateClientProduct", "serviceid=99&notes=x", "Service ID Not Found"),
        ("UpdateClientProduct", "serviceid=19&pid=99", "'pid': there is no product 99"),
        ("UpdateClientProduct", "serviceid=19&promoid=99", "'promoid': there is no promotion 99"),
        ("UpdateClientProduct", "serviceid=19&status=Asleep", "Suspended, Terminated, Cancelled, Fraud"),
        ("UpgradeProduct", "paymentmethod=mailin&type=product", "Service ID Not Found"),
        ("UpgradeProduct", "serviceid=99&paymentmethod=mailin&type=product", "Service ID Not Found"),
        ("UpgradeProduct", "serviceid=19&type=product",
         "Invalid Payment Method. Valid options include authorize,banktransfer,mailin,paypal,quantumgateway"),
        ("UpgradeProduct", "serviceid=19&paymentmethod=gold&type=product",
         "Invalid Payment Method. Valid options include authorize,banktransfer,mailin,paypal,quantumgateway"),
        ("UpgradeProduct", "serviceid=19&paymentmethod=mailin", "Invalid Upgrade Type"),
        ("UpgradeProduct", "serviceid=19&paymentmethod=mailin&type=sideways", "Invalid Upgrade Type"),
        ("UpgradeProduct", "serviceid=19&paymentmethod=mailin&type=product&newproductid=99",
         "'newproductid': there is no product 99"),
        ("UpgradeProduct", "serviceid=19&paymentmethod=mailin&type=product&newproductid=5&newproductbillingcycle=weekly",
         "'newproductbillingcycle': 'weekly' is none of the cycles of product 5"),
        ("UpgradeProduct", "serviceid=19&paymentmethod=mailin&type=configoptions&configoptions[1]=9",
         "'configoptions': 9 is no value of option 1"),
        ("ModuleCreate", "", "Service ID Not Found"),
        ("ModuleSuspend", "accountid=99", "Service ID Not Found"),
    ],
)  # fmt: skip
def test_a14_what_cannot_be_done_to_a_service_is_refused(caller, action: str, form: str, message: str):
    """A14: and nothing has changed then."""
    before = caller.client.get("/_mock/snapshot").json["vendors"]

    assert caller.message(action, form).endswith(message)

    assert before == caller.client.get("/_mock/snapshot").json["vendors"]


def test_an_upgrade_costs_no_setup_fee_and_what_was_free_is_due_a_period_later(caller):
    """The vendor's page on upgrades: the price of the days that are left, and from free to paid a period from that day."""
    free = caller.ask("AddOrder", "clientid=1&paymentmethod=mailin&pid=4")
    asked = {"serviceid": free["serviceids"], "paymentmethod": "mailin", "type": "product", "newproductid": 5}

    order = caller.ask("UpgradeProduct", newproductbillingcycle="monthly", **asked)
    caller.ask("AddInvoicePayment", invoiceid=order["invoiceid"], transid="B", gateway="mailin", date="2026-08-24")

    paid = service(caller, free["serviceids"])
    assert ("$25.00 USD", "25.00", "2026-09-24") == (order["price"], paid["recurringamount"], paid["nextduedate"])
