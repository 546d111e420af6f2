"""The laws of the small shop: what carts add up to, what becomes of orders, and what pages hold."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.laws import Exchange, Law, LawContext, Machine, StatefulTest

UNIQUE = Law("ids_are_unique", "No two items of a cart have the same id.", "add_cart_item", fundamental=True)
ADDED = Law("added_is_shown", "What is added stands in the cart behind what was there.", "add_cart_item")
TOTAL = Law("totals_add_up", "A cart costs the sum of its items: the price of each times its quantity.", "get_cart")
DELETED = Law("deleted_is_gone", "What is deleted is gone, and cannot be deleted again.", "delete_cart")
REFUSED = Law("refused_changes_nothing", "What cannot be is refused, and leaves the cart as it was.", "add_cart_item")
OWN = Law("carts_are_their_users", "The cart of another user does not exist.", "get_cart")

PLACED = Law("an_order_is_its_cart", "An order has what its cart had, at the same price.", "place_order")
EMPTIED = Law("a_cart_is_ordered_once", "A cart that was ordered is empty, and cannot be ordered again.", "place_order")
STOCK = Law("stock_falls", "The stock falls by what is ordered, and by nothing else.", "place_order")
REMEMBERED = Law("orders_are_remembered", "An order is found again as it was placed, by its user alone.", "get_order")

SIZED = Law("page_size_is_kept", "Every page but the last has as many entries as were asked for.", "list_products")
WHOLE = Law("pages_are_the_list", "The pages together are the list, each entry once.", "list_products")

_INDEX = st.integers(0, 20)
_MOST = 6


class Caller:
    """Sends calls in the name of the user of the profile, or of another one."""

    def __init__(self, context: LawContext) -> None:
        self.context = context

    def call(self, operation: str, body: Any = None, query: Any = None, other: bool = False, **path: Any) -> Exchange:
        """The answer to a call."""
        token = {"Authorization": f"Bearer {self.context.ids['token_of_another']}"} if other else {}
        request = self.context.request(operation, path=path, query=query or {}, body=body, credentials=token)
        exchange, _ = self.context.send(request)
        return exchange

    def read(self, operation: str, **path: Any) -> Any:
        """The body of an answer."""
        return self.call(operation, **path).tree


class CartMachine(RuleBasedStateMachine):
    """Fills a cart and empties it again. A subclass has the caller."""

    caller: Caller

    @initialize(quantity=st.integers(2, 4))
    def begin(self, quantity: int) -> None:
        """Begin with a cart in which there is something."""
        self.caller.context.begin()
        self._new()
        self.add(1, quantity)
        self.add(2, 1)
        self.reach_for_it("get_cart")

    def _new(self) -> None:
        with self.caller.context.reading():
            self.cart: int = self.caller.read("create_cart")["id"]
        self.items: list[Mapping[str, Any]] = []

    def _look(self) -> list[Mapping[str, Any]]:
        """What is in the cart; whatever it is, it has to add up."""
        with self.caller.context.reading():
            shown = self.caller.read("get_cart", cart_id=self.cart)
            items: list[Mapping[str, Any]] = shown["items"]
            ids = [item["id"] for item in items]
            total = sum((Decimal(item["price"]) * item["quantity"] for item in items), Decimal(0))
            told = Decimal(str(shown["total"]))
        self.caller.context.hold(UNIQUE, len(ids) == len(set(ids)), f"The ids are {ids}.")
        self.caller.context.hold(TOTAL, told == total, f"The items cost {total}, the cart {told}.")
        return items

    @precondition(lambda self: len(self.items) < _MOST)
    @rule(product=st.integers(1, 6), quantity=st.integers(1, 4))
    def add(self, product: int, quantity: int) -> None:
        """Put so many of a product into the cart."""
        self.caller.call("add_cart_item", {"product_id": product, "quantity": quantity}, cart_id=self.cart)
        items = self._look()
        added = [(item["product_id"], item["quantity"]) for item in items[len(self.items) :]]
        why = f"After {quantity} of product {product} was added, there is {added} behind the {len(self.items)} before."
        holds = items[: len(self.items)] == self.items and added == [(product, quantity)]
        self.caller.context.hold(ADDED, holds, why)
        self.items = items

    @precondition(lambda self: self.items)
    @rule(index=_INDEX)
    def remove(self, index: int) -> None:
        """Take an item out."""
        item = self.items[index % len(self.items)]
        self.caller.call("delete_cart_item", cart_id=self.cart, item_id=item["id"])
        left, items = [each for each in self.items if each is not item], self._look()
        self.caller.context.hold(DELETED, items == left, f"After item {item['id']} was deleted, there is {items}.")
        again = self.caller.call("delete_cart_item", cart_id=self.cart, item_id=item["id"])
        self.caller.context.hold(DELETED, again.status == 404, f"Deleting it again is answered {again.status}.")
        self.items = left

    @rule(quantity=st.sampled_from((-3, -1, 0, 21)))
    def add_what_cannot_be(self, quantity: int) -> None:
        """Put a quantity into the cart that there is not."""
        body = {"product_id": 1, "quantity": quantity}
        exchange, items = self.caller.call("add_cart_item", body, cart_id=self.cart), self._look()
        why = f"A quantity of {quantity} is answered {exchange.status}, and the cart has {len(items)} items."
        self.caller.context.hold(REFUSED, exchange.status == 400 and items == self.items, why)
        self.items = items

    @precondition(lambda self: len(self.items) != 1)
    @rule()
    def throw_away(self) -> None:
        """Delete the cart, and begin another one."""
        self.caller.call("delete_cart", cart_id=self.cart)
        for operation in ("get_cart", "delete_cart"):
            exchange = self.caller.call(operation, cart_id=self.cart)
            why = f"{operation} of the deleted cart {self.cart} is answered {exchange.status}."
            self.caller.context.hold(DELETED, exchange.status == 404, why)
        self._new()

    @rule(operation=st.sampled_from(("get_cart", "delete_cart")))
    def reach_for_it(self, operation: str) -> None:
        """Let another user try."""
        exchange = self.caller.call(operation, other=True, cart_id=self.cart)
        why = f"{operation} of another user is answered {exchange.status}."
        self.caller.context.hold(OWN, exchange.status == 404, why)


class OrderMachine(RuleBasedStateMachine):
    """Orders. A subclass has the caller."""

    caller: Caller

    @rule(lines=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=3))
    def order(self, lines: list[tuple[int, int]]) -> None:
        """Order so many of some products."""
        caller, context = self.caller, self.caller.context
        context.begin()
        with context.reading():
            cart: int = caller.read("create_cart")["id"]
            for product, quantity in lines:
                caller.call("add_cart_item", {"product_id": product, "quantity": quantity}, cart_id=cart)
            filled, stock = caller.read("get_cart", cart_id=cart), self._stock(lines)
            body = {"cart_id": cart, "delivery": "pickup", "message": "für Łukasz 🎁"}
            order = caller.call("place_order", body).tree
            same = [order[name] == filled[name] for name in ("items", "total")]
            number: int = order["id"]
        context.hold(PLACED, all(same), f"The cart was {filled}, the order is {order}.")
        with context.reading():
            left, again = caller.read("get_cart", cart_id=cart)["items"], caller.call("place_order", body)
        context.hold(EMPTIED, not left and again.status == 409, f"It has {left}; ordering again is {again.status}.")
        wanted = {product: before - sum(n for one, n in lines if one == product) for product, before in stock.items()}
        now = self._stock(lines)
        context.hold(STOCK, now == wanted, f"The stock was {stock} and is {now}, after {lines}.")
        found, others = caller.read("get_order", order_id=number), caller.call("get_order", other=True, order_id=number)
        context.hold(REMEMBERED, found == order, f"It was {order}, and is {found}.")
        context.hold(REMEMBERED, others.status == 404, f"Another user's get_order is answered {others.status}.")

    def _stock(self, lines: list[tuple[int, int]]) -> dict[int, int]:
        with self.caller.context.reading():
            return {product: self.caller.read("get_product", product_id=product)["stock"] for product, _ in lines}


class PagesMachine(RuleBasedStateMachine):
    """Reads lists page by page. A subclass has the caller."""

    caller: Caller

    @rule(operation=st.sampled_from(("list_products", "list_orders")), size=st.integers(1, 7))
    def read(self, operation: str, size: int) -> None:
        """Read a list twice, in pages of another size."""
        self.caller.context.begin()
        several = self._pages(operation, size)
        whole = self._pages(operation, 50)
        why = f"In pages of {size}, {operation} has {len(several)} entries; in pages of 50, {len(whole)}."
        self.caller.context.hold(WHOLE, several == whole, why)

    def _pages(self, operation: str, size: int) -> list[Any]:
        entries: list[Any] = []
        total = self._page(operation, 1, 1)[1]
        size = max(size, min(50, -(-total // 5)))  # few enough pages, however many orders there are
        for number in range(1, -(-total // size) + 1):
            page, _ = self._page(operation, number, size)
            due = min(size, total - len(entries))
            why = f"Page {number} of {operation} has {len(page)} entries, and {due} are due."
            self.caller.context.hold(SIZED, len(page) == due, why)
            entries += page
        return entries

    def _page(self, operation: str, number: int, size: int) -> tuple[list[Any], int]:
        exchange = self.caller.call(operation, query={"page": number, "size": size})
        with self.caller.context.reading():
            return exchange.tree["items"], int(exchange.headers["X-Total-Count"])


def _stateful_test(
    name: str, description: str, machine: Machine, laws: tuple[Law, ...], runs: int, steps: int
) -> StatefulTest:
    def made(context: LawContext) -> Machine:
        return type(machine.__name__, (machine,), {"caller": Caller(context)})

    sizes = {"smoke": (runs, steps), "gate": (2 * runs, steps), "deep": (9 * runs, 2 * steps)}
    needs = ("token_of_another",)
    return StatefulTest("contract", name, description, laws[0].operation, laws, made, needs, sizes=sizes)


STATEFUL_TESTS = (
    _stateful_test(
        "carts", "carts that are filled and emptied", CartMachine, (UNIQUE, ADDED, TOTAL, DELETED, REFUSED, OWN), 6, 15
    ),
    _stateful_test(
        "orders", "orders and what becomes of them", OrderMachine, (PLACED, EMPTIED, STOCK, REMEMBERED), 3, 3
    ),
    _stateful_test("pages", "lists that are read page by page", PagesMachine, (SIZED, WHOLE), 3, 3),
)
