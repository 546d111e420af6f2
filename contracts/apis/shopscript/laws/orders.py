"""The laws of a Shop-Script order: what was asked for is in it, it adds up, and only its workflow moves it."""

import html
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.apis.shopscript.laws import reading as shop_reading
from counterfoil.contracts.apis.shopscript.laws.calls import NOBODY, Item, Shop, Wanted, item
from counterfoil.contracts.apis.shopscript.laws.reading import TAX, TOTAL, Order, facts, wrong_tax, wrong_total
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.phases.laws.context import Law, LawContext, difference, one
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest
from counterfoil.contracts.wire import wire

SOLD = Law("sold_can_be_ordered", "Who is known can order what the shop has.", "add_order")
ORDERED = Law(
    "ordered_is_in_the_order",
    "An order has the variants, quantities and services that were asked for, each row for itself, and the comment.",
    "add_order",
    promises=("a_quantity_is_ordered", "items_of_the_order", "item_has_its_variant"),
)
CUSTOMER = Law(
    "order_is_its_customers",
    "An order is that of the customer who was named.",
    "add_order",
    promises=("contact_id_names_the_customer", "contact_stands_in_for_contact_id"),
)
INTRODUCED = Law("new_customer_is_as_told", "A new customer is as the fields say.", "add_order", "observed")
LEFT_OUT = Law("unknown_is_left_out", "What the shop does not have is left out of an order.", "add_order", "observed")
FOLLOW = Law(
    "services_follow_their_product", "A service has the quantity of the product before it.", "add_order", "observed"
)
PARAMS = Law(
    "params_are_kept",
    "The caller's parameters are kept with the order, except the shop's own.",
    "add_order",
    "observed",
)
PRICE = Law("price_is_its_own", "A variant costs the same in every order, and so does its service.", "add_order")
UNIQUE = Law("ids_are_unique", "No two orders have the same id, and no two rows.", "add_order", fundamental=True)
GROW = Law("ids_grow", "The ids of an order and its rows are larger than those before.", "add_order", "observed")
AGAIN = Law("same_call_orders_again", "The same call twice makes two orders.", "add_order", "observed")
READABLE = Law(
    "placed_can_be_read", "An order can be read as it was answered when it was placed.", "get_order", "observed"
)
FOUND = Law("placed_is_found", "An order is found by its id, once and as it is.", "search_orders", "observed")
LISTED = Law(
    "placed_is_listed",
    "Among all orders, and among those in its state only, an order is listed as it is.",
    "search_orders",
    "observed",
)
FORMATS = Law("formats_agree", "JSON and XML say the same.", "get_order", promises=("xml_can_be_asked_for",))
NEW = Law("new_is_new", "A new order is in the state `new`.", "add_order", "observed")
OFFERED = Law("offered_can_be_done", "What an order's state offers can be done.", "act_on_order", "observed")
UNOFFERED = Law(
    "unoffered_is_refused", "What an order's state does not offer is refused with 404.", "act_on_order", "observed"
)
MOVED = Law(
    "moved_as_told",
    "An action leads to the state that its answer tells, at the time that it tells, and changes nothing else.",
    "act_on_order",
    "observed",
)
WORKFLOW = Law("workflow_is_kept", "A state offers what the workflow says, and leads there.", "act_on_order", "chosen")
DELETED = Law(
    "deleted_stays_readable",
    "A deleted order is in the state `deleted`, and can still be read.",
    "delete_order",
    "observed",
)
ONCE = Law("deleted_once", "A deleted order cannot be deleted.", "delete_order", "chosen")
TAKEN = Law("stock_is_taken_alike", "Every new order takes stock, or none does.", "add_order", "observed")
RETURNED = Law("stock_is_returned", "A deleted order holds no stock.", "delete_order", "observed")
IMPOSSIBLE = Law("missing_is_refused", "What lacks a part, or an order, is refused.", "add_order", "observed")
UNUSABLE = Law("unusable_is_refused", "What cannot be used is refused.", "add_order", "chosen")
REFUSED = Law("refused_changes_nothing", "A refused call makes no order and changes none.", "search_orders", "observed")

