"""The laws of WHMCS callers who order at the same time: nothing is lost, and nothing is sold or spent twice."""

from collections import Counter
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Calls, Made, cycle
from counterfoil.contracts.apis.whmcs_classic.laws.money import money, wrong_amount, wrong_invoice
from counterfoil.contracts.apis.whmcs_classic.laws.wanted import Line, Wanted, offers
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

APART = Law(
    "orders_at_once_have_ids_of_their_own",
    "Orders placed at once have different ids, as has what they make.",
    "add_order",
    promises=("orderid_is_the_order",),
)
KEPT = Law(
    "orders_at_once_are_all_there",
    "Of orders that are placed at once, each is there with what it was placed with.",
    "add_order",
    "published",
    promises=("adds_a_new_order",),
)
COUNTED = Law("orders_at_once_are_counted", "So many more orders are listed.", "get_orders", "published")
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
        before = self.calls.count("get_orders", userid=self.client, limitnum=1)
        credit = self.calls.credit(self.client)
        catalogue = offers(self.context, self.calls, self.client)
        wanted = [
            self._wanted(Line(one(catalogue, first + each), f"at-once-{each}.example")) for each in range(_CALLERS)
        ]
        placed = self._together(wanted)
        self._hold_apart([made for _, made in placed])
        settled = Decimal()
        for asked, made in placed:
            shown, (line,) = self.calls.shown(made), asked.lines
            with self.context.reading():
                due = [(made.order, line.domain, line.offer.product, line.offer.cycle)]
                has = [
                    (int(row["orderid"]), row["domain"], int(row["pid"]), cycle(row["billingcycle"]))
                    for row in shown.services
                ]
                self.context.hold(KEPT, bool(shown.order), f"Order {made.order} was placed, and is not there.")
                self.context.hold(KEPT, has == due, difference(due, has))
                wrong = wrong_amount(shown) or wrong_invoice(shown.invoice)
                self.context.hold(KEPT, wrong is None, wrong or "")
                settled += money(shown.invoice, "credit")
        after = self.calls.count("get_orders", userid=self.client, limitnum=1)
        why = f"The client had {before} orders; after {len(placed)} more there are {after}."
        self.context.hold(COUNTED, after == before + len(placed), why)
        now = self.calls.credit(self.client)
        why = f"Of {credit}, {settled} was settled, and {now} is left."
        self.context.hold(SPENT, now == credit - settled and now >= 0, why)

    def _wanted(self, line: Line) -> Wanted:
        return Wanted(self.client, str(self.context.ids["payment_method"]), [line])

    def _together(self, wanted: list[Wanted]) -> list[tuple[Wanted, Made]]:
        answers = self.context.together([self.calls.request("add_order", each.fields) for each in wanted])
        both = zip(wanted, answers, strict=True)
        made = [(each, self.calls.made(exchange)) for each, (exchange, got) in both if got.accepted]
        return sorted(made, key=lambda each: each[1].order)  # who was first is left to chance

    def _hold_apart(self, made: list[Made]) -> None:
        ids = [("order", each.order) for each in made] + [("invoice", each.invoice) for each in made if each.invoice]
        ids += [("service", number) for each in made for number in each.services]
        twice = [f"{kind} {number}" for (kind, number), many in Counter(ids).items() if many > 1]
        self.context.hold(APART, not twice, f"There is {' and '.join(twice)} more than once.")

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
    laws=(APART, KEPT, COUNTED, SPENT, SOLD, MOVED),
    machine=_machine,
    needs=("client", "product", "payment_method"),
    sizes={"smoke": (1, 1), "gate": (5, 1), "deep": (30, 2)},
)
