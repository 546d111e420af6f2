"""What mistakes of both APIs of WHMCS have in common."""

from collections.abc import Callable

from counterfoil.mockserver.engine.steps import Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.whmcs.model.billing import Invoice
from counterfoil.mockserver.whmcs.model.people import Client


def taken_for(status: str, record: Client | Invoice, honest: Callable[[], Result]) -> Result:
    """What is answered as if the record had that status; it keeps its own."""
    own, record.status = record.status, status
    try:
        return honest()
    finally:
        record.status = own


def without_its_stock(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """What is answered, and as many are left of each product as before."""
    products = exchange.state.products.values()
    before = [product.stock for product in products]
    result = honest()
    for product, stock in zip(products, before, strict=True):
        product.stock = stock
    return result
