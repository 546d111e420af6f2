"""What time does to a shop: it invoices, charges, reminds, suspends and terminates; both APIs see it."""

import pytest

from tests.mockserver.whmcs.rest.shopping import PRODUCT, Shopper

DAY = 24 * 60 * 60


def ordered(visitor, **fields) -> dict:
    """An order that has been accepted, with what AddOrder answered."""
    order = visitor.call("AddOrder", **{"clientid": 1, "paymentmethod": "mailin", **fields})
    visitor.call("AcceptOrder", orderid=order["orderid"])
    return order


def service(visitor, number) -> tuple[str, str]:
    """The state of a service and when it is due next, which both APIs say."""
    (row,) = visitor.call("GetClientsProducts", serviceid=number)["products"]["product"]
    if row["clientid"] == 1:
        visitor.log_in()
        shown = visitor.get(f"/user/services/{number}")
        assert (row["status"], row["nextduedate"]) == (shown["status"], shown["billing"]["next_due_date"])
    return row["status"], row["nextduedate"]


def invoices(visitor) -> list[dict]:
    """All invoices that have been made since the world began."""
    made = visitor.client.get("/_mock/snapshot").json["vendors"]["whmcs"]["invoices"]
    return [visitor.call("GetInvoice", invoiceid=number) for number in made if int(number) > 11]


def of_service(visitor, number) -> list[dict]:
    """The invoices that have the service on them."""
    return [
        invoice
        for invoice in invoices(visitor)
        if any((item["type"], item["relid"]) == ("Hosting", int(number)) for item in invoice["items"]["item"])
    ]


def mails(visitor, **query) -> list[tuple[str, str]]:
    """The days and the templates of the messages."""
    sent = visitor.client.get("/_mock/outbox", query_string=query).json["messages"]
    return [(message["at"][:10], message["template"]) for message in sent]


def test_a_year_of_a_shop(visitor) -> None:
    """Renewals by card and by credit go on month by month; what is never paid is suspended and then terminated."""
    by_card = ordered(visitor, pid=1, paymentmethod="authorize", domain="card.example")
    by_credit = ordered(visitor, clientid=2, pid=1, paymentmethod="banktransfer", domain="credit.example")
    never = ordered(visitor, pid=1, addons=1, domain="never.example")
    domain = ordered(visitor, domain="new-name.com", domaintype="register", regperiod=1, paymentmethod="quantumgateway")
    paid = {"transid": "T1", "gateway": "banktransfer", "date": "2026-01-05 09:00:00", "amount": "700.00"}
    visitor.call("AddInvoicePayment", invoiceid=4, **paid)  # 686.05 too much

    visitor.later(370 * DAY)

    assert ("Active", "2027-02-05") == service(visitor, by_card["serviceids"])
    assert ("Active", "2027-02-05") == service(visitor, by_credit["serviceids"])
    assert ("Terminated", "2026-01-05") == service(visitor, never["serviceids"])
    cards = of_service(visitor, by_card["serviceids"])
    assert [("Paid", "10.00", 1)] * 13 == [
        (each["status"], each["total"], len(each["transactions"]["transaction"])) for each in cards
    ]
    assert [f"2026-{month:02}-05 00:00:00" for month in range(2, 13)] == [each["datepaid"] for each in cards[1:12]]
    by_account = of_service(visitor, by_credit["serviceids"])
    assert [("Paid", "10.00", "0.00", "")] * 13 == [
        (each["status"], each["credit"], each["total"], each["transactions"]) for each in by_account
    ]
    assert ["Unpaid"] == [each["status"] for each in of_service(visitor, never["serviceids"])]
    (name,) = visitor.call("GetClientsDomains", domainid=domain["domainids"])["domains"]["domain"]
    assert ("Active", "2028-01-05", "2028-01-05") == (name["status"], name["expirydate"], name["nextduedate"])
    # of 15.00 and 686.05 were paid 13 months of 10.00, and 326.25 for a year of the seeded Reseller
    assert "244.80" == visitor.call("GetClientsDetails", clientid=2)["client"]["credit"]


