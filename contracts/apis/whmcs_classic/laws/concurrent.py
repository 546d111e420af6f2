"""The laws of WHMCS callers who order at the same time: nothing is sold, spent or accepted twice."""

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
MOVED = Law("an_order_moves_once", "Of orders to accept the same at once, one is done.", "accept_order", "published")

_CALLERS = 8


class TogetherMachine(RuleBasedStateMachine):
    """Callers who do something at the same time. A subclass has the context."""

    context: LawContext
    calls: Calls
    client: int

    @rule(first=st.integers(0, 20))
    def at_once(self, first: int) -> None:
        """Place an order each, all of them different; order what is not enough for all; and accept the same order."""
        self.context.begin(afresh=True)
        self._order(first)
        self._order_the_last()
        self._accept()

    def _order(self, first: int) -> None:
        credit = self.calls.credit(self.client)
        catalogue = offers(self.context, self.calls, self.client)
        wanted = [
            self._wanted(Line(one(catalogue, first + each), f"at-once-{each}.example")) for each in range(_CALLERS)
        ]
        settled = Decimal()
        for made in self._together(wanted):
            shown = self.calls.shown(made)
            with self.context.reading():
                settled += money(shown.invoice, "credit") if shown.invoice else Decimal()
        now = self.calls.credit(self.client)
        why = f"Of {credit}, {settled} was settled, and {now} is left."
        self.context.hold(SPENT, now == credit - settled and now >= 0, why)

    def _wanted(self, line: Line) -> Wanted:
        return Wanted(self.client, str(self.context.ids["payment_method"]), [line])

    def _together(self, wanted: list[Wanted]) -> list[Made]:
        answers = self.context.together([self.calls.request("add_order", each.fields) for each in wanted])
        made = [self.calls.made(exchange) for exchange, got in answers if got.accepted]
        return sorted(made, key=lambda each: each.order)  # who was first is left to chance

    def _order_the_last(self) -> None:
        offered = offers(self.context, self.calls, self.client, ("limited_product",))[:1]
        found = self.calls.rows("get_products", pid=str(offered[0].product)) if offered else []
        with self.context.reading():
            told = str(found[0].get("quantity_available", "")) if found else ""
        if told.isdigit() and int(told) < _CALLERS:
            lines = [Line(offered[0], f"at-once-{each}.example") for each in range(_CALLERS)]
            sold = len(self._together([self._wanted(line) for line in lines]))
            self.context.hold(SOLD, sold <= int(told), f"Of {told}, {sold} are sold.")

    def _accept(self) -> None:
        offer = one(offers(self.context, self.calls, self.client), 0)
        exchange, _ = self.calls.call("add_order", self._wanted(Line(offer, "at-once.example")).fields)
        order = self.calls.made(exchange).order
        answers = self.context.together([self.calls.request("accept_order", {"orderid": order})] * _CALLERS)
        done = sum(got.accepted for _, got in answers)
        self.context.hold(MOVED, done == 1, f"Of {_CALLERS} calls that accept order {order}, {done} are done.")


def _machine(context: LawContext) -> Machine:
    client = int(context.ids.get("other_client", context.ids["client"]))
    return type("TogetherMachine", (TogetherMachine,), {"context": context, "calls": Calls(context), "client": client})


TOGETHER = StatefulTest(
    contract="whmcs-classic",
    name="together",
    description="callers who order at the same time",
    operation="add_order",
    laws=(SPENT, SOLD, MOVED),
    machine=_machine,
    needs=("client", "product", "payment_method"),
    sizes={"smoke": (1, 1), "gate": (5, 1), "deep": (30, 2)},
)
