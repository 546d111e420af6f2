"""The laws of WHMCS callers who fill one cart at the same time: nothing that was accepted is lost."""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.whmcs_rest.laws.callers import Caller
from counterfoil.contracts.apis.whmcs_rest.laws.cart import as_asked, asked
from counterfoil.contracts.apis.whmcs_rest.laws.catalogue import offers
from counterfoil.contracts.apis.whmcs_rest.laws.lines import item_ids, lines, wrong_recurring_totals, wrong_totals
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.http.sessions import NOBODY
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

KEPT = Law(
    "adds_at_once_are_all_there",
    "Of items that are added at once, each stands in the cart.",
    "add_cart_items",
    promises=("items_are_added",),
)
APART = Law(
    "adds_at_once_have_ids_of_their_own",
    "Items that are added at once have different ids.",
    "add_cart_items",
    promises=("an_item_has_an_id_of_its_own",),
)
TOTALS = Law(
    "totals_of_adds_at_once_add_up",
    "The totals of a cart that many fill at once follow from its items.",
    "get_cart",
    "chosen",
    promises=("a_carts_totals_follow_from_its_items",),
)
CARTS = Law("carts_at_once_are_apart", "Carts that are made at once have different ids.", "create_cart")

_CALLERS = 8


class TogetherMachine(RuleBasedStateMachine):
    """Callers who do something at the same time. A subclass has the context."""

    context: LawContext
    guest: Caller

    @rule(first=st.integers(0, 20))
    def at_once(self, first: int) -> None:
        """Add an item each to one cart, all of them different; and make a cart each."""
        self.context.begin()
        self._add(first)
        self._make_carts()

    def _add(self, first: int) -> None:
        with self.context.reading():
            cart = {"cart_id": self.guest.call("create_cart")[0].tree["data"]["id"]}
        catalogue = offers(self.context, self.guest)
        items = [
            one(catalogue, first + each).item(each % 3 + 1, each % 2, 0) | {"domain": f"at-once-{each}.example.com"}
            for each in range(_CALLERS)
        ]
        answers = self._together("add_cart_items", [{"items": [item]} for item in items], cart)
        wanted = {item["domain"]: asked(item) for item, (_, got) in zip(items, answers, strict=True) if got.accepted}
        exchange, _ = self.guest.call("get_cart", cart, query={"page_size": 500})
        with self.context.reading():
            contents = exchange.tree["data"]
            there = {told["domain"]: told for told in lines(contents)}
            shown = {name: as_asked(told, wanted[name]) for name, told in there.items() if name in wanted}
            twice = [number for number, many in Counter(item_ids(contents)).items() if many > 1]
            wrong = wrong_totals(contents) or wrong_recurring_totals(contents)
        why = f"Of {len(wanted)} items, {len(contents['items'])} are there. {difference(wanted, shown)}"
        self.context.hold(KEPT, shown == wanted and len(contents["items"]) == len(wanted), why)
        self.context.hold(APART, not twice, f"The item_id {', '.join(twice)} stands twice in the cart.")
        self.context.hold(TOTALS, wrong is None, wrong or "")

    def _make_carts(self) -> None:
        answers = self._together("create_cart", [None] * _CALLERS, {})
        with self.context.reading():
            made = Counter(exchange.tree["data"]["id"] for exchange, got in answers if got.accepted)
        twice = [cart for cart, many in made.items() if many > 1]
        self.context.hold(CARTS, not twice, f"{len(made)} carts were made, and {', '.join(twice)} more than once.")

    def _together(self, operation: str, bodies: list[Any], path: dict[str, Any]) -> Any:
        known = self.context.world.contract.operations[operation]
        return self.context.together([Request(known, path=path, body=body, session=NOBODY) for body in bodies])


def _machine(context: LawContext) -> Machine:
    return type("TogetherMachine", (TogetherMachine,), {"context": context, "guest": Caller(context)})


TOGETHER = StatefulTest(
    contract="whmcs-rest",
    name="together",
    description="callers who fill one cart at the same time",
    operation="add_cart_items",
    laws=(KEPT, APART, TOTALS, CARTS),
    machine=_machine,
    needs=("product",),
    sizes={"smoke": (1, 1), "gate": (6, 1), "deep": (30, 2)},
)
