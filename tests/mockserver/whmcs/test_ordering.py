"""What an order makes of the installation, and what it costs."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.ordering.placing import place
from counterfoil.mockserver.whmcs.pricing.order_request import AddonRequest, DomainRequest, OrderRequest, ServiceRequest

NOW = datetime(2026, 8, 24, 9, 30)


def service(product: int = 1, line: str = "0", **more) -> ServiceRequest:
    return ServiceRequest(line=line, product=product, **more)


def domain(name: str = "whmcs.com", line: str = "0", **more) -> DomainRequest:
    return DomainRequest(line=line, name=name, **more)


def order_request(*lines, client: int = 1, method: str = "mailin", **more) -> OrderRequest:
    kinds = {ServiceRequest: "services", DomainRequest: "domains", AddonRequest: "addons"}
    given = {name: [line for line in lines if isinstance(line, kind)] for kind, name in kinds.items()}
    return OrderRequest(client=client, method=method, **given, **more)


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        (service(), "10.00"),
        (service(cycle="annually"), "100.00"),
        (service(cycle="Annually"), "100.00"),
        (service(4), "0.00"),
        (service(4, cycle="monthly"), "0.00"),
        (service(addons=[1, 5, 9]), "39.00"),
        (service(addons=[1, 999]), "14.00"),
        (service(cycle="annually", addons=[1]), "140.00"),
        (service(options={1: 2}), "12.00"),
        (service(options={1: 2, 99: 5}), "12.00"),
        (service(price=Decimal("3.455")), "3.46"),
        (service(options={1: 2}, price=Decimal(0)), "0.00"),
        (domain(), "12.95"),
        (domain(years=3), "38.85"),
        (domain("whmcs.co.uk", transfer=True), "0.00"),
        (domain(dns_management=True, email_forwarding=True, id_protection=True, years=2), "41.90"),
        (domain(price=Decimal(0)), "0.00"),
        (AddonRequest(addon=5, service=19), "5.00"),
    ],
)
def test_a_line_costs_what_the_catalogue_says(installation: Installation, line, amount: str):
    """Client 1 pays in dollars; none of these things is taxed."""
    order = place(installation, order_request(line), NOW)

    assert amount == str(order.amount)
    assert amount == str(installation.invoices[order.invoice].total)


def test_a_setup_fee_is_paid_once(installation: Installation):
    """It is a line of its own on the invoice, and no part of what is due later."""
    order = place(installation, order_request(service(2), client=3), NOW)

    made = installation.services[order.services[0]]
    items = installation.invoices[order.invoice].items
    assert (Decimal("40.50"), Decimal("27.00")) == (made.first_payment, made.recurring)
    assert [("service", "27.00"), ("setup", "13.50")] == [(item.kind, str(item.amount)) for item in items]


def test_another_currency_has_prices_of_its_own(installation: Installation):
    """Client 3 pays in euros, at 0.9 for a dollar, in whole cents."""
    order = place(installation, order_request(service(), domain(), client=3), NOW)

    assert "20.66" == str(order.amount)  # 9.00 and 11.66


def test_options_of_every_kind_add_to_the_price(installation: Installation):
    """A choice, a button, yes, and four of something, for a year."""
    options = {1: 2, 2: 4, 3: 1, 4: 4}

    order = place(installation, order_request(service(5, cycle="annually", options=options), client=3), NOW)

    made = installation.services[order.services[0]]
    assert options == made.options
    assert Decimal("293.40") == made.recurring  # 0.9 times (240 + 24 + 12 + 30 + 4 * 5)


def test_options_that_nobody_chose_have_their_defaults(installation: Installation):
    """The first choice, no, and the smallest quantity."""
    order = place(installation, order_request(service(5, options={4: 2})), NOW)

    assert {1: 1, 2: 3, 3: 0, 4: 2} == installation.services[order.services[0]].options


def test_what_is_ordered_belongs_to_the_order(installation: Installation):
    """Source 001, Single Product: a service, its addons, its domain, an invoice; all Pending."""
    order = place(
        installation, order_request(service(domain="whmcs.com", addons=[1, 3, 9], fields={1: "Google"}), domain()), NOW
    )

    assert (7, (23,), (41, 42, 43), (15,), 12) == (
        order.id, order.services, order.addons, order.domains, order.invoice
    )  # fmt: skip
    made = installation.services[23]
    assert ("whmcs.com", {1: "Google"}, [41, 42, 43]) == (made.domain, made.fields, made.addons)
    assert {"Pending"} == {
        order.status, made.status, installation.domains[15].status,
        *(installation.service_addons[number].status for number in order.addons),
    }  # fmt: skip
    assert "Unpaid" == installation.invoices[12].status
    assert date(2026, 8, 24) == installation.domains[15].next_due


def test_an_addon_takes_the_cycle_of_its_service_if_it_has_it(installation: Installation):
    """Else its own first one."""
    order = place(installation, order_request(service(cycle="annually", addons=[1, 3, 9])), NOW)

    cycles = [installation.service_addons[number].cycle for number in order.addons]
    assert ["annually", "annually", "onetime"] == cycles


def test_the_same_seed_gives_the_same_numbers(installation: Installation):
    """An order's number looks random and follows from the seed and the id."""
    from counterfoil.mockserver.whmcs.seed import seeded_state

    numbers = [
        place(each, order_request(service()), NOW).number
        for each in (installation, seeded_state(NOW, 1), seeded_state(NOW, 2))
    ]

    assert numbers[0] == numbers[1] != numbers[2]
    assert all(len(number) == 10 for number in numbers)


