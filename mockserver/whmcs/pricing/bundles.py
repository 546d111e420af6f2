"""What a bundle costs: its parts on the bundle's own terms, as a cart has them. So it has one price."""

from decimal import Decimal

from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, Bundle, BundlePart, Currency, Price, cents
from counterfoil.mockserver.whmcs.model.installation import Installation


def price(installation: Installation, bundle: Bundle, currency: Currency) -> Decimal:
    """What is due first for the bundle as it is defined, with setup fees; a free choice of TLDs is at its cheapest."""
    return sum((_part(installation, part, currency) for part in bundle.items), NOTHING)


def _part(installation: Installation, part: BundlePart, currency: Currency) -> Decimal:
    if part.kind == "domain":
        return _domain(installation, part, part.price, currency)
    product = installation.products[part.product]
    beside = _domain(installation, part, part.domain_price, currency)
    if part.price is not None:
        return cents(part.price * currency.rate) + beside
    cycle = part.cycle or next(iter(product.prices[currency.id]))
    whole = [product.prices[currency.id][cycle]]
    for number in product.options:
        option = installation.options[number]
        whole.append(option.price(part.options.get(number, option.default), currency.id, cycle))
    addons = [installation.addons[number] for number in part.addons]
    whole += [addon.prices[currency.id][addon.cycle(cycle, currency.id)] for addon in addons]
    return beside + sum((_first(each) for each in whole), NOTHING)


def _domain(installation: Installation, part: BundlePart, own: Decimal | None, currency: Currency) -> Decimal:
    if not part.tlds:
        return NOTHING
    if own is not None:
        return cents(own * currency.rate)
    return min(installation.tlds[tld].prices[currency.id].register for tld in part.tlds) * max(part.years, 1)


def _first(price: Price) -> Decimal:
    return price.amount + price.setup
