"""The states of an order, and what they do to all that it made."""

from datetime import date, datetime, timedelta

import msgspec
import pytest

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing import payments
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import STATUSES, Order
from counterfoil.mockserver.whmcs.ordering import fulfilment
from counterfoil.mockserver.whmcs.ordering.placing import place
from counterfoil.mockserver.whmcs.pricing.order_request import AddonRequest, DomainRequest, OrderRequest, ServiceRequest

NOW = datetime(2026, 8, 24, 9, 30)
TODAY = NOW.date()

ACTS = {
    "accept": lambda installation, number: fulfilment.accept(installation, number, TODAY),
    "pending": fulfilment.set_pending,
    "cancel": fulfilment.cancel,
    "fraud": fulfilment.mark_fraud,
    "delete": fulfilment.delete,
}
REACHED = {"Pending": (), "Active": ("accept",), "Cancelled": ("cancel",), "Fraud": ("fraud",)}


def ordered(installation: Installation, product: int = 1, **more) -> Order:
    request = OrderRequest(
        client=1, method="mailin", services=[ServiceRequest(line="0", product=product, addons=[1])],
        domains=[DomainRequest(line="0", name="whmcs.com")], **more,
    )  # fmt: skip
    return place(installation, request, NOW)


@pytest.mark.parametrize(
    ("state", "act", "outcome"),
    [
        ("Pending", "accept", "Active"),
        ("Active", "accept", "order_not_found"),
        ("Cancelled", "accept", "order_not_found"),
        ("Fraud", "accept", "order_not_found"),
        ("Pending", "pending", "Pending"),
        ("Active", "pending", "Pending"),
        ("Cancelled", "pending", "Pending"),
        ("Fraud", "pending", "Pending"),
        ("Pending", "cancel", "Cancelled"),
        ("Active", "cancel", "order_not_found"),
        ("Cancelled", "cancel", "order_not_found"),
        ("Fraud", "cancel", "order_not_found"),
        ("Pending", "fraud", "Fraud"),
        ("Active", "fraud", "Fraud"),
        ("Cancelled", "fraud", "Fraud"),
        ("Fraud", "fraud", "Fraud"),
        ("Pending", "delete", "order_not_deletable"),
        ("Active", "delete", "order_not_deletable"),
        ("Cancelled", "delete", "gone"),
        ("Fraud", "delete", "gone"),
    ],
)
def test_each_act_meets_each_state(installation: Installation, everything, state: str, act: str, outcome: str):
    """All that the order made takes its state; a refused act changes nothing."""
    order = ordered(installation)
    for step in REACHED[state]:
        ACTS[step](installation, order.id)
    before = everything()

    if outcome.startswith("order_"):
        with pytest.raises(Refusal, match=outcome):
            ACTS[act](installation, order.id)
        assert before == everything()
        return
    ACTS[act](installation, order.id)

    if outcome == "gone":
        assert {order.id, 23, 41, 15, 12}.isdisjoint(
            [*installation.orders, *installation.services, *installation.service_addons, *installation.domains,
             *installation.invoices]
        )  # fmt: skip
    else:
        states = {
            order.status, installation.services[23].status, installation.service_addons[41].status,
            installation.domains[15].status,
        }  # fmt: skip
        assert {outcome} == states
        assert order.id in installation.orders_by.of((1, outcome))


@pytest.mark.parametrize("act", ACTS)
def test_no_act_finds_an_order_that_is_not_there(installation: Installation, act: str):
    """An absent id is answered like one that does not exist."""
    for number in (99, None):
        with pytest.raises(Refusal, match="order_not_found"):
            ACTS[act](installation, number)


def test_the_invoice_follows_the_order(installation: Installation):
    """An unpaid invoice is cancelled with its order and comes back with it; a paid one stays."""
    order = ordered(installation)
    invoice = installation.invoices[order.invoice]
    states = []
    for act in (fulfilment.cancel, fulfilment.set_pending, fulfilment.mark_fraud):
        act(installation, order.id)
        states.append(invoice.status)

    assert ["Cancelled", "Unpaid", "Cancelled"] == states
    fulfilment.set_pending(installation, order.id)
    payments.pay(installation, invoice.id, method="mailin", reference="1", at=NOW)
    fulfilment.cancel(installation, order.id)
    assert "Paid" == invoice.status


