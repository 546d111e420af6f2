"""The laws of a cart: what goes in stands in it, what goes out is gone, and the totals follow."""

from collections import Counter
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
    lines,
    price,
    wrong_recurring_totals,
    wrong_totals,
)
from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

OFFERED = Law(
    "offered_can_be_added",
    "What the catalogue offers can be put into a cart.",
    "add_cart_items",
    promises=("items_are_added",),
)
ADDED = Law(
    "added_is_shown",
    "What is added to a cart stands in it as it was asked for, beside what was there.",
    "add_cart_items",
    promises=("items_are_added", "an_item_is_read_by_its_type"),
)
CHANGED = Law(
    "changed_is_changed",
    "A changed item is as the change says, and no other item changes.",
    "update_cart_item",
    promises=("an_item_is_changed",),
)
DELETED = Law(
    "deleted_is_gone",
    "A deleted item is gone and no other is, and deleting it again is 404.",
    "delete_cart_item",
    promises=("an_item_is_deleted",),
)
CLEARED = Law(
    "cleared_is_empty",
    "A cleared cart is empty and costs nothing.",
    "clear_cart_items",
    promises=("all_items_are_removed",),
)
UNIQUE = Law(
    "item_ids_are_unique",
    "No two things in a cart have the same item_id.",
    "add_cart_items",
    fundamental=True,
    promises=("an_item_has_an_id_of_its_own",),
)
IMPOSSIBLE = Law(
    "impossible_is_refused",
    "What does not exist, or is not valid, is refused.",
    "add_cart_items",
    promises=("invalid_input_is_422",),
)
REMEMBERED = Law(
    "cart_is_remembered", "A cart shows what the last change of it answered.", "get_cart", promises=("a_cart_is_shown",)
)
REFUSED = Law("refused_changes_nothing", "A refused request leaves the cart as it was.", "get_cart")
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

_LAWS = (
    ADDED, CHANGED, DELETED, CLEARED, UNIQUE, REMEMBERED, REFUSED, TOTALS, RECURRING, QUANTITY, PROMOTED, TAKEN_BACK,
    COUNTED, OFFERED, IMPOSSIBLE,
)  # fmt: skip

_NOBODY = 2_000_000_000  # no installation has so many of anything
_NO_ITEM = "00000000"
_MOST = 8  # items in a cart
_AT_ONCE = 4  # impossible calls
_CODES = ("promo", "other_promo", "expired_promo", "recurring_promo")
_PLACES = (("taxed_country", ""), ("state_taxed_country", "taxed_state"), ("untaxed_country", ""))
_INDEX = st.integers(0, 20)


class _Cart:
    """A cart on the target, and the model of it: what stood in it after the last call."""

    def __init__(self, context: LawContext, caller: Caller) -> None:
        self.context, self.caller = context, caller
        with context.reading():
            self.id = caller.call("create_cart")[0].tree["data"]["id"]
        self.contents: Mapping[str, Any] = {}
        self.model: list[dict[str, Any]] = []
        self.prices: dict[Any, Price] = {(each.product, each.cycle): each.price for each in offers(context, caller)}
        self.look()

    def call(self, operation: str, body: Any = None, **path: Any) -> tuple[Exchange, Outcome]:
        """Call an operation on this cart."""
        return self.caller.call(operation, {"cart_id": self.id, **path}, body)

    def look(self) -> Mapping[str, Any]:
        """What the cart shows, all of it."""
        exchange, _ = self.caller.call("get_cart", {"cart_id": self.id}, query={"page_size": 500})
        with self.context.reading():
            self.contents = exchange.tree["data"]
            self.model = lines(self.contents)
        return self.contents

    def change(self, operation: str, body: Any = None, **path: Any) -> Mapping[str, Any] | None:
        """Call an operation that changes this cart. The cart that it answers; None if it is refused.

        Whatever is expected of the change is expected of this answer; that the cart stays so is a law of its own.
        """
        before = self.contents
        exchange, got = self.call(operation, body, **path)
        if not got.accepted:
            after = self.look()
            self.context.hold(REFUSED, after == before, f"{operation} is refused, but the cart is another one then.")
            return None
        with self.context.reading():
            answered: Mapping[str, Any] = exchange.tree["data"]
            self.check(answered)
            lines(answered)
        shown = self.look()
        self.context.hold(REMEMBERED, shown == answered, f"The cart differs from what {operation} answered.")
        return answered

    def check(self, contents: Mapping[str, Any]) -> None:
        """Hold what every answer with a cart must keep."""
        hold = self.context.hold
        twice = [each for each, number in Counter(item_ids(contents)).items() if number > 1]
        hold(UNIQUE, not twice, f"The item_id {', '.join(twice)} stands twice in the cart.")
        wrong = wrong_totals(contents)
        hold(TOTALS, wrong is None, wrong or "")
        wrong = wrong_recurring_totals(contents)
        hold(RECURRING, wrong is None, wrong or "")
        for item in contents["items"]:
            unit = self.prices.get((item.get("product", {}).get("id"), (item.get("billing") or {}).get("cycle")))
            told = price(item.get("billing"))
            if unit is not None and told is not None:
                quantity = item["quantity"]
                why = f"{quantity} at {unit} cost {told}."
                hold(QUANTITY, told == unit.times(quantity), why)


