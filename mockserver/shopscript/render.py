"""The shop's things as the contract names them: pure functions from what the state has to a body."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.shopscript.contacts import Contact
from counterfoil.mockserver.shopscript.orders import LogEntry, Order, Row
from counterfoil.mockserver.shopscript.search import SHOWN_ID
from counterfoil.mockserver.shopscript.workflow import Action
from counterfoil.mockserver.shopscript.writing import ELEMENT

#: renders an order; `keyed` where it stands alone in JSON, not in a list or in XML
OrderForm = Callable[[Order, Contact, bool], Body]

#: what is shown with an order but is no column of it
_BELONGING = frozenset(("params", "contact", "items"))


def order_by_source(order: Order, contact: Contact, keyed: bool) -> Body:
    """The order as source 002 has it: numbers are numbers, the items a list."""
    return {
        "id": order.id,
        "contact_id": order.contact_id,
        "create_datetime": _moment(order.created),
        "update_datetime": _moment(order.updated) if order.updated else None,
        "state_id": order.state,
        "total": order.total,
        "currency": order.currency,
        "rate": order.rate,
        "tax": order.tax,
        "shipping": order.shipping,
        "discount": order.discount,
        "comment": order.comment,
        "params": _params(order),
        "contact": _contact(contact),
        "items": [_item(row, order.id) for row in order.rows],
        "items_total_discount": _computed(order.discount),
    }


def order_on_the_wire(order: Order, contact: Contact, keyed: bool) -> Body:
    """The order as a live shop sends it: each column of the database a text, the items under their ids."""
    body = order_by_source(order, contact, keyed)
    items = [_columns(_wire_item(item)) for item in body["items"]]
    return {
        **_columns(body),
        "contact": {**body["contact"], "id": str(contact.id)},
        "items": {item["id"]: item for item in items} if keyed and items else items,
        "items_total_discount": body["items_total_discount"],  # PHP computes it, so it stays a number
    }


def listed(order: Body) -> Body:
    """A rendered order as it stands in a list: with its number as people see it, and the places of its items."""
    as_text = isinstance(order["id"], str)
    for place, item in enumerate(order["items"]):
        item["sort"] = str(place) if as_text else place
    order["id_encoded"] = SHOWN_ID.format(order["id"])
    return order


def reduced(order: Body, fields: str) -> Body:
    """The keys of a rendered order that were asked for: `*` is all that an order is itself, not what belongs to it.

    Whoever asks for all that belongs to it gets the whole order: only then can it be told from a broken one.
    """
    asked = {field.strip() for field in fields.split(",")}
    own = order.keys() - _BELONGING if "*" in asked or asked >= _BELONGING else set()
    return {key: value for key, value in order.items() if key == "id" or key in own or key in asked}


def gravatar(contact: Contact) -> str:
    """Where Gravatar has an image for the contact's e-mail address."""
    digest = hashlib.md5(contact.email.strip().lower().encode(), usedforsecurity=False).hexdigest()
    return f"//www.gravatar.com/avatar/{digest}?size=50&default=mm"


def order_list(orders: Sequence[Body], offset: int, limit: int, count: int) -> Body:
    """A page of rendered orders."""
    return {"offset": offset, "limit": limit, "count": count, "orders": list(orders)}


def action_done(entry: LogEntry) -> Body:
    """What an action changed."""
    return {
        "order_id": entry.order_id,
        "action_id": entry.action,
        "before_state_id": entry.before,
        "after_state_id": entry.after,
        "id": entry.id,
        "update": {"update_datetime": _moment(entry.at)},
    }


def action_list(actions: Sequence[Action]) -> Body:
    """What a state offers."""
    return {"actions": [{"id": action.id, "name": action.name} for action in actions]}


def _params(order: Order) -> dict[str, str] | list[str]:
    """What is kept with the order; PHP writes an array without members as a list, and none with a reserved name."""
    params = {name: value for name, value in order.params.items() if name != ELEMENT}
    if order.times_taken:
        params |= {"reduced": "1" if order.stock_taken else "0", "reduce_times": str(order.times_taken)}
    return params or []


def _contact(contact: Contact) -> Body:
    return {
        "id": contact.id,
        "name": _escaped(contact.name),
        "email": contact.email,
        "phone": contact.phone,
        "registered": contact.registered,
        "photo_50x50": f"/wa-content/img/{'company' if contact.is_company else 'userpic'}.svg",
    }


def _item(row: Row, order_id: int) -> Body:
    return {
        "id": row.id,
        "order_id": str(order_id),
        "name": _escaped_name(row.name),
        "product_id": row.product_id,
        "sku_id": row.sku_id,
        "sku_code": row.sku_code,
        "type": "service" if row.is_service else "product",
        "service_id": row.service_id,
        "service_variant_id": row.service_variant_id,
        "price": row.price,
        "quantity": row.quantity,
        "quantity_denominator": row.denominator,
        "parent_id": row.parent_id,
        "stock_id": row.stock_id,
        "virtual_stock_id": row.virtual_stock_id,
        "purchase_price": row.purchase_price,
        "total_discount": row.discount,
        "tax_percent": row.tax_percent,
        "tax_included": int(row.tax_included),
        "stock_unit_id": row.stock_unit_id,
        "image_id": row.image_id,
    }


def _wire_item(item: Body) -> Body:
    """The item with the wire's name for the virtual stock, no more decimals than it needs, and an image for products."""
    item["virtualstock_id"] = item.pop("virtual_stock_id")
    if item["type"] == "service":
        del item["image_id"]
    item["quantity"] = f"{item['quantity']:f}".rstrip("0").rstrip(".")
    return item


def _computed(number: Decimal) -> int | Decimal:
    """A number as PHP writes one that it has computed: with no more digits than it needs."""
    return int(number) if number == number.to_integral() else number.normalize()


def _columns(row: Body) -> Body:
    """The row as MySQL hands it to PHP: numbers are texts, null stays null."""
    return {name: value if value.__class__ is str or value is None else _column(value) for name, value in row.items()}


def _column(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int) else value


def _moment(at: datetime) -> str:
    return at.isoformat(" ", "seconds")


def _escaped(text: str) -> str:
    """The text as PHP's htmlspecialchars has it."""
    return escape(text).replace("&#x27;", "&#039;")


#: of the catalogue, whose few names come again and again; what callers send may be long, and is not kept
_escaped_name = lru_cache(maxsize=1024)(_escaped)