def test_an_order_without_invoice_has_none(installation: Installation):
    """It still has its amount."""
    order = place(installation, order_request(service(), invoiced=False), NOW)

    assert (0, "10.00") == (order.invoice, str(order.amount))
    assert 5 == len(installation.invoices)


def test_a_free_order_has_a_paid_invoice(installation: Installation):
    """An invoice with nothing left to pay is Paid at once."""
    order = place(installation, order_request(service(4)), NOW)

    invoice = installation.invoices[order.invoice]
    assert ("0.00", "Paid", NOW) == (str(invoice.total), invoice.status, invoice.paid)


def test_taxed_lines_are_taxed_where_the_client_lives(installation: Installation):
    """In the United Kingdom one tax of 20 %, in California 7.25 % and 1.5 %, in Germany none here."""
    totals = {}
    for client in (1, 2, 3):
        order = place(installation, order_request(service(5), service(1, line="1"), client=client), NOW)
        invoice = installation.invoices[order.invoice]
        totals[client] = tuple(map(str, (invoice.subtotal, invoice.tax, invoice.tax2, order.amount)))

    assert ("40.00", "6.00", "0.00", "46.00") == totals[1]
    assert ("40.00", "2.18", "0.45", "42.63") == totals[2]
    assert ("36.00", "0.00", "0.00", "36.00") == totals[3]


def test_a_compound_tax_is_taken_on_the_first_too(installation: Installation):
    """30 with 7.25 % is 32.18, of which 1.5 % are 0.48."""
    installation.settings.compound_tax = True

    order = place(installation, order_request(service(5), client=2), NOW)

    assert "0.48" == str(installation.invoices[order.invoice].tax2)


def test_credit_settles_a_new_invoice(installation: Installation):
    """Client 2 has 15.00: the first order takes ten of them, the second the rest."""
    first, second = (place(installation, order_request(service(), client=2), NOW) for _ in range(2))

    paid, open_ = installation.invoices[first.invoice], installation.invoices[second.invoice]
    assert ("10.00", "0.00", "Paid") == (str(paid.credit), str(paid.total), paid.status)
    assert ("5.00", "5.00", "Unpaid") == (str(open_.credit), str(open_.balance), open_.status)
    assert "0.00" == str(installation.clients[2].credit)
    assert {"10.00"} == {str(first.amount), str(second.amount)}


