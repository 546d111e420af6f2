"""One shop: all its state, and what may happen to it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.shopscript import stock, workflow
from counterfoil.mockserver.shopscript.amounts import ONE, ZERO, Money, money
from counterfoil.mockserver.shopscript.catalogue import Catalogue
from counterfoil.mockserver.shopscript.contacts import Contact, introduced, objection
from counterfoil.mockserver.shopscript.orders import LogEntry, Order, OrderedItem, Orders, Row, costs, lines, rows

APP = "shop"
#: all that the vendor tells of what its database refused
DATABASE_ERROR = "Database error. See log files for details."


class Settings(msgspec.Struct, kw_only=True):
    """What the shop's owner can switch."""

    #: when stock is taken for an order
    stock_counting: Literal["create", "process", "none"] = "create"
    api_enabled: bool = True
    #: whether the licence of the shop is active
    licensed: bool = True
    currency: str = "USD"
    storefront: str = "shop.example.com"
    #: whether plain HTTP is sent away to TLS
    ssl_all: bool = False
    #: the language of the tokens' owners
    language: Literal["en_US", "ru_RU"] = "en_US"
    #: whether the data of a new customer is looked at
    validates_contacts: bool = False
    #: whether a customer without a photo is shown by Gravatar
    gravatar: bool = False
    #: the character set of the tables: `utf8` has no character of four bytes, which is what the framework makes them with
    tables: Literal["utf8mb4", "utf8"] = "utf8mb4"


class Discount(msgspec.Struct, kw_only=True):
    """What an order costs less that comes to so much."""

    #: in the main currency
    least: Decimal
    percent: Decimal


class PastOrder(msgspec.Struct, kw_only=True):
    """An order that somebody placed in the storefront before the world began."""

    contact_id: int
    placed: datetime
    items: list[OrderedItem]
    currency: str = ""
    shipping: Decimal = ZERO
    comment: str | None = None
    params: dict[str, str] = {}
    #: what was done with it since
    actions: list[str] = []


class Token(msgspec.Struct, kw_only=True):
    """A key to the API."""

    text: str
    #: the apps that it opens
    scope: list[str]
    expires: datetime | None = None
    #: the contact whose token it is; without one, somebody of the staff who is still there
    owner: int | None = None


