"""What the operations on carts do: one short function for each."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Accepted, Body, Call, Handler
from counterfoil.mockserver.whmcs.carts import cart_items, cart_promotions, checkout, totals, validation
from counterfoil.mockserver.whmcs.carts.totals import Buyer
from counterfoil.mockserver.whmcs.model import carts
from counterfoil.mockserver.whmcs.model.carts import Cart, Place
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people.countries import countries
from counterfoil.mockserver.whmcs.rest.carts import render
from counterfoil.mockserver.whmcs.rest.protocol.caller import Resolver
from counterfoil.mockserver.whmcs.rest.protocol.not_found import not_there
from counterfoil.mockserver.whmcs.rest.protocol.paging import listed, page
from counterfoil.mockserver.whmcs.rest.protocol.session_state import address


def find_cart(installation: Installation, call: Call) -> None:
    """The cart that the path names. Refused if there is none, or if it is another user's; a guest's becomes the user's."""
    cart = installation.carts.get(call.given["cart_id"])
    user = call.caller.user
    if cart is None or (cart.user is not None and (user is None or cart.user != user.id)):
        raise not_there(call, "cart_id")
    if cart.user is None and user is not None:
        installation.give_cart(cart, user)
    call.caller.cart = cart


def shown(installation: Installation, call: Call) -> Body:
    """The cart as it is now."""
    return render.cart(installation, buyer_of(installation, call), call.caller.cart)


def buyer_of(installation: Installation, call: Call) -> Buyer:
    """Who looks at the cart."""
    return totals.buyer(installation, call.caller.cart, call.caller.client, call.now.date())


def create_cart(installation: Installation, call: Call) -> Body:
    """A new cart, of the user who is logged in or of a guest."""
    user = call.caller.user
    cart = cart_items.new_cart(installation, user.id if user is not None else None)
    return {"data": {"id": cart.id}}


def list_carts(installation: Installation, call: Call) -> Body:
    """The user's carts, the newest first."""
    ids = installation.carts_of.get(call.caller.user.id, [])
    return listed(ids[::-1], call, lambda number: {"id": number})


def get_cart(installation: Installation, call: Call) -> Body | Accepted:
    """The cart with a page of its items."""
    cart: Cart = call.caller.cart
    items = page(cart.items, call, lambda item: item)
    body = render.cart(installation, buyer_of(installation, call), cart, items)
    return body if cart.items else Accepted("cart_shown_empty", body)


def validate_cart(installation: Installation, call: Call) -> Accepted:
    """What keeps the cart from being checked out."""
    faults = validation.faults(installation, buyer_of(installation, call), call.caller.cart)
    return Accepted("cart_invalid" if faults else "cart_valid", render.validation(faults))


def list_cart_promotions(installation: Installation, call: Call) -> Body:
    """The code that is applied, if there is one."""
    rows = render.promotions(installation, buyer_of(installation, call), call.caller.cart)
    return listed(rows, call, lambda row: row)


def apply_cart_promotion(installation: Installation, call: Call) -> Body:
    """Apply a code in place of the one that the cart had."""
    cart_promotions.apply(installation, buyer_of(installation, call), call.caller.cart, call.given["body"]["code"])
    return shown(installation, call)


def remove_cart_promotion(installation: Installation, call: Call) -> Body:
    """Remove the code."""
    call.caller.cart.promotion = None
    return shown(installation, call)


def get_cart_counter(installation: Installation, call: Call) -> Body:
    """How many things in the cart have an id."""
    return {"data": {"counter": sum(1 for _ in carts.numbered(call.caller.cart.items))}}


def set_cart_geolocation(installation: Installation, call: Call) -> Body:
    """Note where a guest is."""
    asked = call.given["body"]["country_code"]
    code = asked.upper()
    if code not in countries():
        raise Refusal("country_unknown", country_code=asked)
    call.caller.cart.place = Place(country=code, state=call.given["body"].get("state"))
    return shown(installation, call)


def checkout_cart(installation: Installation, call: Call) -> Body | Accepted:
    """Place an order for the selected client; a guest only hears where to go on."""
    buyer, cart, url = buyer_of(installation, call), call.caller.cart, address(installation, call)
    faults = validation.faults(installation, buyer, cart)
    if faults:
        refusal = Refusal("cart_invalid")
        refusal.body = render.validation(faults)
        raise refusal
    if buyer.client is None:
        return {"data": {"url": f"{url}/cart.php?a=checkout&cart={cart.id}"}}
    order = checkout.place(installation, buyer, buyer.client, cart, call.now, call.ip)
    return Accepted(
        "order_placed", {"data": {"url": f"{url}/viewinvoice.php?id={order.invoice}", "order_id": order.id}}
    )


RESOLVERS: dict[str, Resolver] = {"cart_id": find_cart}

HANDLERS: dict[str, Handler] = {
    handler.__name__: handler
    for handler in (
        create_cart, list_carts, get_cart, validate_cart, list_cart_promotions, apply_cart_promotion,
        remove_cart_promotion, get_cart_counter, set_cart_geolocation, checkout_cart,
    )
}  # fmt: skip
