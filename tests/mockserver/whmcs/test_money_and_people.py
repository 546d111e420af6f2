"""Payments, and the accounts of clients."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from counterfoil.mockserver.engine.moments import add_months
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing.payments import pay
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.people import digest
from counterfoil.mockserver.whmcs.ordering import fulfilment
from counterfoil.mockserver.whmcs.ordering.placing import place
from counterfoil.mockserver.whmcs.people import accounts
from counterfoil.mockserver.whmcs.people.accounts import ClientDetails
from counterfoil.mockserver.whmcs.pricing.order_request import OrderRequest, ServiceRequest

NOW = datetime(2026, 8, 24, 9, 30)
KIM = {
    "first_name": "Kim", "last_name": "Sample", "email": "kim@example.com", "address1": "12 Carbon Lane",
    "city": "Springfield", "state": "Illinois", "postcode": "62701", "country": "US", "phone": "217-555-0142",
}  # fmt: skip


@pytest.fixture
def invoice(installation: Installation):
    """An unpaid invoice of client 1, of 14.00."""
    services = [ServiceRequest(line="0", product=1, addons=[1])]
    order = place(installation, OrderRequest(client=1, method="mailin", services=services), NOW)
    return installation.invoices[order.invoice]


def paid(installation: Installation, invoice, amount: str | None = None) -> tuple[str, str]:
    pay(
        installation, invoice.id, method="paypal", reference="X", at=NOW,
        amount=None if amount is None else Decimal(amount),
    )  # fmt: skip
    return str(invoice.balance), invoice.status


def test_without_an_amount_all_that_is_left_is_paid(installation: Installation, invoice):
    """What has been paid for is due a month later."""
    assert ("0.00", "Paid") == paid(installation, invoice)

    assert NOW == invoice.paid
    assert date(2026, 9, 24) == installation.services[23].next_due
    assert date(2026, 9, 24) == installation.service_addons[41].next_due


def test_a_part_leaves_the_rest(installation: Installation, invoice):
    """The invoice is Paid when its balance reaches zero."""
    assert ("8.50", "Unpaid") == paid(installation, invoice, "5.50")
    assert ("0.00", "Paid") == paid(installation, invoice, "8.50")
    assert "0.00" == str(installation.clients[1].credit)


def test_what_was_paid_too_much_becomes_credit(installation: Installation, invoice):
    """Once for what is over, and wholly for what comes after; it settles the next invoice."""
    assert ("-6.00", "Paid") == paid(installation, invoice, "20.00")
    assert ("-7.50", "Paid") == paid(installation, invoice, "1.50")
    assert "7.50" == str(installation.clients[1].credit)

    order = place(
        installation, OrderRequest(client=1, method="mailin", services=[ServiceRequest(line="0", product=1)]), NOW
    )  # fmt: skip

    assert "2.50" == str(installation.invoices[order.invoice].balance)


def test_s9_what_credit_has_paid_is_due_a_month_later(installation: Installation):
    """S9: as what money has paid, also after the order was accepted."""
    order = place(
        installation, OrderRequest(client=2, method="mailin", services=[ServiceRequest(line="0", product=1)]), NOW
    )  # fmt: skip
    fulfilment.accept(installation, order.id, NOW.date())

    assert "Paid" == installation.invoices[order.invoice].status
    assert date(2026, 9, 24) == installation.services[23].next_due


def test_s9_what_costs_nothing_is_due_a_period_later(installation: Installation):
    """S9: a price that is overridden with 0, for a year."""
    free = ServiceRequest(line="0", product=1, cycle="annually", price=Decimal(0))
    order = place(installation, OrderRequest(client=1, method="mailin", services=[free]), NOW)

    assert "Paid" == installation.invoices[order.invoice].status
    assert date(2027, 8, 24) == installation.services[23].next_due


@pytest.mark.parametrize("end", [fulfilment.cancel, fulfilment.mark_fraud])
def test_s14_a_cancelled_invoice_gives_its_credit_back(installation: Installation, end):
    """S14: client 2 has 15.00, which settled a part; an order that comes back leaves them where they are."""
    services = [ServiceRequest(line="0", product=1, cycle="annually")]
    order = place(installation, OrderRequest(client=2, method="mailin", services=services), NOW)
    invoice = installation.invoices[order.invoice]
    assert ("15.00", "0.00") == (str(invoice.credit), str(installation.clients[2].credit))

    end(installation, order.id)

    assert ("Cancelled", "0.00", "100.00") == (invoice.status, str(invoice.credit), str(invoice.balance))
    assert "15.00" == str(installation.clients[2].credit)
    fulfilment.set_pending(installation, order.id)
    assert ("Unpaid", "100.00") == (invoice.status, str(invoice.balance))
    fulfilment.cancel(installation, order.id)
    fulfilment.delete(installation, order.id)
    assert "15.00" == str(installation.clients[2].credit)


def test_what_cannot_be_paid_is_refused(installation: Installation, everything, invoice):
    """No such invoice, a cancelled one, no such way to pay; nothing has changed then."""
    with pytest.raises(Refusal, match="invoice_not_found"):
        pay(installation, 99, method="paypal", reference="X", at=NOW)
    with pytest.raises(UnusableValue, match="invalid_parameter"):
        pay(installation, invoice.id, method="gold", reference="X", at=NOW)
    assert [] == invoice.payments
    fulfilment.cancel(installation, 7)
    before = everything()
    with pytest.raises(Refusal, match="invoice_cancelled"):
        pay(installation, invoice.id, method="paypal", reference="X", at=NOW)
    assert before == everything()


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-12-15", 1, "2028-01-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-08-24", 120, "2036-08-24"),
        ("9999-12-01", 1, "9999-12-31"),
    ],
)
def test_months_are_added_as_a_calendar_has_them(day: str, months: int, then: str):
    """The last day of a month that is too short; never beyond the last day that there is."""
    assert then == add_months(date.fromisoformat(day), months).isoformat()


def test_a_new_client_has_a_user(installation: Installation):
    """Who can log in with the password that came along."""
    made = accounts.open_account(installation, ClientDetails(**KIM), "secret", NOW, currency=None, ip="192.0.2.1")

    user = installation.users[installation.users_by_email["kim@example.com"]]
    assert (5, 1, "Active", NOW.date(), 36) == (made.id, made.currency, made.status, made.registered, len(made.uuid))
    assert ([5], digest("secret")) == (user.clients, user.password)


#: what is said more than in the row before, and how that is refused
FORM = [
    ({}, "first_name_missing"),
    ({"first_name": "Kim"}, "last_name_missing"),
    ({"last_name": "Sample"}, "email_missing"),
    ({"email": "kim"}, "email_invalid"),
    ({"email": "kim@example"}, "email_invalid"),
    ({"email": "Davis@Example.com"}, "address_missing"),
    ({"address1": "12 Carbon Lane"}, "city_missing"),
    ({"city": "Springfield"}, "state_missing"),
    ({"state": "Illinois"}, "postcode_missing"),
    ({"postcode": "62701"}, "country_invalid"),
    ({"country": "ZZ"}, "country_invalid"),
    ({"country": "us"}, "phone_number_missing"),
    ({"phone": "217-555-0142"}, "email_taken"),
]


@pytest.mark.parametrize("rows", range(1, len(FORM) + 1), ids=lambda rows: FORM[rows - 1][1])
def test_what_is_missing_is_said_in_the_order_of_the_form(installation: Installation, rows: int):
    """The first thing that is wrong decides."""
    said = {name: value for more, _ in FORM[:rows] for name, value in more.items()}

    with pytest.raises(Refusal, match=FORM[rows - 1][1]):
        accounts.check(installation, ClientDetails(**said))


def test_clients_are_found_by_how_they_begin(installation: Installation):
    """By first name, last name, both, company or email; sorted by last name, first name, company."""
    found = {
        text: [client.id for client in accounts.search(installation, text)]
        for text in ("", "DAVIS", "ex", "davis ex", "former", "accounts@", "nobody", "avis")
    }

    assert {
        "": [1, 2, 4, 3], "DAVIS": [1, 2], "ex": [1, 2, 4], "davis ex": [1, 2], "former": [4], "accounts@": [2],
        "nobody": [], "avis": [],
    } == found  # fmt: skip
