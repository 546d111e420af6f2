"""The calls of the Shop-Script order API, and what an order of the suite's own asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from counterfoil.contracts.apis.shopscript.laws import reading as shop_reading
from counterfoil.contracts.apis.shopscript.laws.reading import Order
from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.phases.laws.context import LawContext
from counterfoil.contracts.wire import wire

NOBODY = 2_000_000_000  # no shop has so many of anything
MOST = 1000  # orders in a page

#: the known ids that are product variants
_SKUS = ("sku", "other_sku", "taxed_sku", "fractional_sku")
_SERVICES = ("service_variant", "other_service_variant")
_PARTS = ("0.7", "1.25", "2.375", "0.9")


@dataclass(frozen=True)
class Found:
    """What a search answers."""

    count: int
    offset: int
    limit: int
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class Item:
    """One item that is ordered. Without a quantity, it is one."""

    sku: int
    quantity: str | None = None
    services: Sequence[int] = ()

    def asked(self) -> dict[str, Any]:
        """The item as a request has it."""
        item: dict[str, Any] = {"sku_id": self.sku}
        if self.quantity is not None:
            item["quantity"] = self.quantity
        if self.services:
            item["services"] = [{"service_variant_id": each} for each in self.services]
        return item

    @property
    def wanted(self) -> tuple[int, Decimal, list[int]]:
        """The item as an order has it; services that no shop has are left out."""
        return self.sku, Decimal(self.quantity or 1), [each for each in self.services if each != NOBODY]


@dataclass(frozen=True)
class Wanted:
    """An order that is asked for. `customer` goes into the request as it is, `contact_id` or `contact`."""

    items: Sequence[Item]
    customer: Mapping[str, Any]
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The request's body."""
        return {**self.customer, "items": [item.asked() for item in self.items], **self.more}


class Shop:
    """Sends the calls of a stateful test, and reads what they answer."""

    def __init__(self, context: LawContext) -> None:
        self._context = context
        self._operations = context.world.contract.operations

    def request(self, operation: str, body: Any = None, media_type: str = wire.FORM, **query: Any) -> Request:
        """A call of the operation."""
        sent_as = None if body is None else media_type
        return Request(self._operations[operation], query=query, body=body, media_type=sent_as)

    def call(
        self, operation: str, body: Any = None, media_type: str = wire.FORM, **query: Any
    ) -> tuple[Exchange, Outcome]:
        """The answer to a call of the operation, and what it means."""
        return self._context.send(self.request(operation, body, media_type, **query))

    def order(self, number: int) -> Order | None:
        """The order with this id; None where the shop has none."""
        exchange, got = self.call("get_order", id=number)
        with self._context.reading():
            return shop_reading.order(exchange.tree) if got.accepted else None

    def search(self, selector: str = "", offset: int = 0, limit: int = MOST) -> Found:
        """The orders that the hash selects."""
        where = {"hash": selector} if selector else {}
        exchange, _ = self.call("search_orders", offset=offset, limit=limit, **where)
        with self._context.reading():
            tree = exchange.tree
            orders = tuple(shop_reading.order(each) for each in tree["orders"])
            return Found(int(tree["count"]), int(tree["offset"]), int(tree["limit"]), orders)

    def offered(self, number: int) -> list[str]:
        """What the order's state offers."""
        exchange, _ = self.call("list_order_actions", id=number)
        with self._context.reading():
            listed = exchange.tree if isinstance(exchange.tree, list) else exchange.tree["actions"]
            return [str(action["id"]) for action in listed]


def item(context: LawContext, sku: int, quantity: int, services: int) -> Item:
    """An item of known ids: which variant, how many, and with how many services."""
    known = [name for name in _SKUS if name in context.ids]
    name = known[sku % len(known)]
    if context.ids[name] == context.ids.get("fractional_sku"):  # parts of a piece can be ordered
        many: str | None = _PARTS[quantity % len(_PARTS)]
    else:
        many = str(quantity) if quantity else None
    offered = [int(context.ids[each]) for each in _SERVICES if each in context.ids] if name == "sku" else []
    return Item(int(context.ids[name]), many, offered[:services])
