"""Domains are the same in both APIs: what they cost, where they are in their lives, and when they are due."""

from typing import Any

import pytest

from counterfoil.mockserver.whmcs.pricing import order_lines
from counterfoil.mockserver.whmcs.seed import seeded_state
from tests.mockserver.whmcs.rest.conftest import STANDS_AT
from tests.mockserver.whmcs.rest.shopping import REGISTRATION, Shopper

DAY = 24 * 60 * 60
PAYMENT = {"transid": "T1", "gateway": "paypal", "date": "2026-01-05"}


def classic(visitor: Any, number: int) -> Any:
    (row,) = visitor.call("GetClientsDomains", domainid=number)["domains"]["domain"]
    return row


def test_a_seeded_domain_costs_again_what_its_tld_and_its_extras_do() -> None:
    """Renewed for its own years or for others, a year costs the same."""
    installation = seeded_state(STANDS_AT, 1)
    for domain in installation.domains.values():
        currency = installation.clients[domain.client].currency
        one, two = (order_lines.renewal_line(installation, currency, domain, years).amount for years in (1, 2))

        assert (domain.name, one * 2) == (domain.name, two)


@pytest.mark.parametrize(
    ("days", "status", "price"),
    [(0, "Active", "14.95"), (30, "Grace", "19.95"), (75, "Redemption", "94.95"), (195, "Expired", None)],
)
def test_a_domain_is_where_it_is_in_its_life(davis: Any, days: int, status: str, price: str | None) -> None:
    """In both APIs; and after redemption neither renews it at any price."""
    davis.later(days * DAY)
    davis.log_in()
    shown = davis.get("/user/domains/3")

    assert (status, status) == (shown["status"], classic(davis, 3)["status"])
    assert price == next((each["pricing"]["value"] for each in shown["renewal_periods"]), None)
    form = {"action": "AddOrder", "clientid": 1, "paymentmethod": "mailin", "domainrenewals[domain1.com]": 1}
    secret = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json"}
    ordered = davis.client.post("/includes/api.php", data={**form, **secret}).json
    if price is None:
        assert "error" == ordered["result"]
        assert "Expired" in ordered["message"]
        assert (
            422
            == Shopper(davis).refused("POST", "/items", {"items": [{"type": "domain_renewal", "id": 3, "period": 1}]})[
                0
            ]
        )
    else:
        invoice = davis.call("GetInvoice", invoiceid=ordered["invoiceid"])
        assert price == invoice["subtotal"]
        assert (2 if status != "Active" else 1) == len(invoice["items"]["item"])


def test_a_domain_that_nobody_has_registered_is_due_and_does_not_expire(davis: Any) -> None:
    """It is due at once, after its payment when its years are over; it expires when it is registered."""
    mine = Shopper(davis)
    mine.add({**REGISTRATION, "period": 2})
    order = mine.ask("POST", "/checkout")["order_id"]
    (placed,) = davis.call("GetOrders", id=order)["orders"]["order"]
    (number,) = (each["id"] for each in davis.get("/user/domains") if each["domain_name"] == "free-three.com")

    def days() -> tuple[str, str, str]:
        row = classic(davis, number)
        return row["expirydate"], row["nextduedate"], davis.get(f"/user/domains/{number}")["expiry_date"]

    assert ("0000-00-00", "2026-01-05", "2026-01-05") == days()
    davis.call("AddInvoicePayment", invoiceid=placed["invoiceid"], **PAYMENT)
    assert ("0000-00-00", "2028-01-05", "2028-01-05") == days()
    davis.call("AcceptOrder", orderid=order)
    assert ("2028-01-05", "2028-01-05", "2028-01-05") == days()


def test_a_domain_that_is_registered_before_it_is_paid_is_due_when_it_expires(davis: Any) -> None:
    """Its payment moves nothing further."""
    order = davis.call(
        "AddOrder", clientid=1, paymentmethod="mailin", domain="free-four.com", domaintype="register", regperiod=1
    )
    davis.call("AcceptOrder", orderid=order["orderid"])
    davis.call("AddInvoicePayment", invoiceid=order["invoiceid"], **PAYMENT)

    row = classic(davis, order["domainids"])
    assert ("2027-01-05", "2027-01-05") == (row["expirydate"], row["nextduedate"])


def test_a_registration_that_credit_pays_is_due_when_its_years_are_over(davis: Any) -> None:
    """As one that was paid with money."""
    davis.call("AddCredit", clientid=1, description="Gift", amount="100.00")
    order = davis.call(
        "AddOrder", clientid=1, paymentmethod="mailin", domain="free-five.com", domaintype="register", regperiod=1
    )

    row = classic(davis, order["domainids"])
    assert ("0000-00-00", "2027-01-05") == (row["expirydate"], row["nextduedate"])


@pytest.mark.parametrize("tld", ["com", "COM", ".com", " .Com "])
def test_a_tld_is_meant_with_a_dot_and_without_in_any_letters(davis: Any, tld: str) -> None:
    """As bundles have it, and as everything else does."""
    path = {"tld": tld}
    assert "com" == davis.send("GET", f"/store/domain/pricing/{tld}").json["data"]["tld"]
    assert [] == davis.send("GET", "/store/domain/additionalfields", query_string=path).json["data"]
    found = davis.send("POST", "/store/domain/suggestions", {"term": "free shop", "tlds": [tld, "nowhere"]}).json[
        "data"
    ]
    assert {"com"} == {each["tld"] for each in found}


def test_tlds_that_are_not_sold_have_no_suggestions(davis: Any) -> None:
    """Nobody is offered what was not asked for."""
    assert (
        [] == davis.send("POST", "/store/domain/suggestions", {"term": "free shop", "tlds": [".nowhere"]}).json["data"]
    )


def test_a_client_is_found_by_its_own_email(administrator: Any) -> None:
    """Besides that of its owner."""
    assert [2] == [each["id"] for each in administrator.get("/admin/clients/search?query=accounts@trading")]
