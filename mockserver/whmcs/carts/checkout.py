"""Making an order of a cart."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.carts import totals
from counterfoil.mockserver.whmcs.carts.totals import Buyer, Totals
from counterfoil.mockserver.whmcs.model.carts import BundleItem, Cart, DomainItem
from counterfoil.mockserver.whmcs.model.catalogue import CENT, NOTHING
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Order
from counterfoil.mockserver.whmcs.model.people import Client
from counterfoil.mockserver.whmcs.ordering import placing
from counterfoil.mockserver.whmcs.ordering.placing import Draft
from counterfoil.mockserver.whmcs.pricing.order_lines import Line

#: a product with `quantities` 1 becomes as many services; more than this stay one service with a quantity
MOST_SERVICES = 100
_AS_SERVICES = 1


def place(installation: Installation, buyer: Buyer, client: Client, cart: Cart, now: datetime, ip: str) -> Order:
    """A Pending order of all that is in the valid cart, at the cart's total; the cart is empty then.

    The client pays by the first of the payment methods, since a cart names none. The cart keeps its place, and its
    promotion has been used.
    """
    sums = totals.totals(installation, buyer, cart)
    order = placing.keep(
        installation, _draft(installation, buyer, client, cart, sums), now, ip=ip, name_servers=_name_servers(cart)
    )
    for each in [item.bundle for item in cart.items if isinstance(item, BundleItem)]:
        installation.bundles[each].uses += 1
    cart.items, cart.promotion = [], None
    return order


def _draft(installation: Installation, buyer: Buyer, client: Client, cart: Cart, sums: Totals) -> Draft:
    tax, tax2 = sums.rates.on(sums.taxed)
    return Draft(
        client=client, method=next(iter(installation.payment_methods)), lines=list(_services(sums.lines)),
        promotion=totals.promotion_of(installation, cart, buyer.today), discount=sums.client_discount,
        taxed_discount=sums.taxed_discount, rates=sums.rates,
        subtotal=sums.subtotal - sums.promotion - sums.client_discount, tax=tax, tax2=tax2,
    )  # fmt: skip


def _services(rows: list[Line]) -> Iterator[Line]:
    """The lines, with as many in place of one as it makes services; addons stay behind the first of them."""
    later: list[Line] = []
    for row in rows:
        if row.kind != "addon" or row.service is not None:
            yield from later
            later = []
        product = row.product
        if row.kind == "service" and product is not None and product.quantities == _AS_SERVICES:
            first, *later = _shares(row) if row.quantity <= MOST_SERVICES else [row]
            yield first
        else:
            yield row
    yield from later


def _shares(row: Line) -> list[Line]:
    """The line as lines of one each; what cannot be shared evenly is the first ones'."""
    many = row.quantity
    columns = [_share(amount, many) for amount in (row.amount, row.setup, row.discount, row.recurring, row.cheaper_by)]
    return [
        msgspec.structs.replace(
            row, quantity=1, amount=amount, setup=setup, discount=discount, recurring=recurring, cheaper_by=less
        )
        for amount, setup, discount, recurring, less in zip(*columns, strict=True)
    ]  # fmt: skip


def _share(amount: Decimal, many: int) -> list[Decimal]:
    each, left = divmod(int(amount / CENT), many)
    return [(each + (place < left)) * CENT for place in range(many)] if amount else [NOTHING] * many


def _name_servers(cart: Cart) -> tuple[str, ...]:
    """An order has one set of name servers: that of the first domain which has some."""
    for item in cart.singles():
        if isinstance(item, DomainItem) and item.name_servers:
            return tuple(item.name_servers)
    return ()
