"""Putting items into carts and changing them: what is impossible is refused, before anything has changed."""

from collections.abc import Iterable

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.carts import totals
from counterfoil.mockserver.whmcs.carts.totals import Buyer
from counterfoil.mockserver.whmcs.model import carts
from counterfoil.mockserver.whmcs.model.carts import (
    BundleItem,
    Cart,
    CartAddon,
    CartItem,
    DomainItem,
    DomainRenewalItem,
    FieldValue,
    Numbered,
    OptionValue,
    ProductItem,
    ServiceAddonItem,
    ServiceRenewalItem,
)
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, Bundle, BundlePart, Prices, Product
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, ServiceAddon
from counterfoil.mockserver.whmcs.model.tlds import ascii_name, tld_of
from counterfoil.mockserver.whmcs.pricing import domain_renewals, order_lines, service_renewals
from counterfoil.mockserver.whmcs.pricing.order_request import DomainRequest

_ID_LENGTH = 8
_CART_ID_LENGTH = 16


def new_cart(installation: Installation, user: int | None) -> Cart:
    """An empty cart, of a user or of a guest."""
    number = installation.next_id("cart")
    cart = Cart(id=carts.word(installation.random("cart", number), _CART_ID_LENGTH), user=user)
    installation.add_cart(cart)
    return cart


def add(installation: Installation, buyer: Buyer, cart: Cart, items: Iterable[CartItem]) -> None:
    """Put all of these into the cart, or none if one of them is impossible."""
    items = list(items)
    for item in items:
        _settle(installation, buyer, cart, item)
    _number(installation, carts.numbered(items))
    cart.items.extend(items)


def _settle(installation: Installation, buyer: Buyer, cart: Cart, item: CartItem) -> None:
    """Refuse an impossible item; fill in what was left open."""
    if isinstance(item, ProductItem):
        _settle_product(installation, buyer, item)
    elif isinstance(item, DomainItem):
        check_domain(installation, buyer, item, item.years)
    elif isinstance(item, BundleItem):
        _settle_bundle(installation, buyer, item)
    elif isinstance(item, ServiceAddonItem):
        _settle_service_addon(installation, buyer, cart, item)
    elif isinstance(item, DomainRenewalItem):
        _settle_domain_renewal(installation, buyer, cart, item)
    else:
        _settle_service_renewal(installation, buyer, cart, item)


# Products


def _settle_product(installation: Installation, buyer: Buyer, item: ProductItem) -> None:
    product = installation.products.get(item.product)
    if product is None:
        raise Refusal("product_unknown", product_id=item.product)
    item.product = product.id
    item.cycle = offered_cycle(product.prices, buyer.currency.id, item.cycle)
    item.addons = check_addons(product, item.addons)
    check_fields(product, item.fields)
    check_options(product, item.options)


def offered_cycle(prices: Prices, currency: int, asked: str | None) -> str:
    """The billing cycle that is asked for, or the shortest; refused if there is no price for it."""
    offered = prices[currency]
    if asked is None:
        return next(cycle for cycle in CYCLES if cycle in offered)
    if asked not in offered:
        raise Refusal("billing_cycle_not_offered", billing_cycle=asked)
    return asked


def check_addons(product: Product, chosen: Iterable[CartAddon]) -> list[CartAddon]:
    """The addons, each once with the quantity that came last; refused unless the product can have them all."""
    by_id: dict[int, CartAddon] = {}
    for addon in chosen:
        if addon.addon not in product.addons:
            raise Refusal("product_addon_unknown", addon_id=addon.addon, product_id=product.id)
        by_id.setdefault(addon.addon, addon).quantity = addon.quantity
    return list(by_id.values())


def check_fields(product: Product, values: dict[int, FieldValue]) -> None:
    """Refuse answers to what the product does not ask."""
    asked = {field.id for field in product.asked}
    for number in values:
        if number not in asked:
            raise Refusal("product_custom_field_unknown", custom_field_id=number, product_id=product.id)


def check_options(product: Product, values: dict[int, OptionValue]) -> None:
    """Refuse choices for what the product has not to choose."""
    for number in values:
        if number not in product.options:
            raise Refusal("product_config_option_unknown", config_option_id=number, product_id=product.id)


def change_product(
    installation: Installation, buyer: Buyer, item: ProductItem, cycle: str | None, quantity: int | None
) -> None:
    """Another billing cycle, and another quantity unless it stays."""
    product = installation.products[item.product]
    item.cycle = offered_cycle(product.prices, buyer.currency.id, cycle)
    if quantity is not None:
        item.quantity = quantity


def add_addons(installation: Installation, item: ProductItem, chosen: Iterable[CartAddon]) -> None:
    """Give the product addons; one that it has already gets the new quantity."""
    fresh = []
    has = {addon.addon: addon for addon in item.addons}
    for addon in check_addons(installation.products[item.product], chosen):
        if addon.addon in has:
            has[addon.addon].quantity = addon.quantity
        else:
            fresh.append(addon)
    _number(installation, fresh)
    item.addons.extend(fresh)


# Domains


def check_domain(installation: Installation, buyer: Buyer, item: DomainItem, years: int) -> None:
    """Refuse what is not sold: no domain name, another TLD, a transfer where there is none, so many years."""
    try:
        order_lines.domain_line(
            installation, buyer.currency.id,
            DomainRequest(line="", name=item.name, transfer=item.transfer, years=years),
        )  # fmt: skip
    except UnusableValue as unusable:
        raise Refusal("domain_not_offered", domain_name=item.name, period=years) from unusable


