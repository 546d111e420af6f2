"""The laws of WHMCS orders that are placed, moved, paid and deleted: what follows from each of these."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from counterfoil.contracts.apis.whmcs_classic.laws.calls import Calls, Row, Shown
from counterfoil.contracts.apis.whmcs_classic.laws.money import MONEY_LAWS, money, payments
from counterfoil.contracts.apis.whmcs_classic.laws.placing import (
    CREDIT,
    INDEX,
    PLACING_LAWS,
    STOCK,
    Placed,
    PlacingMachine,
)
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

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
PAID = Law(
    "payment_is_counted",
    "A payment is shown with what was paid; an invoice of which nothing is left is Paid.",
    "add_invoice_payment",
    "published",
)
UNPAYABLE = Law(
    "cancelled_takes_no_payment", "A cancelled invoice takes no payment.", "add_invoice_payment", "published"
)
_LAWS = (*PLACING_LAWS, *MONEY_LAWS, TAKEN_ALONG, GOES_ALONG, FOLLOWS, RENEWED, PAID, UNPAYABLE)

_MOVES = ("accept_order", "pending_order", "cancel_order", "fraud_order")
_DEAD = frozenset(("Cancelled", "Fraud"))


class OrdersMachine(PlacingMachine):
    """Orders that are placed, moved, paid, deleted and looked at in any order."""

    @precondition(lambda self: self.orders)
    @rule(index=INDEX, operation=st.sampled_from(_MOVES))
    def move(self, index: int, operation: str) -> None:
        """Put an order into another state, if the one that it is in allows it."""
        renewals_first = sorted(self.orders, key=lambda each: "domainrenewals" not in each.wanted.more)
        self._move(one(renewals_first, index), operation)

    def _move(self, placed: Placed, operation: str) -> None:
        renewed, left = self._renewed(placed), self.calls.left_in_stock() if placed.limited else None
        _, got = self.calls.call(operation, {"orderid": placed.made.order})
        if not got.accepted:
            return
        before, after = placed.shown, self.calls.shown(placed.made, placed.beside)
        placed.shown = after
        with self.context.reading():
            parts = {str(part["status"]) for part in after.parts}
            along = TAKEN_ALONG if operation == "pending_order" else GOES_ALONG
            self.context.hold(along, parts <= {after.status}, f"After {operation} there is {', '.join(sorted(parts))}.")
            self.hold_made(placed)
            self._hold_renewed(placed, operation, renewed)
        if after.invoice:
            self._hold_invoice(placed, before, after)
        if left is not None:
            back = placed.limited * ((after.status in _DEAD) - (before.status in _DEAD))
            now = self.calls.left_in_stock()
            self.context.hold(STOCK, now == max(left + back, 0), f"Of {left}, {back} came back, and there are {now}.")

    def _hold_invoice(self, placed: Placed, before: Shown, after: Shown) -> None:
        with self.context.reading():
            was, is_ = before.invoice["status"], after.invoice["status"]
            is_open = "Unpaid" if money(after.invoice, "balance") > 0 else "Paid"
            due = {("Unpaid", True): "Cancelled", ("Cancelled", False): is_open}.get((was, after.status in _DEAD), was)
            why = f"Of an order that is {after.status}, the invoice was {was} and is {is_}."
            self.context.hold(FOLLOWS, is_ == due, why)
            had, has = (money(each.invoice, "credit") for each in (before, after))
        kept = has if is_ == "Cancelled" else Decimal()
        self.context.hold(CREDIT, not kept, f"{kept} of the client's credit settle an invoice that is cancelled.")
        if had != has:
            self.hold_credit(placed.wanted.client, had - has)

    def _renewed(self, placed: Placed) -> Row | None:
        """The domain that the order renews."""
        names = [*placed.wanted.more.get("domainrenewals", ())]
        client = placed.wanted.client
        found = self.calls.rows("get_clients_domains", clientid=client, domain=names[0]) if names else []
        return found[0] if found else None

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
        """Delete an order, whose credit returns."""
        placed = one(self.orders, index)
        if placed.shown.status not in _DEAD:
            self._move(placed, one(_MOVES[2:], index))
        _, got = self.calls.call("delete_order", {"orderid": placed.made.order})
        if not got.accepted:
            return
        self.orders.remove(placed)
        with self.context.reading():
            returns = money(placed.shown.invoice, "credit") if placed.shown.invoice else Decimal()
        self.hold_credit(placed.wanted.client, returns)

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
        if how == "all" and left <= 0:
            return  # what is paid of an invoice of which nothing is left, nobody says
        half = max(left / 2, Decimal(1)).quantize(Decimal("0.01"))
        due = {"half": half, "all": left, "more": max(left, Decimal()) + 5}[how]
        number = f"CF-{placed.made.invoice}-{len(known) + 1}"
        fields = {"invoiceid": placed.made.invoice, "transid": number, "gateway": placed.wanted.method}
        fields["date"] = f"{before['date']} 12:00:00"
        if how != "all":  # which is what is paid where no amount is given
            fields["amount"] = f"{due}"
        _, got = self.calls.call("add_invoice_payment", fields)
        payable = before["status"] != "Cancelled"
        self.context.hold(PAID if payable else UNPAYABLE, got.accepted is payable, f"{before['status']} is {got}.")
        shown = self.calls.shown(placed.made, placed.beside)
        if not got.accepted:
            self.context.hold(UNPAYABLE, shown == placed.shown, difference(vars(placed.shown), vars(shown)))
            return
        placed.shown = shown
        with self.context.reading():
            self._hold_paid(before, shown.invoice, number, due)
            self.hold_made(placed)
        self.hold_credit(placed.wanted.client, max(due - max(left, Decimal()), Decimal()))

    def _hold_paid(self, before: Row, after: Row, number: str, due: Decimal) -> None:
        known, told = payments(before), payments(after)
        new = [(each.get("transid"), money(each, "amountin")) for each in told if each not in known]
        is_added = new == [(number, due)] and all(each in told for each in known)
        why = f"{due} was paid as {number}, but there is {difference(known, told)}"
        self.context.hold(PAID, is_added, why)
        is_settled = before["status"] == "Unpaid" and money(after, "balance") <= 0
        wanted = "Paid" if is_settled else before["status"]
        why = f"With {after['balance']} left, it is {after['status']} instead of {wanted}."
        self.context.hold(PAID, after["status"] == wanted, why)


def _machine(context: LawContext) -> Machine:
    known = tuple(int(context.ids[name]) for name in ("client", "other_client") if name in context.ids)
    return type("OrdersMachine", (OrdersMachine,), {"context": context, "calls": Calls(context), "clients": known})


ORDERS = StatefulTest(
    contract="whmcs-classic",
    name="orders",
    description="orders that are placed, moved, paid and deleted in any order",
    operation="add_order",
    laws=_LAWS,
    machine=_machine,
    needs=("client", "product", "payment_method"),
    sizes={"smoke": (5, 10), "gate": (10, 16), "deep": (40, 30)},
)
