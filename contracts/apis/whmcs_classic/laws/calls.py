"""The calls of the WHMCS classic API, and all that its lists show of one order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.phases.laws.context import LawContext

Row = Mapping[str, Any]

#: where an answer has its rows
_ROWS = {
    "get_orders": ("orders", "order"),
    "get_clients_products": ("products", "product"),
    "get_clients_domains": ("domains", "domain"),
    "get_clients_addons": ("addons", "addon"),
    "get_products": ("products", "product"),
    "get_promotions": ("promotions", "promotion"),
}


@dataclass(frozen=True)
class Made:
    """What AddOrder answers: the ids of what it made. The invoice is 0 where there is none."""

    order: int
    services: tuple[int, ...]
    addons: tuple[int, ...]
    domains: tuple[int, ...]
    invoice: int


@dataclass(frozen=True)
class Shown:
    """All that is shown of an order: its row, and the rows of what it made; the invoice is empty where there is none."""

    order: Row
    services: tuple[Row, ...]
    addons: tuple[Row, ...]
    domains: tuple[Row, ...]
    invoice: Row

    @property
    def status(self) -> str:
        """The order's state."""
        return str(self.order["status"])

    @property
    def parts(self) -> tuple[Row, ...]:
        """What it made, in one row each."""
        return *self.services, *self.addons, *self.domains


class Calls:
    """Sends the calls of a stateful test, and reads what they answer."""

    def __init__(self, context: LawContext) -> None:
        self._context = context
        self._operations = context.world.contract.operations

    def request(self, operation: str, fields: Mapping[str, Any]) -> Request:
        """A call of the operation."""
        known = self._operations[operation]
        return Request(known, body={"action": known.function, "responsetype": "json", **fields})

    def call(self, operation: str, fields: Mapping[str, Any]) -> tuple[Exchange, Outcome]:
        """The answer to a call of the operation, and what it means."""
        return self._context.send(self.request(operation, fields))

    def tree(self, operation: str, **fields: Any) -> Row:
        """What a call answers."""
        tree: Row = self.call(operation, fields)[0].tree
        return tree

    def rows(self, operation: str, **filters: Any) -> list[Row]:
        """The rows of a list that these filters let through."""
        outer, inner = _ROWS[operation]
        tree = self.tree(operation, **filters)
        with self._context.reading():
            return list(tree[outer][inner])

    def made(self, exchange: Exchange) -> Made:
        """What an AddOrder has made."""
        with self._context.reading():
            tree = exchange.tree
            lists = (tree[name].split(",") for name in ("productids", "addonids", "domainids"))
            services, addons, domains = (tuple(int(each) for each in ids if each) for ids in lists)
            return Made(int(tree["orderid"]), services, addons, domains, int(tree.get("invoiceid") or 0))

    def shown(self, made: Made, beside: Sequence[int] = ()) -> Shown:
        """All that is shown of an order; `beside` are the services that were there before and got addons by it."""
        orders = self.rows("get_orders", id=made.order)
        services = [row for each in made.services for row in self.rows("get_clients_products", serviceid=each)]
        domains = [row for each in made.domains for row in self.rows("get_clients_domains", domainid=each)]
        addons: list[Row] = []
        if made.addons:
            found = self.rows("get_clients_addons", serviceid=",".join(map(str, (*made.services, *beside))))
            with self._context.reading():
                addons = [row for row in found if int(row["id"]) in made.addons]
        invoice = self.tree("get_invoice", invoiceid=made.invoice) if made.invoice else {}
        return Shown(orders[0] if orders else {}, tuple(services), tuple(addons), tuple(domains), invoice)

    def credit(self, client: int) -> Decimal:
        """What the client has in credit."""
        tree = self.tree("get_clients_details", clientid=client)
        with self._context.reading():
            return Decimal(tree["client"]["credit"])

    def left_in_stock(self) -> int | None:
        """How many of the product with stock control can be ordered; None where nobody says."""
        product = self._context.ids.get("limited_product")
        found = self.rows("get_products", pid=str(product)) if product is not None else []
        with self._context.reading():
            told = str(found[0].get("quantity_available", "")) if found else ""
        return int(told) if told.isdigit() else None


def cycle(name: Any) -> str:
    """A billing cycle by the name that AddOrder has for it, whatever a list calls it: `Semi-Annually`, `One Time`."""
    word = "".join(letter for letter in str(name).lower() if letter.isalpha())
    return word.removesuffix("account")
