"""A14: invoices that are listed, written and changed, and money that is written down."""

import pytest

WRITTEN = (
    "userid=1&paymentmethod=mailin&taxrate=10&itemdescription1=One&itemamount1=15.95&itemtaxed1=0"
    "&itemdescription2=Two&itemamount2=1&itemtaxed2=1"
)


def invoice(caller, number: int = 12) -> dict:
    return caller.ask("GetInvoice", invoiceid=number)


def credit(caller, client: int) -> str:
    return caller.ask("GetClientsDetails", clientid=client)["client"]["credit"]


def test_a14_invoices_are_listed_by_client_and_status(caller):
    """A14: the seeded ones; what is unpaid since before today is overdue."""
    caller.order()

    def found(**filters) -> list[int]:
        return [row["id"] for row in caller.ask("GetInvoices", **filters)["invoices"]["invoice"]]

    assert [1, 2, 3, 4, 5, 12] == found()
    assert [1, 2, 12] == found(userid=1)
    assert [4, 12] == found(status="unpaid")
    assert [4] == found(status="Overdue")
    assert [12, 1, 2] == found(userid=1, orderby="duedate", order="desc")[:1] + found(userid=1, limitnum=2)
    assert [3, 2, 1, 4, 12, 5] == found(orderby="total", order="desc")
    row = caller.ask("GetInvoices", userid=2, limitnum=1)["invoices"]["invoice"][0]
    assert ("Davis", "Example Trading Inc", "326.25", "USD") == tuple(
        row[name] for name in ("firstname", "companyname", "total", "currencycode")
    )


def test_a14_an_invoice_is_written_and_paid(caller):
    """A14: two lines, of which one is taxed; it is sent, and is paid as any other."""
    answer = caller.ask("CreateInvoice", f"{WRITTEN}&sendinvoice=1&duedate=2026-08-31")

    assert {"result": "success", "invoiceid": 12, "status": "Unpaid"} == answer
    made = invoice(caller)
    assert ("16.95", "0.10", "17.05", "2026-08-31") == tuple(
        made[name] for name in ("subtotal", "tax", "total", "duedate")
    )
    assert [("One", "15.95", 0), ("Two", "1.00", 1)] == [
        (item["description"], item["amount"], item["taxed"]) for item in made["items"]["item"]
    ]
    caller.ask("AddInvoicePayment", invoiceid=12, transid="A", gateway="mailin", date="2026-08-24")
    assert "Paid" == invoice(caller)["status"]


def test_a14_a_draft_becomes_an_invoice(caller):
    """A14: with other lines and another rate; what is no draft is not published."""
    caller.ask("CreateInvoice", f"{WRITTEN}&draft=1")
    one, two = (item["id"] for item in invoice(caller)["items"]["item"])

    form = (
        f"invoiceid=12&itemdescription[{two}]=Second&itemamount[{two}]=2&itemtaxed[{two}]=0&deletelineids[]={one}"
        "&newitemdescription[0]=Third&newitemamount[0]=100&newitemtaxed[0]=1&taxrate=20&publish=1"
    )
    assert {"result": "success", "invoiceid": 12} == caller.ask("UpdateInvoice", form)

    changed = invoice(caller)
    assert ("Unpaid", "102.00", "20.00", "122.00") == tuple(
        changed[name] for name in ("status", "subtotal", "tax", "total")
    )
    assert ["Second", "Third"] == [item["description"] for item in changed["items"]["item"]]
    assert "Invoice must be in Draft status to be published" == caller.message("UpdateInvoice", invoiceid=12, publish=1)


def test_a14_credit_settles_an_invoice_that_asks_for_it(caller):
    """A14: client 2 has 15.00; what an invoice takes more comes from there, and what it takes less goes back."""
    caller.ask("CreateInvoice", "userid=2&itemamount1=20&autoapplycredit=1")
    assert ("15.00", "0.00") == (invoice(caller)["credit"], credit(caller, 2))

    caller.ask("UpdateInvoice", invoiceid=12, credit="5")

    assert ("5.00", "15.00", "10.00") == (invoice(caller)["credit"], invoice(caller)["balance"], credit(caller, 2))
    assert "the client has 10.00 of credit" in caller.message("UpdateInvoice", invoiceid=12, credit="16")


def test_a14_an_invoice_that_becomes_paid_moves_what_is_on_it(caller):
    """A14: by its status alone."""
    caller.order()

    caller.ask("UpdateInvoice", invoiceid=12, status="Paid", datepaid="2026-08-20")

    assert ("Paid", "2026-08-20 00:00:00") == (invoice(caller)["status"], invoice(caller)["datepaid"])
    assert "2026-09-24" == caller.ask("GetClientsProducts", serviceid=23)["products"]["product"][0]["nextduedate"]


