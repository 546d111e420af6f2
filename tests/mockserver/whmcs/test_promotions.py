"""What a promotion code takes off, and from what."""

from datetime import datetime
from decimal import Decimal

import pytest

from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Order
from counterfoil.mockserver.whmcs.model.promotions import Promotion
from counterfoil.mockserver.whmcs.ordering.placing import place
from counterfoil.mockserver.whmcs.pricing.order_request import DomainRequest, OrderRequest, ServiceRequest

NOW = datetime(2026, 8, 24, 9, 30)


def ordered(installation: Installation, code: str, *products: int, client: int = 1, **more) -> Order:
    services = [ServiceRequest(line=str(line), product=product) for line, product in enumerate(products)]
    return place(
        installation, OrderRequest(client=client, method="mailin", services=services, promotion=code, **more), NOW
    )


def test_a_percentage_comes_off_what_the_code_is_meant_for(installation: Installation):
    """demopromo: ten per cent of products 1 and 5, setup fee and tax included, once."""
    order = ordered(installation, "DemoPromo", 1, 2, 5)

    lines = [installation.services[number] for number in order.services]
    assert ["9.00", "45.00", "27.00"] == [str(line.first_payment) for line in lines]
    assert ["10.00", "30.00", "25.00"] == [str(line.recurring) for line in lines]
    assert [1, 0, 1] == [line.promotion for line in lines]
    items = installation.invoices[order.invoice].items
    assert [("-1.00", False), ("-3.00", True)] == [
        (str(item.amount), item.taxed) for item in items if item.kind == "promotion"
    ]
    assert "95.40" == str(order.amount)  # 81.00, and a fifth of 45.00 and 27.00
    assert 1 == installation.promotions[1].uses


def test_a_code_can_be_meant_for_domains(installation: Installation):
    """Source 001, Domain Only with promo: demopromo is for .com and .co.uk."""
    domains = [
        DomainRequest(line="0", name="whmcs.com", dns_management=True, id_protection=True),
        DomainRequest(line="1", name="whmcs.co.uk", years=2),
    ]

    order = ordered(installation, "demopromo", domains=domains)

    assert "32.35" == str(order.amount)  # 19.95 and 16.00, less 2.00 (of 1.995) and 1.60


def test_a_recurring_code_makes_later_payments_cheaper(installation: Installation):
    """CARTAPI: twenty per cent of everything, for good."""
    order = ordered(installation, "CARTAPI", 5)

    made = installation.services[order.services[0]]
    assert ("24.00", "20.00") == (str(made.first_payment), str(made.recurring))


def test_a_code_can_set_the_price_or_take_the_setup_fee(installation: Installation):
    """SIXAMONTH is another price for as long as the service goes on, NOSETUP saves what is paid but once."""
    cheaper, without_setup = ordered(installation, "SIXAMONTH", 1), ordered(installation, "NOSETUP", 5)

    made = [installation.services[order.services[0]] for order in (cheaper, without_setup)]
    assert [("6.00", "6.00"), ("25.00", "25.00")] == [(str(each.first_payment), str(each.recurring)) for each in made]


def test_a_fixed_amount_comes_off_one_line(installation: Installation):
    """PROMOCODE: 5.00 once an order, in the client's currency, and never more than the line costs."""
    dollars, euros = (ordered(installation, "PROMOCODE", 1, 1, client=client) for client in (1, 3))
    free = ordered(installation, "PROMOCODE", 4)

    assert ["15.00", "13.50", "0.00"] == [str(order.amount) for order in (dollars, euros, free)]


@pytest.mark.parametrize("code", ["LASTYEAR", "nothing", ""])
def test_a_code_that_gives_nothing_is_no_error(installation: Installation, code: str):
    """Expired or unknown: the order costs what it costs, and names no promotion."""
    order = ordered(installation, code, 1)

    assert ("10.00", 0) == (str(order.amount), order.promotion)


def test_a_code_is_used_up(installation: Installation):
    """After as many orders as it is good for."""
    installation.promotions[1].max_uses = 1

    assert ["9.00", "10.00"] == [str(ordered(installation, "demopromo", 1).amount) for _ in range(2)]


def test_a_code_can_be_given_on_what_it_is_not_meant_for(installation: Installation):
    """If the caller says so."""
    order = ordered(installation, "demopromo", 2, on_everything=True)

    assert "40.50" == str(installation.services[order.services[0]].first_payment)


@pytest.mark.parametrize(
    ("kind", "value", "amount", "setup", "off"),
    [
        ("percentage", "33.33", "10.00", "0.00", "3.33"),
        ("percentage", "200.00", "10.00", "5.00", "15.00"),
        ("fixed", "20.00", "10.00", "5.00", "15.00"),
        ("override", "4.00", "10.00", "5.00", "6.00"),
        ("override", "40.00", "10.00", "5.00", "0.00"),
        ("setup", "0.00", "10.00", "5.00", "5.00"),
    ],
)
def test_every_kind_of_code_stays_between_nothing_and_all(kind: str, value: str, amount: str, setup: str, off: str):
    """What comes off is at most what the line costs, and never adds to it."""
    promotion = Promotion(id=1, code="x", kind=kind, value=Decimal(value))

    assert off == str(promotion.discount(Decimal(amount), Decimal(setup), Decimal(1)))