def test_stock_goes_down_and_its_end_is_said(installation: Installation, everything):
    """There are two of product 3; the third order changes nothing."""
    place(installation, order_request(service(3), service(3, line="1")), NOW)
    before = everything()

    with pytest.raises(UnusableValue, match="invalid_parameter") as refused:
        place(installation, order_request(service(3)), NOW)

    assert ("product", "product 3 is out of stock") == (refused.value.what, refused.value.reason)
    assert before == everything()


def test_years_are_bought_for_a_domain(installation: Installation):
    """For as many as it usually gets at its own price, else at the TLD's and its extras'; no domain is made."""
    order = place(installation, order_request(renewals={"Domain1.com": 1, "domain2.com": 2}), NOW)

    assert (("domain1.com", "14.95"), ("domain2.com", "25.90")) == tuple(
        (renewal.name, str(renewal.amount)) for renewal in order.renewals
    )
    assert () == order.domains
    order = place(installation, order_request(renewals={"domain1.com": 2}), NOW)
    assert "29.90" == str(order.amount)  # it has DNS management


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (order_request(service(), client=99), "client_id_not_found"),
        (order_request(service(), client=99, method="nothing"), "client_id_not_found"),
        (order_request(service(), client=4, method="nothing"), "client_closed"),
        (order_request(service(), method="nothing"), "invalid_payment_method"),
        (order_request(), "no_items"),
        (order_request(service(99)), "no_items"),
        (order_request(service(), AddonRequest(addon=99, service=19)), "addon_invalid"),
        (order_request(service(), AddonRequest(addon=5, service=20)), "service_not_owned"),
        (order_request(service(), AddonRequest(addon=5, service=None)), "service_not_owned"),
        (order_request(service(), renewals={"whmcs.com": 1}), "domain_not_owned"),
        (order_request(renewals={"trading-place.net": 1}), "domain_not_owned"),
        (order_request(renewals={"trading-place.net": 1}, client=2), "domain_not_renewable"),
        (order_request(service(), service(cycle="weekly", line="1")), "invalid_parameter"),
        (order_request(service(), service(price=Decimal(-1), line="1")), "invalid_parameter"),
        (order_request(service(), domain("whmcs")), "invalid_parameter"),
        (order_request(service(), domain("a b.com")), "invalid_parameter"),
        (order_request(service(), domain("whmcs.unsold")), "invalid_parameter"),
        (order_request(service(), domain("whmcs.io", transfer=True)), "invalid_parameter"),
        (order_request(service(), domain("whmcs.io", years=6)), "invalid_parameter"),
        (order_request(service(), contact=2), "invalid_parameter"),
        (order_request(service(), contact=99), "invalid_parameter"),
        (order_request(service(), affiliate=99), "invalid_parameter"),
    ],
)
def test_a_refused_order_changes_nothing(installation: Installation, everything, order: OrderRequest, refusal: str):
    """Neither an id nor stock nor a promotion's uses, whatever came before the wrong line."""
    before = everything()

    with pytest.raises(Refusal) as refused:
        place(installation, order, NOW)

    assert refusal == refused.value.name
    assert before == everything()


def test_a_domain_that_was_cancelled_can_be_ordered_again_and_renewed(installation: Installation):
    """Of two domains of one name, the one that can be renewed is meant."""
    installation.domains[3].status = "Cancelled"
    place(installation, order_request(domain("domain1.com")), NOW)

    with pytest.raises(Refusal, match="domain_not_renewable"):
        place(installation, order_request(renewals={"domain1.com": 1}), NOW)

    installation.domains[15].status = "Active"
    assert 15 == place(installation, order_request(renewals={"domain1.com": 1}), NOW).renewals[0].domain


def test_a_name_with_other_letters_is_kept_in_its_ascii_form(installation: Installation):
    """As a registry wants it."""
    order = place(installation, order_request(domain("Münze.com")), NOW)

    assert "xn--mnze-0ra.com" == installation.domains[order.domains[0]].name
