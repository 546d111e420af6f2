"""The laws of BILLmanager clients who call at the same time: no item is lost, and no money is spent twice."""

from collections import Counter
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.billmanager.laws.calls import BY_TRANSFER, MINE, Panel
from counterfoil.contracts.apis.billmanager.laws.reading import Tariff, text
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

KEPT = Law(
    "items_at_once_are_all_there",
    "Of items that are ordered at once, each is in the cart.",
    "order_item",
    promises=("orders_gather_in_the_cart",),
)
APART = Law(
    "items_at_once_have_ids_of_their_own",
    "Items that are ordered at once have different ids.",
    "order_item",
    promises=("a_new_item_has_an_id",),
)
ONCE = Law(
    "a_cart_is_ordered_once",
    "Of the same cart ordered at once, one call orders it.",
    "confirm_cart_order",
    "chosen",
    promises=("an_order_has_a_payment",),
)
SPENT = Law(
    "money_is_spent_once",
    "Orders that are paid at once take from the account what they cost.",
    "list_accounts",
    "chosen",
    promises=("skipbasket_pays_from_the_account",),
)

_CALLERS = 8


class TogetherMachine(RuleBasedStateMachine):
    """Calls at the same time. A subclass has the context."""

    context: LawContext
    panel: Panel

    def _cheapest(self) -> Tariff:
        """What costs least, but something, in a month."""
        offered: list[Tariff] = self.context.once("tariffs", self.panel.tariffs)
        project = next(iter(self.panel.balances(MINE)))
        return min(
            (each for each in offered if each.prices.get(1) and each.project == project), key=lambda t: t.prices[1]
        )

    @rule(periods=st.integers(0, 5))
    def order_at_once(self, periods: int) -> None:
        """Order several items, and then the whole cart several times."""
        self.context.begin()
        self.panel.call("empty_cart", sok="ok")
        tariff = self._cheapest()
        given = {"func": f"v2.{tariff.kind}.order.param", "pricelist": tariff.id, "sok": "ok"}
        months = list(tariff.prices)[: periods % 2 + 1]
        wanted = [{**given, "order_period": months[each % len(months)]} for each in range(_CALLERS)]
        answers = self.context.together([self.panel.request("order_item", each) for each in wanted], f"({MINE}) ")
        with self.context.reading():
            numbers = [text(exchange.tree["doc"], "lineitem.id") for exchange, got in answers if got.accepted]
        twice = [number for number, many in Counter(numbers).items() if many > 1]
        self.context.hold(APART, not twice, f"There is item {' and '.join(twice)} more than once.")
        cart = self.panel.cart(MINE, tariff.project)
        lost = set(numbers) - {item.id for item in cart.items}
        self.context.hold(
            KEPT, not lost and cart.count == len(numbers), f"Of {len(numbers)} items, {len(lost)} are lost."
        )
        confirm = self.panel.request(
            "confirm_cart_order", {"paymethod_id": BY_TRANSFER, "project": tariff.project, "sok": "ok"}
        )
        done = sum(got.accepted for _, got in self.context.together([confirm] * 4, f"({MINE}) "))
        self.context.hold(ONCE, done == 1, f"Of 4 calls, {done} ordered the cart.")

    @rule()
    def pay_at_once(self) -> None:
        """Order and pay more than the account may cover."""
        self.context.begin()
        tariff = self._cheapest()
        cost, before = tariff.prices[1], self.panel.balances(MINE)[tariff.project]
        given = {"func": f"v2.{tariff.kind}.order.param", "pricelist": tariff.id, "order_period": 1, "sok": "ok"}
        request = self.panel.request("order_item", {**given, "skipbasket": "on"})
        done = sum(got.accepted for _, got in self.context.together([request] * _CALLERS, f"({MINE}) "))
        after = self.panel.balances(MINE)[tariff.project]
        affordable = min(_CALLERS, int(before / cost)) if cost else _CALLERS
        why = f"There were {before}; {done} orders of {cost} were accepted, and {after} are left."
        self.context.hold(SPENT, (done, after) == (affordable, before - affordable * Decimal(cost)), why)


def _lacks(target: Target) -> str | None:
    return None if target.control else "needs a mock: it spends the client's money"


def _machine(context: LawContext) -> Machine:
    return type("TogetherMachine", (TogetherMachine,), {"context": context, "panel": Panel(context)})


TOGETHER = StatefulTest(
    contract="billmanager",
    name="together",
    description="orders that are placed and paid at the same time",
    operation="order_item",
    laws=(KEPT, APART, ONCE, SPENT),
    machine=_machine,
    lacks=_lacks,
    sizes={"smoke": (2, 1), "gate": (5, 1), "deep": (30, 2)},
)