_LAWS = (
    SOLD, ORDERED, CUSTOMER, INTRODUCED, LEFT_OUT, FOLLOW, PARAMS, PRICE, UNIQUE, GROW, AGAIN, READABLE, FOUND, LISTED,
    FORMATS, NEW, OFFERED, UNOFFERED, MOVED, WORKFLOW, DELETED, ONCE, TAKEN, RETURNED, IMPOSSIBLE, UNUSABLE, REFUSED,
    TOTAL, TAX,
)  # fmt: skip

DELETE = "delete"
_GONE = "deleted"
#: the workflow, as the contract's `act_on_order` has it: action, where it begins, where it ends
_ACTIONS = (
    ("process", ("new",), "processing"),
    ("pay", ("new", "processing"), "paid"),
    ("ship", ("processing", "paid"), "shipped"),
    ("complete", ("processing", "paid", "shipped"), "completed"),
    ("refund", ("paid", "shipped", "completed"), "refunded"),
    (DELETE, ("new", "processing", "paid"), _GONE),
    ("restore", (_GONE,), "new"),
)
_STATES = tuple(dict.fromkeys(end for _, _, end in _ACTIONS))

_MOST = 8  # orders in a run
_INDEX = st.integers(0, 20)
_COMMENTS = (None, "Please ring twice.", 'Ł 5 < 6 & "so" on; ÿ=1', "Для Ады: 你好 \N{ROCKET}")
_PARAMS = (None, {"gift": "yes & no"}, {"gift": "Ł", "ip": "192.0.2.1", "storefront": "elsewhere.example"})
_OWN = frozenset(("ip", "storefront", "user_agent"))
_AT_ONCE = 3  # impossible calls


@dataclass
class _Placed:
    """An order of this run: what was asked for, and what was shown of it last."""

    wanted: Wanted
    order: Order