def test_both_apis_come_to_the_same_end(visitor) -> None:
    """Whether a service was ordered by a program or in a cart, its renewals and its end are the same."""
    ends = []
    for order in (by_program, in_a_cart):
        visitor.client.post("/_mock/reset")
        visitor.state = ""
        number = order(visitor)
        visitor.later(20 * DAY)
        first = of_service(visitor, number)[0]["invoiceid"]
        visitor.call(
            "AddInvoicePayment", invoiceid=first, transid="T1", gateway="mailin", date="2026-01-25 09:00:00"
        )  # fmt: skip
        visitor.later(15 * DAY)
        between = service(visitor, number)
        visitor.later(40 * DAY)
        renewals = of_service(visitor, number)[1:]
        ends.append((between, service(visitor, number), [sparse(each) for each in renewals], mails(visitor)))

    assert ends[0] == ends[1]
    assert (("Active", "2026-02-05"), ("Terminated", "2026-02-05")) == ends[0][:2]
    assert ["Unpaid"] == [each["status"] for each in ends[0][2]]


def sparse(invoice: dict) -> dict:
    """The invoice without what is counted."""
    return {name: invoice[name] for name in ("date", "duedate", "status", "total", "tax", "subtotal", "paymentmethod")}


def by_program(visitor) -> str:
    return str(ordered(visitor, pid=1, billingcycle="monthly", domain=PRODUCT["domain"])["serviceids"])


def in_a_cart(visitor) -> str:
    visitor.log_in()
    shopper = Shopper(visitor)
    shopper.add(PRODUCT)
    placed = shopper.ask("POST", "/checkout")["order_id"]
    visitor.call("AcceptOrder", orderid=placed)
    (order,) = visitor.call("GetOrders", id=placed)["orders"]["order"]
    return str(order["lineitems"]["lineitem"][0]["relid"])