class CartMachine(RuleBasedStateMachine):
    """Calls that change a cart, in any order. A subclass has the context, and who calls."""

    context: LawContext
    callers: tuple[Caller, ...]
    catalogue: tuple[Offer, ...]
    codes: tuple[str, ...]
    cart: _Cart

    @initialize(index=_INDEX)
    def begin(self, index: int) -> None:
        """Begin with an empty cart of a guest, or of a user."""
        self.context.begin()
        self.cart = _Cart(self.context, one(self.callers, index))

    @property
    def products(self) -> list[dict[str, Any]]:
        """The lines of the model that are products."""
        return [each for each in self.cart.model if each["kind"] == "product"]

    @precondition(lambda self: len(self.cart.model) < _MOST)
    @rule(index=_INDEX, quantity=st.integers(1, 4), addons=st.integers(0, 2), choice=st.integers(0, 1))
    def add(self, index: int, quantity: int, addons: int, choice: int) -> None:
        """Add so many of a product, with addons and options."""
        offer = one(self.catalogue, index)
        self._add([offer.item(quantity, addons, choice)], offered=quantity == 1 or offer.several)

    @precondition(lambda self: len(self.cart.model) < _MOST)
    @rule(chosen=st.lists(_INDEX, min_size=2, max_size=3))
    def add_several(self, chosen: list[int]) -> None:
        """Add several items at once, some of them alike."""
        self._add([one(self.catalogue, index).item(1, 0, 0) for index in chosen])

    @precondition(lambda self: "tld" in self.context.ids and len(self.cart.model) < _MOST)
    @rule(number=st.integers(1, 99), protected=st.booleans())
    def add_domain(self, number: int, protected: bool) -> None:
        """Add the registration of a domain; whether it is available is for the checkout to tell."""
        name = f"counterfoil-{number}.{self.context.ids['tld']}"
        self._add([{"type": "domain_register", "period": 1, "name": name, "id_protection": protected}])

    def _add(self, items: list[dict[str, Any]], *, offered: bool = True) -> None:
        before = self.cart.model
        answered = self.cart.change("add_cart_items", {"items": items})
        self.context.hold(OFFERED, answered is not None or not offered, f"It is refused: {items}.")
        if answered is None:
            return
        known = {each["item_id"] for each in before}
        kept = [each for each in lines(answered) if each["item_id"] in known]
        new = [each for each in lines(answered) if each["item_id"] not in known]
        self.context.hold(ADDED, kept == before, difference(before, kept))
        wanted = [asked(item) for item in items]
        shown = [as_asked(each, item) for each, item in zip(new, wanted, strict=False)]
        self.context.hold(ADDED, len(new) == len(items) and shown == wanted, difference(wanted, shown))
        self.count()

    @precondition(lambda self: self.products)
    @rule(index=_INDEX, quantity=st.integers(1, 4), other=_INDEX)
    def change(self, index: int, quantity: int, other: int) -> None:
        """Change the quantity and the cycle of a product."""
        line = one(self.products, index)
        cycle = one([offer.cycle for offer in self.catalogue if offer.product == line["product"]], other)
        body = {"type": "product", "quantity": quantity, "billing_cycle": cycle}
        self._change(line, {"quantity": quantity, "cycle": cycle}, "update_cart_item", body)

    @precondition(lambda self: self.products)
    @rule(index=_INDEX, other=_INDEX, quantity=st.integers(1, 3))
    def add_addon(self, index: int, other: int, quantity: int) -> None:
        """Add an addon to a product; one that it has gets the quantity."""
        line = one(self.products, index)
        addons = next(offer.addons for offer in self.catalogue if offer.product == line["product"])
        if addons:
            addon = one(addons, other)
            body = {"addons": [{"id": addon, "quantity": quantity}]}
            self._change(line, {"addons": line["addons"] | {addon: quantity}}, "add_cart_item_addons", body)
            self.count()

    @precondition(lambda self: self.products)
    @rule(index=_INDEX)
    def delete_addons(self, index: int) -> None:
        """Delete all addons of a product."""
        self._change(one(self.products, index), {"addons": {}}, "delete_cart_item_addons", None)

    def _change(self, line: dict[str, Any], changed: dict[str, Any], operation: str, body: Any) -> None:
        wanted = [each | changed if each is line else each for each in self.cart.model]
        answered = self.cart.change(operation, body, item_id=line["item_id"])
        if answered is not None:
            self.context.hold(CHANGED, lines(answered) == wanted, difference(wanted, lines(answered)))

    @precondition(lambda self: self.cart.model)
    @rule(index=_INDEX)
    def delete(self, index: int) -> None:
        """Delete an item, and then the same again."""
        line = one(self.cart.model, index)
        wanted = [each for each in self.cart.model if each is not line]
        answered = self.cart.change("delete_cart_item", item_id=line["item_id"])
        if answered is not None:
            self.context.hold(DELETED, lines(answered) == wanted, difference(wanted, lines(answered)))
            exchange, _ = self.cart.call("delete_cart_item", item_id=line["item_id"])
            self.context.hold(DELETED, exchange.status == 404, f"The second call is answered with {exchange.status}.")
            self.cart.look()

    @precondition(lambda self: len(self.cart.model) > 3)  # or most carts would be empty most of the time
    @rule()
    def clear(self) -> None:
        """Clear the cart."""
        answered = self.cart.change("clear_cart_items")
        left = [] if answered is None else lines(answered)
        self.context.hold(CLEARED, left == [], f"{len(left)} items are left.")

    @precondition(lambda self: self.codes)
    @rule(index=_INDEX)
    def promote(self, index: int) -> None:
        """Apply a promotion code, which may be refused."""
        code = one(self.codes, index)
        answered = self.cart.change("apply_cart_promotion", {"code": code})
        if answered is not None:
            told = [each["code"] for each in answered["promotions"] if each]
            self.context.hold(PROMOTED, told == [code], f"{code} was applied, but there are {told}.")

    @precondition(lambda self: self.codes)
    @rule(index=_INDEX)
    def promote_and_take_back(self, index: int) -> None:
        """Apply a promotion code to a cart without one, and remove it."""
        self.cart.change("remove_cart_promotion")
        before = self.cart.contents["totals"]
        self.cart.change("apply_cart_promotion", {"code": one(self.codes, index)})
        self.cart.change("remove_cart_promotion")
        after, left = self.cart.contents["totals"], self.cart.contents["promotions"]
        self.context.hold(TAKEN_BACK, before == after, f"The totals were {before} and are {after}.")
        self.context.hold(TAKEN_BACK, not any(left), f"The promotions are still {left}.")

    @rule(known=st.sampled_from(_PLACES))
    def place(self, known: tuple[str, str]) -> None:
        """Say where the buyer is."""
        country, state = (self.context.ids.get(name) for name in known)
        if country is not None:
            self.cart.change("set_cart_geolocation", {"country_code": country, "state": state})

    @rule()
    def count(self) -> None:
        """Count what is in the cart."""
        exchange, _ = self.cart.call("get_cart_counter")
        with self.context.reading():
            told, there = exchange.tree["data"]["counter"], len(item_ids(self.cart.contents))
        self.context.hold(COUNTED, told == there, f"{there} things have an item_id, but the counter is {told}.")

    @rule(index=_INDEX, good=_INDEX)
    def ask_for_the_impossible(self, index: int, good: int) -> None:
        """Ask for what no installation has, alone or beside what it has."""
        possible = one(self.catalogue, good).item(1, 0, 0)
        calls = _impossible(possible, self.products)
        for number in range(_AT_ONCE):
            operation, body, place = one(calls, index + number)
            answered = self.cart.change(operation, body, **place)
            why = f"{operation} accepts {place if body is None else body}."
            self.context.hold(IMPOSSIBLE, answered is None, why)


