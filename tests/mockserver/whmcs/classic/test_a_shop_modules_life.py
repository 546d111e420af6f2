"""What a shop's WHMCS module does in its life, through the classic API alone."""


def test_a14_a_shop_module_finds_orders_bills_and_runs_a_service(caller):
    """A14: find the client, order, invoice, pay, accept, set up, suspend, upgrade, terminate; each is seen by the next."""
    ask = caller.ask

    # who is it, what is for sale, for how much
    login = ask("ValidateLogin", email="davis@example.com", password2="counterfoil")
    client = ask("GetClientsDetails", clientid=login["userid"], stats="true")["client"]
    (starter,) = ask("GetProducts", pid=1)["products"]["product"]
    price = starter["pricing"][client["currency_code"]]["monthly"]
    assert "available" == ask("DomainWhois", domain="free-shop.com")["status"]
    name = ask("GetTLDPricing", clientid=client["id"])["pricing"]["com"]["register"]["1"]
    assert ("10.00", "12.95") == (price, name)

    # order, and what it is billed with
    method = ask("GetPaymentMethods")["paymentmethods"]["paymentmethod"][0]["module"]
    order = ask(
        "AddOrder", clientid=client["id"], paymentmethod=method, pid=1, billingcycle="monthly", domain="free-shop.com",
        domaintype="register", regperiod=1,
    )  # fmt: skip
    (bill,) = ask("GetInvoices", userid=client["id"], status="Unpaid")["invoices"]["invoice"]
    assert (order["invoiceid"], "22.95") == (bill["id"], bill["total"])
    ask("UpdateInvoice", invoiceid=bill["id"], **{
        "newitemdescription[0]": "Moving in", "newitemamount[0]": "7.05", "newitemtaxed[0]": "0",
    })  # fmt: skip
    assert "30.00" == ask("GetInvoice", invoiceid=bill["id"])["balance"]

    # pay in two ways, and accept
    ask("AddCredit", clientid=client["id"], description="A voucher", amount="5")
    ask("UpdateInvoice", invoiceid=bill["id"], credit="5")
    ask(
        "AddTransaction",
        userid=client["id"],
        invoiceid=bill["id"],
        paymentmethod=method,
        transid="SHOP-1",
        amountin="25",
    )
    assert ("Paid", "0.00") == tuple(ask("GetInvoice", invoiceid=bill["id"])[part] for part in ("status", "balance"))
    ask("AcceptOrder", orderid=order["orderid"])

    def service() -> dict:
        (row,) = ask("GetClientsProducts", serviceid=order["serviceids"])["products"]["product"]
        return row

    assert ("Active", "2026-09-24") == (service()["status"], service()["nextduedate"])

    # run it
    number = service()["id"]
    ask("UpdateClientProduct", serviceid=number, serviceusername="freeshop", dedicatedip="192.0.2.9")
    ask("ModuleSuspend", accountid=number, suspendreason="Overuse")
    assert ("Suspended", "Overuse") == (service()["status"], service()["suspensionreason"])
    ask("SendEmail", messagename="Service Suspension Notification", id=number)
    ask("ModuleUnsuspend", accountid=number)

    # upgrade: the whole period is left, so the difference of prices is to be paid, and a fifth of tax
    wanted = {"serviceid": number, "paymentmethod": method, "type": "product", "newproductid": 5,
              "newproductbillingcycle": "monthly"}  # fmt: skip
    assert "$15.00 USD" == ask("UpgradeProduct", calconly="true", **wanted)["price"]
    upgrade = ask("UpgradeProduct", **wanted)
    assert "18.00" == ask("GetInvoice", invoiceid=upgrade["invoiceid"])["balance"]
    ask("AddInvoicePayment", invoiceid=upgrade["invoiceid"], transid="SHOP-2", gateway=method, date="2026-08-24")
    ask("AcceptOrder", orderid=upgrade["orderid"])
    assert ("Business", "25.00", "freeshop") == tuple(
        service()[part] for part in ("name", "recurringamount", "username")
    )

    # and end it
    ask("ModuleTerminate", accountid=number)
    assert "Terminated" == service()["status"]
    ask("UpdateClient", clientid=client["id"], status="Inactive")
    details = ask("GetClientsDetails", clientid=client["id"], stats="true")
    assert ("Inactive", "0.00", 4) == (
        details["client"]["status"], details["client"]["credit"], details["stats"]["numpaidinvoices"]
    )  # fmt: skip
    assert "$43.00 USD" == ask("GetStats")["income_today"]
    mails = caller.client.get("/_mock/snapshot").json["vendors"]["whmcs"]["mails"]
    assert "Service Suspension Notification" in [mail["template"] for mail in mails]