class OrdersMachine(RuleBasedStateMachine):
    """Orders that are placed and moved in any order. A subclass has the context."""

    context: LawContext
    shop: Shop

    @initialize()
    def begin(self) -> None:
        """Begin without an order of one's own."""
        self.context.begin(afresh=True)
        self.orders: list[_Placed] = []
        #: of all runs on a deployment, where the orders of earlier ones are there, too
        self.ids: set[tuple[str, int]] = self.context.once("ids", set)
        self.prices: dict[tuple[int, int | None], Decimal] = self.context.once("prices", self._known_prices)

    def _known_prices(self) -> dict[tuple[int, int | None], Decimal]:
        told = self.context.ids.get("sku_price")
        return {} if told is None else {(int(self.context.ids["sku"]), None): Decimal(str(told))}

    @precondition(lambda self: len(self.orders) < _MOST)
    @rule(
        items=st.lists(st.tuples(_INDEX, st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=3),
        customer=st.integers(0, 2),
        comment=st.sampled_from(_COMMENTS),
        params=st.sampled_from(_PARAMS),
        multipart=st.booleans(),
        form=st.sampled_from(("json", "xml")),
    )
    def place(
        self,
        items: list[tuple[int, int, int]],
        customer: int,
        comment: str | None,
        params: dict[str, str] | None,
        multipart: bool,
        form: str,
    ) -> None:
        """Place an order."""
        more = {name: each for name, each in (("comment", comment), ("params", params)) if each is not None}
        wanted = Wanted([item(self.context, *each) for each in items], self._customer(customer), more)
        self._place(wanted, wire.MULTIPART if multipart else wire.FORM, form)

    def _customer(self, index: int) -> dict[str, Any]:
        contact, other = self.context.ids["contact"], self.context.ids.get("other_contact", self.context.ids["contact"])
        new = {"name": "Élie & Zoë Example", "email": "elie@example.com", "phone": "+15550177"}
        return ({"contact_id": contact}, {"contact": other}, {"contact": new})[index]

    @precondition(lambda self: len(self.orders) < _MOST)
    @rule(index=_INDEX, alone=st.booleans())
    def order_the_unknown(self, index: int, alone: bool) -> None:
        """Order what no shop has, alone or beside what this one has."""
        known = item(self.context, index, 1, 1)
        beside = [] if alone else [Item(known.sku, known.quantity, [NOBODY, *known.services])]
        self._place(Wanted([*beside, Item(NOBODY)], self._customer(0)))

    @precondition(lambda self: self.orders and len(self.orders) < _MOST)
    @rule(index=_INDEX)
    def order_again(self, index: int) -> None:
        """Send the call that placed an order once more."""
        first = one(self.orders, index)
        if self._place(first.wanted):
            self._look(first, AGAIN, "the same was ordered again")

    def _place(self, wanted: Wanted, media_type: str = wire.FORM, form: str = "json") -> bool:
        """Place an order; whether it could be placed."""
        exchange, got = self.shop.call("add_order", wanted.body, media_type, format=form)
        self.context.hold(SOLD, got.accepted, f"It is {got}.")
        if not got.accepted:
            return False
        with self.context.reading():
            placed = shop_reading.order(exchange.tree)
        same = [each.order.id for each in self.orders if each.wanted == wanted]
        self.context.hold(AGAIN, placed.id not in same, f"The answer is order {placed.id} again.")
        self._hold_ids(placed)
        self._hold_ordered(placed, wanted, dict(exchange.sent.fields).get("comment"))
        self._hold_amounts(placed)
        self.context.hold(NEW, placed.state == "new", f"Its state is `{placed.state}`.")
        shown = self._read(placed, READABLE)
        self.context.hold(READABLE, shown.facts == placed.facts, difference(placed.facts, shown.facts))
        found = self.shop.search(f"id/{placed.id}")
        why = f"There are {found.count}: {', '.join(str(each.id) for each in found.orders)}."
        self.context.hold(FOUND, [each.facts for each in found.orders] == [shown.facts] and found.count == 1, why)
        self.orders.append(_Placed(wanted, shown))
        taken = self.context.once("stock is taken", lambda: shown.takes_stock)
        why = f"Order {placed.id} does {'' if shown.takes_stock else 'not '}take stock, unlike the first one."
        self.context.hold(TAKEN, taken == shown.takes_stock, why)
        return True

    def _read(self, known: Order, law: Law) -> Order:
        """The order as it is now; as it is known where it cannot be read, which breaks the law."""
        shown = self.shop.order(known.id)
        self.context.hold(law, shown is not None, f"Order {known.id} cannot be read.")
        return shown or known

    def _hold_ids(self, placed: Order) -> None:
        new = [("order", placed.id), *(("row", row.id) for row in placed.rows)]
        told = [
            f"{kind} {number}" for kind, number in new if (kind, number) in self.ids or new.count((kind, number)) > 1
        ]
        self.context.hold(UNIQUE, not told, f"There was a {' and a '.join(told)} before.")
        for kind in ("order", "row"):
            before = max((number for known, number in self.ids if known == kind), default=0)
            told = [f"{kind} {number}" for known, number in new if known == kind and number < before]
            self.context.hold(GROW, not told, f"After {kind} {before} comes {', '.join(told)}.")
        self.ids.update(new)

    def _hold_ordered(self, placed: Order, wanted: Wanted, comment: str | None) -> None:
        """`comment` is what was sent: what a run creates at a deployment bears its mark."""
        hold, told = self.context.hold, placed.facts
        asked = [each.wanted for each in wanted.items if each.sku != NOBODY]
        law = ORDERED if len(asked) == len(wanted.items) else LEFT_OUT
        hold(law, placed.ordered == asked, difference(asked, placed.ordered))
        hold(ORDERED, told.get("comment") == facts(comment), f"The comment is {told.get('comment')!r}.")
        for name, value in wanted.more.get("params", {}).items():
            why = f"After {name}={value}, it is {placed.params.get(name)!r}."
            hold(PARAMS, (placed.params.get(name) == facts(value)) is (name not in _OWN), why)
        for place, row in enumerate(placed.rows):
            product = next((each for each in reversed(placed.rows[:place]) if each.service is None), None)
            if row.service is not None and product is not None:
                alike = row.quantity == product.quantity and row.parent in (None, product.id)
                hold(FOLLOW, alike, f"Row {row.id} ({row.quantity}) is not of row {product.id} ({product.quantity}).")
        (kind, customer), contact = next(iter(wanted.customer.items())), told.get("contact", {})
        if isinstance(customer, dict):
            fields = {name: _introduced(name, contact.get(name)) for name in customer}
            wanted_fields = {name: _introduced(name, value) for name, value in customer.items()}
            hold(INTRODUCED, fields == wanted_fields, difference(wanted_fields, fields))
        else:
            hold(CUSTOMER, placed.contact == int(customer), f"{kind} was {customer}, but it is {placed.contact}.")
        why = f"contact_id is {placed.contact}, but the contact is {contact.get('id')}."
        hold(CUSTOMER, int(contact.get("id") or 0) == placed.contact, why)

    def _hold_amounts(self, placed: Order) -> None:
        wrong = wrong_total(placed)
        self.context.hold(TOTAL, wrong is None, wrong or "")
        wrong = wrong_tax(placed)
        self.context.hold(TAX, wrong is None, wrong or "")
        for row in placed.rows:
            known = self.prices.setdefault((row.sku, row.service), row.price)
            what = f"Variant {row.sku}" + ("" if row.service is None else f" with service {row.service}")
            self.context.hold(PRICE, known == row.price, f"{what} costs {row.price}, but {known} before.")

    @precondition(lambda self: self.orders)
    @rule(index=_INDEX, choice=_INDEX, allowed=st.booleans())
    def act(self, index: int, choice: int, allowed: bool) -> None:
        """Do an action that the order's state offers, or one that it does not."""
        placed = one(self.orders, index)
        offered = self.shop.offered(placed.order.id)
        by_table = [name for name, begins, _ in _ACTIONS if placed.order.state in begins]
        why = f"`{placed.order.state}` offers {', '.join(offered) or 'nothing'} instead of {', '.join(by_table)}."
        self.context.hold(WORKFLOW, offered == by_table, why)
        others = [name for name, _, _ in _ACTIONS if name not in offered]
        action = one(offered if allowed and offered else [*others, "nothing_like_this"], choice)
        exchange, got = self.shop.call("act_on_order", {"id": placed.order.id, "action": action})
        if action in offered:
            self.context.hold(OFFERED, got.accepted, f"`{action}` is offered, but {got}.")
        else:
            why = f"`{placed.order.state}` does not offer `{action}`, but it is answered with {exchange.status}."
            self.context.hold(UNOFFERED, exchange.status == 404, why)
        self._moved(placed, action, exchange, got.accepted)

    @precondition(lambda self: self.orders)
    @rule(index=_INDEX)
    def delete(self, index: int) -> None:
        """Delete an order, which may have been deleted."""
        placed = one(self.orders, index)
        exchange, got = self.shop.call("delete_order", {"id": placed.order.id})
        if placed.order.state == _GONE:
            self.context.hold(ONCE, not got.accepted, "It is deleted once more.")
        else:
            self.context.hold(DELETED, got.accepted, f"`{placed.order.state}` is {got}.")
        self._moved(placed, DELETE, exchange, got.accepted)

    def _moved(self, placed: _Placed, action: str, exchange: Exchange, accepted: bool) -> None:
        """Hold what must be so after an action, whatever came of it."""
        if not accepted:
            self._look(placed, REFUSED, f"`{action}` is refused")
            return
        hold, before = self.context.hold, placed.order
        placed.order = after = self._read(before, DELETED if action == DELETE else READABLE)
        with self.context.reading():
            told = exchange.tree
            says = (int(told["order_id"]), told["action_id"], told["before_state_id"], told["after_state_id"])
            moment, entry = told["update"]["update_datetime"], ("log", int(told["id"]))
        is_ = (before.id, action, before.state, after.state)
        hold(MOVED, says == is_, f"It tells {says}, but is {is_}.")
        why = f"It tells {moment}, but the order was changed {after.facts.get('update_datetime')}."
        hold(MOVED, after.facts.get("update_datetime") == moment, why)
        hold(MOVED, after.settled == before.settled, difference(before.settled, after.settled))
        hold(UNIQUE, entry not in self.ids, f"There was an entry {entry[1]} in the log before.")
        self.ids.add(entry)
        end = next((end for name, _, end in _ACTIONS if name == action), None)
        hold(WORKFLOW, after.state == end, f"`{action}` leads to `{after.state}` instead of `{end}`.")
        if action == DELETE:
            hold(DELETED, after.state == _GONE, f"The state is `{after.state}`.")
            hold(RETURNED, not after.takes_stock, f"Order {after.id} still has taken stock.")

    def _look(self, placed: _Placed, law: Law, after: str) -> None:
        """Hold that an order is as it was."""
        shown = self._read(placed.order, law)
        why = f"After {after}, another order is different: " if law is AGAIN else f"After {after}: "
        self.context.hold(law, shown.facts == placed.order.facts, why + difference(placed.order.facts, shown.facts))

    @rule(state=st.sampled_from(("", *_STATES)))
    def list_orders(self, state: str) -> None:
        """List the orders in a state, or all of them."""
        listed = self.shop.search(f"search/state_id={state}" if state else "").orders
        own = {placed.order.id for placed in self.orders}
        shown = [each.facts for each in listed if each.id in own]
        shown.sort(key=lambda each: str(each["id"]))
        there = [placed.order.facts for placed in self.orders if state in ("", placed.order.state)]
        there.sort(key=lambda each: str(each["id"]))
        self.context.hold(LISTED, shown == there, difference(there, shown))
        strange = [each.id for each in listed if state not in ("", each.state)]
        self.context.hold(LISTED, not strange, f"Not in the state `{state}`: {strange}.")

    @precondition(lambda self: self.orders)
    @rule(index=_INDEX)
    def read_in_both_formats(self, index: int) -> None:
        """Read an order, and what can be done with it, in JSON and in XML."""
        number = one(self.orders, index).order.id
        calls: list[tuple[str, dict[str, Any]]] = [
            ("get_order", {"id": number}),
            ("search_orders", {"hash": f"id/{number}"}),
            ("list_order_actions", {"id": number}),
        ]
        for operation, query in calls:
            said = [self.shop.call(operation, **query, format=form)[0].tree for form in ("json", "xml")]
            with self.context.reading():
                json, xml = (shop_reading.facts(tree) for tree in said)
            self.context.hold(FORMATS, json == xml, difference(json, xml))

    @rule(index=_INDEX, good=_INDEX)
    def ask_for_the_impossible(self, index: int, good: int) -> None:
        """Ask for what has to be refused."""
        calls = self._impossible(item(self.context, good, 1, 1))
        before = self.shop.search(limit=1) if self.context.alone else None
        for number in range(_AT_ONCE):
            law, operation, asked = one(calls, index + number)
            gets = self.context.world.contract.operations[operation].method == "GET"
            _, got = self.shop.call(operation, **asked) if gets else self.shop.call(operation, asked)
            self.context.hold(law, not got.accepted, f"{operation} accepts {asked}.")
        if before is not None:
            after = self.shop.search(limit=1)
            self.context.hold(REFUSED, after == before, f"There were {before.count} orders, and are {after.count}.")

    def _impossible(self, good: Item) -> list[tuple[Law, str, dict[str, Any]]]:
        customer, items = {"contact_id": self.context.ids["contact"]}, [good.asked()]
        return [
            (IMPOSSIBLE, "add_order", {"items": items}),
            (IMPOSSIBLE, "add_order", dict(customer)),
            (UNUSABLE, "add_order", {"contact_id": NOBODY, "items": items}),
            (UNUSABLE, "add_order", {**customer, "items": [*items, good.asked() | {"quantity": "0"}]}),
            (UNUSABLE, "add_order", {**customer, "items": [*items, good.asked() | {"quantity": "-1"}]}),
            (UNUSABLE, "add_order", {**customer, "items": [*items, {"sku_id": "lamp"}]}),
            (IMPOSSIBLE, "get_order", {"id": NOBODY}),
            (IMPOSSIBLE, "list_order_actions", {"id": NOBODY}),
            (IMPOSSIBLE, "act_on_order", {"id": NOBODY, "action": "process"}),
            (IMPOSSIBLE, "delete_order", {"id": NOBODY}),
            (IMPOSSIBLE, "search_orders", {"offset": -1}),
            (IMPOSSIBLE, "search_orders", {"limit": 1001}),
            (UNUSABLE, "search_orders", {"limit": 0}),
        ]


def _introduced(name: str, value: Any) -> str:
    """A field of a customer, however it is kept: of a phone its digits, of a name its letters."""
    text = html.unescape(str(value))
    return re.sub(r"\D", "", text) if name == "phone" else text


def _machine(context: LawContext) -> Machine:
    return type("OrdersMachine", (OrdersMachine,), {"context": context, "shop": Shop(context)})


ORDERS = StatefulTest(
    contract="shopscript",
    name="orders",
    description="orders that are placed, moved, listed and deleted in any order",
    operation="add_order",
    laws=_LAWS,
    machine=_machine,
    needs=("contact", "sku"),
    sizes={"smoke": (8, 15), "gate": (30, 25), "deep": (50, 30)},
)
