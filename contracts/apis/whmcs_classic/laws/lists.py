"""The laws of the lists of the WHMCS classic API: their slices are the whole list, and their counts are true."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from counterfoil.contracts.apis.whmcs_classic.laws import calls as classic_calls
from counterfoil.contracts.apis.whmcs_classic.laws.calls import MOST, Calls
from counterfoil.contracts.apis.whmcs_classic.laws.wanted import Line, Wanted, offers
from counterfoil.contracts.phases.laws import pagination as slices
from counterfoil.contracts.phases.laws.context import Law, LawContext, one
from counterfoil.contracts.phases.laws.pagination import Slice, SliceLaws
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

_SLICES = SliceLaws(
    whole=Law(
        "slices_are_the_list",
        "The slices of a list together are the whole list, each row once and in its place.",
        "get_orders",
        "published",
    ),
    sized=Law("limitnum_is_kept", "Every slice but the last has `limitnum` rows.", "get_orders", "published"),
    beyond=Law("slice_beyond_is_empty", "A slice beyond the last row is empty.", "get_orders", "published"),
    told=Law(
        "slice_says_where_it_stands",
        "`startnumber` is where it begins, `numreturned` counts its rows and `totalresults` those of the list.",
        "get_orders",
        "published",
    ),
)
DEFAULT = Law("default_is_25", "Without `limitnum`, a slice has up to 25 rows.", "get_orders", "published")
NEWEST = Law("newest_is_first", "Orders come newest first; services and domains do not.", "get_orders", "chosen")
COUNTED = Law(
    "states_are_counted", "The count of a state is that of the orders in it.", "get_order_statuses", "published"
)

_ORDERS = 9
_BY_DEFAULT = 25
#: the lists that come in slices; what filters them by a client, if anything does
_LISTS = (
    ("get_orders", "userid"),
    ("get_clients_products", "clientid"),
    ("get_clients_domains", "clientid"),
    ("get_clients", ""),
)


class ListsMachine(RuleBasedStateMachine):
    """Reads lists slice by slice. A subclass has the context."""

    context: LawContext
    calls: Calls

    @rule(index=st.integers(0, len(_LISTS) - 1), size=st.integers(1, 5), everybodys=st.booleans())
    def read(self, index: int, size: int, everybodys: bool) -> None:
        """Read a client's list in slices; where nobody else is at work, that of all clients, too."""
        self.context.begin()
        self.context.once("orders", self._placed)
        operation, by = one(_LISTS, index)
        filters = {by: self.context.ids["client"]} if by and not (everybodys and self.context.alone) else {}
        name = f"{operation} of {'the client' if filters else 'all'}"
        whole = self.calls.rows(operation, limitnum=MOST, **filters)
        with self.context.reading():
            ids = [int(row["id"]) for row in whole]
        if by:
            self.context.hold(NEWEST, ids == sorted(ids, reverse=operation == "get_orders"), f"{name} has {ids}.")
        by_default = len(self.calls.rows(operation, **filters))
        due = min(len(whole), _BY_DEFAULT)
        self.context.hold(DEFAULT, by_default == due, f"{name} has {by_default} rows instead of {due}.")

        def read(start: int, limit: int) -> Slice:
            tree = self.calls.tree(operation, limitstart=start, limitnum=limit, **filters)
            with self.context.reading():
                found = classic_calls.rows(operation, tree)
                told = {name: int(tree[name]) for name in ("startnumber", "numreturned")}
                return Slice(found, int(tree["totalresults"]), told, {"startnumber": start, "numreturned": len(found)})

        if len(whole) < MOST:
            slices.hold(self.context, _SLICES, name, read, whole, size)

    @precondition(lambda self: self.context.alone)
    @rule()
    def count(self) -> None:
        """Count the orders in each state, by both operations that can tell."""
        self.context.begin()
        self.context.once("orders", self._placed)
        counted = self.calls.rows("get_order_statuses")
        with self.context.reading():
            told = {str(row["title"]): int(row["count"]) for row in counted}
        there = {title: self.calls.count("get_orders", status=title, limitnum=1) for title in told}
        self.context.hold(COUNTED, told == there, f"The counts are {told}, but the lists have {there}.")
        every = self.calls.count("get_orders", limitnum=1)
        self.context.hold(COUNTED, sum(told.values()) == every, f"The counts are {told}, but there are {every} orders.")

    def _placed(self) -> bool:
        """Place some orders of several states."""
        client, method = int(self.context.ids["client"]), str(self.context.ids["payment_method"])
        catalogue = offers(self.context, self.calls, client)
        moves = ("accept_order", "cancel_order", "fraud_order", None)
        for number in range(_ORDERS):
            domain = f"list-{number}.{self.context.ids.get('tld', 'example')}"
            line = Line(one(catalogue, number), domain, years=int("tld" in self.context.ids))
            exchange, _ = self.calls.call("add_order", Wanted(client, method, [line]).fields)
            move, made = one(moves, number), self.calls.made(exchange)
            if move is not None:
                self.calls.call(move, {"orderid": made.order})
        return True


def _machine(context: LawContext) -> Machine:
    return type("ListsMachine", (ListsMachine,), {"context": context, "calls": Calls(context)})


LISTS = StatefulTest(
    contract="whmcs-classic",
    name="lists",
    description="lists that are read slice by slice",
    operation="get_orders",
    laws=(*_SLICES.all, DEFAULT, NEWEST, COUNTED),
    machine=_machine,
    needs=("client", "product", "payment_method"),
    sizes={"smoke": (4, 1), "gate": (12, 3), "deep": (40, 5)},
)
