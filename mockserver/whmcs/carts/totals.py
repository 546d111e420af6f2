"""What a cart costs: each of its lines, and their totals. The rules are those of docs/money.md, section by section."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.billing import taxes
from counterfoil.mockserver.whmcs.billing.taxes import TaxRates
from counterfoil.mockserver.whmcs.domains import registrants
from counterfoil.mockserver.whmcs.model.billing import TaxRule
from counterfoil.mockserver.whmcs.model.carts import (
    Cart,
    CartAddon,
    DomainItem,
    DomainRenewalItem,
    OptionValue,
    Place,
    ProductItem,
    ServiceAddonItem,
    ServiceRenewalItem,
    Single,
)
from counterfoil.mockserver.whmcs.model.catalogue import (
    CYCLES,
    FREE,
    NOTHING,
    Addon,
    BundlePart,
    ConfigOption,
    Currency,
    Price,
    cents,
    in_order,
)
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, ServiceAddon
from counterfoil.mockserver.whmcs.model.people import Client
from counterfoil.mockserver.whmcs.model.promotions import Promotion
from counterfoil.mockserver.whmcs.pricing import domain_renewals, order_lines
from counterfoil.mockserver.whmcs.pricing.order_lines import Line
from counterfoil.mockserver.whmcs.pricing.order_request import DomainRequest, ServiceRequest

_CYCLE_OF_YEARS = {1: "annually", 2: "biennially", 3: "triennially"}
_ONCE = frozenset(("free", "onetime"))


class Buyer(msgspec.Struct, kw_only=True, frozen=True):
    """Who looks at a cart and when, as far as prices depend on it."""

    client: Client | None
    currency: Currency
    #: where taxes are due; None where nobody knows
    place: Place | None
    today: date


class Due(msgspec.Struct, frozen=True):
    """What a line costs and how often; no price where it is free or nothing can be said."""

    cycle: str
    price: Price | None


class TaxDue(msgspec.Struct, frozen=True):
    """A tax and its amount."""

    rule: TaxRule
    amount: Decimal


class Totals(msgspec.Struct, kw_only=True):
    """All sums of a cart."""

    lines: list[Line]
    #: what each cycle costs again, the shortest cycle first
    recurring: dict[str, Decimal]
    subtotal: Decimal
    promotion: Decimal
    client_discount: Decimal
    #: the part of it that comes off what is taxed
    taxed_discount: Decimal
    #: what taxes are taken of: what the catalogue taxes, less the discounts on it
    taxed: Decimal
    rates: TaxRates
    taxes: list[TaxDue]
    total: Decimal


# 1. Whose prices


def buyer(installation: Installation, cart: Cart, client: Client | None, today: date) -> Buyer:
    """A client pays in their currency and is taxed where they live; a guest in the default one, where the cart says."""
    if client is None:
        currency = installation.currencies[installation.settings.default_currency]
        return Buyer(client=None, currency=currency, place=cart.place, today=today)
    currency = installation.currency_of(client)
    return Buyer(client=client, currency=currency, place=taxes.place_of(client), today=today)


# 2. Lines


def due(installation: Installation, buyer: Buyer, item: Single) -> Due | None:
    """What an item costs, without its addons and options; None for what the buyer does not have any more."""
    if isinstance(item, ProductItem):
        return product_due(installation, buyer, item)
    if isinstance(item, ServiceAddonItem):
        addon = installation.addons[item.addon]
        if owned(installation, buyer.client, item) is None:
            return None
        return _addon(addon, item.cycle or "", item.quantity, buyer)
    years = 0 if isinstance(item, ServiceRenewalItem) else item.years
    line = item_line(installation, buyer, item)
    if line is None:
        return None
    cycle = _CYCLE_OF_YEARS.get(years, "onetime") if years else line.cycle
    return Due(cycle, Price(line.amount, line.late_fee))


def product_due(installation: Installation, buyer: Buyer, item: ProductItem) -> Due:
    """What a product alone costs: its setup fee and its amount, as often as it is wanted."""
    cycle = item.cycle or ""
    if cycle == "free":
        return Due(cycle, None)
    part = own_part(installation, item)
    if part is not None and part.price is not None:
        return Due(cycle, times(Price(cents(part.price * buyer.currency.rate)), item.quantity))
    return Due(cycle, times(installation.products[item.product].prices[buyer.currency.id][cycle], item.quantity))


def option_due(installation: Installation, buyer: Buyer, item: ProductItem, option: ConfigOption) -> Due | None:
    """What a product's option costs as it is set; None for a value that it does not have."""
    cycle, value = item.cycle or "", option_value(item, option)
    number = option_number(option, value)
    if number is None:
        return None
    if cycle == "free":
        return Due(cycle, None)
    part = own_part(installation, item)
    if part is not None and part.price is not None and part.options.get(option.id) == number:
        return Due(cycle, FREE)
    return Due(cycle, times(option.price(number, buyer.currency.id, cycle), item.quantity))


