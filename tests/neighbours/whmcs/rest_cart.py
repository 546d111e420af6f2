"""REST operations on carts."""

from cartcheck import errors_of, flat_items
from cartitems import (
    PERSONAL,
    check_field,
    check_option,
    read_addons,
    read_cycle,
    read_domain_extras,
    read_domain_name,
    read_fields,
    read_item,
    read_options,
    read_quantity,
)
from cartprice import cart_shape, field_shape, option_shape, promotion_shape
from catalogue import OPTIONS, PRODUCTS, default_value, find_promotion
from names import price, split
from ownership import domain_periods
from state import day, random_id
from wire import ProblemError, answer, body, check_page, operation, paged, take_country, take_int, take_list, take_text


def need_cart(call, cart_id):
    """Return a cart that the caller may use: a guest's cart, or one of the logged-in user."""
    cart = call.store.carts.get(cart_id)
    if not cart:
        raise ProblemError(404, "This basket was never woven.")
    if cart["user"] is not None and not call.user:
        raise ProblemError(401, "This basket belongs to somebody: sign in first.")
    if cart["user"] is not None and cart["user"] != call.user["id"]:
        raise ProblemError(404, "This basket was never woven.")
    return cart


def all_items(cart):
    """Yield (item, what it hangs on) for everything in the cart that has an item id."""
    for item in cart["items"]:
        yield item, None
        for part in item["items"] if item["kind"] == "bundle" else [item]:
            if part is not item:
                yield part, item
            for addon in part.get("addons", []):
                yield {"kind": "product addon", **addon}, part
            if isinstance(part.get("domain"), dict):
                yield part["domain"], part


def need_item(call, cart_id, item_id):
    """Return (cart, item, what it hangs on)."""
    cart = need_cart(call, cart_id)
    for item, parent in all_items(cart):
        if item["item_id"] == item_id:
            return cart, item, parent
    raise ProblemError(404, "There is no such item in the basket.")


def need_product_item(call, cart_id, item_id):
    """Return (cart, product item); other items are refused."""
    cart, item, _ = need_item(call, cart_id, item_id)
    if item["kind"] != "product":
        raise ProblemError(422, "That item is not a product.")
    return cart, item


@operation("POST", "/cart")
def create(call):
    """Create a cart; it belongs to the user if one is logged in."""
    return answer({"id": call.store.new_cart(call.user)["id"]})


@operation("GET", "/cart")
def carts(call):
    """List the carts of the user, the newest first."""
    user = call.need_user()
    return paged({"id": one["id"]} for one in reversed(call.store.carts.values()) if one["user"] == user["id"])


@operation("GET", "/cart/<cart_id>")
def show(call, cart_id):
    """Show a cart; the paging parameters change nothing, a cart is always shown whole."""
    cart = need_cart(call, cart_id)
    check_page()
    return answer(cart_shape(call, cart))


@operation("POST", "/cart/<cart_id>/validate")
def validate(call, cart_id):
    """Check a cart."""
    return answer({"validation_errors": errors_of(call.store, need_cart(call, cart_id))})


@operation("GET", "/cart/<cart_id>/counter")
def counter(call, cart_id):
    """Count what is in the cart; an addon counts for itself, a bundle by what is in it."""
    cart = need_cart(call, cart_id)
    return answer({"counter": sum(1 + len(item.get("addons", [])) for item in flat_items(cart))})


@operation("POST", "/cart/<cart_id>/items")
def add_items(call, cart_id):
    """Add items, all or none; something of a client's own makes the cart the cart of that user."""
    cart = need_cart(call, cart_id)
    items = [read_item(call, one) for one in take_list(body(), "items")]
    if cart["user"] is None and any(item["kind"] in PERSONAL for item in items):
        cart["user"] = call.user["id"]
    cart["items"] += items
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/items")
def clear(call, cart_id):
    """Remove all items; the promotion stays."""
    cart = need_cart(call, cart_id)
    cart["items"].clear()
    return answer(cart_shape(call, cart))


def update_domain(item, wish):
    """Change a registration, a transfer or a renewal."""
    if wish.get("type") != item["kind"]:
        raise ProblemError(422, "'type' has to be the type of the item.")
    action = {"domain_register": "register", "domain_transfer": "transfer"}[item["kind"]]
    years = take_int(wish, "period", 1, 10 if action == "register" else 9)
    if price(item["name"], action, years) is None or (item["bundle"] and years != item["period"]):
        raise ProblemError(422, "That name cannot be had for that many years.")
    kept = {
        "idn_language": item["idn"],
        "dns_management": item["dns"],
        "email_forwarding": item["email"],
        "id_protection": item["idp"],
        "nameservers": item["nameservers"],
    }
    changed = {"period": years}
    read_domain_extras({**kept, **wish}, split(item["name"])[1], changed)
    item.update(changed)


