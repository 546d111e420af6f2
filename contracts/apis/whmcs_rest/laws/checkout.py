"""The laws of checking a cart out: what is in it is ordered, once, for whom it belongs to, or nothing changes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, users
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import offers
from counterfoil.contracts.apis.whmcs_rest.laws.lines import line, lines, value
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest
from counterfoil.reports.mismatch import told as as_json

AGREE = Law(
    "checkout_is_as_validated",
    "A checkout is refused exactly when the validation tells errors, and with the same ones.",
    "checkout_cart",
    "chosen",
    promises=("a_cart_is_validated",),
)
UNTOUCHED = Law(
    "refused_checkout_changes_nothing",
    "A refused checkout leaves the cart and orders nothing.",
    "checkout_cart",
    "chosen",
)
EMPTIED = Law(
    "checked_out_is_empty", "A cart that is checked out is empty and costs nothing.", "checkout_cart", "chosen"
)
SERVED = Law(
    "checked_out_is_served",
    "What is checked out is among the client's services, and Pending.",
    "list_services",
    "chosen",
)
ONCE = Law(
    "checked_out_once", "A cart that was checked out orders nothing when that is repeated.", "checkout_cart", "chosen"
)
NUMBERED = Law("orders_are_numbered", "Each order has a number of its own.", "checkout_cart", "chosen")
GUEST = Law(
    "guests_order_nothing", "A guest's checkout leaves the cart as it is, however often.", "checkout_cart", "chosen"
)
STOCK = Law(
    "stock_is_kept",
    "More than is in stock cannot be checked out, and what is checked out is not in stock any more.",
    "checkout_cart",
    "chosen",
    promises=("a_product_tells_its_stock",),
)

_LAWS = (AGREE, UNTOUCHED, EMPTIED, SERVED, ONCE, NUMBERED, GUEST, STOCK)

_INDEX = st.integers(0, 20)
_MANY = st.sampled_from((1,) * 7 + (2,))  # not every product can be ordered twice in one item


class CheckoutMachine(RuleBasedStateMachine):
    """A user and a guest who fill their carts and check them out. A subclass has the context, and who calls."""

    context: LawContext
    user: Caller
    guest: Caller

    @initialize(as_guest=st.integers(0, 3))
    def begin(self, as_guest: int) -> None:
        """Begin with an empty cart, most often of the user."""
        self.context.begin(afresh=True)
        self.caller = self.user if as_guest else self.guest
        #: of all runs on a deployment, where the orders of earlier ones are there, too
        self.numbers: set[int] = self.context.once("numbers", set)
        with self.context.reading():
            self.cart = {"cart_id": self.caller.call("create_cart")[0].tree["data"]["id"]}
        self.contents = self._shown()

    @property
    def is_guest(self) -> bool:
        """Whether the cart is nobody's."""
        return self.caller is self.guest

    def _shown(self) -> Mapping[str, Any]:
        with self.context.reading():
            told: Mapping[str, Any] = self.caller.call("get_cart", self.cart, query={"page_size": 500})[0].tree["data"]
            return told

    @rule(
        chosen=st.lists(st.tuples(_INDEX, _MANY, st.integers(0, 1)), max_size=2),
        limited=st.sampled_from((0, 0, 1, 2)),
    )
    def check_out(self, chosen: list[tuple[int, int, int]], limited: int) -> None:
        """Fill the cart, validate it and check it out, and then the same again."""
        items = [one(offers(self.context, self.caller), each).item(many, addons, 0) for each, many, addons in chosen]
        number = self.context.ids.get("limited_product")
        if limited and number is not None:  # of which there may not be so many
            items.append({"type": "product", "product_id": number, "billing_cycle": None, "quantity": limited})
        for item in items:
            self._add(item)
        self._check_out()
        self.caller.call("clear_cart_items", self.cart)
        self.contents = self._shown()

    def _add(self, item: dict[str, Any]) -> bool:
        """Add an item. That what is offered can be added is a law of carts, so it is none here."""
        _, got = self.caller.call("add_cart_items", self.cart, {"items": [item]})
        self.contents = self._shown()
        return got.accepted

    def _check_out(self) -> None:
        before, services = self.contents, self._services()
        validated, _ = self.caller.call("validate_cart", self.cart)
        exchange, got = self.caller.call("checkout_cart", self.cart)
        with self.context.reading():
            errors = validated.tree["data"]["validation_errors"]
            told = [] if got.accepted else exchange.tree["data"]["validation_errors"]
        self.context.hold(
            AGREE, told == errors, f"The validation tells {as_json(errors)}, the checkout {as_json(told)}."
        )
        wanted, stock = _products(before)
        over = {number: left for number, left in stock.items() if wanted[number] > left}
        self.context.hold(
            STOCK, not (got.accepted and over), f"Ordered is {as_json(dict(wanted))}, but there are {as_json(over)}."
        )
        self.contents = self._shown()
        if self.is_guest or not got.accepted:
            law = GUEST if got.accepted else UNTOUCHED
            self.context.hold(law, self.contents == before, difference(before, self.contents))
            if self.is_guest and got.accepted:
                self._check_out_again(before)
            elif not self.is_guest:
                now = self._services()
                self.context.hold(
                    UNTOUCHED, now.keys() == services.keys(), f"New services: {as_json(now.keys() - services.keys())}."
                )
            return
        with self.context.reading():
            if "order_id" not in exchange.tree["data"]:
                return  # it is ordered elsewhere, on a page that the user is sent to
            number = int(exchange.tree["data"]["order_id"])
            costs = value(self.contents["totals"]["total"])
        left = lines(self.contents)
        self.context.hold(EMPTIED, not left and costs == 0, f"There is {as_json(left)}, and it costs {costs}.")
        self.context.hold(NUMBERED, number not in self.numbers, f"There was an order {number} before.")
        self.numbers.add(number)
        self._hold_served(wanted, services)
        self._hold_stock(wanted, stock)
        now = self._services()
        _, got = self.caller.call("checkout_cart", self.cart)
        after = self._services()
        again = not got.accepted and after.keys() == now.keys()
        why = f"It is {got}, with the new services {as_json(after.keys() - now.keys())}."
        self.context.hold(ONCE, again, why)

    def _check_out_again(self, before: Mapping[str, Any]) -> None:
        _, got = self.caller.call("checkout_cart", self.cart)
        self.contents = self._shown()
        same = got.accepted and self.contents == before
        self.context.hold(GUEST, same, f"It is {got}. {difference(before, self.contents)}")

    def _services(self) -> dict[int, Mapping[str, Any]]:
        """The services of the user's client, by id."""
        if self.is_guest:
            return {}
        exchange, _ = self.caller.call("list_services", query={"page_size": 500})
        with self.context.reading():
            return {int(each["id"]): each for each in exchange.tree["data"]}

    def _hold_served(self, wanted: Counter[int], before: Mapping[int, Any]) -> None:
        after = self._services()
        new = [service for number, service in after.items() if number not in before]
        with self.context.reading():
            served = Counter[int]()
            for service in new:
                served[service["product"]["id"]] += service["quantity"]
            status = {service["status"] for service in new}
        self.context.hold(
            SERVED,
            served == wanted,
            f"The services are not what was in the cart. {difference(dict(wanted), dict(served))}",
        )
        self.context.hold(SERVED, status <= {"Pending"}, f"The new services are {as_json(status)}.")

    def _hold_stock(self, wanted: Counter[int], stock: Mapping[int, int]) -> None:
        for number, left in stock.items():
            exchange, _ = self.caller.call("get_product", {"product_id": number})
            with self.context.reading():
                now = exchange.tree["data"]["stock_quantity"]
            why = f"Of {left} of product {number}, {wanted[number]} were ordered, and there are {now}."
            self.context.hold(STOCK, now == left - wanted[number], why)


def _products(contents: Mapping[str, Any]) -> tuple[Counter[int], dict[int, int]]:
    """How many of each product are in a cart, and how many are in stock where that is limited."""
    wanted, stock = Counter[int](), dict[int, int]()
    for item in contents["items"]:
        told = line(item)
        if told["kind"] == "product":
            wanted[told["product"]] += told["quantity"]
            if item["product"].get("stock_control_enabled"):
                stock[told["product"]] = int(item["product"]["stock_quantity"])
    return wanted, stock


def _lacks(target: Target) -> str | None:
    return None if users(target) else "needs the account of a user in the profile"


def _machine(context: LawContext) -> Machine:
    user, guest = Caller(context, users(context.world)[0]), Caller(context)
    return type("CheckoutMachine", (CheckoutMachine,), {"context": context, "user": user, "guest": guest})


CHECKOUT = StatefulTest(
    contract="whmcs-rest",
    name="checkout",
    description="carts that are filled and checked out, by a user and by a guest",
    operation="checkout_cart",
    laws=_LAWS,
    machine=_machine,
    needs=("product",),
    lacks=_lacks,
    sizes={"smoke": (3, 3), "gate": (12, 4), "deep": (60, 6)},
)