def addon_due(installation: Installation, buyer: Buyer, item: ProductItem, chosen: CartAddon) -> Due:
    """What a product's addon costs; one that comes with a bundle at the bundle's price costs nothing."""
    addon, currency = installation.addons[chosen.addon], buyer.currency.id
    part = own_part(installation, item)
    comes_along = part is not None and part.price is not None and addon.id in part.addons
    return _addon(addon, addon.cycle(item.cycle or "", currency), chosen.quantity - comes_along, buyer)


def own_part(installation: Installation, item: ProductItem | DomainItem) -> BundlePart | None:
    """The part of its bundle on whose terms an item is; None if it is on terms of its own."""
    part = bundle_part(installation, item)
    if part is None:
        return None
    if isinstance(item, ProductItem):
        return part if part.cycle == item.cycle else None
    return part if part.years in (0, item.years) else None


def bundle_part(installation: Installation, item: ProductItem | DomainItem) -> BundlePart | None:
    """The part of its bundle that an item answers."""
    bundle = installation.bundles.get(item.bundle)
    return None if bundle is None else next((part for part in bundle.items if part.id == item.part), None)


def option_value(item: ProductItem, option: ConfigOption) -> bool | int:
    """What an option is set to, or its default: no, the lowest quantity, the choice that is shown first."""
    value = item.options.get(option.id)
    if value is not None:
        return value
    if option.kind == "yesno":
        return False
    if option.kind == "quantity":
        return option.minimum
    return in_order(option.choices)[0].id


def option_number(option: ConfigOption, value: OptionValue) -> int | None:
    """The value as a number; None if the option cannot have it."""
    if isinstance(value, bool) != (option.kind == "yesno") or value is None or not option.fits(value):
        return None
    return int(value)


def times(price: Price, many: int) -> Price:
    """So many times the price, setup fees included."""
    return Price(price.amount * many, price.setup * many)


def _addon(addon: Addon, cycle: str, quantity: int, buyer: Buyer) -> Due:
    if cycle == "free":
        return Due(cycle, None)
    return Due(cycle, times(addon.prices[buyer.currency.id][cycle], quantity))


def owned(
    installation: Installation, client: Client | None, item: ServiceAddonItem | ServiceRenewalItem | DomainRenewalItem
) -> Service | ServiceAddon | Domain | None:
    """What an item is for; None unless it exists and is the client's."""
    held: Service | ServiceAddon | Domain | None
    if isinstance(item, ServiceAddonItem):
        held = installation.services.get(item.service)
    elif isinstance(item, DomainRenewalItem):
        held = installation.domains.get(item.domain)
    elif item.addon:
        held = installation.service_addons.get(item.subject)
    else:
        held = installation.services.get(item.subject)
    return held if held is not None and client is not None and held.client == client.id else None


def lines(installation: Installation, buyer: Buyer, cart: Cart) -> Iterator[Line]:
    """The lines of an order of the cart: each item with its options, and after each product its addons."""
    for item in cart.singles():
        line = item_line(installation, buyer, item)
        if line is None:
            continue
        bundle = installation.bundles.get(item.bundle) if isinstance(item, ProductItem | DomainItem) else None
        line.promotable = bundle is None or bundle.allows_promotions
        yield line
        if isinstance(item, ProductItem):
            for chosen in item.addons:
                addon = installation.addons[chosen.addon]
                more = _addon_line(addon, addon_due(installation, buyer, item, chosen), chosen.quantity)
                more.promotable = line.promotable
                yield more


def item_line(installation: Installation, buyer: Buyer, item: Single) -> Line | None:
    """The line of an order of one item, without its addons; None for what the buyer does not have any more."""
    currency = buyer.currency.id
    if isinstance(item, ProductItem):
        return _product_line(installation, buyer, item)
    if isinstance(item, DomainItem):
        return _domain_line(installation, buyer, item)
    has = owned(installation, buyer.client, item)
    if isinstance(item, ServiceAddonItem):
        if not isinstance(has, Service):
            return None
        addon = installation.addons[item.addon]
        line = _addon_line(addon, _addon(addon, item.cycle or "", item.quantity, buyer), item.quantity)
        line.service = item.service
        return line
    if isinstance(has, Domain) and isinstance(item, DomainRenewalItem):
        return domain_renewals.line(installation, currency, has, item.years, buyer.today)
    if isinstance(has, Service | ServiceAddon) and isinstance(item, ServiceRenewalItem):
        product = installation.products.get(has.product) if isinstance(has, Service) else None
        extra = installation.addons.get(has.addon) if isinstance(has, ServiceAddon) else None
        sold = product or extra
        return Line(
            kind="addon renewal" if item.addon else "service renewal",
            description=f"{item.name} - renewal ({has.cycle})", amount=has.recurring, cycle=has.cycle,
            recurring=has.recurring, subject=has.id, product=product, addon=extra, taxed=sold is not None and sold.taxed,
        )  # fmt: skip
    return None


