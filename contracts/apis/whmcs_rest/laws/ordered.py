"""What becomes of one order: all of it is served, and its stock is gone. Nothing here is drawn."""

from collections.abc import Mapping
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, users
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import offers
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest
from counterfoil.reports.mismatch import told as as_json

OVERSOLD = Law(
    "no_more_is_ordered_than_there_is",
    "No order is placed for more of a product than its stock, where that is controlled.",
    "checkout_cart",
    promises=("a_product_tells_its_stock",),
)
SINKS = Law(
    "stock_sinks_with_an_order",
    "What was ordered is not in a controlled stock any more.",
    "get_product",
    promises=("a_product_tells_its_stock",),
)
ANSWERED = Law(
    "a_tlds_questions_are_answered",
    "No name is ordered without an answer where its TLD requires one.",
    "checkout_cart",
    promises=("a_tlds_fields_are_answered",),
)
SERVED = Law(
    "all_that_is_ordered_is_listed",
    "For each product that was ordered there is a new service of the client.",
    "list_services",
    promises=("a_clients_services_are_listed",),
)


class OrderedMachine(RuleBasedStateMachine):
    """A user who orders. A subclass has the context, and who calls."""

    context: LawContext
    user: Caller

    @rule()
    def order(self) -> None:
        """Order more than there is in vain, and then one of it beside another product."""
        self.context.begin()
        number = self.context.ids["limited_product"]
        left = self._left(number)
        with self.context.reading():
            self.cart = {"cart_id": self.user.call("create_cart")[0].tree["data"]["id"]}
        self._register_without_answers()
        if left is None:
            return
        if self._add(number, left + 1) and self._check_out() is not None:
            self.context.hold(OVERSOLD, False, f"There were {left}, and {left + 1} are ordered.")
        self.user.call("clear_cart_items", self.cart)
        if left < 1 or not self._add(number, 1):
            return
        wanted = {number}
        for offer in offers(self.context, self.user)[:1]:
            _, got = self.user.call("add_cart_items", self.cart, {"items": [offer.item(1, 0, 0)]})
            wanted |= {offer.product} if got.accepted else set()
        before = self._services()
        if self._check_out() is None:
            return
        now = self._left(number)
        self.context.hold(SINKS, now == left - 1, f"Of {left}, one was ordered, and there are {now}.")
        with self.context.reading():
            new = {each["product"]["id"] for key, each in self._services().items() if key not in before}
        self.context.hold(
            SERVED, wanted <= new, f"The products {as_json(wanted)} were ordered, and {as_json(new)} are new."
        )

    def _register_without_answers(self) -> None:
        """Order a name of a TLD that asks its registrants something, and answer nothing."""
        tld = self.context.ids.get("demanding_tld")
        if tld is None:
            return
        fields, got = self.user.call("list_tld_additional_fields", query={"tld": tld})
        with self.context.reading():
            asks = got.accepted and any(each.get("required") is True for each in fields.tree["data"])
        name = {"type": "domain_register", "name": f"counterfoil-{self.context.fresh}asked.{tld}", "period": 1}
        if asks and self.user.call("add_cart_items", self.cart, {"items": [name]})[1].accepted:
            self.context.hold(ANSWERED, self._check_out() is None, f"It is ordered: {name['name']}.")
        self.user.call("clear_cart_items", self.cart)

    def _add(self, number: int, many: int) -> bool:
        item = {
            "type": "product",
            "product_id": number,
            "billing_cycle": None,
            "quantity": many,
            "domain": "example.com",
        }
        return self.user.call("add_cart_items", self.cart, {"items": [item]})[1].accepted

    def _check_out(self) -> Any:
        """The number of the order; None where none is placed, or only later, on a page that the user is sent to."""
        exchange, got = self.user.call("checkout_cart", self.cart)
        with self.context.reading():
            return exchange.tree["data"].get("order_id") if got.accepted else None

    def _left(self, number: int) -> int | None:
        exchange, _ = self.user.call("get_product", {"product_id": number})
        with self.context.reading():
            product = exchange.tree["data"]
            return int(product["stock_quantity"]) if product.get("stock_control_enabled") else None

    def _services(self) -> dict[int, Mapping[str, Any]]:
        exchange, _ = self.user.call("list_services", query={"page_size": 500})
        with self.context.reading():
            return {int(each["id"]): each for each in exchange.tree["data"]}


def _lacks(target: Target) -> str | None:
    return None if users(target) else "needs the account of a user in the profile"


def _machine(context: LawContext) -> Machine:
    user = Caller(context, users(context.world)[0])
    return type("OrderedMachine", (OrderedMachine,), {"context": context, "user": user})


ONE_ORDER = StatefulTest(
    contract="whmcs-rest",
    name="one order",
    description="an order of what there is, and one of more than that",
    operation="checkout_cart",
    laws=(OVERSOLD, SINKS, ANSWERED, SERVED),
    machine=_machine,
    needs=("limited_product",),
    lacks=_lacks,
    sizes={"smoke": (1, 1), "gate": (1, 1), "deep": (1, 1)},
)