def test_days_pass_in_their_order_however_far_the_clock_jumps(visitor) -> None:
    """A jump of half a year leaves behind what as many single days leave behind."""
    left = []
    for steps in (1, 180):
        visitor.client.post("/_mock/reset")
        ordered(visitor, pid=5, paymentmethod="authorize", domain="card.example")
        ordered(visitor, clientid=2, pid=1, domain="credit.example")
        for _ in range(steps):
            visitor.later(180 // steps * DAY)
        left.append(visitor.client.get("/_mock/snapshot").json)

    assert left[0] == left[1]


def test_what_is_paid_late_goes_on(visitor) -> None:
    """A service that was suspended for money is active again, and its client is told both times."""
    visitor.later(20 * DAY)
    assert ("Suspended", "2026-01-15") == service(visitor, 19)
    (row,) = visitor.call("GetClientsProducts", serviceid=19)["products"]["product"]
    assert "Overdue on Payment" == row["suspensionreason"]

    (owed,) = of_service(visitor, 19)
    paid = {"transid": "T1", "gateway": "mailin", "date": "2026-01-25 09:00:00"}
    visitor.call("AddInvoicePayment", invoiceid=owed["invoiceid"], **paid)

    assert ("Active", "2026-02-15") == service(visitor, 19)
    assert [
        ("2026-01-06", "Invoice Created"), ("2026-01-08", "Invoice Payment Reminder"),
        ("2026-01-16", "Invoice Created"), ("2026-01-16", "First Invoice Overdue Notice"),
        ("2026-01-18", "Second Invoice Overdue Notice"), ("2026-01-20", "Third Invoice Overdue Notice"),
        ("2026-01-22", "Service Suspension Notification"), ("2026-01-23", "Invoice Payment Reminder"),
        ("2026-01-25", "Invoice Payment Confirmation"), ("2026-01-25", "Service Unsuspension Notification"),
    ] == mails(visitor, to="davis@example.com")  # fmt: skip


def test_one_invoice_has_all_that_is_due_together(visitor) -> None:
    """A service and its addon, two weeks before; the second month has no invoice while the first is not paid."""
    visitor.later(8 * DAY)

    (invoice,) = invoices(visitor)
    assert ("2026-01-06", "2026-01-15", "14.00") == (invoice["date"], invoice["duedate"], invoice["total"])
    assert [
        ("Hosting", 19, "Starter - davis.example (2026-01-15 - 2026-02-14)", "10.00"),
        ("Addon", 40, "Support plan (2026-01-15 - 2026-02-14)", "4.00"),
    ] == [(row["type"], row["relid"], row["description"], row["amount"]) for row in invoice["items"]["item"]]


@pytest.mark.parametrize("days", [0, 400])
def test_the_owner_decides_what_is_declined_and_when_something_stops(visitor, days: int) -> None:
    """A card can be declined; 0 days are never."""
    visitor.settings(card_charges="declined", suspend_days=days, terminate_days=0, reminder_days=[])
    order = ordered(visitor, pid=1, paymentmethod="authorize", noemail="true", noinvoiceemail="true")

    visitor.later(100 * DAY)

    assert ("Active", "2026-01-05") == service(visitor, order["serviceids"])
    assert [("2026-01-06", "Credit Card Payment Failed")] == [
        mail for mail in mails(visitor, to="davis@example.com") if "Card" in mail[1]
    ]


def test_a_domain_whose_owner_lets_it_end_has_no_invoice(visitor) -> None:
    """It expires, and its owner hears of that alone."""
    snapshot = visitor.client.get("/_mock/snapshot").json
    snapshot["vendors"]["whmcs"]["domains"]["3"]["renews_by_itself"] = False
    assert 200 == visitor.client.put("/_mock/snapshot", json=snapshot).status_code

    visitor.later(40 * DAY)

    assert [] == [each for each in invoices(visitor) if each["items"]["item"][0]["type"] == "Domain"]
    assert [("2026-01-31", "Expired Domain Notice")] == mails(visitor, template="*Domain*")


def test_a_domain_is_renewed_by_its_payment(visitor) -> None:
    """Its renewal is invoiced before it expires; paid, it has a year more; else it expires, and that is told."""
    visitor.later(12 * DAY)
    (renewal,) = [each for each in invoices(visitor) if each["items"]["item"][0]["type"] == "Domain"]
    assert (
        "Domain renewal - domain1.com - 1 year (2026-01-30 - 2027-01-29)" == renewal["items"]["item"][0]["description"]
    )
    paid = {"transid": "T1", "gateway": "paypal", "date": "2026-01-17 09:00:00"}
    visitor.call("AddInvoicePayment", invoiceid=renewal["invoiceid"], **paid)

    visitor.later(150 * DAY)

    visitor.log_in()
    dates = {each["domain_name"]: each["expiry_date"] for each in visitor.get("/user/domains")}
    assert {"domain1.com": "2027-01-30", "domain2.com": "2026-05-21"} == dates
    assert [("2026-01-17", "Domain Renewal Confirmation"), ("2026-05-22", "Expired Domain Notice")] == [
        mail for mail in mails(visitor) if "Domain" in mail[1]
    ]


def test_nothing_happens_before_a_day_is_over_or_after_a_century(visitor) -> None:
    """On the day on which the world begins there is nothing to do, and who jumps too far is not kept waiting."""
    visitor.later(14 * 60 * 60)
    assert [] == invoices(visitor)

    visitor.client.post("/_mock/clock", json={"set": "2200-01-01T00:00:00"})
    assert [] == invoices(visitor)


def test_a_code_counts_for_as_many_renewals_as_it_says(visitor) -> None:
    """The vendor's page on promotions: besides the first invoice; then the price is the usual one, and the code is gone."""
    made = ordered(visitor, pid=1, paymentmethod="authorize", domain="card.example", promocode="FIRSTMONTHS")
    visitor.later(130 * DAY)

    paid = [invoice["subtotal"] for invoice in of_service(visitor, made["serviceids"])]
    assert ["5.00", "5.00", "5.00", "10.00", "10.00"] == paid
    (row,) = visitor.call("GetClientsProducts", serviceid=made["serviceids"])["products"]["product"]
    assert ("10.00", 0) == (row["recurringamount"], int(row["promoid"]))