def _product_line(installation: Installation, buyer: Buyer, item: ProductItem) -> Line:
    product, cycle = installation.products[item.product], item.cycle or ""
    price = product_due(installation, buyer, item).price or FREE
    amount, setup, values = price.amount, price.setup, {}
    for number in product.options:
        option = installation.options[number]
        due = option_due(installation, buyer, item, option)
        values[number] = option_number(option, option_value(item, option)) or 0
        if due is not None and due.price is not None:
            amount, setup = amount + due.price.amount, setup + due.price.setup
    fields = {number: "on" if value is True else str(value) for number, value in item.fields.items() if value}
    domain = item.domain_item.name if item.domain_item is not None else item.domain or ""
    where = f" - {domain}" if domain else ""
    return Line(
        kind="service", description=f"{product.name}{where} ({cycle})", amount=amount, setup=setup, cycle=cycle,
        recurring=amount if CYCLES[cycle] else NOTHING, product=product, quantity=item.quantity, fields=fields or None,
        options=values or None, taxed=product.taxed, request=ServiceRequest(line=item.id, product=product.id, cycle=cycle, domain=domain),
    )  # fmt: skip


def _addon_line(addon: Addon, due: Due, quantity: int) -> Line:
    price = due.price or FREE
    return Line(
        kind="addon", description=addon.name, amount=price.amount, setup=price.setup, cycle=due.cycle,
        recurring=price.amount if CYCLES[due.cycle] else NOTHING, taxed=addon.taxed, addon=addon, quantity=quantity,
    )  # fmt: skip


def _domain_line(installation: Installation, buyer: Buyer, item: DomainItem) -> Line:
    part = own_part(installation, item)
    along = part.extras if part is not None else ()
    request = DomainRequest(
        line=item.id, name=item.name, transfer=item.transfer, years=item.years, code=item.code,
        dns_management=item.dns_management and "dns_management" not in along,
        email_forwarding=item.email_forwarding and "email_forwarding" not in along,
        id_protection=item.id_protection and "id_protection" not in along,
    )  # fmt: skip
    line = order_lines.domain_line(installation, buyer.currency.id, request)
    own = None if part is None else part.domain_price if part.kind == "product" else part.price
    if part is not None and own is not None:
        more = installation.extras[buyer.currency.id].price(
            request.dns_management, request.email_forwarding, request.id_protection
        )  # fmt: skip
        line.amount = cents(own * buyer.currency.rate) * (1 if part.years else item.years) + more * item.years
    answered = registrants.answers(installation.tlds[line.tld], item.fields)
    fields = {name: text for name, text in answered.items() if text}
    line.request = msgspec.structs.replace(
        request, dns_management=item.dns_management, email_forwarding=item.email_forwarding,
        id_protection=item.id_protection, fields=fields or None,
    )  # fmt: skip
    return line


# 3. Totals


def totals(installation: Installation, buyer: Buyer, cart: Cart) -> Totals:
    """All sums of the cart, for whoever looks at it."""
    rows = list(lines(installation, buyer, cart))
    promotion = promotion_of(installation, cart, buyer.today)
    if promotion is not None:
        order_lines.apply_promotion(rows, promotion, buyer.currency.rate, everywhere=False)
    subtotal = sum((row.amount + row.setup + row.late_fee for row in rows), NOTHING)
    off = sum((row.discount for row in rows), NOTHING)
    share = buyer.client.discount / 100 if buyer.client is not None else NOTHING
    off_client = cents((subtotal - off) * share)
    taxed = sum((row.due for row in rows if row.taxed), NOTHING)
    off_taxed = cents(taxed * share)
    rules = taxes.rules_for(installation, buyer.client, buyer.place)
    rates = taxes.rates_of(installation, rules)
    amounts = rates.on(taxed - off_taxed)
    taxes_due = [TaxDue(rule, amount) for rule, amount in zip(rules, amounts, strict=True) if rule is not None]
    total = subtotal - off - off_client + sum(amounts, NOTHING)
    return Totals(
        lines=rows, recurring=_recurring(rows), subtotal=subtotal, promotion=off, client_discount=off_client,
        taxed_discount=off_taxed, taxed=taxed - off_taxed, rates=rates, taxes=taxes_due, total=max(total, NOTHING),
    )  # fmt: skip


def promotion_of(installation: Installation, cart: Cart, today: date) -> Promotion | None:
    """The cart's promotion, if it still gives something on that day."""
    promotion = installation.promotions.get(cart.promotion or 0)
    return promotion if promotion is not None and promotion.usable(today) else None


def _recurring(rows: list[Line]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        cycle = row.cycle or _CYCLE_OF_YEARS.get(row.years, "onetime")
        if cycle not in _ONCE:
            sums[cycle] = sums.get(cycle, NOTHING) + row.amount
    return {cycle: sums[cycle] for cycle in CYCLES if cycle in sums}
