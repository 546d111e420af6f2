"""What the shop's API shows of orders, customers and product variants."""

from __future__ import annotations

import html
from decimal import Decimal

import shop_data as data
from shop_state import MONEY, Order, Row, Shop

D = Decimal


def escaped(text: str) -> str:
    """PHP's htmlspecialchars."""
    return html.escape(text).replace("&#x27;", "&#039;")


def show_contact(shop: Shop, number: int) -> dict:
    """The customer of an order; one who is gone has only a number."""
    contact = shop.contacts.get(number)
    if contact is None:
        contact = data.Contact(number, f"(deleted contact {number})")
    picture = "company" if contact.company else "userpic"
    return {
        "id": contact.id,
        "name": escaped(contact.name),
        "email": contact.email,
        "phone": contact.phone,
        "registered": contact.registered,
        "photo_50x50": f"/wa-content/img/{picture}.svg",
    }


def show_row(shop: Shop, order: Order, row: Row) -> dict:
    """One row of an order. Rows of services have no picture."""
    product = shop.products[row.sku.product_id]
    is_product = row.kind == "product"
    shown = {
        "id": row.id,
        "order_id": str(order.id),
        "name": escaped(row.name),
        "product_id": product.id,
        "sku_id": row.sku.id,
        "sku_code": row.sku.code,
        "type": row.kind,
        "service_id": row.variant.service_id if row.variant else None,
        "service_variant_id": row.variant.id if row.variant else None,
        "price": row.price,
        "quantity": row.quantity,
        "quantity_denominator": product.denominator,
        "parent_id": row.parent_id,
        "stock_id": row.sku.stock_id if is_product else None,
        "virtual_stock_id": row.sku.virtual_stock_id if is_product else None,
        "purchase_price": row.purchase_price,
        "total_discount": row.discount,
        "tax_percent": row.tax.percent.quantize(MONEY) if row.tax else None,
        "tax_included": int(row.tax is not None and row.tax.included),
        "stock_unit_id": product.stock_unit_id,
    }
    if is_product:
        shown.update(image_id=product.image_id, shelf="M" if row.sku.stock_id == 41 else "")
    return shown


def show_order(shop: Shop, order: Order) -> dict:
    """The data of an order."""
    return {
        "id": order.id,
        "contact_id": order.contact_id,
        "create_datetime": order.created,
        "update_datetime": order.updated,
        "state_id": order.state,
        "total": order.total,
        "currency": order.currency,
        "rate": order.rate,
        "tax": order.tax,
        "shipping": D("0.0000"),
        "discount": order.discount,
        "assigned_contact_id": None,
        "paid_date": order.paid,
        "is_first": order.is_first,
        "unsettled": 0,
        "comment": order.comment,
        "till": "north" if order.id % 2 else "south",
        "params": dict(order.params),
        "contact": show_contact(shop, order.contact_id),
        "items": [show_row(shop, order, row) for row in order.rows],
        "items_total_discount": order.discount,
    }


def show_sku(sku: data.Sku) -> dict:
    """A product variant."""
    stock = {} if sku.stock_id is None else {str(sku.stock_id): sku.count}
    return {
        "id": sku.id,
        "product_id": sku.product_id,
        "sku": sku.code,
        "name": escaped(sku.name),
        "price": sku.price,
        "purchase_price": sku.purchase_price,
        "primary_price": sku.price,
        "count": sku.count,
        "available": 1,
        "virtual": 0,
        "stock": {f"stock_{key}": value for key, value in stock.items()},
    }
