"""Orders: their rows, what they cost, and where they are found."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.shopscript.amounts import MOST_MONEY, MOST_PIECES, ZERO, Money, money, pieces
from counterfoil.mockserver.shopscript.catalogue import Catalogue, ServiceVariant, Sku


class OrderedItem(msgspec.Struct, frozen=True):
    """One product variant that is ordered, and the services with it."""

    sku_id: int
    quantity: Decimal = Decimal(1)
    service_variant_ids: tuple[int, ...] = ()


class Row(msgspec.Struct, kw_only=True):
    """One line of an order: a product variant, or a service with the product above it."""

    id: int = 0
    name: str
    product_id: int
    sku_id: int
    sku_code: str = ""
    service_id: int | None = None
    service_variant_id: int | None = None
    price: Decimal
    quantity: Decimal
    denominator: int
    purchase_price: Decimal = ZERO
    tax_percent: Decimal | None = None
    tax_included: bool = False
    stock_unit_id: int = 0
    image_id: int | None = None
    stock_id: int | None = None
    virtual_stock_id: int | None = None
    #: what comes off the whole line
    discount: Decimal = ZERO
    #: a service's product row
    parent_id: int | None = None

    @property
    def is_service(self) -> bool:
        """Whether the line is a service."""
        return self.service_id is not None

    @property
    def amount(self) -> Decimal:
        """What the line costs, before a discount and a tax on top."""
        return money(self.price * self.quantity)

    @property
    def tax(self) -> Decimal:
        """The tax of what is left of the line after its discount, inside its price or on top."""
        if not self.tax_percent:
            return ZERO
        left = self.amount - self.discount
        return money(left * self.tax_percent / (100 + self.tax_percent if self.tax_included else 100))


class LogEntry(msgspec.Struct, kw_only=True):
    """One action that was done on an order."""

    id: int
    order_id: int
    action: str
    before: str
    after: str
    at: datetime


class Order(msgspec.Struct, kw_only=True):
    """One order. Nothing of it changes later but its state and whether stock is taken for it."""

    id: int
    contact_id: int
    created: datetime
    updated: datetime | None = None
    state: str
    currency: str
    #: what one of the currency is in the shop's main one
    rate: Decimal
    rows: list[Row]
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal
    total: Decimal
    comment: str | None = None
    params: dict[str, str]
    stock_taken: bool = False
    #: how often stock was taken: a restored order takes it again
    times_taken: int = 0
    log: list[LogEntry] = []


#: a product's row, and those of its services
Line = tuple[Row, list[Row]]


def lines(items: Sequence[OrderedItem], catalogue: Catalogue, prices: Money) -> list[Line]:
    """The rows of the ordered items, without ids, in the order's money. What the catalogue does not have is left out.

    Raises:
        Refusal: a quantity is too large to be kept.
    """
    return [_line(each, sku, catalogue, prices) for each in items if (sku := catalogue.skus.get(each.sku_id))]


def _line(item: OrderedItem, sku: Sku, catalogue: Catalogue, prices: Money) -> Line:
    quantity = pieces(item.quantity)
    if quantity > MOST_PIECES:
        raise Refusal("invalid_parameter", parameter="quantity", reason=f"it is larger than {MOST_PIECES}")
    product = catalogue.products[sku.product_id]
    stock, virtual_stock = catalogue.withdrawn_from(sku, quantity)
    row = Row(
        name=catalogue.sku_name(sku),
        product_id=product.id,
        sku_id=sku.id,
        sku_code=sku.code,
        price=prices.of(sku.price, product.currency),
        quantity=quantity,
        denominator=product.denominator,
        purchase_price=prices.of(sku.purchase_price, product.currency),
        tax_percent=money(product.tax_percent) if product.tax_percent is not None else None,
        tax_included=product.tax_included,
        stock_unit_id=product.stock_unit_id,
        image_id=product.image_id,
        stock_id=stock,
        virtual_stock_id=virtual_stock,
    )
    known = [catalogue.service_variants.get(number) for number in item.service_variant_ids]
    return row, [_service(row, variant, sku, catalogue, prices) for variant in known if variant]


def _service(product: Row, variant: ServiceVariant, sku: Sku, catalogue: Catalogue, prices: Money) -> Row:
    price = catalogue.service_price(variant, sku)
    return Row(
        name=catalogue.service_name(variant),
        product_id=product.product_id,
        sku_id=product.sku_id,
        sku_code=product.sku_code,
        service_id=variant.service_id,
        service_variant_id=variant.id,
        price=money(price * product.price / 100) if variant.percent else prices.of(price),
        quantity=product.quantity,
        denominator=product.denominator,
    )


def rows(ordered: Sequence[Line]) -> list[Row]:
    """The rows in their order: the services follow their product."""
    return [row for product, services in ordered for row in (product, *services)]


def costs(ordered: Sequence[Row]) -> tuple[Decimal, Decimal]:
    """What all rows cost, less their discounts, and the taxes that are in this or on top.

    Raises:
        Refusal: it is too much to be kept.
    """
    tax, total = ZERO, ZERO
    for row in ordered:
        of_row = row.tax
        tax += of_row
        total += row.amount - row.discount
        if not row.tax_included:
            total += of_row
    if total > MOST_MONEY:
        raise Refusal("invalid_parameter", parameter="items", reason=f"they cost more than {MOST_MONEY}")
    return total, tax


class Orders(msgspec.Struct, kw_only=True):
    """All orders, found by id or by state, the newest first."""

    by_id: dict[int, Order] = {}
    #: ascending ids
    ids: list[int] = []
    ids_by_state: dict[str, list[int]] = {}

    def add(self, order: Order) -> None:
        """Take in a new order."""
        self.by_id[order.id] = order
        self.ids.append(order.id)
        insort(self.ids_by_state.setdefault(order.state, []), order.id)

    def move(self, order: Order, state: str) -> None:
        """Put the order into another state."""
        there = self.ids_by_state[order.state]
        del there[bisect_left(there, order.id)]
        order.state = state
        insort(self.ids_by_state.setdefault(state, []), order.id)

    def find(self, order_id: int) -> Order:
        """The order. Raises Refusal where there is none."""
        order = self.by_id.get(order_id)
        if order is None:
            raise Refusal("order_not_found")
        return order

    def page(self, ids: Sequence[int], offset: int, limit: int) -> list[Order]:
        """The newest `limit` of the orders with these ascending ids, after `offset` newer ones."""
        end = max(len(ids) - offset, 0)
        return [self.by_id[each] for each in reversed(ids[max(end - limit, 0) : end])]

    def existing(self, ids: Sequence[int]) -> list[int]:
        """Those of the ids that are orders', ascending, each once."""
        return sorted(each for each in set(ids) if each in self.by_id)
