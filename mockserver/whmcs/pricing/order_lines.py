"""What each line of an order costs: products with their options, addons, domains, renewals; then the promotion."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, NOTHING, Addon, Product, cents
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.orders import Domain
from counterfoil.mockserver.whmcs.model.promotions import Promotion
from counterfoil.mockserver.whmcs.model.tlds import Tld, ascii_name, tld_of
from counterfoil.mockserver.whmcs.pricing.order_request import DomainRequest, ServiceRequest


class Line(msgspec.Struct, kw_only=True):
    """One priced line of an order."""

    #: service, addon, registration, transfer, renewal, service renewal or addon renewal
    kind: str
    description: str
    #: the first period, without setup fee and discount
    amount: Decimal
    setup: Decimal = NOTHING
    #: what is due once since it comes late, and in which period: grace or redemption. No promotion makes it cheaper
    late_fee: Decimal = NOTHING
    late: str = ""
    discount: Decimal = NOTHING
    #: every later period
    recurring: Decimal = NOTHING
    #: for how many of them a promotion makes it cheaper, and by how much; 0 where it does so for good
    cheaper: int = 0
    cheaper_by: Decimal = NOTHING
    cycle: str = ""
    taxed: bool = False
    request: ServiceRequest | DomainRequest | None = None
    product: Product | None = None
    fields: dict[int, str] | None = None
    options: dict[int, int] | None = None
    addon: Addon | None = None
    #: the service that exists and gets the addon; else it goes to the service of the line before
    service: int | None = None
    tld: str = ""
    name: str = ""
    years: int = 0
    renewed: Domain | None = None
    #: the service, or the service's addon, that is renewed
    subject: int = 0
    #: how many the amounts are for
    quantity: int = 1
    #: whether promotions can make it cheaper
    promotable: bool = True

    @property
    def due(self) -> Decimal:
        """What is paid first."""
        return self.amount + self.setup + self.late_fee - self.discount


def service_line(installation: Installation, currency: int, product: Product, request: ServiceRequest) -> Line:
    """A product on the terms that are asked for; a cycle that it does not have is UnusableValue."""
    cycle = product.cycle(request.cycle, currency)
    if cycle is None:
        asked, offered = (request.cycle or "")[:80], ", ".join(product.prices[currency])
        raise UnusableValue(
            "cycle", f"{asked!r} is none of the cycles of product {product.id}: {offered}", request.line
        )
    price = product.prices[currency][cycle]
    options = _options(installation, product, request)
    if request.price is not None:
        amount, setup = _given(request.price, "price", request.line), NOTHING
    else:
        amount, setup = price.amount, price.setup
        for number, value in (options or {}).items():
            more = installation.options[number].price(value, currency, cycle)
            amount, setup = amount + more.amount, setup + more.setup
    fields = None
    if request.fields and product.fields:
        fields = {field.id: request.fields[field.id] for field in product.fields if field.id in request.fields}
    where = f" - {request.domain}" if request.domain else ""
    return Line(
        kind="service", description=f"{product.name}{where} ({cycle})", amount=amount, setup=setup, cycle=cycle,
        recurring=amount if CYCLES[cycle] else NOTHING, taxed=product.taxed, request=request, product=product,
        fields=fields or None, options=options,
    )  # fmt: skip


def _options(installation: Installation, product: Product, request: ServiceRequest) -> dict[int, int] | None:
    """The value of each option that the product has: as asked for, or the default where that is no value of it."""
    if not product.options:
        return None
    values = {}
    for number in product.options:
        option = installation.options[number]
        value = request.options.get(number) if request.options else None
        values[number] = value if value is not None and option.fits(value) else option.default
    return values


def addon_line(currency: int, addon: Addon, beside: str, service: int | None) -> Line:
    """An addon, for a service of that billing cycle."""
    cycle = addon.cycle(beside, currency)
    price = addon.prices[currency][cycle]
    return Line(
        kind="addon", description=addon.name, amount=price.amount, setup=price.setup, recurring=price.amount,
        cycle=cycle, taxed=addon.taxed, addon=addon, service=service,
    )  # fmt: skip


def domain_line(installation: Installation, currency: int, request: DomainRequest) -> Line:
    """A domain to register or to transfer; a name or a period that is not sold is UnusableValue."""
    name = ascii_name(request.name)
    if name is None:
        raise UnusableValue("domain", f"{request.name[:80]!r} is no domain name", request.line)
    tld = tld_of(name, installation.tlds)
    if tld is None:
        raise UnusableValue("domain", f"domains under .{name.partition('.')[2]} are not sold", request.line)
    _check_years(tld, request.years, "years", request.line)
    prices = tld.price(name, currency)
    a_year = prices.transfer if request.transfer else prices.register
    if a_year is None:
        raise UnusableValue("kind", f"domains under .{tld.name} cannot be transferred", request.line)
    extras = installation.extras[currency].price(
        request.dns_management, request.email_forwarding, request.id_protection
    )  # fmt: skip
    amount, recurring = (a_year + extras) * request.years, (prices.renew + extras) * request.years
    if request.price is not None:
        amount = _given(request.price, "domain price", request.line)
    if request.renewal_price is not None:
        recurring = _given(request.renewal_price, "renewal price", request.line)
    kind = "transfer" if request.transfer else "registration"
    return Line(
        kind=kind, description=f"Domain {kind} - {name} - {_years(request.years)}", amount=amount, recurring=recurring,
        taxed=installation.settings.tax_domains, request=request, tld=tld.name, name=name, years=request.years,
    )  # fmt: skip


def renewal_line(installation: Installation, currency: int, domain: Domain, years: int) -> Line:
    """Years for a domain that the client has, at its own price if they are as many as it usually gets."""
    tld = tld_of(domain.name, installation.tlds)
    if years == domain.years or tld is None:
        amount = cents(domain.recurring * years / domain.years)
    else:
        _check_years(tld, years, "renewal", domain.name)
        extras = installation.extras[currency].price(
            domain.dns_management, domain.email_forwarding, domain.id_protection
        )  # fmt: skip
        amount = (tld.price(domain.name, currency).renew + extras) * years
    return Line(
        kind="renewal", description=f"Domain renewal - {domain.name} - {_years(years)}", amount=amount,
        taxed=installation.settings.tax_domains, tld=tld.name if tld else "", name=domain.name, years=years,
        renewed=domain,
    )  # fmt: skip


def apply_promotion(lines: Iterable[Line], promotion: Promotion, rate: Decimal, *, everywhere: bool) -> None:
    """Take off each line what the promotion gives; `everywhere`, also where it is not meant to."""
    for line in lines:
        if not line.promotable or not (everywhere or meant_for(promotion, line)):
            continue
        line.discount = promotion.discount(line.amount, line.setup, rate, line.quantity)
        if promotion.recurring:
            later = promotion.discount(line.recurring, NOTHING, rate, line.quantity)
            line.recurring -= later
            if promotion.recurs_for:
                line.cheaper, line.cheaper_by = promotion.recurs_for, later
        if promotion.once:
            return


def meant_for(promotion: Promotion, line: Line) -> bool:
    """Whether the promotion is for such a line."""
    return (not promotion.cycles or line.cycle in promotion.cycles) and promotion.meant_for(
        product=line.product.id if line.product else 0, addon=line.addon.id if line.addon else 0, tld=line.tld
    )


def _given(price: Decimal, what: str, line: str) -> Decimal:
    if price < 0:
        raise UnusableValue(what, f"{price} is less than 0", line)
    return cents(price)


def _check_years(tld: Tld, years: int, what: str, line: str) -> None:
    if not tld.min_years <= years <= tld.max_years:
        raise UnusableValue(what, f".{tld.name} is sold for {tld.min_years} to {tld.max_years} years", line)


def _years(number: int) -> str:
    return "1 year" if number == 1 else f"{number} years"