def update_renewal(call, item, wish):
    """Change the years of a domain renewal."""
    years = take_int(wish, "period", 1, 9)
    if wish.get("type") != "domain_renewal" or years not in domain_periods(call.store.domains[item["id"]]):
        raise ProblemError(422, "This name cannot be renewed like that.")
    item["period"] = years


def update_product(item, wish):
    """Change the billing cycle and the quantity of a product."""
    if wish.get("type", "product") != "product":
        raise ProblemError(422, "'type' has to be the type of the item.")
    product = PRODUCTS[item["pid"]]
    cycle = read_cycle(wish, product["pricing"], item["cycle"])
    if item["bundle"] and cycle != item["cycle"]:
        raise ProblemError(422, "The billing cycle is fixed by the bundle.")
    quantity = read_quantity(wish, product["multiple"], item["qty"])
    item.update(cycle=cycle, qty=quantity)


@operation("POST", "/cart/<cart_id>/items/<item_id>")
def update(call, cart_id, item_id):
    """Change an item."""
    cart, item, _ = need_item(call, cart_id, item_id)
    wish = body()
    if item["kind"] in ("domain_register", "domain_transfer"):
        update_domain(item, wish)
    elif item["kind"] == "domain_renewal":
        update_renewal(call, item, wish)
    elif item["kind"] == "product":
        update_product(item, wish)
    else:
        raise ProblemError(422, "Nothing can be changed about that item.")
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/items/<item_id>")
def delete(call, cart_id, item_id):
    """Remove an item; a part of a bundle takes the bundle with it, an addon goes alone."""
    cart, item, parent = need_item(call, cart_id, item_id)
    if item["kind"] == "product addon":
        parent["addons"] = [one for one in parent["addons"] if one["item_id"] != item_id]
    elif parent and parent["kind"] == "product":
        parent["domain"] = None
    else:
        cart["items"].remove(parent or item)
    return answer(cart_shape(call, cart))


@operation("POST", "/cart/<cart_id>/items/<item_id>/addon")
def add_addons(call, cart_id, item_id):
    """Add addons to a product; one that is there already only gets the new quantity."""
    cart, item = need_product_item(call, cart_id, item_id)
    for one in read_addons(body(), PRODUCTS[item["pid"]]):
        there = next((kept for kept in item["addons"] if kept["id"] == one["id"]), None)
        if there:
            there["qty"] = one["qty"]
        else:
            item["addons"].append(one)
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/items/<item_id>/addons")
def delete_addons(call, cart_id, item_id):
    """Remove all addons of a product."""
    cart, item = need_product_item(call, cart_id, item_id)
    item["addons"] = []
    return answer(cart_shape(call, cart))


@operation("POST", "/cart/<cart_id>/items/<item_id>/domain")
def set_domain(call, cart_id, item_id):
    """Set the domain of a product."""
    cart, item = need_product_item(call, cart_id, item_id)
    item["domain"] = read_domain_name(body(), "domain_name")
    return answer(cart_shape(call, cart))


@operation("POST", "/cart/<cart_id>/items/<item_id>/customfields")
def set_fields(call, cart_id, item_id):
    """Set custom fields."""
    cart, item = need_product_item(call, cart_id, item_id)
    item["fields"].update(read_fields(body(), PRODUCTS[item["pid"]]))
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/items/<item_id>/customfields")
def delete_fields(call, cart_id, item_id):
    """Empty all custom fields."""
    cart, item = need_product_item(call, cart_id, item_id)
    item["fields"] = {}
    return answer(cart_shape(call, cart))


def need_part(call, cart_id, item_id, kind, number):
    """Return (cart, product item) after checking that the product has this field or option."""
    cart, item = need_product_item(call, cart_id, item_id)
    if number not in PRODUCTS[item["pid"]][kind]:
        raise ProblemError(404, "The product of this item has nothing with that number.")
    return cart, item


@operation("GET", "/cart/<cart_id>/items/<item_id>/customfields/<int:custom_field_id>")
def get_field(call, cart_id, item_id, custom_field_id):
    """Show one custom field."""
    _, item = need_part(call, cart_id, item_id, "fields", custom_field_id)
    return answer(field_shape(item, custom_field_id))