def test_acceptance_gives_a_domain_its_expiry_and_a_renewed_one_its_years_once(installation: Installation):
    """Setting the order back and accepting it again adds nothing."""
    before = installation.domains[3].expires
    order = ordered(installation, renewals={"domain1.com": 2})
    for _ in range(2):
        fulfilment.accept(installation, order.id, TODAY, registrar="enom", server=3, username="whmcscom")
        fulfilment.set_pending(installation, order.id)

    made, renewed = installation.domains[15], installation.domains[3]
    assert (date(2027, 8, 24), "enom") == (made.expires, made.registrar)
    assert (before.year + 2, before.month) == (renewed.expires.year, renewed.expires.month)
    assert "Active" == renewed.status
    assert (3, "whmcscom") == (installation.services[23].server, installation.services[23].username)


def test_stock_comes_back_with_a_cancelled_order(installation: Installation):
    """And is taken again when the order comes back."""
    order = ordered(installation, 3)
    product = installation.products[3]
    left = [product.stock]
    for act in (fulfilment.cancel, fulfilment.mark_fraud, fulfilment.set_pending, fulfilment.cancel, fulfilment.delete):
        act(installation, order.id)
        left.append(product.stock)

    assert [1, 2, 2, 1, 2, 2] == left


def test_a_deleted_service_takes_its_later_addons_along(installation: Installation):
    """The order that added them stays, without them."""
    order = ordered(installation)
    later = place(
        installation, OrderRequest(client=1, method="mailin", addons=[AddonRequest(addon=5, service=23)]), NOW
    )
    fulfilment.cancel(installation, order.id)
    fulfilment.delete(installation, order.id)

    assert () == later.addons
    assert [40] == list(installation.service_addons)


def test_deleting_gives_the_credit_back(installation: Installation):
    """Client 2 paid ten of its fifteen with it."""
    order = place(
        installation, OrderRequest(client=2, method="mailin", services=[ServiceRequest(line="0", product=1)]), NOW
    )  # fmt: skip
    fulfilment.mark_fraud(installation, order.id)
    assert "5.00" == str(installation.clients[2].credit)

    fulfilment.delete(installation, order.id)

    assert "15.00" == str(installation.clients[2].credit)


def test_indexes_are_the_same_after_a_snapshot(installation: Installation):
    """What is found by client, state, product, name is found again."""
    orders = [ordered(installation) for _ in range(5)]
    for act, order in zip(ACTS.values(), orders, strict=True):
        if act is not fulfilment.delete:
            act(installation, order.id)
    fulfilment.cancel(installation, orders[4].id)
    fulfilment.delete(installation, orders[4].id)

    again = msgspec.convert(
        msgspec.to_builtins(installation, str_keys=True), Installation, strict=False, str_keys=True
    )  # fmt: skip

    assert installation == again
    for name in ("orders_by", "services_by", "addons_by", "domains_by", "invoices_of"):
        assert getattr(installation, name)._ids == getattr(again, name)._ids
    assert {"Pending": 1, "Active": 3, "Fraud": 1, "Cancelled": 1} == {
        status: len(again.orders_by.of((1, status))) for status in STATUSES
    }


def test_days_are_counted_from_the_start_of_the_world(installation: Installation):
    """The seed knows no dates, so that it is plausible at any clock."""
    from counterfoil.mockserver.whmcs.seed import seeded_state

    later = seeded_state(NOW + timedelta(1000), 1)

    assert timedelta(1000) == later.domains[3].expires - installation.domains[3].expires
    assert timedelta(1000) == later.orders[1].placed - installation.orders[1].placed


@pytest.mark.parametrize("moment", [datetime(1, 1, 1), datetime(9999, 12, 31, 23)])
def test_a_world_can_start_at_either_end_of_time(moment: datetime):
    """Days that do not exist become the first or the last one."""
    from counterfoil.mockserver.whmcs.seed import seeded_state

    assert 5 == len(seeded_state(moment, 1).orders)