def test_a14_a_transaction_pays_an_invoice(caller):
    """A14: as AddInvoicePayment does; what is paid back is owed again."""
    caller.order()
    paid = "paymentmethod=paypal&invoiceid=12&date=24/08/2026&description=At the counter"
    caller.ask("AddTransaction", f"{paid}&transid=A&amountin=12&fees=0.5")

    made = invoice(caller)
    assert ("Paid", "-2.00", "2.00") == (made["status"], made["balance"], credit(caller, 1))
    (row,) = made["transactions"]["transaction"]
    assert ("At the counter", "12.00", "0.50", "2026-08-24") == (
        row["description"], row["amountin"], row["fees"], row["date"][:10]
    )  # fmt: skip
    caller.ask("AddTransaction", f"{paid}&transid=B&amountout=12")
    assert "10.00" == invoice(caller)["balance"]


def test_a14_credit_is_given_and_taken(caller):
    """A14: by hand, or with money that came in."""
    assert "12.34" == caller.ask("AddCredit", clientid=1, description="x", amount="12.34")["newbalance"]
    assert "10.34" == caller.ask("AddCredit", clientid=1, description="x", amount="2", type="remove")["newbalance"]
    caller.ask("AddTransaction", userid=1, paymentmethod="paypal", amountin="5", credit="true")
    assert "15.34" == credit(caller, 1)
    assert "the client has 15.34 of credit" in caller.message(
        "AddCredit", clientid=1, description="x", amount="16", type="remove"
    )


@pytest.mark.parametrize(
    ("action", "form", "message"),
    [
        ("CreateInvoice", "", "Client ID Not Found"),
        ("CreateInvoice", "userid=99", "Client ID Not Found"),
        ("CreateInvoice", "userid=1&draft=1&sendinvoice=1", "Please create and send separately."),
        ("CreateInvoice", "userid=1&paymentmethod=gold", "'paymentmethod': there is no payment method 'gold'"),
        ("CreateInvoice", "userid=1&itemamount1=much", "'itemamount1': 'much' is not a number"),
        ("CreateInvoice", "userid=1&date=2026-02-30", "'date': '2026-02-30' is no day"),
        ("UpdateInvoice", "", "Invoice ID Not Found"),
        ("UpdateInvoice", "invoiceid=4&status=Lost", "Invalid status Lost"),
        ("UpdateInvoice", "invoiceid=4&itemdescription[6]=x", "are required for each item being changed"),
        ("UpdateInvoice", "invoiceid=4&deletelineids[]=1", "'deletelineids': invoice 4 has no line 1"),
        ("AddTransaction", "", "Payment Method is required"),
        ("AddTransaction", "paymentmethod=paypal&userid=99", "Client ID Not Found"),
        ("AddTransaction", "paymentmethod=paypal&invoiceid=99", "Invoice ID Not Found"),
        ("AddTransaction", "paymentmethod=paypal&userid=1&invoiceid=4", "User ID does not own the given Invoice ID"),
        ("AddTransaction", "paymentmethod=paypal&currencyid=9", "Currency ID Not Found"),
        ("AddTransaction", "paymentmethod=paypal&userid=1&currencyid=2", "Currency ID does not match Client currency"),
        ("AddTransaction", "paymentmethod=paypal", "A Currency ID is required for non-customer related transactions"),
        ("AddTransaction", "paymentmethod=paypal&userid=1&transid=CHEQUE-1001", "Transaction ID must be Unique"),
        ("AddTransaction", "paymentmethod=gold&userid=1", "'paymentmethod': there is no payment method 'gold'"),
        ("AddTransaction", "paymentmethod=paypal&invoiceid=5", "'invoiceid': invoice 5 is cancelled"),
        ("AddTransaction", "paymentmethod=paypal&userid=1&date=soon", "'date': 'soon' is no day"),
        ("AddCredit", "clientid=99&description=x&amount=1", "Client ID Not Found"),
        ("AddCredit", "clientid=1&description=x", "No Amount Provided"),
        ("AddCredit", "clientid=1&description=x&amount=1.234", "Amount must be in decimal format: ### or ###.##"),
        ("AddCredit", "clientid=1&description=x&amount=1&type=lend", "Type can only be add or remove"),
        ("AddCredit", "clientid=1&description=x&amount=1&adminid=9", "Admin ID Not Found"),
        ("AddCredit", "clientid=1&description=x&amount=1&date=now", "Date Format is not Valid"),
        ("AddCredit", "clientid=1&description=x&amount=1&date=2026-02-30", "Date Format is not Valid"),
        ("AddCredit", "clientid=1&amount=1", "'description': it is required"),
    ],
)  # fmt: skip
def test_a14_money_is_refused_in_the_vendors_words(caller, action: str, form: str, message: str):
    """A14: and nothing has changed then."""
    before = caller.client.get("/_mock/snapshot").json["vendors"]

    assert caller.message(action, form).endswith(message)

    assert before == caller.client.get("/_mock/snapshot").json["vendors"]