@operation("POST", "/cart/<cart_id>/items/<item_id>/customfields/<int:custom_field_id>")
def set_field(call, cart_id, item_id, custom_field_id):
    """Set one custom field."""
    cart, item = need_part(call, cart_id, item_id, "fields", custom_field_id)
    item["fields"][custom_field_id] = check_field(custom_field_id, body().get("value"))
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/items/<item_id>/customfields/<int:custom_field_id>")
def delete_field(call, cart_id, item_id, custom_field_id):
    """Empty one custom field."""
    cart, item = need_part(call, cart_id, item_id, "fields", custom_field_id)
    item["fields"].pop(custom_field_id, None)
    return answer(cart_shape(call, cart))


@operation("POST", "/cart/<cart_id>/items/<item_id>/configoptions")
def set_options(call, cart_id, item_id):
    """Set options."""
    cart, item = need_product_item(call, cart_id, item_id)
    item["options"].update(read_options(body(), PRODUCTS[item["pid"]]))
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/items/<item_id>/configoptions")
def reset_options(call, cart_id, item_id):
    """Set all options back to their defaults."""
    cart, item = need_product_item(call, cart_id, item_id)
    item["options"] = {number: default_value(OPTIONS[number]) for number in item["options"]}
    return answer(cart_shape(call, cart))


@operation("GET", "/cart/<cart_id>/items/<item_id>/configoptions/<int:config_option_id>")
def get_option(call, cart_id, item_id, config_option_id):
    """Show one option."""
    _, item = need_part(call, cart_id, item_id, "options", config_option_id)
    return answer(option_shape(item, config_option_id, call.currency))


@operation("POST", "/cart/<cart_id>/items/<item_id>/configoptions/<int:config_option_id>")
def set_option(call, cart_id, item_id, config_option_id):
    """Set one option."""
    cart, item = need_part(call, cart_id, item_id, "options", config_option_id)
    wish = body()
    if "value" not in wish:
        raise ProblemError(422, "'value' is missing.")
    item["options"][config_option_id] = check_option(config_option_id, wish["value"])
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/items/<item_id>/configoptions/<int:config_option_id>")
def reset_option(call, cart_id, item_id, config_option_id):
    """Set one option back to its default."""
    cart, item = need_part(call, cart_id, item_id, "options", config_option_id)
    item["options"][config_option_id] = default_value(OPTIONS[config_option_id])
    return answer(cart_shape(call, cart))


@operation("GET", "/cart/<cart_id>/promotions")
def promotions(call, cart_id):
    """List the promotion of the cart."""
    cart = need_cart(call, cart_id)
    return paged([promotion_shape(cart["promo"])] if cart["promo"] else [])


@operation("POST", "/cart/<cart_id>/promotions")
def apply_promotion(call, cart_id):
    """Apply a promotion; a cart takes one only, another one has to be removed first."""
    cart = need_cart(call, cart_id)
    found = find_promotion(take_text(body(), "code", 1, 255))
    if not found:
        raise ProblemError(422, "Nobody here knows that code.")
    code, promotion = found
    if promotion["expires"] and promotion["expires"] < day():
        raise ProblemError(422, "That code ran out some time ago.")
    if cart["promo"] not in (None, code):
        raise ProblemError(422, "There is another code in the basket: take it out first.")
    cart["promo"] = code
    return answer(cart_shape(call, cart))


@operation("DELETE", "/cart/<cart_id>/promotions")
def remove_promotion(call, cart_id):
    """Remove the promotion."""
    cart = need_cart(call, cart_id)
    cart["promo"] = None
    return answer(cart_shape(call, cart))


@operation("POST", "/cart/<cart_id>/geolocation")
def geolocation(call, cart_id):
    """Tell where the guest is; for a logged-in user the billing address goes on counting."""
    cart = need_cart(call, cart_id)
    cart["geo"] = take_country(body())
    return answer(cart_shape(call, cart))


@operation("POST", "/cart/<cart_id>/checkout")
def checkout(call, cart_id):
    """Begin the checkout: give the address of the page on which it goes on."""
    cart = need_cart(call, cart_id)
    errors = errors_of(call.store, cart)
    if not cart["items"]:
        errors = [{"errors": ["There is nothing in the basket."]}]
    if errors:
        raise ProblemError(400, "", {"data": {"validation_errors": errors}})
    key = random_id(24)
    call.store.checkouts[key] = (cart["id"], call.client and call.client["id"])
    return answer({"url": f"{call.store.base}/cart.php?a=checkout&k={key}"})
