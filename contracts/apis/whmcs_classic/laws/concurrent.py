"""The laws of WHMCS callers who order at the same time: nothing is sold or spent twice."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Calls, Made
from counterfoil.contracts.apis.whmcs_classic.laws.money import money
from counterfoil.contracts.apis.whmcs_classic.laws.wanted import Line, Wanted, offers
from counterfoil.contracts.phases.laws.context import Law, LawContext, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

SPENT = Law("credit_is_spent_once", "Orders at once settle together what credit there is.", "get_invoice", "chosen")
SOLD = Law("pieces_are_sold_once", "Of what is left, orders at once get no more than that.", "add_order", "chosen")

_CALLERS = 8


class TogetherMachine(RuleBasedStateMachine):
    """Callers who do something at the same time. A subclass has the context."""

    context: LawContext
    calls: Calls
    client: int

    @rule(first=st.integers(0, 20))
    def at_once(self, first: int) -> None:
        """Place an order each, all of them different; and order what is not enough for all."""
        self.context.begin(afresh=True)
        self._order(first)
        self._order_the_last()

    def _order(self, first: int) -> None:
        credit = self.calls.credit(self.client)
        catalogue = offers(self.context, self.calls, self.client)
        lines = [Line(one(catalogue, first + each), f"at-once-{each}.example") for each in range(_CALLERS)]
        settled = Decimal()
        for made in self._together(lines):
            shown = self.calls.shown(made)
            with self.context.reading():
                settled += money(shown.invoice, "credit") if shown.invoice else Decimal()
        now = self.calls.credit(self.client)
        why = f"Of {credit}, {settled} was settled, and {now} is left."
        self.context.hold(SPENT, now == credit - settled and now >= 0, why)

    def _together(self, lines: list[Line]) -> list[Made]:
        method = str(self.context.ids["payment_method"])
        wanted = [Wanted(self.client, method, [line]) for line in lines]
        answers = self.context.together([self.calls.request("add_order", each.fields) for each in wanted])
        made = [self.calls.made(exchange) for exchange, got in answers if got.accepted]
        return sorted(made, key=lambda each: each.order)  # who was first is left to chance

    def _order_the_last(self) -> None:
        left = self.calls.left_in_stock()
        offered = offers(self.context, self.calls, self.client, ("limited_product",))
        if left is not None and left < _CALLERS and offered:
            lines = [Line(offered[0], f"at-once-{each}.example") for each in range(_CALLERS)]
            sold = len(self._together(lines))
            self.context.hold(SOLD, sold <= left, f"Of {left}, {sold} are sold.")


def _machine(context: LawContext) -> Machine:
    client = int(context.ids.get("other_client", context.ids["client"]))
    return type("TogetherMachine", (TogetherMachine,), {"context": context, "calls": Calls(context), "client": client})


TOGETHER = StatefulTest(
    contract="whmcs-classic",
    name="together",
    description="callers who order at the same time",
    operation="add_order",
    laws=(SPENT, SOLD),
    machine=_machine,
    needs=("client", "product", "payment_method"),
    sizes={"smoke": (1, 1), "gate": (5, 1), "deep": (30, 2)},
)
