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

AGAIN = Law(
    "added_again_is_there_again",
    "What is added again stands in the cart again, beside what was there.",
    "add_cart_items",
)
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
ALIKE = Law(
    "services_are_told_alike",
    "A service and a domain are told alone as they are in their list.",
    "list_services",
    promises=("a_service_is_shown", "a_domain_is_shown"),
)
STOCK = Law(
    "stock_is_kept",
    "More than is in stock cannot be checked out, and what is checked out is not in stock any more.",
    "checkout_cart",
    "chosen",
    promises=("a_product_tells_its_stock",),
)

_LAWS = (AGAIN, AGREE, UNTOUCHED, EMPTIED, SERVED, ONCE, NUMBERED, GUEST, ALIKE, STOCK)

_SERVICES = ("list_services", "get_service", "service_id")
_DOMAINS = ("list_domains", "get_domain", "domain_id")
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
        again=st.booleans(),
        index=_INDEX,
    )
    def check_out(self, chosen: list[tuple[int, int, int]], limited: int, again: bool, index: int) -> None:
        """Fill the cart, some things twice; validate it and check it out, and then the same again."""
        items = [one(offers(self.context, self.caller), each).item(many, addons, 0) for each, many, addons in chosen]
        number = self.context.ids.get("limited_product")
        if limited and number is not None:  # of which there may not be so many
            items.append({"type": "product", "product_id": number, "billing_cycle": None, "quantity": limited})
        for item in items:
            self._add(item)
            if again:
                self._add_again(item)
        self._check_out()
        self.caller.call("clear_cart_items", self.cart)
        self.contents = self._shown()
        self._read_one(index, services=index % 3 > 0)

    def _add(self, item: dict[str, Any]) -> bool:
        """Add an item. That what is offered can be added is a law of carts, so it is none here."""
        _, got = self.caller.call("add_cart_items", self.cart, {"items": [item]})
        self.contents = self._shown()
        return got.accepted

    def _add_again(self, item: dict[str, Any]) -> None:
        before = lines(self.contents)
        if not self._add(item):
            return
        with self.context.reading():
            after = lines(self.contents)
            new = [{name: each for name, each in told.items() if name != "item_id"} for told in after[-2:]]
        self.context.hold(AGAIN, after[:-1] == before, difference(before, after))
        self.context.hold(AGAIN, len(new) == 2 and new[0] == new[1], f"There are {new}.")

    def _check_out(self) -> None:
        before, services = self.contents, self._services()
        validated, _ = self.caller.call("validate_cart", self.cart)
        exchange, got = self.caller.call("checkout_cart", self.cart)
        with self.context.reading():
            errors = validated.tree["data"]["validation_errors"]
            told = [] if got.accepted else exchange.tree["data"]["validation_errors"]
        self.context.hold(AGREE, told == errors, f"The validation tells {errors}, the checkout {told}.")
        wanted, stock = _products(before)
        over = {number: left for number, left in stock.items() if wanted[number] > left}
        self.context.hold(STOCK, not (got.accepted and over), f"Ordered is {dict(wanted)}, but there are {over}.")
        self.contents = self._shown()
        if self.is_guest or not got.accepted:
            law = GUEST if got.accepted else UNTOUCHED
            self.context.hold(law, self.contents == before, difference(before, self.contents))
            if self.is_guest and got.accepted:
                self._check_out_again(before)
            elif not self.is_guest:
                now = self._services()
                self.context.hold(
                    UNTOUCHED, now.keys() == services.keys(), f"New services: {[*now.keys() - services.keys()]}."
                )
            return
        with self.context.reading():
            number = int(exchange.tree["data"]["order_id"])
            costs = value(self.contents["totals"]["total"])
        left = lines(self.contents)
        self.context.hold(EMPTIED, not left and costs == 0, f"There is {left}, and it costs {costs}.")
        self.context.hold(NUMBERED, number not in self.numbers, f"There was an order {number} before.")
        self.numbers.add(number)
        self._hold_served(wanted, services)
        self._hold_stock(wanted, stock)
        now = self._services()
        _, got = self.caller.call("checkout_cart", self.cart)
        after = self._services()
        again = not got.accepted and after.keys() == now.keys()
        why = f"It is {got}, with the new services {[*after.keys() - now.keys()]}."
        self.context.hold(ONCE, again, why)

    def _check_out_again(self, before: Mapping[str, Any]) -> None:
        _, got = self.caller.call("checkout_cart", self.cart)
        self.contents = self._shown()
        same = got.accepted and self.contents == before
        self.context.hold(GUEST, same, f"It is {got}. {difference(before, self.contents)}")

    def _read_one(self, index: int, *, services: bool) -> None:
        """Read one of the user's services or domains alone."""
        every, alone, name = _SERVICES if services else _DOMAINS
        exchange, _ = self.user.call(every, query={"page_size": 500})
        with self.context.reading():
            listed = [*exchange.tree["data"]][index % max(len(exchange.tree["data"]), 1) :]
            number = listed[0]["id"] if listed else None
        if number is not None:
            exchange, _ = self.user.call(alone, {name: number})
            with self.context.reading():
                told = exchange.tree["data"]
            self.context.hold(ALIKE, told == listed[0], difference(listed[0], told))

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
            SERVED, served == wanted, f"In the cart were {dict(wanted)}, the services are {dict(served)}."
        )
        self.context.hold(SERVED, status <= {"Pending"}, f"The new services are {status}.")

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