def check_renewal(installation: Installation, buyer: Buyer, item: DomainRenewalItem, years: int) -> None:
    """Refuse years that the domain's TLD has no price for."""
    domain = installation.domains.get(item.domain)
    try:
        if domain is not None:
            domain_renewals.renewal_price(installation, buyer.currency.id, domain, years, buyer.today)
    except UnusableValue as unusable:
        raise Refusal("domain_not_offered", domain_name=item.name, period=years) from unusable


# What exists already


def _settle_service_addon(installation: Installation, buyer: Buyer, cart: Cart, item: ServiceAddonItem) -> None:
    service = totals.owned(installation, buyer.client, item) if cart.user is not None else None
    if not isinstance(service, Service):
        raise Refusal("service_not_owned", service_id=item.service)
    product, addon = installation.products.get(service.product), installation.addons.get(item.addon)
    if addon is None or product is None or addon.id not in product.addons:
        raise Refusal("service_addon_unknown", addon_id=item.addon, service_id=service.id)
    item.addon, item.service = addon.id, service.id
    item.cycle = offered_cycle(addon.prices, buyer.currency.id, item.cycle)


def _settle_domain_renewal(installation: Installation, buyer: Buyer, cart: Cart, item: DomainRenewalItem) -> None:
    domain = totals.owned(installation, buyer.client, item) if cart.user is not None else None
    if not isinstance(domain, Domain):
        raise _unrenewable("domain_renewal", item.domain, "the selected client has no such domain")
    if not domain_renewals.renewable(installation, domain, buyer.today):
        raise _unrenewable("domain_renewal", item.domain, f"{domain.name} cannot be renewed")
    item.domain, item.name = domain.id, domain.name
    check_renewal(installation, buyer, item, item.years)


def _settle_service_renewal(installation: Installation, buyer: Buyer, cart: Cart, item: ServiceRenewalItem) -> None:
    kind = "addon_renewal" if item.addon else "service_renewal"
    held = totals.owned(installation, buyer.client, item) if cart.user is not None else None
    if not isinstance(held, Service | ServiceAddon):
        raise _unrenewable(kind, item.subject, "the selected client has no such thing")
    reason = service_renewals.why_not(held)
    if reason is not None:
        raise _unrenewable(kind, item.subject, reason)
    name = installation.addons[held.addon].name if isinstance(held, ServiceAddon) else service_name(installation, held)
    item.subject, item.name = held.id, name


def service_name(installation: Installation, service: Service) -> str:
    """What a service is called: its product's name."""
    product = installation.products.get(service.product)
    return product.name if product is not None else ""


def _unrenewable(kind: str, number: int, reason: str) -> Refusal:
    return Refusal("renewal_impossible", type=kind, id=number, reason=reason)


# Bundles


def _settle_bundle(installation: Installation, buyer: Buyer, item: BundleItem) -> None:
    """Let the chosen parts answer those of the bundle; the products that nobody named come as it defines them."""
    bundle = installation.bundles.get(item.bundle)
    if bundle is None or not bundle.orderable:
        raise Refusal("bundle_unknown", bundle_id=item.bundle)
    item.bundle = bundle.id
    answered: dict[int, ProductItem] = {}
    domains: list[tuple[DomainItem, int]] = []
    for chosen in item.items:
        if isinstance(chosen, DomainItem):
            domains.append((chosen, 0))
            continue
        part = next(
            (each for each in bundle.items if each.kind == "product" and each.id not in answered
             and each.product == chosen.product), None,
        )  # fmt: skip
        if part is None:
            raise Refusal("product_not_in_bundle", product_id=chosen.product, bundle_id=bundle.id)
        answered[part.id] = chosen
        _answer_product(installation, bundle, part, chosen)
        _settle_product(installation, buyer, chosen)
        if chosen.domain_item is not None:
            domains.append((chosen.domain_item, part.id))
    _answer_domains(installation, buyer, bundle, domains)
    for part in bundle.items:
        if part.kind == "product" and part.id not in answered:
            answered[part.id] = chosen = ProductItem(product=part.product, cycle=part.cycle)
            _answer_product(installation, bundle, part, chosen)
            _settle_product(installation, buyer, chosen)
            item.items.append(chosen)


def _answer_product(installation: Installation, bundle: Bundle, part: BundlePart, chosen: ProductItem) -> None:
    """What the bundle has set holds where nothing else was chosen; its addons come always."""
    chosen.bundle, chosen.part = bundle.id, part.id
    for number, value in part.options.items():
        is_switch = installation.options[number].kind == "yesno"
        chosen.options.setdefault(number, bool(value) if is_switch else value)
    named = {addon.addon for addon in chosen.addons}
    chosen.addons = [*chosen.addons, *(CartAddon(addon=each) for each in part.addons if each not in named)]


def _answer_domains(
    installation: Installation, buyer: Buyer, bundle: Bundle, domains: list[tuple[DomainItem, int]]
) -> None:
    """Let each domain answer a part that can have it, first the part of its own product.

    One that comes with its product and answers none is on the usual terms; one alone is refused.
    """
    free = [part for part in bundle.items if part.tlds]
    for chosen, beside in domains:
        check_domain(installation, buyer, chosen, chosen.years)
        tld = tld_of(ascii_name(chosen.name) or "", installation.tlds)
        chosen.bundle = bundle.id
        fits = [part for part in free if tld is not None and tld.name in part.tlds]
        part = min(fits, key=lambda each: (each.id != beside, each.kind == "product"), default=None)
        if part is None:
            if not beside:
                raise Refusal("domain_not_offered", domain_name=chosen.name, period=chosen.years)
            continue
        free.remove(part)
        chosen.part = part.id
        for extra in part.extras:
            setattr(chosen, extra, True)


def _number(installation: Installation, fresh: Iterable[Numbered]) -> None:
    """Give each an id."""
    for each in fresh:
        each.id = carts.word(installation.random("cart item", installation.next_id("cart_item")), _ID_LENGTH)
