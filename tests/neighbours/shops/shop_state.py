"""The shop itself: contacts, stock, orders and their workflow. Knows nothing of HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import shop_data as data
from phpinput import text_of, to_decimal, truthy

D = Decimal
MONEY, AMOUNT, ONE = D("0.0001"), D("0.001"), D(1)
CONTACT_FIELDS = ("name", "firstname", "middlename", "lastname", "company", "email", "phone")
OWN_PARAMS = ("storefront", "ip", "user_agent", "reduced", "reduce_times")


class ShopError(Exception):
    """A refusal: HTTP status, code, words, and further keys of the answer."""

    def __init__(self, status: int, error: str, words: str | None = None, **extra: Any) -> None:
        super().__init__(words or error)
        self.status, self.error, self.words, self.extra = status, error, words, extra


def money(value: Decimal) -> Decimal:
    """Rounded to four places, as the table's column does; there is no -0."""
    return value.quantize(MONEY, ROUND_HALF_UP) + 0


def in_column(value: Decimal, whole_digits: int) -> Decimal:
    """The value, if the database column can hold it."""
    if abs(value) >= D(10) ** whole_digits:
        raise ShopError(500, "server_error", "The database could not store this. The log has more.")
    return value


@dataclass
class Row:
    """A row of an order: a product or a service that goes with one."""

    id: int
    kind: str
    name: str
    sku: data.Sku
    price: Decimal
    quantity: Decimal
    purchase_price: Decimal
    discount: Decimal
    tax: data.Tax | None
    variant: data.ServiceVariant | None = None
    parent_id: int | None = None

    @property
    def tax_amount(self) -> Decimal:
        """The tax on what is left after the discount."""
        if self.tax is None:
            return D(0)
        net = self.price * self.quantity - self.discount
        share = self.tax.percent / (100 + self.tax.percent) if self.tax.included else self.tax.percent / 100
        return money(net * share)


@dataclass
class Order:
    """An order with its rows and its history."""

    id: int
    contact_id: int
    created: str
    currency: str
    rate: Decimal
    comment: str
    is_first: int
    params: dict
    rows: list[Row] = field(default_factory=list)
    state: str = "new"
    state_before_delete: str = "new"
    updated: str | None = None
    paid: str | None = None

    @property
    def discount(self) -> Decimal:
        """All discounts of the rows."""
        return money(sum((row.discount for row in self.rows), D(0)))

    @property
    def tax(self) -> Decimal:
        """All taxes, those in the prices and those on top."""
        return money(sum((row.tax_amount for row in self.rows), D(0)))

    @property
    def total(self) -> Decimal:
        """Prices less discounts plus the taxes on top; shipping is nothing."""
        goods = sum((row.price * row.quantity for row in self.rows), D(0))
        on_top = sum((row.tax_amount for row in self.rows if row.tax and not row.tax.included), D(0))
        return money(goods - self.discount + on_top)


def now_text() -> str:
    """The clock of the server, in its own time zone."""
    return datetime.now().strftime("%Y-%m-%d %H:%M:%S")


