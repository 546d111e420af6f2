"""The laws of WHMCS orders: who may do what with one in which state, what follows from it, and where it is shown."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Calls, Row, Shown
from counterfoil.contracts.apis.whmcs_classic.laws.money import money, payments
from counterfoil.contracts.apis.whmcs_classic.laws.placed import CREDIT, PLACING_LAWS, STOCK
from counterfoil.contracts.apis.whmcs_classic.laws.placing import INDEX, Placed, PlacingMachine
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest
from counterfoil.reports.mismatch import told as as_json

ALLOWED = Law("allowed_is_done", "What an order's state allows is done.", "accept_order", "published")
FORBIDDEN = Law("forbidden_is_refused", "What an order's state does not allow is refused.", "accept_order", "published")
MOVED = Law(
    "moved_as_called",
    "An order goes into the state that the call is named for, and nothing else of it changes.",
    "get_orders",
    "published",
)
TAKEN_ALONG = Law(
    "pending_takes_all_along",
    "With an order that is set to pending, all that it made is Pending.",
    "pending_order",
    "published",
)
GOES_ALONG = Law(
    "parts_go_along",
    "With an order that is accepted, cancelled or a fraud, all that it made goes into that state.",
    "get_orders",
    "chosen",
)
FOLLOWS = Law(
    "invoice_follows",
    "The unpaid invoice of an order that is dead is cancelled, and is open again with the order.",
    "get_invoice",
    "chosen",
)
RENEWED = Law(
    "years_are_added_once",
    "The years of a renewal are added when it is accepted for the first time.",
    "get_clients_domains",
    "chosen",
)
DELETED = Law("deleted_is_gone", "A deleted order is gone, with all that it made.", "delete_order", "published")
REFUSED = Law("refused_changes_nothing", "A refused call makes nothing and changes nothing.", "get_orders", "published")
PAID = Law(
    "payment_is_counted",
    "A payment is shown with what was paid; an invoice of which nothing is left is Paid.",
    "add_invoice_payment",
    "published",
)
UNPAYABLE = Law(
    "cancelled_takes_no_payment", "A cancelled invoice takes no payment.", "add_invoice_payment", "published"
)
FILTERED = Law(
    "filters_let_through_what_fits",
    "A list shows what fits all of its filters, and nothing of other clients, orders and states.",
    "get_orders",
    "published",
)
IN_ANY_LETTERS = Law(
    "states_are_found_in_any_letters", "A state is found however its letters are written.", "get_orders", "chosen"
)


_LAWS = (
    *PLACING_LAWS, ALLOWED, FORBIDDEN, MOVED, TAKEN_ALONG, GOES_ALONG, FOLLOWS, RENEWED, DELETED, REFUSED, PAID,
    UNPAYABLE, FILTERED, IN_ANY_LETTERS,
)  # fmt: skip

_STATES = ("Pending", "Active", "Fraud", "Cancelled")
#: the operation, the states from which it works, the state to which it leads
_MOVES = (
    ("accept_order", ("Pending",), "Active"),
    ("pending_order", _STATES, "Pending"),
    ("cancel_order", ("Pending",), "Cancelled"),
    ("fraud_order", _STATES, "Fraud"),
)
_DEAD = frozenset(("Cancelled", "Fraud"))
#: what follows from a state, besides `status` itself
_FOLLOWING = ("status", "paymentstatus", "expirydate", "nextduedate", "nextinvoicedate", "registrar", "datepaid")
#: and what an invoice no longer has when its credit goes back
_WITH_CREDIT = ("credit", "total", "balance")
#: what a service gets when it is set up, which is when its order is accepted
_SET_UP = ("serverid", "servername", "serverip", "serverhostname", "username", "password", "dedicatedip", "assignedips")


class OrdersMachine(PlacingMachine):
    """Orders that are placed, moved, paid, deleted and looked at in any order."""

    @precondition(lambda self: self.orders)
    @rule(index=INDEX, move=st.sampled_from(_MOVES))
    def move(self, index: int, move: tuple[str, tuple[str, ...], str]) -> None:
        """Put an order into another state, if the one that it is in allows it."""
        renewals_first = sorted(self.orders, key=lambda each: "domainrenewals" not in each.wanted.more)
        placed = one(renewals_first, index)
        operation, begins, end = move
        renewed, left = self._renewed(placed), self.left_in_stock() if placed.limited else None
        _, got = self.calls.call(operation, {"orderid": placed.made.order})
        before = placed.shown
        allowed = before.status in begins
        law, does = (ALLOWED, "does not work") if allowed else (FORBIDDEN, "works")
        self.context.hold(law, got.accepted is allowed, f"{operation} {does} for an order that is {before.status}.")
        if not got.accepted:
            self._look(placed)
            return
        placed.shown = after = self.calls.shown(placed.made, placed.beside)
        with self.context.reading():
            self.context.hold(MOVED, after.status == end, f"After {operation} it is {after.status}.")
            parts = {str(part["status"]) for part in after.parts}
            along = TAKEN_ALONG if operation == "pending_order" else GOES_ALONG
            self.context.hold(along, parts <= {end}, f"After {operation} there is {' and '.join(sorted(parts))}.")
            was, is_ = (each.without(*_FOLLOWING, *_WITH_CREDIT, *_SET_UP) for each in (before, after))
            self.context.hold(MOVED, was == is_, difference(was, is_))
            self.hold_amounts(placed)
            self._hold_invoice(before, after)
            self._hold_renewed(placed, operation, renewed)
        self._hold_credit(placed, before, after)
        if left is not None:
            back = placed.limited * ((end in _DEAD) - (before.status in _DEAD))
            now = self.left_in_stock()
            self.context.hold(STOCK, now == max(left + back, 0), f"Of {left}, {back} came back, and there are {now}.")

    def _hold_invoice(self, before: Shown, after: Shown) -> None:
        if not after.invoice:
            return
        was, is_ = before.invoice["status"], after.invoice["status"]
        due = was
        if after.status in _DEAD and was == "Unpaid":
            due = "Cancelled"
        elif after.status not in _DEAD and was == "Cancelled":
            due = "Unpaid" if money(after.invoice, "balance") > 0 else "Paid"
        self.context.hold(
            FOLLOWS, is_ == due, f"Of an order that is {after.status}, the invoice was {was} and is {is_}."
        )

    def _hold_credit(self, placed: Placed, before: Shown, after: Shown) -> None:
        if not after.invoice:
            return
        with self.context.reading():
            was, is_ = (money(each.invoice, "credit") for each in (before, after))
            kept = is_ if after.invoice["status"] == "Cancelled" else Decimal()
        self.context.hold(CREDIT, not kept, f"{kept} of the client's credit settle an invoice that is cancelled.")
        if was != is_:
            self.hold_credit(placed.wanted.client, was - is_)

    def _renewed(self, placed: Placed) -> Row | None:
        """The domain that the order renews."""
        for name in placed.wanted.more.get("domainrenewals", ()):
            found = self.calls.rows("get_clients_domains", clientid=placed.wanted.client, domain=name)
            return found[0] if found else None
        return None

    def _hold_renewed(self, placed: Placed, operation: str, before: Row | None) -> None:
        after = self._renewed(placed)
        if before is None or after is None:
            return
        years = 0
        if operation == "accept_order" and not placed.renewed:
            (years,), placed.renewed = placed.wanted.more["domainrenewals"].values(), True
        was, is_ = str(before["expirydate"]), str(after["expirydate"])
        due = f"{int(was[:4]) + years:04}{was[4:]}"
        if not was.endswith("-02-29"):
            self.context.hold(RENEWED, is_ == due, f"{operation} makes the expiry {was} {is_} instead of {due}.")

    @precondition(lambda self: self.orders)
    @rule(index=INDEX)
    def delete(self, index: int) -> None:
        """Delete an order, if its state allows it; if not, then after another state."""
        placed = one(self.orders, index)
        if not self._delete(placed):
            self.move(index, one(_MOVES[2:], index))
            self._delete(placed)

    def _delete(self, placed: Placed) -> bool:
        number, status = placed.made.order, placed.shown.status
        _, got = self.calls.call("delete_order", {"orderid": number})
        law, does = (ALLOWED, "does not work") if status in _DEAD else (FORBIDDEN, "works")
        self.context.hold(law, got.accepted is (status in _DEAD), f"delete_order {does} for an order that is {status}.")
        if not got.accepted:
            self._look(placed)
            return False
        self.orders.remove(placed)
        left = self.calls.shown(placed.made, placed.beside)
        kinds = {"order": left.order, "services": left.services, "addons": left.addons, "domains": left.domains}
        there = [kind for kind, rows in kinds.items() if rows]
        there += ["invoice"] if left.invoice.get("result") == "success" else []
        self.context.hold(DELETED, not there, f"Of the deleted order {number}, there is still: {', '.join(there)}.")
        for operation in ("delete_order", "fraud_order"):
            _, got = self.calls.call(operation, {"orderid": number})
            self.context.hold(DELETED, not got.accepted, f"{operation} works for the deleted order {number}.")
        with self.context.reading():
            returns = money(placed.shown.invoice, "credit") if placed.shown.invoice else Decimal()
        self.hold_credit(placed.wanted.client, returns)
        return True

    @precondition(lambda self: any(placed.shown.invoice for placed in self.orders))
    @rule(index=INDEX, parts=st.lists(st.sampled_from(("half", "all", "more")), min_size=1, max_size=2))
    def pay(self, index: int, parts: list[str]) -> None:
        """Pay the invoice of an order: a part of it, what is left, or more."""
        placed = one([each for each in self.orders if each.shown.invoice], index)
        for how in parts:
            self._pay(placed, how)

    def _pay(self, placed: Placed, how: str) -> None:
        before = placed.shown.invoice
        with self.context.reading():
            left, known = money(before, "balance"), payments(before)
        amount = {"half": max(left / 2, Decimal(1)).quantize(Decimal("0.01")), "more": max(left, Decimal()) + 5}.get(
            how
        )
        if amount is None and left <= 0:
            return  # what is paid of an invoice of which nothing is left, nobody says
        number = f"CF-{placed.made.invoice}-{len(known) + 1}"
        fields = {"invoiceid": placed.made.invoice, "transid": number, "gateway": placed.wanted.method}
        fields["date"] = f"{before['date']} 12:00:00"
        fields |= {} if amount is None else {"amount": f"{amount}"}
        _, got = self.calls.call("add_invoice_payment", fields)
        payable = before["status"] != "Cancelled"
        self.context.hold(PAID if payable else UNPAYABLE, got.accepted is payable, f"{before['status']} is {got}.")
        if not got.accepted:
            self._look(placed)
            return
        placed.shown = self.calls.shown(placed.made, placed.beside)
        with self.context.reading():
            invoice = placed.shown.invoice
            told_now = payments(invoice)
            new, is_kept = [each for each in told_now if each not in known], all(each in told_now for each in known)
            due = left if amount is None else amount
            paid = sum((money(each, "amountin") for each in new), Decimal())
            why = f"{due} was paid as {number}, but there is {difference(known, told_now)}"
            told = [each.get("transid") for each in new]
            self.context.hold(PAID, paid == due and told == [number] and is_kept, why)
            is_, nothing_left = invoice["status"], money(invoice, "balance") <= 0
            settled = "Paid" if nothing_left and before["status"] == "Unpaid" else before["status"]
            self.context.hold(
                PAID, is_ == settled, f"With {invoice['balance']} left, it is {is_} instead of {settled}."
            )
            self.hold_amounts(placed)
            more = due - max(left, Decimal())
        self.hold_credit(placed.wanted.client, max(more, Decimal()))

    def _look(self, placed: Placed) -> None:
        """Hold that an order is as it was, after a call was refused."""
        shown = self.calls.shown(placed.made, placed.beside)
        before, after = vars(placed.shown), vars(shown)
        self.context.hold(REFUSED, shown == placed.shown, difference(before, after))

    @precondition(lambda self: self.orders)
    @rule(index=INDEX, status=st.sampled_from(_STATES))
    def filter(self, index: int, status: str) -> None:
        """Look for an order and what it made, by filters that fit and by others that do not; and ask for one in vain."""
        placed = one(self.orders, index)
        made, owner = placed.made, placed.wanted.client
        for client in self.clients:
            asked: list[tuple[str, dict[str, Any]]] = [("get_orders", {"id": made.order, "userid": client})]
            asked += [("get_clients_products", {"serviceid": each, "clientid": client}) for each in made.services]
            asked += [("get_clients_domains", {"domainid": each, "clientid": client}) for each in made.domains]
            for operation, filters in asked:
                found, due = self.calls.count(operation, **filters), int(client == owner)
                why = f"{operation} finds {found} instead of {due} for {as_json(filters)} of client {owner}."
                self.context.hold(FILTERED, found == due, why)
        for law, written in ((FILTERED, status), (IN_ANY_LETTERS, status.lower())):
            found = self.calls.count("get_orders", id=made.order, status=written)
            why = f"For the status {written}, {found} is found of an order that is {placed.shown.status}."
            self.context.hold(law, found == int(status == placed.shown.status), why)
        newest = self.calls.rows("get_orders", userid=owner, limitnum=25)
        with self.context.reading():
            strange = [row["id"] for row in newest if int(row["userid"]) != owner]
            self.context.hold(FILTERED, not strange, f"Orders {as_json(strange)} are not those of client {owner}.")
        if "limited_product" in self.context.ids:
            self._be_refused(owner)

    def _be_refused(self, client: int) -> None:
        """Ask for what is in stock, and cannot be paid for."""
        before = self._count(client)
        wanted = {"clientid": client, "pid": self.context.ids["limited_product"], "paymentmethod": "nothing_like_this"}
        self.calls.call("add_order", wanted)
        after = self._count(client)
        self.context.hold(REFUSED, after == before, difference(before, after))

    def _count(self, client: int) -> Row:
        """What a client has, in numbers, and what is left in stock."""
        details = self.calls.tree("get_clients_details", clientid=client, stats=True)
        orders = self.calls.count("get_orders", userid=client, limitnum=1)
        with self.context.reading():
            stats = {**details["stats"], "credit": details["client"]["credit"], "stock": self.left_in_stock()}
            return {"orders": orders, **stats}


def _machine(context: LawContext) -> Machine:
    known = [int(context.ids[name]) for name in ("client", "other_client") if name in context.ids]
    return type(
        "OrdersMachine", (OrdersMachine,), {"context": context, "calls": Calls(context), "clients": tuple(known)}
    )


ORDERS = StatefulTest(
    contract="whmcs-classic",
    name="orders",
    description="orders that are placed, moved, paid and deleted in any order",
    operation="add_order",
    laws=_LAWS,
    machine=_machine,
    needs=("client", "product", "payment_method"),
    sizes={"smoke": (6, 12), "gate": (12, 20), "deep": (40, 30)},
)
