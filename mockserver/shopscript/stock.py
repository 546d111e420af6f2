"""Stock: taken for an order's products, and given back."""

from counterfoil.mockserver.shopscript.catalogue import Catalogue
from counterfoil.mockserver.shopscript.orders import Order


def take(order: Order, catalogue: Catalogue) -> None:
    """Take the order's products from stock, unless they are taken; no stock is too small."""
    if not order.stock_taken:
        _move(order, catalogue, -1)
        order.stock_taken = True
        order.times_taken += 1


def give_back(order: Order, catalogue: Catalogue) -> None:
    """Return the order's products to stock, if they were taken."""
    if order.stock_taken:
        _move(order, catalogue, 1)
        order.stock_taken = False


def _move(order: Order, catalogue: Catalogue, sign: int) -> None:
    for row in order.rows:
        sku = catalogue.skus.get(row.sku_id)
        if sku is None or row.is_service:
            continue
        if row.stock_id in sku.stocks:
            sku.stocks[row.stock_id] += sign * row.quantity
        elif sku.count is not None:
            sku.count += sign * row.quantity
