"""A small shop of its own: users with tokens, products with a stock, carts, orders. It knows nothing of Counterfoil.

It stands for any API that somebody else has written: `contract/` says what it promises, and `faults.py` how it can fail.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Flask, Response, jsonify, request

KINDS = ("book", "toy", "tool")
WRAPS = ("none", "paper", "box")
DELIVERIES = ("post", "courier", "pickup")
USERS = {"ann-3f6b2c9e17d0": "ann", "bob-81ce44a0b5f2": "bob"}
LONGEST_NOTE = 60
MOST = 20  # of one product, in one line


class Refused(Exception):
    """The request cannot be done; what the caller is told."""

    def __init__(self, status: int, error: str, text: str) -> None:
        super().__init__(text)
        self.status, self.error, self.text = status, error, text


@dataclass
class Product:
    id: int
    name: str
    kind: str
    price: Decimal
    stock: int
    description: str | None


@dataclass
class Line:
    id: int
    product: Product
    quantity: int
    wrap: str = "none"
    note: str | None = None


@dataclass
class Cart:
    id: int
    user: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Order:
    id: int
    user: str
    placed_at: datetime
    lines: list[Line]
    total: Decimal
    delivery: str
    message: str | None
    gift: bool


class Shop:
    """What is sold, and to whom."""

    def __init__(self) -> None:
        self.products = {
            number: Product(
                number,
                f"Thing {number}",
                KINDS[number % 3],
                Decimal(number * 125) / 100,
                3 if number == 7 else 1_000_000,
                None if number % 4 == 0 else f"The {number}. of our things",
            )
            for number in range(1, 24)
        }
        self.carts: dict[int, Cart] = {}
        self.orders: dict[int, Order] = {}
        self._cart_ids, self._line_ids, self._order_ids = count(1), count(1), count(1)
        for user in ("ann", "bob"):
            for _ in range(3):
                cart = self.create_cart(user)
                self.add(cart, self.products[1], 2, "none", None)
                self.place(cart, "post", None, False)
                self.add(cart, self.products[2], 1, "paper", "for later")

    def next_line_id(self, cart: Cart) -> int:
        return next(self._line_ids)

    def product(self, number: str | int) -> Product:
        found = self.products.get(whole(number))
        if found is None:
            raise Refused(404, "product_unknown", f"There is no product {number}.")
        return found

    def cart(self, number: str | int, user: str) -> Cart:
        found = self.carts.get(whole(number))
        if found is None or found.user != user:
            raise Refused(404, "cart_unknown", f"There is no cart {number}.")
        return found

    def order(self, number: str | int, user: str) -> Order:
        found = self.orders.get(whole(number))
        if found is None or found.user != user:
            raise Refused(404, "order_unknown", f"There is no order {number}.")
        return found

    def create_cart(self, user: str) -> Cart:
        cart = Cart(next(self._cart_ids), user)
        self.carts[cart.id] = cart
        return cart

    def delete_cart(self, cart: Cart) -> None:
        del self.carts[cart.id]

    def add(self, cart: Cart, product: Product, quantity: int, wrap: str, note: str | None) -> Line:
        wanted = quantity + sum(line.quantity for line in cart.lines if line.product is product)
        if wanted > product.stock:
            raise Refused(409, "out_of_stock", f"There are {product.stock} of {product.name}.")
        line = Line(self.next_line_id(cart), product, quantity, wrap, note)
        cart.lines.append(line)
        return line

    def remove(self, cart: Cart, number: str) -> None:
        line = next((line for line in cart.lines if line.id == whole(number)), None)
        if line is None:
            raise Refused(404, "item_unknown", f"There is no item {number} in the cart.")
        cart.lines.remove(line)

    def total(self, lines: list[Line]) -> Decimal:
        return sum((line.product.price * line.quantity for line in lines), Decimal(0))

    def place(self, cart: Cart, delivery: str, message: str | None, gift: bool) -> Order:
        if not cart.lines:
            raise Refused(409, "cart_empty", "There is nothing in the cart.")
        for line in cart.lines:
            if sum(other.quantity for other in cart.lines if other.product is line.product) > line.product.stock:
                raise Refused(409, "out_of_stock", f"There are {line.product.stock} of {line.product.name}.")
        for line in cart.lines:
            line.product.stock -= line.quantity
        now = datetime.now(UTC).replace(microsecond=0)
        lines, cart.lines = cart.lines, []
        order = Order(next(self._order_ids), cart.user, now, lines, self.total(lines), delivery, message, gift)
        self.orders[order.id] = order
        return order


class Desk:
    """Reads requests and writes answers. Each method that a fault replaces is one decision."""

    def __init__(self) -> None:
        self.shop = Shop()

    def user(self) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in USERS:
            raise Refused(401, "unauthorized", "Send the token of a user.")
        return USERS[token]

    # what requests hold

    def body(self) -> dict[str, Any]:
        try:
            tree = request.get_json(silent=True)
        except RecursionError:  # as a Flask app of ten lines would not think of
            tree = None
        if not isinstance(tree, dict):
            raise invalid("the body has to be a JSON object")
        return tree

    def number(self, tree: dict[str, Any], name: str, least: int, most: int) -> int:
        value = tree.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise invalid(f"{name} has to be a whole number from {least} to {most}")
        return value

    def quantity(self, tree: dict[str, Any]) -> int:
        return self.number(tree, "quantity", 1, MOST)

    def word(self, name: str, value: Any, words: tuple[str, ...]) -> str:
        if value not in words or not isinstance(value, str):
            raise invalid(f"{name} has to be one of {', '.join(words)}")
        return value

    def text(self, name: str, value: Any) -> str | None:
        if value is not None and (not isinstance(value, str) or len(value) > LONGEST_NOTE):
            raise invalid(f"{name} has to be a text of at most {LONGEST_NOTE} characters")
        return value

    def page(self) -> tuple[int, int]:
        return self.asked("page", 1, 100_000), self.asked("size", 10, 50)

    def asked(self, name: str, usual: int, most: int) -> int:
        value = request.args.get(name) or str(usual)
        if not 1 <= whole(value) <= most:
            raise invalid(f"{name} has to be a whole number from 1 to {most}")
        return whole(value)

    # what answers hold

    def shown_product(self, product: Product) -> dict[str, Any]:
        return {**vars(product), "price": money(product.price)}

    def shown_line(self, line: Line) -> dict[str, Any]:
        shown = {"id": line.id, "product_id": line.product.id, "quantity": line.quantity}
        return {**shown, "price": money(line.product.price), "wrap": line.wrap, "note": line.note}

    def shown_cart(self, cart: Cart) -> dict[str, Any]:
        items = [self.shown_line(line) for line in cart.lines]
        return {"id": cart.id, "items": items, "total": money(self.shop.total(cart.lines))}

    def shown_order(self, order: Order) -> dict[str, Any]:
        return {
            "id": order.id,
            "placed_at": order.placed_at.isoformat(),
            "delivery": order.delivery,
            "message": order.message,
            "gift": order.gift,
            "items": [self.shown_line(line) for line in order.lines],
            "total": money(order.total),
        }

    def listed(self, every: list[dict[str, Any]]) -> Response:
        page, size = self.page()
        answer = jsonify(items=every[(page - 1) * size : page * size], page=page, size=size)
        answer.headers["X-Total-Count"] = str(len(every))
        return answer

    def refused(self, why: Refused) -> tuple[dict[str, Any], int]:
        return {"error": why.error, "text": why.text}, why.status

    # the operations

    def list_products(self) -> Response:
        self.user()
        kind = request.args.get("kind")
        if kind:
            self.word("kind", kind, KINDS)
        products = [product for product in self.shop.products.values() if not kind or product.kind == kind]
        return self.listed([self.shown_product(product) for product in products])

    def get_product(self, product_id: str) -> Any:
        self.user()
        return self.shown_product(self.shop.product(product_id))

    def create_cart(self) -> Any:
        cart = self.shop.create_cart(self.user())
        return self.shown_cart(cart), 201, {"Location": f"/carts/{cart.id}"}

    def get_cart(self, cart_id: str) -> Any:
        return self.shown_cart(self.shop.cart(cart_id, self.user()))

    def delete_cart(self, cart_id: str) -> Any:
        cart = self.shop.cart(cart_id, self.user())
        self.shop.delete_cart(cart)
        return {"deleted": cart.id}

    def add_cart_item(self, cart_id: str) -> Any:
        cart, tree = self.shop.cart(cart_id, self.user()), self.body()
        product_id = self.number(tree, "product_id", 1, 1_000_000)
        quantity, wrap = self.quantity(tree), self.word("wrap", tree.get("wrap", "none"), WRAPS)
        note = self.text("note", tree.get("note"))
        self.shop.add(cart, self.shop.product(product_id), quantity, wrap, note)
        return self.shown_cart(cart), 201

    def delete_cart_item(self, cart_id: str, item_id: str) -> Any:
        cart = self.shop.cart(cart_id, self.user())
        self.shop.remove(cart, item_id)
        return self.shown_cart(cart)

    def place_order(self) -> Any:
        user, form = self.user(), request.form
        if whole(form.get("cart_id", "")) < 1:
            raise invalid("cart_id has to be a whole number")
        delivery = self.word("delivery", form.get("delivery"), DELIVERIES)
        message = self.text("message", form.get("message") or None)
        gift = self.word("gift", form.get("gift") or "false", ("true", "false", "1", "0")) in ("true", "1")
        order = self.shop.place(self.shop.cart(form["cart_id"], user), delivery, message, gift)
        return self.shown_order(order), 201, {"Location": f"/orders/{order.id}"}

    def list_orders(self) -> Response:
        user = self.user()
        return self.listed([self.shown_order(order) for order in self.shop.orders.values() if order.user == user])

    def get_order(self, order_id: str) -> Any:
        return self.shown_order(self.shop.order(order_id, self.user()))


def whole(value: str | int) -> int:
    """The whole number that is written there; 0 where there is none that anything could have."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def read_whole() -> None:
    """A client whose request is not read to its end may lose the answer."""
    request.get_data()


def invalid(why: str) -> Refused:
    return Refused(400, "invalid", f"Not so: {why}.")


ROUTES = (
    ("GET", "/products", "list_products"),
    ("GET", "/products/<product_id>", "get_product"),
    ("POST", "/carts", "create_cart"),
    ("GET", "/carts/<cart_id>", "get_cart"),
    ("DELETE", "/carts/<cart_id>", "delete_cart"),
    ("POST", "/carts/<cart_id>/items", "add_cart_item"),
    ("DELETE", "/carts/<cart_id>/items/<item_id>", "delete_cart_item"),
    ("POST", "/orders", "place_order"),
    ("GET", "/orders", "list_orders"),
    ("GET", "/orders/<order_id>", "get_order"),
)


def create_app(desk: Desk) -> Flask:
    """The shop as an app; the desk may be a faulty one."""
    app = Flask("shop")
    for method, path, name in ROUTES:
        app.add_url_rule(path, name, getattr(desk, name), methods=[method])
    app.before_request(read_whole)
    app.register_error_handler(Refused, desk.refused)
    return app
