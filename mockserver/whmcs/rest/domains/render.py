"""TLDs and the state of domain names, as the REST API shows them. Pure functions."""

from decimal import Decimal

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.domains.registry import AVAILABLE, REGISTERED, RESERVED, UNKNOWN, UNSOLD, NameStatus
from counterfoil.mockserver.whmcs.model.catalogue import (
    Currency,
    cents,
)
from counterfoil.mockserver.whmcs.model.tlds import RegistrantField, Tld, TldPrice
from counterfoil.mockserver.whmcs.pricing.domain_renewals import MOST_YEARS
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount

_STATES = {
    AVAILABLE: "available for registration", REGISTERED: "registered", RESERVED: "reserved", UNKNOWN: "unknown",
    UNSOLD: "tld not supported",
}  # fmt: skip


def domain_status(status: NameStatus, currency: Currency) -> Body:
    """The schema `DomainStatus`."""
    tld = status.tld
    periods = domain_prices(tld, tld.price(status.name, currency.id), currency) if tld is not None else []
    premium = periods[0] if periods and status.premium else None
    return {
        "domain_name": status.name,
        "idn_domain_name": status.shown,
        "tld": status.ending,
        "sld": status.label,
        "idn_sld": status.shown_label,
        "status": _STATES[status.state],
        "group": tld_group(tld) if tld is not None else None,
        "pricing": periods,
        "shortest_period": periods[0] if periods else {"period": 0, "register": None, "transfer": None, "renew": None},
        "is_premium": status.premium,
        "premium_cost_pricing": premium,
    }


def domain_prices(tld: Tld, a_year: TldPrice, currency: Currency) -> list[Body]:
    """What a name under the TLD costs whose years have that price, by period, the shortest first."""
    return [domain_price(a_year, years, currency) for years in range(tld.min_years, tld.max_years + 1)]


def domain_price(a_year: TldPrice, years: int, currency: Currency) -> Body:
    """The schema `DomainPricing`. Transfers and renewals are for fewer years than registrations."""

    def offered(price: Decimal | None, most: int) -> Body | None:
        return None if price is None or years > most else amount(price * years, currency)

    return {
        "period": years,
        "register": offered(a_year.register, years),
        "transfer": offered(a_year.transfer, MOST_YEARS),
        "renew": offered(a_year.renew, MOST_YEARS),
    }


def tld_group(tld: Tld) -> str | None:
    """The word with which the TLD is put forward."""
    return tld.group.capitalize() or None


def tld_pricing(tld: Tld, currency: Currency) -> Body:
    """The schema `TldPricing`."""
    return {
        "tld": tld.name,
        "categories": list(tld.categories),
        "group": tld_group(tld),
        "addons": {
            "dns_management": True,
            "email_forwarding": True,
            "id_protection": True,
            "epp_code_required": tld.needs_code,
        },
        "pricing": domain_prices(tld, tld.prices[currency.id], currency),
        "grace_period": _late(tld.grace_days, tld.grace_price, currency),
        "redemption_period": _late(tld.redemption_days, tld.redemption_price, currency),
    }


def _late(days: int, price: Decimal, currency: Currency) -> Body | None:
    return {"days": days, "price": amount(cents(price * currency.rate), currency)} if days else None


def additional_field(each: RegistrantField) -> Body:
    """The schema `AdditionalField`."""
    offers = each.kind in ("dropdown", "radio")
    return {
        "name": each.name,
        "required": {name: list(values) for name, values in each.required_if.items()} or each.required,
        "type": each.kind,
        "default": each.default or None,
        "options": [{"value": one.value, "display_name": one.label or None} for one in each.values] if offers else None,
    }
