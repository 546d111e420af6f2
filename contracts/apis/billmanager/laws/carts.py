"""The laws of BILLmanager's carts: what is ordered gathers in one cart for each provider, and becomes one order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.apis.billmanager.laws import reading as bill_reading
from counterfoil.contracts.apis.billmanager.laws.calls import BY_TRANSFER, FROM_BALANCE, MINE, OTHERS, OUTS, Panel
from counterfoil.contracts.apis.billmanager.laws.reading import Item, Tariff, text
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

SOLD = Law("offered_can_be_ordered", "What the list of tariffs offers can be ordered.", "order_item", "chosen")
GATHERED = Law(
    "orders_gather_in_one_cart",
    "Each order adds one item to the cart, also the same order again.",
    "get_cart",
    promises=("orders_gather_in_the_cart",),
)
ORDERED = Law(
    "ordered_is_in_the_cart",
    "An item has the tariff, period, data center and renewal that were asked for.",
    "get_cart",
    promises=("a_service_opens_in_its_datacenter", "renewal_is_switched"),
)
PRICE = Law(
    "price_is_that_of_the_list",
    "An item costs its tariff's price and its addons for each month.",
    "get_cart",
    "chosen",
    promises=("an_addons_value_depends_on_its_setting", "a_period_counts_months"),
)
APART = Law(
    "carts_are_apart",
    "Nobody sees or changes the cart of another client or of another provider.",
    "get_cart",
    promises=("one_cart_per_provider",),
)
SUM = Law(
    "total_is_the_sum", "The cart's total is the sum of its items, and its count their number.", "get_cart", "observed"
)
UNIQUE = Law(
    "ids_are_unique",
    "No two items, orders, payments or services have the same id.",
    "order_item",
    promises=("a_new_item_has_an_id",),
)
GONE = Law("deleted_is_gone", "An item that is taken out is gone, and no other one.", "delete_cart_item", "observed")
EMPTIED = Law("emptied_is_empty", "An emptied cart is empty.", "empty_cart", "observed")
MOVED = Law(
    "ordered_leaves_the_cart",
    "The items of an order leave the cart, and no others.",
    "confirm_cart_order",
    promises=("an_order_takes_items_of_the_cart",),
)
ONE = Law(
    "an_order_has_one_payment",
    "An order makes one order with one payment for the sum of its items.",
    "confirm_cart_order",
    promises=("an_order_has_a_payment",),
)
SERVED = Law(
    "an_order_has_its_items",
    "An order makes one service of each of its items, as it was in the cart.",
    "list_services",
    "chosen",
    promises=("an_order_takes_items_of_the_cart",),
)
PAID = Law(
    "balance_pays_what_is_paid",
    "What is paid from the account is taken from it, once, and nothing else is.",
    "list_accounts",
    "observed",
    promises=("skipbasket_pays_from_the_account",),
)
COVERED = Law(
    "money_decides",
    "What the account covers is ordered, and what it does not cover is refused.",
    "order_item",
    "chosen",
    promises=("skipbasket_pays_from_the_account",),
)
FORM = Law(
    "form_changes_nothing", "Without `sok` nothing is done.", "get_cart", "published", promises=("sok_confirms",)
)
REFUSED = Law("refused_changes_nothing", "A refused call changes nothing.", "get_cart", "chosen")
FORMATS = Law(
    "notations_agree",
    "All notations of an answer say the same.",
    "get_cart",
    "chosen",
    promises=("formats_say_the_same",),
)

_LAWS = (
    SOLD, GATHERED, ORDERED, PRICE, APART, SUM, UNIQUE, GONE, EMPTIED, MOVED, ONE, SERVED, PAID, COVERED, FORM, REFUSED,
    FORMATS,
)  # fmt: skip

_INDEX = st.integers(0, 60)
_MOST = 6  # items in a cart
_NOWHERE = 2_000_000_000


@dataclass(frozen=True)
class _Wanted:
    """A call that orders something, and the item that comes of it."""

    given: Mapping[str, Any]
    item: Item
    project: str


class CartsMachine(RuleBasedStateMachine):
    """Two clients who order from two providers, in any order. A subclass has the context."""

    context: LawContext
    panel: Panel

    @initialize()
    def begin(self) -> None:
        """Begin with empty carts; money that was spent in earlier runs stays spent."""
        self.context.begin()
        self.tariffs: list[Tariff] = self.context.once("tariffs", self.panel.tariffs)
        self.ids: set[tuple[str, str]] = self.context.once("ids", set)
        self.balances = {client: self.panel.balances(client) for client in (MINE, OTHERS)}
        self.carts: dict[tuple[str, str], dict[str, Item]] = {}
        for client, accounts in self.balances.items():
            for project in accounts:
                for item in self.panel.cart(client, project).items:
                    self.panel.call("delete_cart_item", client, id=item.id, sok="ok")
                self.carts[client, project] = {}

    # ordering

    @rule(
        mine=st.booleans(), which=_INDEX, period=_INDEX, addons=st.lists(_INDEX, max_size=2), flags=_INDEX,
        out=st.sampled_from(OUTS),
    )  # fmt: skip
    def order(self, mine: bool, which: int, period: int, addons: list[int], flags: int, out: str) -> None:
        """Order something into the cart, sometimes twice with the same call."""
        wanted = self._wanted(which, period, addons, flags)
        for _ in range(1 + (flags % 5 == 0)):
            self._order(MINE if mine else OTHERS, wanted, out, by_query=flags % 3 == 0)

    def _order(self, client: str, wanted: _Wanted, out: str, by_query: bool) -> None:
        cart = self.carts.get((client, wanted.project))
        if cart is not None and len(cart) >= _MOST:
            return
        operation = "order_item_by_query" if by_query else "order_item"
        button = {"clicked_button": "order"} if by_query else {}
        exchange, got = self.panel.call(operation, client, out, **wanted.given, **button, sok="ok")
        if cart is None:  # no account at that provider
            self._look(REFUSED, f"{client} has no account at provider {wanted.project}, and was answered {got}")
            return
        self.context.hold(SOLD, got.accepted, f"It is {got}.")
        with self.context.reading():
            number = text(exchange.tree["doc"], "lineitem.id")
        self._new("item", number)
        cart[number] = replace(wanted.item, id=number)
        self._look(APART, f"{client} ordered tariff {wanted.item.tariff}", (client, wanted.project))

    def _wanted(self, which: int, period: int, addons: list[int], flags: int) -> _Wanted:
        tariff = one(self.tariffs, which)
        months = one(list(tariff.prices), period)
        given: dict[str, Any] = {
            "func": f"v2.{tariff.kind}.order.param", "pricelist": tariff.id, "order_period": months,
        }  # fmt: skip
        cost = tariff.prices[months]
        chosen = {one(tariff.addons, index): index for index in addons if tariff.addons}
        for addon, index in chosen.items():
            value, monthly = one(addon.values, index)
            given[addon.name] = value
            cost += monthly * months
        datacenter = next(iter(tariff.datacenters), None)
        if tariff.datacenters and flags % 2:
            given["datacenter"] = datacenter = one(tariff.datacenters, flags // 2)
        autoprolong = one(("on", "off", None), flags)
        if autoprolong:
            given["autoprolong"] = autoprolong
        item = Item("", tariff.id, str(months), cost, datacenter, autoprolong or "off")
        return _Wanted(given, item, tariff.project)

    @rule(mine=st.booleans(), which=_INDEX, addons=st.lists(_INDEX, max_size=1), out=st.sampled_from(OUTS))
    def order_at_once(self, mine: bool, which: int, addons: list[int], out: str) -> None:
        """Order something past the cart, for the shortest time."""
        client, wanted = MINE if mine else OTHERS, self._wanted(which, 0, addons, which)
        balance = self.balances[client].get(wanted.project)
        exchange, got = self.panel.call("order_item", client, out, **wanted.given, skipbasket="on", sok="ok")
        if balance is not None:
            covers = balance >= wanted.item.cost
            why = f"The account has {balance}, the item costs {wanted.item.cost}, and the call is {got}."
            self.context.hold(COVERED, got.accepted is covers, why)
        if got.accepted and balance is not None:
            with self.context.reading():
                doc = exchange.tree["doc"]
                order, payment, service = (text(doc, name) for name in ("billorder", "payment_id", "id"))
            self._spent(client, wanted.project, wanted.item.cost)
            self._hold_order(client, order, payment, [wanted.item], paid=True)
            ids = [each.id for each in self.panel.services(client, order)]
            self.context.hold(SERVED, ids == [service], f"The answer names service {service}, the order has {ids}.")
        self._look(APART if got.accepted else REFUSED, f"{client} was answered {got}")

    # the cart

    @precondition(lambda self: any(self.carts.values()))
    @rule(which=_INDEX, item=_INDEX)
    def delete(self, which: int, item: int) -> None:
        """Take an item out."""
        (client, project), cart = one([each for each in self.carts.items() if each[1]], which)
        number = one(list(cart), item)
        self.panel.call("delete_cart_item", client, id=number, sok="ok")
        del cart[number]
        self._look(APART, f"item {number} was taken out", (client, project), GONE)

    @rule(mine=st.booleans())
    def empty(self, mine: bool) -> None:
        """Empty the cart of the first provider."""
        client = MINE if mine else OTHERS
        project = next(iter(self.balances[client]))
        self.panel.call("empty_cart", client, sok="ok")
        self.carts[client, project] = {}
        self._look(APART, "the cart was emptied", (client, project), EMPTIED)

    @precondition(lambda self: any(self.carts.values()))
    @rule(which=_INDEX, some=st.lists(_INDEX, max_size=2), from_balance=st.booleans(), out=st.sampled_from(OUTS))
    def confirm(self, which: int, some: list[int], from_balance: bool, out: str) -> None:
        """Order what is in a cart, or some of it."""
        (client, project), cart = one([each for each in self.carts.items() if each[1]], which)
        numbers = sorted({one(list(cart), index) for index in some}, key=int)
        items = [cart[number] for number in numbers or cart]
        cost = sum((item.cost for item in items), Decimal())
        given: dict[str, Any] = {"project": project, "paymethod_id": FROM_BALANCE if from_balance else BY_TRANSFER}
        if numbers:
            given["elid"] = ",".join(numbers)
        exchange, got = self.panel.call("confirm_cart_order", client, out, **given, sok="ok")
        covers = not from_balance or self.balances[client][project] >= cost
        why = f"The account has {self.balances[client][project]}, the items cost {cost}, and the call is {got}."
        self.context.hold(COVERED, got.accepted is covers, why)
        if got.accepted:
            with self.context.reading():
                order, payment = (text(exchange.tree["doc"], name) for name in ("billorder", "payment_id"))
            for item in items:
                del cart[item.id]
            if from_balance:
                self._spent(client, project, cost)
            self._hold_order(client, order, payment, items, paid=from_balance or not cost)
        self._look(APART if got.accepted else REFUSED, f"the call is {got}", (client, project), MOVED)

    def _hold_order(self, client: str, order: str, payment: str, items: list[Item], paid: bool) -> None:
        """What an order leaves in the lists."""
        self._new("order", order)
        self._new("payment", payment)
        cost = sum((item.cost for item in items), Decimal())
        orders = [row for row in self.panel.rows("list_orders", client) if text(row, "id") == order]
        payments = [row for row in self.panel.rows("list_payments", client) if text(row, "billorder") == order]
        with self.context.reading():
            told = [(text(row, "payment_id"), Decimal(text(row, "cost")), text(row, "count")) for row in orders]
            made = [(text(row, "id"), Decimal(text(row, "cost")), text(row, "status")) for row in payments]
        self.context.hold(
            ONE, told == [(payment, cost, str(len(items)))], difference([(payment, cost, len(items))], told)
        )
        wanted = [(payment, cost, "2" if paid else "1")]
        self.context.hold(ONE, made == wanted, difference(wanted, made))
        services = self.panel.services(client, order)
        for service in services:
            self._new("service", service.id)
        expected = sorted((replace(item, id="") for item in items), key=repr)
        has = sorted((replace(service, id="") for service in services), key=repr)
        self.context.hold(SERVED, has == expected, difference(expected, has))

    def _spent(self, client: str, project: str, cost: Decimal) -> None:
        self.balances[client] = {**self.balances[client], project: self.balances[client][project] - cost}

    # what changes nothing

    @rule(which=_INDEX, how=st.integers(0, 6), out=st.sampled_from(OUTS))
    def fail(self, which: int, how: int, out: str) -> None:
        """Make a call that cannot be done."""
        wanted = self._wanted(which, which, [which], which)
        given = {**wanted.given, "sok": "ok"}
        others = [number for (client, _), cart in self.carts.items() if client == OTHERS for number in cart]
        calls: list[tuple[str, dict[str, Any]]] = [
            ("order_item", {**given, "pricelist": _NOWHERE, "skipbasket": "on"}),
            ("order_item", {**given, "order_period": 2}),
            ("order_item", {**given, f"addon_{_NOWHERE}": "1"}),
            ("order_item", {**given, "datacenter": _NOWHERE}),
            ("delete_cart_item", {"id": one(others or [str(_NOWHERE)], which), "sok": "ok"}),
            ("confirm_cart_order", {"elid": str(_NOWHERE), "paymethod_id": BY_TRANSFER, "sok": "ok"}),
            ("confirm_cart_order", {"paymethod_id": _NOWHERE, "sok": "ok"}),
        ]
        operation, fields = calls[how]
        _, got = self.panel.call(operation, MINE, out, **fields)
        self._look(REFUSED, f"{operation} is {got}")

    @rule(which=_INDEX, how=st.integers(0, 3), out=st.sampled_from(OUTS))
    def ask_for_the_form(self, which: int, how: int, out: str) -> None:
        """Leave out `sok`."""
        items = [number for (client, _), cart in self.carts.items() if client == MINE for number in cart]
        calls: list[tuple[str, dict[str, Any]]] = [
            ("order_item", {**self._wanted(which, which, [which], which).given, "skipbasket": "on"}),
            ("empty_cart", {}),
            ("confirm_cart_order", {"paymethod_id": FROM_BALANCE}),
            ("delete_cart_item", {"id": one(items or ["1"], which)}),
        ]
        operation, fields = calls[how]
        self.panel.call(operation, MINE, out, **fields)
        self._look(FORM, f"{operation} was called without `sok`")

    @rule(which=_INDEX, operation=st.sampled_from(("get_cart", "list_orders", "list_accounts", "list_payments")))
    def compare_notations(self, which: int, operation: str) -> None:
        """Read the same in every notation."""
        client = one((MINE, OTHERS), which)
        told = {}
        for out in OUTS:
            exchange, _ = self.panel.call(operation, client, out)
            with self.context.reading():
                told[out] = bill_reading.facts(exchange.tree)
        for out, tree in told.items():
            self.context.hold(FORMATS, tree == told[OUTS[0]], f"`{out}` says {tree}, `{OUTS[0]}` says {told[OUTS[0]]}.")

    # what there is

    def _new(self, kind: str, number: str) -> None:
        self.context.hold(UNIQUE, (kind, number) not in self.ids, f"There was a {kind} {number} before.")
        self.ids.add((kind, number))

    def _look(self, law: Law, after: str, touched: tuple[str, str] | None = None, own: Law = GATHERED) -> None:
        """Every cart and every account is as the calls so far have made it; `own` holds for the cart that was touched."""
        for (client, project), wanted in self.carts.items():
            cart = self.panel.cart(client, project)
            blamed = own if (client, project) == touched else law
            where = f"The cart of {client} at provider {project}, after {after}"
            numbers = [item.id for item in cart.items]
            self.context.hold(blamed, numbers == list(wanted), f"{where}: {difference(list(wanted), numbers)}")
            for item in [each for each in cart.items if each.id in wanted]:
                expected = replace(wanted[item.id], cost=item.cost)
                self.context.hold(ORDERED, item == expected, f"{where}: {difference(expected, item)}")
                price = wanted[item.id].cost
                self.context.hold(PRICE, item.cost == price, f"{where}: item {item.id} costs {item.cost}, not {price}.")
            due = (sum((item.cost for item in cart.items), Decimal()), len(cart.items))
            self.context.hold(
                SUM, due == (cart.cost, cart.count), f"{where}: {difference(due, (cart.cost, cart.count))}"
            )
        if law is not APART or own is MOVED or touched is None:
            for client, expected_balances in self.balances.items():
                has = self.panel.balances(client)
                blamed = law if law is not APART else PAID
                self.context.hold(
                    blamed, has == expected_balances, f"After {after}: {difference(expected_balances, has)}"
                )


def _lacks(target: Target) -> str | None:
    return None if target.control else "needs a mock: a client's only cart is nobody's to empty"


def _machine(context: LawContext) -> Machine:
    return type("CartsMachine", (CartsMachine,), {"context": context, "panel": Panel(context)})


CARTS = StatefulTest(
    contract="billmanager",
    name="carts",
    description="two clients who order from two providers, in any order",
    operation="order_item",
    laws=_LAWS,
    machine=_machine,
    needs=("poor_username", "poor_password"),
    lacks=_lacks,
    sizes={"smoke": (4, 12), "gate": (16, 20), "deep": (50, 30)},
)
