"""From a cart to an order, which both contracts show."""

from decimal import Decimal

import pytest

from counterfoil.mockserver.app import Mock
from tests.mockserver.whmcs.rest.shopping import BUSINESS, PRODUCT, REGISTRATION, TRANSFER, Shopper, business, product

URL = "http://localhost"


@pytest.fixture
def mine(davis):
    return Shopper(davis)


def order(shopper, number):
    """The order and its invoice in the classic API."""
    (row,) = shopper.visitor.call("GetOrders", id=number)["orders"]["order"]
    return row, shopper.visitor.call("GetInvoice", invoiceid=row["invoiceid"])


def switch(shopper):
    """Act for the user's other client, 2, who lives in California and has credit."""
    uuid = next(each["uuid"] for each in shopper.visitor.get("/user/clients") if not each["selected"])
    assert 200 == shopper.visitor.send("PUT", f"/user/session/client/{uuid}").status_code


def placed(shopper, *items):
    """Check a cart with these items out."""
    total = shopper.add(*items)["totals"]["total"]["value"]
    done = shopper.ask("POST", "/checkout")
    row, invoice = order(shopper, done["order_id"])
    assert total == row["amount"]
    assert Decimal(total) == sum(Decimal(invoice[name]) for name in ("subtotal", "tax", "tax2"))
    assert Decimal(invoice["subtotal"]) == sum(Decimal(item["amount"]) for item in invoice["items"]["item"])
    assert f"{URL}/viewinvoice.php?id={row['invoiceid']}" == done["url"]
    return row, invoice


def test_an_order_of_everything(mine):
    """Both contracts see the service, and the cart is empty and keeps its id."""
    mine.ask("POST", "/promotions", {"code": "CARTAPI"})
    row, invoice = placed(
        mine,
        product(addons=[{"id": 1}], custom_fields=[{"id": 1, "value": "Google"}], config_options=[{"id": 1, "value": 2}]),
        {**REGISTRATION, "nameservers": ["ns1.example.com"], "dns_management": True}, TRANSFER,
        {"type": "bundle", "id": 1, "items": [
            business(billing_cycle="annually", domain={**REGISTRATION, "name": "free-two.com"})]},
        {"type": "addon", "data": {"id": 5}, "service_id": 19}, {"type": "domain_renewal", "id": 3, "period": 2},
        {"type": "service_renewal", "id": 19}, {"type": "addon_renewal", "id": 40},
    )  # fmt: skip
    assert ("Pending", "CARTAPI", "ns1.example.com", "domain1.com=2", 1) == (
        row["status"], row["promocode"], row["nameservers"], row["renewals"], row["userid"],
    )  # fmt: skip
    assert ["product", "product", "addon", "addon", "addon", "domain", "domain", "domain", "renewal"] == [
        line["type"] for line in row["lineitems"]["lineitem"]
    ]
    assert "20.00" == invoice["taxrate"]
    services = {each["domain"]: each for each in mine.visitor.get("/user/services")}
    assert {"free-one.com", "free-two.com", "davis.example"} <= services.keys()
    shown = mine.show()
    assert ([], []) == (shown["items"], shown["promotions"])
    assert [mine.id] == [cart["id"] for cart in mine.visitor.get("/cart")]
    assert 400 == mine.send("POST", "/checkout").status_code


def test_what_was_chosen_is_what_is_ordered(mine):
    """Fields and options are the service's."""
    placed(mine, product(custom_fields=[{"id": 1, "value": "Google"}], config_options=[{"id": 1, "value": 2}]))
    rows = mine.visitor.call("GetClientsProducts", clientid=1, domain="free-one.com")["products"]["product"]
    assert [("12.00", "Monthly", "Pending", "Google", "50 GB")] == [
        (
            row["firstpaymentamount"], row["billingcycle"], row["status"],
            row["customfields"]["customfield"][0]["value"], row["configoptions"]["configoption"][0]["value"],
        )
        for row in rows
    ]  # fmt: skip


def test_a_paid_renewal_moves_the_due_date(mine):
    """The renewal is an item of the invoice like any later payment."""
    due = mine.visitor.call("GetClientsProducts", serviceid=19)["products"]["product"][0]["nextduedate"]
    row, _ = placed(mine, {"type": "service_renewal", "id": 19})
    pay = {"invoiceid": row["invoiceid"], "transid": "T", "gateway": "paypal", "date": "2026-01-05"}
    mine.visitor.call("AddInvoicePayment", **pay)
    assert due < mine.visitor.call("GetClientsProducts", serviceid=19)["products"]["product"][0]["nextduedate"]


def test_several_services_share_what_is_paid(mine):
    """Each has its part to the cent; the addon belongs to the first."""
    mine.ask("POST", "/promotions", {"code": "PROMOCODE"})
    row, _ = placed(mine, business(quantity=3, addons=[{"id": 1}]))
    lines = row["lineitems"]["lineitem"]
    assert ["28.33", "28.33", "28.34"] == [line["amount"] for line in lines if line["type"] == "product"]
    addons = mine.visitor.call("GetClientsAddons", clientid=1)["addons"]["addon"]
    assert min(line["relid"] for line in lines if line["type"] == "product") == addons[-1]["serviceid"]


def test_one_service_with_a_quantity(mine):
    """The order has one line for all."""
    site = {"type": "product", "product_id": 6, "billing_cycle": "onetime", "quantity": 7}
    row, _ = placed(mine, {**site, "custom_fields": [{"id": 7, "value": "https://example.com"}]})
    assert ["350.00"] == [line["amount"] for line in row["lineitems"]["lineitem"]]


