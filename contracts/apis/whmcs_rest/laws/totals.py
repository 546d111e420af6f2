"""The laws of what a cart costs: lines, promotions, taxes and totals follow from what is in it."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller, users
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import Offer, offers
from counterfoil.contracts.apis.whmcs_rest.laws.lines import (
    RECURRING,
    TOTALS,
    Price,
    item_ids,
    price,
    wrong_recurring_totals,
    wrong_totals,
)
from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest
from counterfoil.reports.mismatch import told as as_json

OFFERED = Law(
    "offered_can_be_added",
    "What the catalogue offers can be put into a cart.",
    "add_cart_items",
    promises=("items_are_added",),
)
PROMOTED = Law(
    "promotion_is_shown",
    "An applied code stands among the promotions of the cart.",
    "apply_cart_promotion",
    promises=("a_code_is_applied", "applied_codes_are_listed"),
)
TAKEN_BACK = Law(
    "promotion_leaves_no_trace",
    "A promotion that is applied and removed leaves the totals as they were.",
    "remove_cart_promotion",
    promises=("a_code_is_removed",),
)
COUNTED = Law("counter_counts", "The counter counts what has an item_id.", "get_cart_counter", "chosen")
QUANTITY = Law(
    "lines_cost_their_quantity",
    "A line costs what the catalogue says to the same caller, times its quantity.",
    "add_cart_items",
    "chosen",
    promises=("a_carts_totals_follow_from_its_items",),
)

_MOST = 8  # items in a cart
_CODES = ("promo", "other_promo", "expired_promo", "recurring_promo")
_PLACES = (("taxed_country", ""), ("state_taxed_country", "taxed_state"), ("untaxed_country", ""))
_INDEX = st.integers(0, 20)


class TotalsMachine(RuleBasedStateMachine):
    """Calls that change what a cart costs, in any order. A subclass has the context, and who calls."""

    context: LawContext
    callers: tuple[Caller, ...]
    catalogue: tuple[Offer, ...]
    codes: tuple[str, ...]

    @initialize(index=_INDEX)
    def begin(self, index: int) -> None:
        """Begin with an empty cart of a guest, or of a user."""
        self.context.begin()
        self.contents: Mapping[str, Any] = {"items": []}
        self.caller = one(self.callers, index)
        with self.context.reading():
            self.cart = self.caller.call("create_cart")[0].tree["data"]["id"]
        self.prices: dict[Any, Price] = {
            (each.product, each.cycle): each.price for each in offers(self.context, self.caller)
        }
        self.look()

    def call(self, operation: str, body: Any = None, **path: Any) -> tuple[Exchange, Outcome]:
        """Call an operation on the cart."""
        return self.caller.call(operation, {"cart_id": self.cart, **path}, body)

    def look(self) -> None:
        """Read the cart: whatever is in it, its amounts have to follow."""
        exchange, _ = self.caller.call("get_cart", {"cart_id": self.cart}, query={"page_size": 500})
        with self.context.reading():
            contents: Mapping[str, Any] = exchange.tree["data"]
            wrong = wrong_totals(contents)
            self.context.hold(TOTALS, wrong is None, wrong or "")
            wrong = wrong_recurring_totals(contents)
            self.context.hold(RECURRING, wrong is None, wrong or "")
            for item in contents["items"]:
                unit = self.prices.get((item.get("product", {}).get("id"), (item.get("billing") or {}).get("cycle")))
                told = price(item.get("billing"))
                if unit is not None and told is not None:
                    quantity = item["quantity"]
                    self.context.hold(QUANTITY, told == unit.times(quantity), f"{quantity} at {unit} cost {told}.")
            self.contents = contents

    def change(self, operation: str, body: Any = None, **path: Any) -> bool:
        """Call an operation that changes the cart; whether it was accepted."""
        _, got = self.call(operation, body, **path)
        self.look()
        return got.accepted

    @property
    def products(self) -> list[Mapping[str, Any]]:
        """The products in the cart."""
        return [each for each in self.contents["items"] if each.get("type") == "product"]

    @precondition(lambda self: len(self.contents["items"]) < _MOST)
    @rule(chosen=st.lists(_INDEX, min_size=1, max_size=2), quantity=st.integers(1, 4), addons=st.integers(0, 2))
    def add(self, chosen: list[int], quantity: int, addons: int) -> None:
        """Add so many of some products, with addons and options."""
        wanted = [one(self.catalogue, index) for index in chosen]
        items = [each.item(quantity, addons, index % 2) for each, index in zip(wanted, chosen, strict=True)]
        accepted = self.change("add_cart_items", {"items": items})
        if quantity == 1 or all(each.several for each in wanted):  # more of what is sold singly may be refused
            self.context.hold(OFFERED, accepted, f"It is refused: {as_json(items)}.")
        self.count()

    @precondition(lambda self: self.products)
    @rule(index=_INDEX, quantity=st.integers(1, 4), other=_INDEX)
    def change_quantity(self, index: int, quantity: int, other: int) -> None:
        """Change the quantity and the cycle of a product."""
        item = one(self.products, index)
        cycles = [offer.cycle for offer in self.catalogue if offer.product == item["product"]["id"]]
        body = {"type": "product", "quantity": quantity, "billing_cycle": one(cycles, other)}
        self.change("update_cart_item", body, item_id=item["item_id"])

    @precondition(lambda self: len(self.contents["items"]) > 3)  # or most carts would be empty most of the time
    @rule()
    def clear(self) -> None:
        """Clear the cart."""
        self.change("clear_cart_items")

    @precondition(lambda self: self.codes)
    @rule(index=_INDEX)
    def promote(self, index: int) -> None:
        """Apply a promotion code, which may be refused."""
        code = one(self.codes, index)
        if self.change("apply_cart_promotion", {"code": code}):
            with self.context.reading():
                told = [each["code"] for each in self.contents["promotions"] if each]
            self.context.hold(PROMOTED, told == [code], f"{code} was applied, but there are {as_json(told)}.")

    @precondition(lambda self: self.codes)
    @rule(index=_INDEX)
    def promote_and_take_back(self, index: int) -> None:
        """Apply a promotion code to a cart without one, and remove it."""
        self.change("remove_cart_promotion")
        before = self.contents["totals"]
        self.change("apply_cart_promotion", {"code": one(self.codes, index)})
        self.change("remove_cart_promotion")
        after, left = self.contents["totals"], self.contents["promotions"]
        self.context.hold(TAKEN_BACK, before == after, f"The totals differ. {difference(before, after)}")
        self.context.hold(TAKEN_BACK, not any(left), f"The promotions are still {as_json(left)}.")

    @rule(known=st.sampled_from(_PLACES))
    def place(self, known: tuple[str, str]) -> None:
        """Say where the buyer is."""
        country, state = (self.context.ids.get(name) for name in known)
        if country is not None:
            self.change("set_cart_geolocation", {"country_code": country, "state": state})

    @rule()
    def count(self) -> None:
        """Count what is in the cart."""
        exchange, _ = self.call("get_cart_counter")
        with self.context.reading():
            told, there = exchange.tree["data"]["counter"], len(item_ids(self.contents))
        self.context.hold(COUNTED, told == there, f"{there} things have an item_id, but the counter is {told}.")


def _machine(context: LawContext) -> Machine:
    guest = Caller(context)
    known = [Caller(context, name) for name in users(context.world)]
    codes = tuple(str(context.ids[name]) for name in _CODES if name in context.ids)
    facts = {
        "context": context,
        "callers": (guest, *known[:2]),
        "catalogue": tuple(offers(context, guest)),
        "codes": codes,
    }
    return type("TotalsMachine", (TotalsMachine,), facts)


TOTALS_OF_CARTS = StatefulTest(
    contract="whmcs-rest",
    name="totals",
    description="carts that are filled, changed and promoted, and what they cost",
    operation="get_cart",
    laws=(TOTALS, RECURRING, QUANTITY, PROMOTED, TAKEN_BACK, COUNTED, OFFERED),
    machine=_machine,
    needs=("product",),
    sizes={"smoke": (4, 8), "gate": (16, 16), "deep": (50, 30)},
)
