"""What the catalogue operations do: one short function for each."""

from collections.abc import Iterable

from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.model.catalogue import Group, Product, in_order
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.rest.protocol.caller import Resolver
from counterfoil.mockserver.whmcs.rest.protocol.not_found import not_there
from counterfoil.mockserver.whmcs.rest.protocol.paging import listed, page
from counterfoil.mockserver.whmcs.rest.store import render


def find_product(installation: Installation, call: Call) -> None:
    """The product that the path names. Refused if none is on sale under that id."""
    product = installation.products.get(call.given["product_id"])
    if product is None:
        raise not_there(call, "product_id")
    call.caller.resolved["product_id"] = product


def find_group(installation: Installation, call: Call) -> None:
    """The group that the path names. Refused if there is none."""
    group = installation.groups.get(call.given["group_id"])
    if group is None:
        raise not_there(call, "group_id")
    call.caller.resolved["group_id"] = group


def list_products(installation: Installation, call: Call) -> Body:
    """All products, group by group."""
    groups = in_order(installation.groups.values())
    products = [product for group in groups for product in _in_group(installation, group)]
    return {"data": _products(installation, products, call)}


def get_product(installation: Installation, call: Call) -> Body:
    """One product."""
    return {"data": render.product_pricing(installation, _product(call), call.caller.currency)}


def list_product_groups(installation: Installation, call: Call) -> Body:
    """All groups."""
    return listed(in_order(installation.groups.values()), call, render.group)


def get_product_group(installation: Installation, call: Call) -> Body:
    """One group with a page of its products."""
    group = _group(call)
    products = _products(installation, _in_group(installation, group), call)
    return {"data": {**render.group(group), "products": products}}


def list_product_addons(installation: Installation, call: Call) -> Body:
    """The addons that can be ordered with a product."""
    addons = [installation.addons[number] for number in _product(call).addons]
    return listed(addons, call, lambda addon: render.addon_pricing(addon, call.caller.currency))


def list_product_custom_fields(installation: Installation, call: Call) -> Body:
    """The questions that a product's order form asks."""
    return listed(_product(call).asked, call, render.custom_field)


def list_product_config_options(installation: Installation, call: Call) -> Body:
    """What the buyer of a product sets."""
    options = in_order(installation.options[number] for number in _product(call).options)
    return listed(options, call, lambda option: render.config_option(option, call.caller.currency))


def list_product_cross_sells(installation: Installation, call: Call) -> Body:
    """The products that go with a product."""
    own = _product(call)
    others = [installation.products[number] for number in own.cross_sells if number != own.id]
    return {"data": _products(installation, others, call)}


def get_bundle_group(installation: Installation, call: Call) -> Body:
    """One group with a page of its bundles."""
    group = _group(call)
    bundles = [bundle for bundle in installation.bundles.values() if bundle.group == group.id]
    shown = page(bundles, call, lambda bundle: render.bundle(installation, bundle, call.caller.currency))
    return {"data": {**render.group(group), "bundles": shown}}


def _in_group(installation: Installation, group: Group) -> list[Product]:
    return in_order(product for product in installation.products.values() if product.group == group.id)


def _products(installation: Installation, products: Iterable[Product], call: Call) -> list[Body]:
    return page(
        list(products), call, lambda product: render.product_pricing(installation, product, call.caller.currency)
    )  # fmt: skip


def _product(call: Call) -> Product:
    product: Product = call.caller.resolved["product_id"]
    return product


def _group(call: Call) -> Group:
    group: Group = call.caller.resolved["group_id"]
    return group


RESOLVERS: dict[str, Resolver] = {"product_id": find_product, "group_id": find_group}

HANDLERS: dict[str, Handler] = {
    handler.__name__: handler
    for handler in (
        list_products, get_product, list_product_groups, get_product_group, list_product_addons,
        list_product_custom_fields, list_product_config_options, list_product_cross_sells, get_bundle_group,
    )
}  # fmt: skip
