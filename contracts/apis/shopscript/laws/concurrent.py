"""The laws of Shop-Script callers who order at the same time: nobody's order is lost or mixed up with another."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.shopscript.laws import reading as shop_reading
from counterfoil.contracts.apis.shopscript.laws.calls import Shop, Wanted, item
from counterfoil.contracts.apis.shopscript.laws.reading import wrong_total
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

APART = Law(
    "orders_at_once_have_ids_of_their_own",
    "Orders that are placed at once have different ids.",
    "add_order",
    promises=("id_of_the_order",),
)
KEPT = Law(
    "orders_at_once_are_all_there",
    "Of orders that are placed at once, each is there with what it was placed with.",
    "add_order",
    promises=("creates_a_new_order",),
)
COUNTED = Law("orders_at_once_are_counted", "So many more orders are found.", "search_orders", "observed")
MOVED = Law(
    "an_order_moves_once",
    "Of the same action at once, one is done and the others are refused.",
    "act_on_order",
    "chosen",
)

_CALLERS = 8


class TogetherMachine(RuleBasedStateMachine):
    """Callers who do something at the same time. A subclass has the context."""

    context: LawContext
    shop: Shop

    @rule(first=st.integers(0, 20))
    def at_once(self, first: int) -> None:
        """Place an order each, all of them different; and delete the same one."""
        self.context.begin()
        self._order(first)
        self._delete()

    def _order(self, first: int) -> None:
        before = self.shop.search(limit=1).count if self.context.alone else 0
        customer = {"contact_id": self.context.ids["contact"]}
        wanted = [
            Wanted(
                [item(self.context, first + each, each % 4 + 1, 1)] * (each % 3 + 1),
                customer,
                {"comment": f"No. {each}"},
            )
            for each in range(_CALLERS)
        ]
        answers = self.context.together([self.shop.request("add_order", each.body) for each in wanted])
        with self.context.reading():
            accepted = [(each, exchange) for each, (exchange, got) in zip(wanted, answers, strict=True) if got.accepted]
            placed = [(each, shop_reading.order(exchange.tree)) for each, exchange in accepted]
        placed.sort(key=lambda each: each[1].id)  # who was first is left to chance
        numbers = [("order", order.id) for _, order in placed]
        numbers += [("row", row.id) for _, order in placed for row in order.rows]
        twice = [f"{kind} {number}" for (kind, number), many in Counter(numbers).items() if many > 1]
        self.context.hold(APART, not twice, f"There is {' and '.join(twice)} more than once.")
        for asked, told in placed:
            shown = self.shop.order(told.id)
            self.context.hold(KEPT, shown is not None, f"Order {told.id} was placed, and is not there.")
            if shown is None:
                continue
            self.context.hold(KEPT, shown.facts == told.facts, difference(told.facts, shown.facts))
            what = ([each.wanted for each in asked.items], asked.more["comment"], None)
            has = (shown.ordered, shown.facts.get("comment"), wrong_total(shown))
            self.context.hold(KEPT, has == what, difference(what, has))
        if self.context.alone:
            after = self.shop.search(limit=1).count
            why = f"There were {before} orders; after {len(placed)} more there are {after}."
            self.context.hold(COUNTED, after == before + len(placed), why)

    def _delete(self) -> None:
        wanted = Wanted([item(self.context, 0, 1, 0)], {"contact_id": self.context.ids["contact"]})
        exchange, _ = self.shop.call("add_order", wanted.body)
        with self.context.reading():
            number = shop_reading.order(exchange.tree).id
        answers = self.context.together([self.shop.request("delete_order", {"id": number})] * _CALLERS)
        done = sum(got.accepted for _, got in answers)
        self.context.hold(MOVED, done == 1, f"Of {_CALLERS} deletions of order {number}, {done} are done.")


def _machine(context: LawContext) -> Machine:
    return type("TogetherMachine", (TogetherMachine,), {"context": context, "shop": Shop(context)})


TOGETHER = StatefulTest(
    contract="shopscript",
    name="together",
    description="callers who order at the same time",
    operation="add_order",
    laws=(APART, KEPT, COUNTED, MOVED),
    machine=_machine,
    needs=("contact", "sku"),
    sizes={"smoke": (1, 1), "gate": (6, 1), "deep": (30, 2)},
)
