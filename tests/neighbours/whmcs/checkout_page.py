"""The page to which the checkout of a cart leads: it shows the cart, and a client can order there."""

from html import escape

import orders
from cartcheck import errors_of
from cartprice import cart_totals
from catalogue import GATEWAYS
from flask import Response, request
from money import DEFAULT_CURRENCY, currency_of, shown


def page(text, status=200):
    """Build the page."""
    return Response(f"<!doctype html><title>Checkout</title><h1>Checkout</h1>{text}", status, mimetype="text/html")


def checkout_page(store):
    """Show the cart (GET) or order it (POST, for a client); the key of the address can be used until then."""
    cart_id, client_id = store.checkouts.get(request.args.get("k", ""), (None, None))
    cart, client = store.carts.get(cart_id), store.clients.get(client_id)
    if not cart:
        return page("<p>This address leads nowhere.</p>", 404)
    currency = currency_of(client["currency"]) if client else DEFAULT_CURRENCY
    total = shown(cart_totals(store, cart, client, currency).total, currency)
    if request.method == "GET":
        choices = "".join(f"<option value={name}>{escape(text)}</option>" for name, text in GATEWAYS.items())
        form = f"<form method=post><select name=paymentmethod>{choices}</select><button>Order</button></form>"
        return page(f"<p>To pay: {escape(total)}</p>" + (form if client else "<p>Please sign in to order.</p>"))
    gateway = request.form.get("paymentmethod")
    if not client or client["status"] == "Closed" or gateway not in GATEWAYS:
        return page("<p>This cannot be ordered like that.</p>", 400)
    if not cart["items"] or errors_of(store, cart):
        return page("<p>The basket has changed and cannot be ordered as it is.</p>", 400)
    order = orders.place(store, client, cart["items"], gateway, cart["promo"], ip=request.remote_addr)
    del store.checkouts[request.args["k"]]
    cart["items"], cart["promo"] = [], None
    return page(f"<p>Thank you. Your order has the number {order['num']} ({order['id']}).</p>")
