"""The calls of the BILLmanager API, in the name of one client or another."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from counterfoil.contracts.apis.billmanager.laws import reading as bill_reading
from counterfoil.contracts.apis.billmanager.laws.reading import Cart, Item, Tariff
from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.generate.examples import constants, parameter_constants
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.phases.laws.context import LawContext

KINDS = ("vds", "soft", "dedic")
#: the notations of an answer
OUTS = ("xjson", "xml", "devel", "text", "json")
FROM_BALANCE, BY_TRANSFER = 0, 1
MINE, OTHERS = "client", "poor"


class Panel:
    """Sends the calls of a stateful test, and reads what they answer."""

    def __init__(self, context: LawContext) -> None:
        self._context = context
        self._contract = context.world.contract

    def request(self, operation: str, given: Mapping[str, Any], client: str = MINE, out: str = "xjson") -> Request:
        """A call of the operation in a client's name."""
        known = self._contract.operations[operation]
        button = {"clicked_button": "order"} if operation in ("order_item", "order_item_by_query") else {}
        fields = {"out": out, **button, **given}
        credentials = {} if client == MINE else {"authinfo": self._authinfo(client)}
        if not known.request:
            return Request(known, query={**parameter_constants(known), **fields}, credentials=credentials)
        media_type, media = next(iter(known.request.items()))
        body = {**constants(self._contract, media.schema), **fields}
        return Request(known, body=body, media_type=media_type, credentials=credentials)

    def _authinfo(self, client: str) -> str:
        return f"{self._context.ids[f'{client}_username']}:{self._context.ids[f'{client}_password']}"

    def call(self, operation: str, client: str = MINE, out: str = "xjson", **given: Any) -> tuple[Exchange, Outcome]:
        """The answer to a call, and what it means."""
        return self._context.send(self.request(operation, given, client, out), f"({client}) ")

    def tariffs(self) -> list[Tariff]:
        """What the client can order, of every product type."""
        return [each for kind in KINDS for each in self._tariffs(kind)]

    def _tariffs(self, kind: str) -> list[Tariff]:
        exchange, _ = self.call("list_tariffs", func=f"v2.{kind}.order.pricelist")
        with self._context.reading():
            return bill_reading.tariffs(exchange.tree)

    def cart(self, client: str, project: str, out: str = "xjson") -> Cart:
        """The client's cart for the provider."""
        exchange, _ = self.call("get_cart", client, out, project=project)
        with self._context.reading():
            return bill_reading.cart(exchange.tree)

    def balances(self, client: str) -> dict[str, Decimal]:
        """The money of each of the client's accounts, by its provider."""
        exchange, _ = self.call("list_accounts", client)
        with self._context.reading():
            return bill_reading.balances(exchange.tree)

    def rows(self, operation: str, client: str, **given: Any) -> list[dict[str, Any]]:
        """The rows of a list."""
        exchange, _ = self.call(operation, client, **given)
        with self._context.reading():
            return list(bill_reading.rows(exchange.tree))

    def services(self, client: str, order: str) -> list[Item]:
        """The services that an order made."""
        with self._context.reading():
            return [
                bill_reading.service(row)
                for kind in KINDS
                for row in self.rows("list_services", client, func=kind)
                if bill_reading.text(row, "billorder") == order
            ]
