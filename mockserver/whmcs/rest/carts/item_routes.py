"""What the operations on the items of a cart do: one short function for each."""

from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.carts import cart_items
from counterfoil.mockserver.whmcs.model.carts import DomainItem, DomainRenewalItem, ProductItem
from counterfoil.mockserver.whmcs.model.catalogue import Product
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.rest.carts import item_bodies, render
from counterfoil.mockserver.whmcs.rest.carts.routes import buyer_of, shown
from counterfoil.mockserver.whmcs.rest.protocol.caller import Resolver
from counterfoil.mockserver.whmcs.rest.protocol.not_found import not_there

# What the path names


def find_item(installation: Installation, call: Call) -> None:
    """The item, or the product's addon, that the path names. Refused if it is not in the cart."""
    item = call.caller.cart.find(call.given["item_id"])
    if item is None:
        raise not_there(call, "item_id")
    call.caller.item = item


def find_custom_field(installation: Installation, call: Call) -> None:
    """The custom field that the path names. Refused if the item is a product that has none of that id."""
    _find(installation, call, "custom_field_id", "fields")


def find_config_option(installation: Installation, call: Call) -> None:
    """The configurable option that the path names. Refused if the item is a product that has none of that id."""
    _find(installation, call, "config_option_id", "options")


def _find(installation: Installation, call: Call, name: str, of: str) -> None:
    item = call.caller.item
    if not isinstance(item, ProductItem):
        return  # which is refused later, as something that is there but has no such thing
    number, product = call.given[name], installation.products[item.product]
    if of == "fields":
        target: Any = next((field for field in product.asked if field.id == number), None)
    else:
        target = installation.options.get(number) if number in product.options else None
    if target is None:
        raise not_there(call, name)
    call.caller.resolved[name] = target


def _product(installation: Installation, call: Call) -> tuple[ProductItem, Product]:
    item = call.caller.item
    if not isinstance(item, ProductItem):
        raise Refusal("item_not_product", item_id=item.id)
    return item, installation.products[item.product]


# All items


def add_cart_items(installation: Installation, call: Call) -> Body:
    """Put items into the cart, all of them or none."""
    items = [item_bodies.item(each) for each in call.given["body"].get("items", ())]
    cart_items.add(installation, buyer_of(installation, call), call.caller.cart, items)
    return shown(installation, call)


def clear_cart_items(installation: Installation, call: Call) -> Body:
    """Take all items out."""
    call.caller.cart.items = []
    return shown(installation, call)


# One item


def update_cart_item(installation: Installation, call: Call) -> Body:
    """Other terms for a product or a domain."""
    body, item, buyer = call.given["body"], call.caller.item, buyer_of(installation, call)
    kind = body.get("type", "product")
    if item_bodies.kind_of(item) != kind:
        raise Refusal("item_of_another_kind", item_id=item.id, type=kind)
    if isinstance(item, ProductItem):
        quantity = body.get("quantity")
        new_quantity = None if quantity is None else item_bodies.quantity(quantity)
        cart_items.change_product(installation, buyer, item, body["billing_cycle"], new_quantity)
    elif isinstance(item, DomainItem):
        terms = item_bodies.domain_terms(body)
        cart_items.check_domain(installation, buyer, item, body["period"])
        item.years = body["period"]
        for word, value in terms.items():
            setattr(item, word, value)
    elif isinstance(item, DomainRenewalItem):
        cart_items.check_renewal(installation, buyer, item, body["period"])
        item.years = body["period"]
    return shown(installation, call)


def delete_cart_item(installation: Installation, call: Call) -> Body:
    """Take an item out."""
    call.caller.cart.remove(call.caller.item)
    return shown(installation, call)


def set_cart_item_domain(installation: Installation, call: Call) -> Body:
    """Note the domain name that a product is for."""
    item, _ = _product(installation, call)
    item.domain, item.domain_item = call.given["body"]["domain_name"] or None, None
    return shown(installation, call)


