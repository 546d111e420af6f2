"""Who would have got which message: nothing is sent, and everything can be read."""

import pytest

ORDER = "clientid=1&paymentmethod=mailin&pid=1&domain=whmcs.com"


def templates(caller, query: str = "") -> list[str]:
    """The templates of the messages, the oldest first."""
    return [message["template"] for message in caller.client.get(f"/_mock/outbox{query}").json["messages"]]


@pytest.mark.parametrize(
    ("more", "sent"),
    [
        ("", ["Order Confirmation", "Invoice Created"]),
        ("&noemail=true", ["Invoice Created"]),
        ("&noinvoiceemail=true", ["Order Confirmation"]),
        ("&noinvoice=true", ["Order Confirmation"]),
        ("&noemail=true&noinvoiceemail=true", []),
        ("&noemail=0&noinvoiceemail=0", ["Order Confirmation", "Invoice Created"]),
    ],
)
def test_an_order_tells_what_it_is_not_told_to_keep_to_itself(caller, more: str, sent: list[str]):
    """Source 001: `noemail` keeps back the confirmation, `noinvoiceemail` the notification of an invoice that is made."""
    caller.order(ORDER + more)

    assert sent == templates(caller)
    assert sent == templates(caller, "?to=davis@example.com")


def test_a_message_says_to_whom_and_about_what(caller):
    """The address, the subject, the moment, and the ids of what it is about."""
    order = caller.order(f"{ORDER}&clientid=2&paymentmethod=authorize")

    confirmation, invoice, *paid = caller.client.get("/_mock/outbox").json["messages"]

    number, made = caller.order_row(order)["ordernum"], caller.order_row(order)["invoiceid"]
    assert {
        "vendor": "whmcs", "at": "2026-08-24T09:30:00Z", "to": "accounts@trading.example",
        "template": "Order Confirmation", "subject": f"Order {number}", "related": {"client": 2, "order": order},
    } == confirmation  # fmt: skip
    assert ("Credit Card Invoice Created", {"client": 2, "invoice": made}) == (invoice["template"], invoice["related"])
    assert ["Invoice Payment Confirmation"] == [message["template"] for message in paid]  # there is credit


def test_a_payment_is_confirmed_unless_it_is_not_to_be(caller):
    """AddInvoicePayment has a `noemail` of its own."""
    paid = {"transid": "T1", "gateway": "mailin", "date": "2026-08-24"}
    for more, expected in (({"noemail": "true"}, []), ({}, ["Invoice Payment Confirmation"])):
        order = caller.order(f"{ORDER}&noemail=true&noinvoiceemail=true")
        caller.ask("AddInvoicePayment", invoiceid=caller.order_row(order)["invoiceid"], **paid, **more)
        assert expected == templates(caller)


def test_what_begins_is_welcomed_where_that_is_asked_for(caller):
    """AcceptOrder with `sendemail`: a message for each service, domain and renewal; a new client has one, too."""
    form = f"{ORDER}&domaintype=register&regperiod=1&domainrenewals[domain1.com]=1&noemail=1&noinvoiceemail=1"
    caller.ask("AcceptOrder", orderid=caller.order(form))
    assert [] == templates(caller)

    caller.ask("AcceptOrder", orderid=caller.order(form.replace("whmcs.com", "whmcs2.com")), sendemail="true")

    assert [
        "Hosting Account Welcome Email", "Domain Registration Confirmation", "Domain Renewal Confirmation",
    ] == templates(caller)  # fmt: skip


def test_the_outbox_is_filtered_and_emptied(caller):
    """By address and template, with patterns; a word that nobody knows is refused. A reset empties it, too."""
    caller.order(ORDER)
    caller.order(f"{ORDER}&clientid=2")

    assert ["Invoice Created"] == templates(caller, "?to=DAVIS@example.com&template=invoice*")
    assert [] == templates(caller, "?to=nobody@example.com")
    refused = caller.client.get("/_mock/outbox?from=me")
    assert 400 == refused.status_code
    assert refused.json["message"].startswith("The outbox is not filtered by 'from'.")

    assert {"messages": []} == caller.client.delete("/_mock/outbox").json
    assert [] == templates(caller)
    caller.order(ORDER)
    caller.client.post("/_mock/reset")
    assert [] == templates(caller)


def test_only_the_last_messages_are_kept(caller):
    """As many as the page on the mock says."""
    caller.settings(reminder_days=list(range(1, 400)), suspend_days=0, terminate_days=0)
    for name in ("first.com", "second.com"):
        caller.order(f"clientid=1&paymentmethod=mailin&pid=1&domain={name}")

    caller.client.post("/_mock/clock", json={"advance": {"days": 390}})

    assert 500 == len(templates(caller))
