"""What keeps a cart from being checked out: what its buyer can still correct."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from counterfoil.mockserver.whmcs.carts import totals
from counterfoil.mockserver.whmcs.carts.totals import Buyer
from counterfoil.mockserver.whmcs.domains import registrants, registry
from counterfoil.mockserver.whmcs.model.carts import (
    BundleItem,
    Cart,
    DomainItem,
    DomainRenewalItem,
    ProductItem,
    ServiceAddonItem,
    ServiceRenewalItem,
    Single,
    singles,
)
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.tlds import tld_of


class Fault(msgspec.Struct, kw_only=True):
    """One thing that is wrong, by name, with the facts of its sentence."""

    name: str
    #: the item (a product also for its addons); none for the cart itself
    item: str = ""
    #: product, addon, field, option, service or bundle, and its id; nothing for domains and the cart itself
    about: str = ""
    number: int = 0
    facts: dict[str, Any] = {}


def faults(installation: Installation, buyer: Buyer, cart: Cart) -> list[Fault]:
    """All faults in the order of the items; none if the cart can be checked out."""
    if not cart.items:
        return [Fault(name="cart_empty")]
    closed = buyer.client is not None and buyer.client.status == "Closed"
    about_all = [Fault(name="client_closed")] if closed else []
    told = _Told()
    incomplete = [
        fault for item in cart.items if isinstance(item, BundleItem) for fault in _of_bundle(installation, item)
    ]
    return (
        about_all
        + incomplete
        + [fault for item in cart.singles() for fault in _of_item(installation, buyer, item, told)]
    )


def _of_bundle(installation: Installation, item: BundleItem) -> Iterator[Fault]:
    """A bundle is sold whole: each of its parts is answered, also the domain beside a product."""
    bundle = installation.bundles[item.bundle]
    parts = list(singles([item]))
    for wanted in bundle.items:
        answers = {
            type(each) for each in parts if isinstance(each, ProductItem | DomainItem) and each.part == wanted.id
        }
        if (wanted.kind == "product" and ProductItem not in answers) or (wanted.tlds and DomainItem not in answers):
            name = wanted.name or wanted.kind
            yield Fault(
                name="bundle_incomplete", item=parts[0].id if parts else "", about="bundle", number=bundle.id,
                facts={"name": name},
            )  # fmt: skip


class _Told(msgspec.Struct):
    """What the items before have taken already."""

    #: how many of a product
    products: Counter[int] = msgspec.field(default_factory=Counter)
    names: set[str] = set()
    renewals: set[tuple[str, int]] = set()


def _of_item(installation: Installation, buyer: Buyer, item: Single, told: _Told) -> Iterator[Fault]:
    if isinstance(item, ProductItem):
        yield from _of_product(installation, item, told.products)
    elif isinstance(item, DomainItem):
        yield from _of_domain(installation, item, told.names)
    elif totals.owned(installation, buyer.client, item) is None:
        yield _gone(item)
    elif isinstance(item, ServiceAddonItem):
        yield from _of_quantity(installation, item.id, item.addon, item.quantity)
    else:
        yield from _of_renewal(item, told.renewals)


def _of_renewal(item: DomainRenewalItem | ServiceRenewalItem, renewed: set[tuple[str, int]]) -> Iterator[Fault]:
    """What is renewed in the cart already is not renewed again; it can be for more years."""
    if isinstance(item, DomainRenewalItem):
        key, fault = ("domain", item.domain), Fault(name="renewal_repeated", item=item.id, facts={"name": item.name})
    else:
        key = ("addon" if item.addon else "service", item.subject)
        fault = Fault(
            name="renewal_repeated", item=item.id, about=key[0], number=item.subject, facts={"name": item.name}
        )
    if key in renewed:
        yield fault
    renewed.add(key)


def _of_product(installation: Installation, item: ProductItem, taken: Counter[int]) -> Iterator[Fault]:
    product = installation.products[item.product]
    if product.needs_domain and not item.domain and item.domain_item is None:
        yield Fault(name="domain_missing", item=item.id, about="product", number=product.id)
    if item.quantity > 1 and product.quantities == 0:
        yield Fault(name="quantity_not_allowed", item=item.id, about="product", number=product.id)
    taken[product.id] += item.quantity
    if product.stock is not None and taken[product.id] > product.stock:
        yield Fault(
            name="stock_exceeded", item=item.id, about="product", number=product.id,
            facts={"stock_quantity": max(product.stock, 0)},
        )  # fmt: skip
    for field in product.asked:
        if field.required and not item.fields.get(field.id):
            yield Fault(
                name="custom_field_missing", item=item.id, about="field", number=field.id, facts={"name": field.name}
            )
        if not field.fits(item.fields.get(field.id, "")):
            yield Fault(
                name="custom_field_invalid", item=item.id, about="field", number=field.id, facts={"name": field.name}
            )
    for number in product.options:
        option = installation.options[number]
        if totals.option_number(option, totals.option_value(item, option)) is None:
            yield Fault(
                name="option_out_of_range", item=item.id, about="option", number=number, facts={"name": option.name}
            )
    for addon in item.addons:
        yield from _of_quantity(installation, item.id, addon.addon, addon.quantity)


def _of_quantity(installation: Installation, item: str, addon: int, quantity: int) -> Iterator[Fault]:
    if quantity > 1 and not installation.addons[addon].several:
        yield Fault(name="quantity_not_allowed", item=item, about="addon", number=addon)


def _of_domain(installation: Installation, item: DomainItem, names: set[str]) -> Iterator[Fault]:
    status = registry.status_of(installation, item.name)
    tld = tld_of(status.name, installation.tlds) if status is not None else None
    facts = {"domain_name": item.name}
    free = status is not None and (status.transferable if item.transfer else status.registrable)
    if not free or (status is not None and status.name in names):
        yield Fault(name="domain_unavailable", item=item.id, facts=facts)
    names.add(status.name if status is not None else item.name)
    if item.transfer and not item.code.strip() and (tld is None or tld.needs_code):
        yield Fault(name="epp_code_missing", item=item.id, facts=facts)
    if status is not None and status.shown != status.name and item.language is None:
        yield Fault(name="idn_language_missing", item=item.id, facts=facts)
    if tld is not None:
        for field in registrants.missing(tld, item.fields):
            yield Fault(name="additional_field_missing", item=item.id, facts={**facts, "name": field.name})
        for field in registrants.impossible(tld, item.fields):
            yield Fault(name="additional_field_invalid", item=item.id, facts={**facts, "name": field.name})


def _gone(item: ServiceAddonItem | DomainRenewalItem | ServiceRenewalItem) -> Fault:
    """The contract has no name for it: the client has been switched, or has lost what the item is for."""
    if isinstance(item, ServiceAddonItem):
        return Fault(name="not_owned", item=item.id, about="service", number=item.service)
    if isinstance(item, ServiceRenewalItem):
        about = "addon" if item.addon else "service"
        return Fault(name="not_owned", item=item.id, about=about, number=item.subject)
    return Fault(name="not_owned", item=item.id)