# Addons


def add_cart_item_addons(installation: Installation, call: Call) -> Body:
    """Give a product addons."""
    item, _ = _product(installation, call)
    cart_items.add_addons(installation, item, item_bodies.addons(call.given["body"].get("addons", ())))
    return shown(installation, call)


def delete_cart_item_addons(installation: Installation, call: Call) -> Body:
    """Take all addons from a product."""
    item, _ = _product(installation, call)
    item.addons = []
    return shown(installation, call)


# Custom fields


def set_cart_item_custom_fields(installation: Installation, call: Call) -> Body:
    """Answer several custom fields."""
    item, product = _product(installation, call)
    values = item_bodies.values(call.given["body"].get("custom_fields", ()))
    cart_items.check_fields(product, values)
    item.fields.update(values)
    return shown(installation, call)


def delete_cart_item_custom_fields(installation: Installation, call: Call) -> Body:
    """Take all answers back."""
    item, _ = _product(installation, call)
    item.fields = {}
    return shown(installation, call)


def get_cart_item_custom_field(installation: Installation, call: Call) -> Body:
    """One custom field with its answer."""
    item, _ = _product(installation, call)
    return {"data": render.custom_field(item, call.caller.resolved["custom_field_id"])}


def update_cart_item_custom_field(installation: Installation, call: Call) -> Body:
    """Answer one custom field."""
    item, _ = _product(installation, call)
    body = call.given["body"]
    if "value" in body:
        item.fields[call.caller.resolved["custom_field_id"].id] = body["value"]
    return shown(installation, call)


def delete_cart_item_custom_field(installation: Installation, call: Call) -> Body:
    """Take one answer back."""
    item, _ = _product(installation, call)
    item.fields.pop(call.caller.resolved["custom_field_id"].id, None)
    return shown(installation, call)


# Configurable options


def set_cart_item_config_options(installation: Installation, call: Call) -> Body:
    """Choose several options."""
    item, product = _product(installation, call)
    values = item_bodies.values(call.given["body"].get("config_options", ()))
    cart_items.check_options(product, values)
    item.options.update(values)
    return shown(installation, call)


def reset_cart_item_config_options(installation: Installation, call: Call) -> Body:
    """Set all options to their defaults."""
    item, _ = _product(installation, call)
    item.options = {}
    return shown(installation, call)


def get_cart_item_config_option(installation: Installation, call: Call) -> Body:
    """One option with its choice."""
    item, _ = _product(installation, call)
    option, buyer = call.caller.resolved["config_option_id"], buyer_of(installation, call)
    return {"data": render.config_option(installation, buyer, item, option)}


def update_cart_item_config_option(installation: Installation, call: Call) -> Body:
    """Choose one option."""
    item, _ = _product(installation, call)
    body = call.given["body"]
    if "value" in body:
        item.options[call.caller.resolved["config_option_id"].id] = body["value"]
    return shown(installation, call)


def reset_cart_item_config_option(installation: Installation, call: Call) -> Body:
    """Set one option to its default."""
    item, _ = _product(installation, call)
    item.options.pop(call.caller.resolved["config_option_id"].id, None)
    return shown(installation, call)


RESOLVERS: dict[str, Resolver] = {
    "item_id": find_item, "custom_field_id": find_custom_field, "config_option_id": find_config_option,
}  # fmt: skip

HANDLERS: dict[str, Handler] = {
    handler.__name__: handler
    for handler in (
        add_cart_items, clear_cart_items, update_cart_item, delete_cart_item, set_cart_item_domain,
        add_cart_item_addons, delete_cart_item_addons, set_cart_item_custom_fields, delete_cart_item_custom_fields,
        get_cart_item_custom_field, update_cart_item_custom_field, delete_cart_item_custom_field,
        set_cart_item_config_options, reset_cart_item_config_options, get_cart_item_config_option,
        update_cart_item_config_option, reset_cart_item_config_option,
    )
}  # fmt: skip