class Shop:
    """The whole installation. The caller holds the lock."""

    def __init__(self) -> None:
        self.contacts = {contact.id: contact for contact in data.contacts()}
        self.tokens = data.tokens()
        self.codes = {"moor-code-1": "shop", "moor-code-2": "shop,site", "moor-code-3": "shop"}
        self.taxes = {tax.id: tax for tax in data.taxes()}
        self.products = {product.id: product for product in data.products()}
        self.skus = {sku.id: sku for sku in data.skus()}
        self.variants = {variant.id: variant for variant in data.service_variants()}
        self.orders: dict[int, Order] = {}
        self.last = {"order": 5800, "row": 77102, "log": 310, "contact": 307, "product": 706, "sku": 919}
        for contact_id, items, comment, actions, when, currency, rate in data.PAST_ORDERS:
            order = self.add_order(contact_id, items, comment, {}, when, currency or data.CURRENCY, D(rate))
            for action in actions:
                self.act(order, action, when)

    def next_id(self, kind: str) -> int:
        """The next number of a table."""
        self.last[kind] += 1
        return self.last[kind]

    # contacts

    def add_contact(self, fields: dict) -> data.Contact:
        """A new customer; the name is put together or derived, the phone loses its punctuation."""
        text = {key: self.contact_text(fields.get(key)) for key in CONTACT_FIELDS}
        if not any(text.values()):
            raise ShopError(
                400, "invalid_param", "A customer needs at least a name, an e-mail address or a phone number."
            )
        phone = re.sub(r"[+()-]|(?<=\d)\s+(?=\d)|\s", "", text["phone"])
        parts = [text[key] for key in ("firstname", "middlename", "lastname") if text[key]]
        company = truthy(fields.get("is_company"))
        name = (text["company"] if company else "") or " ".join(parts) or text["name"] or text["company"]
        name = name or text["email"].partition("@")[0] or phone
        contact = data.Contact(self.next_id("contact"), name, text["email"], phone, company)
        self.contacts[contact.id] = contact
        return contact

    @staticmethod
    def contact_text(value: Any) -> str:
        """A field of a contact: a text, or the first text of an array (several e-mail addresses)."""
        while isinstance(value, dict):
            value = value.get("value", next(iter(value.values()), ""))
        return text_of(value).strip()

    # orders

    def add_order(
        self,
        contact_id: int,
        items: Iterable,
        comment: str,
        params: dict,
        when: str | None = None,
        currency: str = data.CURRENCY,
        rate: Decimal = ONE,
    ) -> Order:
        """A new order; unknown SKUs and service variants are dropped without a word."""
        contact = self.contacts.get(contact_id)
        percent = contact.discount_percent if contact else D(0)
        rows: list[Row] = []
        for sku_id, quantity, variants in items:
            if sku_id in self.skus:
                rows += self.rows_of(self.skus[sku_id], in_column(D(quantity), 12), variants, percent, rate)
        first = int(contact is not None and not contact.orders)
        draft = Order(
            0, contact_id, when or now_text(), currency, rate.quantize(D("0.00000001")), comment, first, params, rows
        )
        in_column(draft.total, 11)
        draft.id = self.next_id("order")
        for row in rows:
            row.id = self.next_id("row")
            if row.kind == "product":
                parent = row.id
            else:
                row.parent_id = parent
        self.orders[draft.id] = draft
        if contact:
            contact.orders.append(draft.id)
        self.next_id("log")
        return draft

    def rows_of(
        self, sku: data.Sku, quantity: Decimal, variants: list[int], percent: Decimal, rate: Decimal
    ) -> list[Row]:
        """The row of a product and the rows of its services; a discount is given on goods only."""
        product = self.products[sku.product_id]
        quantity = quantity.quantize(AMOUNT, ROUND_HALF_UP) + 0
        price = money(sku.price / rate)
        name = product.name + (f" ({sku.name})" if sku.name else "")
        discount = money(price * quantity * percent / 100)
        rows = [
            Row(
                0,
                "product",
                name,
                sku,
                price,
                quantity,
                money(sku.purchase_price / rate),
                discount,
                self.taxes.get(product.tax_id),
            )
        ]
        for variant in (self.variants[number] for number in variants if number in self.variants):
            service = data.SERVICES[variant.service_id]
            base = variant.sku_prices.get(sku.id, variant.product_prices.get(product.id, variant.price))
            cost = money(price * base / 100) if variant.percent else money(base / rate)
            label = service + (f" ({variant.name})" if variant.name else "")
            rows.append(
                Row(
                    0,
                    "service",
                    label,
                    sku,
                    cost,
                    quantity,
                    D("0.0000"),
                    D("0.0000"),
                    self.taxes.get(variant.tax_id),
                    variant,
                )
            )
        return rows

    def order(self, number: int) -> Order:
        """An order by its number."""
        if number not in self.orders:
            raise ShopError(404, "invalid_param", "There is no such order in this shop.")
        return self.orders[number]

    def act(self, order: Order, action: str, when: str | None = None) -> dict:
        """One step of the workflow, with what it does to stock and payment."""
        steps = data.WORKFLOW[order.state]
        if action not in steps:
            raise ShopError(404, "invalid_param", f"This order cannot do that now: {action}.")
        before = order.state
        after = order.state_before_delete if steps[action] == "undo" else steps[action] or before
        if action in ("process", "pay"):
            self.take_stock(order)
        if action in ("delete", "refund"):
            self.return_stock(order)
        if action == "delete":
            order.state_before_delete = before
        if action == "restore" and after not in ("new", "parked"):
            self.take_stock(order)
        order.state, order.updated = after, when or now_text()
        if action == "pay":
            order.paid = order.updated[:10]
        return {
            "order_id": order.id,
            "action_id": action,
            "before_state_id": before,
            "after_state_id": after,
            "id": self.next_id("log"),
            "update": {"update_datetime": order.updated},
        }

    def take_stock(self, order: Order) -> None:
        """Take the goods out of the stock, once; an unlimited stock stays unlimited, a limited one may go below 0."""
        if order.params.get("reduced") == "1":
            return
        self.move_stock(order, -1)
        order.params["reduced"] = "1"
        order.params["reduce_times"] = str(int(order.params.get("reduce_times", "0")) + 1)

    def return_stock(self, order: Order) -> None:
        """Put the goods back if they had been taken."""
        if order.params.pop("reduced", None) == "1":
            self.move_stock(order, 1)

    @staticmethod
    def move_stock(order: Order, sign: int) -> None:
        """Add or take the amounts of all product rows."""
        for row in order.rows:
            if row.kind == "product" and row.sku.count is not None:
                row.sku.count += sign * row.quantity

    # goods

    def add_product(self, fields: dict) -> data.Product:
        """A new product with one variant."""
        name = text_of(fields.get("name")).strip()
        if not name:
            raise ShopError(400, "invalid_param", "A product needs a name.")
        product = data.Product(self.next_id("product"), name)
        sku = data.Sku(self.next_id("sku"), product.id, "", "", money(D(0)), money(D(0)), None)
        self.change_sku(sku, fields)
        self.products[product.id], self.skus[sku.id] = product, sku
        return product

    @staticmethod
    def change_sku(sku: data.Sku, fields: dict) -> None:
        """Change what is told of a variant; an empty count makes its stock unlimited."""
        price = money(in_column(to_decimal(fields["price"]), 11)) if "price" in fields else sku.price
        count = sku.count
        if "count" in fields:
            count = None if fields["count"] == "" else in_column(to_decimal(fields["count"]), 12).quantize(AMOUNT)
        sku.price, sku.count = price, count
        sku.name = text_of(fields["sku_name"]) if "sku_name" in fields else sku.name
        sku.code = text_of(fields["sku"]) if "sku" in fields else sku.code