class Shop(msgspec.Struct, kw_only=True):
    """The shop."""

    settings: Settings
    tokens: dict[str, Token]
    contacts: dict[int, Contact]
    catalogue: Catalogue
    #: the currencies besides the main one, with what one of each is in that
    currencies: dict[str, Decimal] = {}
    discounts: list[Discount] = []
    #: the orders to begin with; once they are made, none
    past_orders: list[PastOrder] = []
    orders: Orders = msgspec.field(default_factory=Orders)
    #: by what is numbered, the last number given
    last_ids: dict[str, int] = {}

    def next_id(self, kind: str) -> int:
        """A number that no other thing of this kind has had."""
        self.last_ids[kind] = number = self.last_ids.get(kind, 0) + 1
        return number

    def admit(self, text: str, now: datetime) -> Token:
        """The token of that text. Raises Refusal unless it is valid now."""
        token = self.tokens.get(text)
        if token is None:
            raise Refusal("invalid_token", sha256=hashlib.sha256(text.encode()).hexdigest())
        if token.expires is not None and token.expires < now:
            raise Refusal("token_expired")
        if token.owner is not None and token.owner not in self.contacts:
            raise Refusal("server_error", reason=f"Contact does not exist: {token.owner}")
        return token

    def place(
        self,
        customer: int | Mapping[str, str],
        items: Sequence[OrderedItem],
        now: datetime,
        comment: str | None = None,
        params: Mapping[str, str] | None = None,
        *,
        currency: str = "",
        shipping: Decimal = ZERO,
    ) -> Order:
        """Make an order for a known contact, or for a new one with these fields; in the main currency unless told.

        Raises:
            Refusal: the contact does not exist, or the order is too large; nothing has changed then.
        """
        if isinstance(customer, int) and customer not in self.contacts:
            raise Refusal("unknown_contact", contact_id=customer)
        self._look_at(customer, comment or "")
        prices = Money(currency or self.settings.currency, self.settings.currency, self.currencies)
        ordered = lines(items, self.catalogue, prices)
        all_rows = rows(ordered)
        discount = self._reduce(all_rows, prices)
        total, tax = costs(all_rows)
        shipping, rate = money(shipping), prices.rate(prices.currency)
        contact = self.contacts[customer] if isinstance(customer, int) else self._introduce(customer)
        order = Order(
            id=self.next_id("order"), contact_id=contact.id, created=now, state=workflow.NEW,
            currency=prices.currency, rate=rate if rate is ONE else rate.quantize(ONE), rows=all_rows,
            discount=discount, shipping=shipping, tax=tax, total=total + shipping, comment=comment,
            params=dict(params or {}),
        )  # fmt: skip
        for product, services in ordered:
            product.id = self.next_id("row")
            for service in services:
                service.id, service.parent_id = self.next_id("row"), product.id
        contact.number_of_orders += 1
        contact.last_order_id = order.id
        if self.settings.stock_counting == "create":
            stock.take(order, self.catalogue)
        self.orders.add(order)
        self._log(order, workflow.CREATE, "", now)
        return order

    def begin(self) -> None:
        """Make the orders that were there before the world began; those of things or people that are not there are not."""
        for each in self.past_orders:
            if each.contact_id in self.contacts and all(item.sku_id in self.catalogue.skus for item in each.items):
                order = self.place(
                    each.contact_id, each.items, each.placed, each.comment, each.params, currency=each.currency,
                    shipping=each.shipping,
                )  # fmt: skip
                for action in each.actions:
                    self.act(order.id, action, each.placed)
        self.past_orders = []

    def act(self, order_id: int, name: str, now: datetime) -> LogEntry:
        """Do an action that the order's state offers. Raises Refusal otherwise."""
        order = self.orders.find(order_id)
        action = workflow.action(order.state, name)
        if action is None:
            raise Refusal("action_unavailable", action=name, order_id=order_id)
        return self._move(order, action.id, action.ends, now)

    def delete(self, order_id: int, now: datetime) -> LogEntry:
        """Delete the order, whatever its state. Raises Refusal where it is deleted."""
        order = self.orders.find(order_id)
        if order.state == workflow.DELETED:
            raise Refusal("action_unavailable", action=workflow.DELETE, order_id=order_id)
        return self._move(order, workflow.DELETE, workflow.DELETED, now)

    def _look_at(self, customer: int | Mapping[str, str], comment: str) -> None:
        """Refuse a new customer, or a comment, of whom the shop does not want what is said or cannot keep it."""
        fields = {} if isinstance(customer, int) else customer
        if self.settings.tables == "utf8" and any(
            character > "\uffff" for text in (comment, *fields.values()) for character in text
        ):
            raise Refusal("server_error", reason=DATABASE_ERROR)
        objected = objection(fields) if fields and self.settings.validates_contacts else None
        if objected is not None:
            raise Refusal("invalid_parameter", parameter=objected[0], reason=objected[1])

    def _reduce(self, ordered: Sequence[Row], prices: Money) -> Decimal:
        """Take off each row what its order costs less that comes to so much; what comes off in all."""
        if not self.discounts:
            return ZERO
        worth = sum([row.price * row.quantity for row in ordered], ZERO) * prices.rate(prices.currency)
        percent = max([each.percent for each in self.discounts if each.least <= worth], default=ZERO)
        off = ZERO
        for row in ordered if percent else ():
            row.discount = money(row.amount * percent / 100)
            off += row.discount
        return off

    def _introduce(self, fields: Mapping[str, str]) -> Contact:
        contact = introduced(self.next_id("contact"), fields)
        self.contacts[contact.id] = contact
        return contact

    def _move(self, order: Order, action: str, state: str, now: datetime) -> LogEntry:
        before = order.state
        self.orders.move(order, state)
        order.updated = now
        counting = self.settings.stock_counting
        if action == workflow.DELETE:
            stock.give_back(order, self.catalogue)
        elif (counting == "create" and action == workflow.RESTORE) or (
            counting == "process" and action in workflow.BEGINS_WORK
        ):
            stock.take(order, self.catalogue)
        return self._log(order, action, before, now)

    def _log(self, order: Order, action: str, before: str, now: datetime) -> LogEntry:
        entry = LogEntry(
            id=self.next_id("log"), order_id=order.id, action=action, before=before, after=order.state, at=now
        )
        order.log.append(entry)
        return entry
