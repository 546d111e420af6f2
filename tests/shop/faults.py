"""The shop with one mistake in it, as real teams make them: SHOP_FAULT names the one, and without it the shop is honest.

`SHOP_FAULT=total_forgets_the_quantity python tests/shop/faults.py` serves it and prints where.
"""

import os
import time
import traceback
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Response, request
from shop import MOST, USERS, Desk, create_app, whole
from werkzeug.serving import make_server

#: how many seconds a slow answer takes: longer than the suite waits without a word
NAP = 3.5
Fault = Callable[[Desk], None]
FAULTS: dict[str, Fault] = {}


def fault(make: Fault) -> Fault:
    FAULTS[make.__name__] = make
    return make


@fault
def delete_does_not_delete(desk: Desk) -> None:
    desk.shop.delete_cart = lambda cart: None


@fault
def total_forgets_the_quantity(desk: Desk) -> None:
    desk.shop.total = lambda lines: sum((line.product.price for line in lines), Decimal(0))


@fault
def ids_repeat(desk: Desk) -> None:
    """The number of lines is the next id: right until one is taken out."""
    desk.shop.next_line_id = lambda cart: len(cart.lines) + 1


@fault
def page_size_is_ignored(desk: Desk) -> None:
    honest = desk.page
    desk.page = lambda: (honest()[0], 10)


@fault
def negative_quantity_is_accepted(desk: Desk) -> None:
    desk.quantity = lambda tree: desk.number(tree, "quantity", -MOST, MOST)


@fault
def carts_of_others_are_shown(desk: Desk) -> None:
    honest = desk.shop.cart

    def cart(number: str, user: str) -> Any:
        found = desk.shop.carts.get(whole(number))
        return found if found and request.method == "GET" else honest(number, user)

    desk.shop.cart = cart


@fault
def some_answers_are_slow(desk: Desk) -> None:
    honest, calls = desk.list_orders, count(1)

    def list_orders() -> Any:
        if next(calls) % 15 == 4:
            time.sleep(NAP)
        return honest()

    desk.list_orders = list_orders


@fault
def crashes_beyond_latin_1(desk: Desk) -> None:
    """A label printer of the last century gets the message."""
    honest = desk.shop.place
    desk.shop.place = lambda cart, delivery, message, gift: honest(
        cart, delivery, message and message.encode("latin-1").decode("latin-1"), gift
    )


@fault
def status_is_undocumented(desk: Desk) -> None:
    honest = desk.refused
    desk.refused = lambda why: (honest(why)[0], 410 if why.error == "product_unknown" else why.status)


@fault
def property_is_missing(desk: Desk) -> None:
    honest = desk.shown_order
    desk.shown_order = lambda order: {name: value for name, value in honest(order).items() if name != "placed_at"}


@fault
def property_has_another_type(desk: Desk) -> None:
    honest = desk.shown_cart
    desk.shown_cart = lambda cart: (shown := honest(cart)) | {"total": float(shown["total"])}


@fault
def content_type_is_another(desk: Desk) -> None:
    honest = desk.get_product
    desk.get_product = lambda product_id: (honest(product_id), {"Content-Type": "text/html"})


@fault
def crashes_on_odd_input(desk: Desk) -> None:
    honest = desk.shop.cart
    desk.shop.cart = lambda number, user: honest(int(number), user)


@fault
def no_token_is_needed(desk: Desk) -> None:
    honest = desk.user
    desk.user = lambda: honest() if "Authorization" in request.headers else "ann"


@fault
def wrong_token_is_accepted(desk: Desk) -> None:
    honest = desk.user
    desk.user = lambda: honest() if request.headers.get("Authorization", "")[7:] in ("", *USERS) else "ann"


@fault
def required_field_is_not_enforced(desk: Desk) -> None:
    honest = desk.quantity
    desk.quantity = lambda tree: honest({"quantity": 1, **tree})


@fault
def enum_is_not_enforced(desk: Desk) -> None:
    honest = desk.word
    desk.word = lambda name, value, words: value if name == "wrap" else honest(name, value, words)


@fault
def long_text_is_accepted(desk: Desk) -> None:
    honest = desk.text
    desk.text = lambda name, value: value if isinstance(value, str) else honest(name, value)


@fault
def header_is_missing(desk: Desk) -> None:
    honest = desk.list_orders

    def list_orders() -> Response:
        answer = honest()
        del answer.headers["X-Total-Count"]
        return answer

    desk.list_orders = list_orders


@fault
def body_is_cut_short(desk: Desk) -> None:
    honest = desk.get_order
    desk.get_order = lambda order_id: Response(
        str(honest(order_id)).replace("'", '"')[:-12], 200, {"Content-Type": "application/json"}
    )


@fault
def answers_drift(desk: Desk) -> None:
    """A property that nobody described, and null where there is always a text."""
    honest = desk.shown_product
    desk.shown_product = lambda product: {
        **honest(product),
        "supplier": "Acme",
        "name": (product.id % 5 and product.name) or None,
    }


@fault
def stack_trace_is_shown(desk: Desk) -> None:
    honest = desk.refused

    def refused(why: Any) -> Any:
        body, status = honest(why)
        return (body | {"text": "".join(traceback.format_exception(why))} if status == 400 else body), status

    desk.refused = refused


def main() -> None:
    desk = Desk()
    name = os.environ.get("SHOP_FAULT")
    if name:
        FAULTS[name](desk)
    server = make_server("127.0.0.1", 0, create_app(desk), threaded=True)
    print(f"Serving the shop at http://127.0.0.1:{server.port}", flush=True)  # noqa: T201
    server.serve_forever(0.05)


if __name__ == "__main__":
    main()