def asked(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item that is asked for, in the words of the model."""
    if item["type"] != "product":
        return {"kind": item["type"], **{name: each for name, each in item.items() if name != "type"}}
    return {
        "kind": "product",
        "product": item["product_id"],
        "cycle": item["billing_cycle"],
        "quantity": item["quantity"],
        "domain": item["domain"],
        "addons": {each["id"]: 1 for each in item["addons"]},
        "options": {each["id"]: each["value"] for each in item["config_options"]},
    }


def as_asked(line: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of a line, what was asked for; what was left to the target may be anything."""
    shown = {name: line.get(name) for name in wanted}
    if "options" in wanted:
        shown["options"] = {number: line.get("options", {}).get(number) for number in wanted["options"]}
    return shown


def _impossible(possible: dict[str, Any], products: list[dict[str, Any]]) -> list[tuple[str, Any, dict[str, Any]]]:
    """Calls that have to be refused: operation, body, and what the path names."""
    no_product = {"type": "product", "product_id": _NOBODY, "billing_cycle": "monthly"}
    calls: list[tuple[str, Any, dict[str, Any]]] = [
        ("add_cart_items", {"items": [no_product]}, {}),
        ("add_cart_items", {"items": [possible, no_product]}, {}),
        ("add_cart_items", {"items": [possible | {"addons": [{"id": _NOBODY}]}]}, {}),
        ("add_cart_items", {"items": [possible | {"quantity": "many"}]}, {}),
        ("add_cart_items", {"items": [{"type": "domain_transfer", "period": 1, "name": "example.com"}]}, {}),
        ("apply_cart_promotion", {"code": "NO SUCH CODE"}, {}),
        ("set_cart_geolocation", {"country_code": "ZZ"}, {}),
        ("delete_cart_item", None, {"item_id": _NO_ITEM}),
        ("update_cart_item", {"billing_cycle": "monthly"}, {"item_id": _NO_ITEM}),
    ]
    for line in products[-1:]:
        place = {"item_id": line["item_id"]}
        calls += [
            ("add_cart_item_addons", {"addons": [{"id": _NOBODY}]}, place),
            ("update_cart_item", {"type": "domain_register", "period": 1}, place),
            ("update_cart_item", {"billing_cycle": "hourly"}, place),
            ("set_cart_item_domain", {"domain_name": 7}, place),
            ("set_cart_item_custom_fields", {"custom_fields": [{"id": _NOBODY, "value": "x"}]}, place),
            ("set_cart_item_config_options", {"config_options": [{"id": _NOBODY, "value": 1}]}, place),
        ]
    return calls


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
    return type("CartMachine", (CartMachine,), facts)


CART = StatefulTest(
    contract="whmcs-rest",
    name="cart",
    description="carts that are filled, changed, promoted and cleared in any order",
    operation="get_cart",
    laws=_LAWS,
    machine=_machine,
    needs=("product",),
)
