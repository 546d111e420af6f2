"""A14: what shops read beside orders; passwords that are looked at; messages that are written down and never sent."""

import pytest


def mails(caller) -> list[dict]:
    return caller.client.get("/_mock/snapshot").json["vendors"]["whmcs"]["mails"]


def test_a14_currencies_are_listed(caller):
    """A14: each with its rate."""
    answer = caller.ask("GetCurrencies")

    assert 2 == answer["totalresults"]
    assert [(1, "USD", "$", "1.00000"), (2, "EUR", "€", "0.90000")] == [
        (row["id"], row["code"], row["prefix"], row["rate"]) for row in answer["currencies"]["currency"]
    ]


def test_a14_domains_are_priced_by_years(caller):
    """A14: in the currency of a client, before that which is asked for; what is not transferred has no such price."""
    dollars = caller.ask("GetTLDPricing")
    com, io = dollars["pricing"]["com"], dollars["pricing"]["io"]

    assert ("USD", "12.95", "129.50", {"1": "12.95"}, "sale") == (
        dollars["currency"]["code"], com["register"]["1"], com["renew"]["10"], com["transfer"], com["group"]
    )  # fmt: skip
    assert (["1", "2", "3", "4", "5"], False) == (list(io["register"]), "transfer" in io)
    euros = caller.ask("GetTLDPricing", clientid=3, currencyid=1)
    assert ("EUR", "11.66") == (euros["currency"]["code"], euros["pricing"]["com"]["register"]["1"])
    caller.order("clientid=1&paymentmethod=mailin&domain=free-name.com&domaintype=register&regperiod=2")
    assert "25.90" == com["register"]["2"] == caller.order_row(7)["amount"]


@pytest.mark.parametrize(
    ("domain", "status", "told"),
    [
        ("free-name.com", "available", "No match for free-name.com"),
        ("TAKEN.com", "unavailable", "Domain Name: taken.com"),
        ("domain1.com", "unavailable", "Domain Name: domain1.com\nRegistrar: enom\nRegistry Expiry Date: 2026-09-18"),
    ],
)
def test_a14_a_name_can_be_had_or_not(caller, domain: str, status: str, told: str):
    """A14: as the cart would say."""
    assert {"result": "success", "status": status, "whois": told} == caller.ask("DomainWhois", domain=domain)


def test_a14_a_right_password_is_told(caller):
    """A14: with what opens a session, unless a second factor is asked for."""
    davis = caller.ask("ValidateLogin", email="DAVIS@example.com", password2="counterfoil")
    assert (1, False, 40) == (davis["userid"], davis["twoFactorEnabled"], len(davis["passwordhash"]))
    toni = caller.ask("ValidateLogin", email="twofa@example.com", password2="counterfoil")
    assert {"result": "success", "userid": 3, "twoFactorEnabled": True} == toni


def test_a14_what_is_done_is_counted(caller):
    """A14: orders by their days and states, and money by the day on which it came; another currency by its rate."""
    before = caller.ask("GetStats")
    assert ("$0.00 USD", "$0.00 USD", 1, 0) == tuple(
        before[name] for name in ("income_today", "income_thismonth", "orders_pending", "orders_today_total")
    )
    caller.order()
    caller.ask("FraudOrder", orderid=caller.order())
    caller.ask("AddTransaction", paymentmethod="paypal", userid=3, amountin="9")

    after = caller.ask("GetStats")
    assert ("$10.00 USD", 2, 1, 1, 2, 0, 3) == tuple(
        after[name]
        for name in ("income_today", "orders_pending", "orders_today_pending", "orders_today_fraud", "orders_today_total",
                     "orders_yesterday_total", "orders_thismonth_total")
    )  # fmt: skip
    caller.client.post("/_mock/clock", json={"advance": {"days": 1}})
    assert 2 == caller.ask("GetStats")["orders_yesterday_total"]


def test_a14_messages_are_written_down(caller):
    """A14: from a template, about a service; and in one's own words, about an invoice. Nothing is sent."""
    caller.ask("SendEmail", messagename="Hosting Account Welcome Email", id=20)
    caller.ask("SendEmail", customtype="invoice", customsubject="Thanks", custommessage="<p>x</p>", id=1)

    assert [
        ("accounts@trading.example", "Hosting Account Welcome Email", {"client": 2, "service": 20}),
        ("davis@example.com", "Custom Message", {"client": 1, "invoice": 1}),
    ] == [(mail["to"], mail["template"], mail["related"]) for mail in mails(caller)]
    assert "Thanks" == mails(caller)[1]["subject"]


@pytest.mark.parametrize(
    ("action", "form", "message"),
    [
        ("GetTLDPricing", "currencyid=9", "'currencyid': there is no currency 9"),
        ("GetTLDPricing", "clientid=99", "'clientid': there is no client 99"),
        ("DomainWhois", "", "Domain not valid"),
        ("DomainWhois", "domain=nothing", "Domain not valid"),
        ("DomainWhois", "domain=a.unsold", "The given TLD is not supported for WHOIS lookups"),
        ("DomainWhois", "domain=a.io", "The given TLD is not supported for WHOIS lookups"),
        ("ValidateLogin", "email=davis@example.com", "Email or Password Invalid"),
        ("ValidateLogin", "email=davis@example.com&password2=x", "Email or Password Invalid"),
        ("ValidateLogin", "email=nobody@example.com&password2=counterfoil", "Email or Password Invalid"),
        ("SendEmail", "id=1", "You must provide either an existing email template name or a custom message type"),
        ("SendEmail", "customtype=loud&id=1", "Invalid message type provided"),
        ("SendEmail", "customtype=general&id=1", "A subject is required for a custom message"),
        ("SendEmail", "customtype=general&customsubject=x&id=1", "A message body is required for a custom message"),
        ("SendEmail", "messagename=Invoice Created&customvars=!&id=1", "The custom variables you provided are invalid."),
        ("SendEmail", "messagename=Invoice Created&customvars=AAAA&id=1", "The custom variables you provided are invalid."),
        ("SendEmail", "messagename=Invoice Created", "A related ID is required"),
        ("SendEmail", "messagename=Order Confirmation&id=1", "Email Template not found"),
        ("SendEmail", "messagename=Invoice Created&id=99", "Sending Failed. Please see documentation."),
        ("SendEmail", "customtype=support&customsubject=x&custommessage=y&id=1", "Sending Failed. Please see documentation."),
    ],
)  # fmt: skip
def test_a14_what_is_not_there_is_not_told(caller, action: str, form: str, message: str):
    """A14: in the vendor's words."""
    assert caller.message(action, form).endswith(message)
    assert [] == mails(caller)