def test_what_is_ordered_is_out_of_stock_until_it_is_cancelled(mine):
    """The whole quantity leaves the stock and returns."""
    server = {"type": "product", "product_id": 3, "billing_cycle": "monthly", "quantity": 2}
    row, _ = placed(mine, server)
    mine.add(server)
    assert "Only 0 in stock" == mine.errors()[0]["errors"][0]["error"]
    mine.visitor.call("CancelOrder", orderid=row["id"])
    assert [] == mine.errors()


def test_a_bundle_is_used(mine):
    """Its uses are counted when it is ordered."""
    placed(mine, {"type": "bundle", "id": 2, "items": [{**REGISTRATION, "period": 2}]})
    assert [4] == [each["uses"] for each in mine.visitor.get("/store/bundles/groups/5")["bundles"]]


def test_a_bundle_that_is_not_whole_is_not_used(mine):
    """There is nothing in it: no order, and no use."""
    before = mine.visitor.call("GetOrders")["totalresults"]
    mine.add({"type": "bundle", "id": 2})

    assert 400 == mine.send("POST", "/checkout").status_code
    assert [3] == [each["uses"] for each in mine.visitor.get("/store/bundles/groups/5")["bundles"]]
    assert before == mine.visitor.call("GetOrders")["totalresults"]


def test_credit_pays_the_invoice_and_not_the_order(mine):
    """The order's amount is the cart's total all the same."""
    switch(mine)
    _, invoice = placed(mine, PRODUCT)
    assert ("10.00", "0.00") == (invoice["credit"], invoice["balance"])


def test_what_another_client_has_cannot_be_ordered(mine):
    """After the user has chosen another client, the items have neither price nor way to checkout."""
    mine.add({"type": "service_renewal", "id": 19}, {"type": "addon", "data": {"id": 5}, "service_id": 19})
    assert [] == mine.errors()
    switch(mine)
    assert ["service", "service"] == [row["errors"][0]["type"] for row in mine.errors()]
    assert "0.00" == mine.show()["totals"]["total"]["value"]


def test_an_order_in_another_currency(visitor):
    """The amount is in the client's currency."""
    visitor.log_in("twofa@example.com")
    visitor.verify("417339")
    row, _ = placed(Shopper(visitor), PRODUCT)
    assert ("9.00", "€", 3) == (row["amount"], row["currencyprefix"], row["userid"])


def test_a_clients_discount_is_on_the_invoice(mine, whmcs_now: Mock):
    """It is an item of its own, and another one for what is taxed."""
    whmcs_now.worlds.get("main").state("whmcs").clients[1].discount = Decimal(10)
    _, invoice = placed(mine, PRODUCT, BUSINESS)
    assert [("10.00", 0), ("25.00", 1), ("5.00", 1), ("-3.00", 1), ("-1.00", 0)] == [
        (item["amount"], item["taxed"]) for item in invoice["items"]["item"]
    ]
    assert "5.40" == invoice["tax"]


def test_a_guest_places_no_order(visitor):
    """The guest hears an address, and the cart stays."""
    guest = Shopper(visitor)
    before = guest.add(PRODUCT)
    done = guest.ask("POST", "/checkout")
    assert ["url"] == list(done)
    assert done["url"].startswith(URL)
    assert before == guest.show()
    assert 5 == visitor.call("GetOrders")["totalresults"]


def test_a_guests_cart_is_ordered_by_whoever_logs_in(visitor):
    """The order is the selected client's, with that client's taxes."""
    guest = Shopper(visitor)
    guest.add(BUSINESS)
    visitor.log_in()
    assert "36.00" == order(guest, guest.ask("POST", "/checkout")["order_id"])[0]["amount"]


def test_a_refused_checkout_changes_nothing(mine):
    """The answer is what validate says, under another status."""
    before = mine.add(product(domain=None))
    answer = mine.send("POST", "/checkout")
    assert (400, ["data"]) == (answer.status_code, list(answer.json))
    assert before == mine.show()
    assert 5 == mine.visitor.call("GetOrders")["totalresults"]


def test_a_late_renewal_costs_its_fee_once(mine):
    """The fee stands apart from what recurs, in the cart and on the invoice; the domain's own price stays."""
    mine.visitor.later(60 * 24 * 60 * 60)
    mine.visitor.log_in()
    mine = Shopper(mine.visitor)
    cart = mine.add({"type": "domain_renewal", "id": 3, "period": 1})
    price = cart["items"][0]["billing"]["price"]["recurring"]
    usual = mine.visitor.call("GetClientsDomains", domainid=3)["domains"]["domain"][0]["recurringamount"]
    assert (usual, "80.00") == (price["amount"]["value"], price["setup"]["value"])
    assert [("annually", usual)] == [(each["cycle"], each["amount"]["value"]) for each in cart["totals"]["recurring"]]
    row, invoice = order(mine, mine.ask("POST", "/checkout")["order_id"])
    assert str(Decimal(usual) + 80) == invoice["subtotal"]
    assert [(usual, "Domain"), ("80.00", "DomainRedemptionFee")] == [
        (item["amount"], item["type"]) for item in invoice["items"]["item"]
    ]
    mine.visitor.call("AcceptOrder", orderid=row["id"])
    assert usual == mine.visitor.call("GetClientsDomains", domainid=3)["domains"]["domain"][0]["recurringamount"]
