"""The catalogue, as the REST API shows it. Pure functions; other resources render with them too."""

from decimal import Decimal
from typing import Any

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.catalogue import (
    CYCLES,
    NOTHING,
    Addon,
    Bundle,
    BundlePart,
    Choice,
    ConfigOption,
    Currency,
    CustomField,
    Feature,
    Group,
    Price,
    Product,
    cents,
    in_order,
)
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.promotions import Promotion
from counterfoil.mockserver.whmcs.pricing import bundles
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount

_TYPES = {
    "hostingaccount": "Hosting Account", "reselleraccount": "Reseller Account", "server": "Server/VPS",
    "other": "Other Product/Service",
}  # fmt: skip
_QUANTITIES = {0: "No", 1: "Yes - several services", 3: "Yes - one service with a quantity"}


# Products


def entity(thing: Any, description: str = "") -> Body:
    """The schema `Entity`, which begins everything in the catalogue."""
    return {"id": thing.id, "name": thing.name or None, "description": description or None}


def feature(each: Feature) -> Body:
    """The schema `Feature`."""
    return {**entity(each, each.description), "order": each.position}


def group(each: Group) -> Body:
    """The schema `Group`."""
    return {
        **entity(each),
        "icon": each.icon or None,
        "headline": each.headline or None,
        "tagline": each.tagline or None,
        "order": each.position,
        "features": [feature(one) for one in in_order(each.features)],
    }


def product(installation: Installation, each: Product) -> Body:
    """The schema `Product`, without prices."""
    return {
        **entity(each, each.description),
        "tagline": each.tagline or None,
        "allow_multiple_quantities": {
            "is_supported": each.quantities != 0,
            "type": {"code": each.quantities, "display": _QUANTITIES[each.quantities]},
        },
        "is_domain_required": each.needs_domain,
        "stock_control_enabled": each.stock is not None,
        "stock_quantity": each.stock,
        "type": {"name": each.kind, "display_name": _TYPES[each.kind]},
        "order": each.position,
        "group": group(installation.groups[each.group]),
    }


def product_pricing(installation: Installation, each: Product, currency: Currency) -> Body:
    """The schema `ProductPricing`."""
    return {**product(installation, each), "pricing": pricing(each.prices[currency.id], currency)}


def pricing(prices: dict[str, Price], currency: Currency) -> Body:
    """The schema `Pricing`: free, or paid once, or paid in cycles."""
    if all(price.amount == NOTHING == price.setup for price in prices.values()):
        return {"is_free": True}
    if "onetime" in prices:
        return {"is_free": False, "onetime": price_of(prices["onetime"], currency)}
    recurring = [
        {"cycle": cycle, **price_of(prices[cycle], currency)} for cycle in CYCLES if cycle in prices
    ]  # fmt: skip
    return {"is_free": False, "recurring": recurring}


def price_of(price: Price, currency: Currency) -> Body:
    """The schemas `OneTimePrice` and `RecurringPrice`."""
    return {"setup": amount(price.setup, currency), "amount": amount(price.amount, currency)}


def addon(each: Addon) -> Body:
    """The schema `Addon`, without prices."""
    return entity(each, each.description)


def addon_pricing(each: Addon, currency: Currency) -> Body:
    """The schema `AddonPricing`."""
    return {**addon(each), "pricing": pricing(each.prices[currency.id], currency)}


def custom_field(each: CustomField) -> Body:
    """The schema `CustomField`."""
    return {
        **entity(each, each.description),
        "type": each.kind,
        "options": list(each.choices) if each.kind == "dropdown" else None,
        "validation": each.validation or None,
        "required": each.required,
    }


def config_option(each: ConfigOption, currency: Currency) -> Body:
    """The schema `ConfigOption`."""
    counted = each.kind == "quantity"
    return {
        **entity(each, each.description),
        "type": each.kind,
        "quantity_minimum": each.minimum if counted else None,
        "quantity_maximum": each.maximum if counted else None,
        "sort_order": each.position,
        "group": None,
        "options": [_selection(each, choice, currency) for choice in in_order(each.choices)],
    }


def _selection(option: ConfigOption, choice: Choice, currency: Currency) -> Body:
    chosen = choice.id if option.kind in ("dropdown", "radio") else 1
    return {
        "name": choice.name,
        "value": option_value(option, chosen),
        "sort_order": choice.position,
        "pricing": pricing(choice.prices[currency.id], currency),
    }


def option_value(option: ConfigOption, value: int) -> int | bool:
    """The schema `ConfigOptionValueType`: yes or no, a number, or the id of a choice."""
    return bool(value) if option.kind == "yesno" else value


# Bundles


def bundle(installation: Installation, each: Bundle, currency: Currency) -> Body:
    """The schema `BundlePricing`; of its items it shows the first."""
    body: Body = {
        **entity(each, each.description),
        "price": amount(bundles.price(installation, each, currency), currency),
        "max_uses": each.max_uses,
        "uses": each.uses,
        "allow_promo": each.allows_promotions,
        "is_featured": each.featured,
    }
    if each.items:
        body["bundle_items"] = _bundle_item(installation, each.items[0], currency)
    body["group"] = group(installation.groups[each.group])
    return body


def _bundle_item(installation: Installation, item: BundlePart, currency: Currency) -> Body:
    tlds, extras = [f".{tld}" for tld in item.tlds], [extra.replace("_", "") for extra in item.extras]
    body: Body = {**entity(item, item.description), "bundle_type": item.kind, "tlds": tlds}
    if item.kind == "domain":
        usual = _usual_domain_price(installation, item, currency)
        return {
            **body, "registration_period": item.years, "addons": extras, **_priced("", item.price, usual, currency)
        }  # fmt: skip
    body |= {
        "billing_cycle": item.cycle or None,
        "config_option": [
            {"id": number, "value": option_value(installation.options[number], value)}
            for number, value in item.options.items()
        ],
        "addons": list(item.addons),
        "domain_registration_period": item.years,
        "domain_addons": extras,
    }
    prices = installation.products[item.product].prices[currency.id]
    body |= _priced("", item.price, prices[item.cycle].amount if item.cycle in prices else None, currency)
    return body | _priced("domain_", item.domain_price, _usual_domain_price(installation, item, currency), currency)


def _usual_domain_price(installation: Installation, item: BundlePart, currency: Currency) -> Decimal | None:
    if not item.tlds:
        return None
    return installation.tlds[item.tlds[0]].prices[currency.id].register * max(item.years, 1)


def _priced(what: str, own: Decimal | None, usual: Decimal | None, currency: Currency) -> Body:
    """The bundle's own price, which is in the default currency, or else the usual one."""
    price = usual if own is None else cents(own * currency.rate)
    body: Body = {f"{what}price_override": own is not None}
    if price is not None:
        body[f"{what}price"] = amount(price, currency)
    return body


_PROMOTION_TYPES = {
    "percentage": "Percentage", "fixed": "Fixed Amount", "override": "Price Override", "setup": "Free Setup",
}  # fmt: skip


def promotion(each: Promotion) -> Body:
    """A promotion code and what it gives; no number of payments where there is no limit."""
    return {
        "code": each.code,
        "type": _PROMOTION_TYPES[each.kind],
        "value": float(each.value),
        "is_recurring": each.recurring,
        "number_of_recurring": each.recurs_for or None,
    }
