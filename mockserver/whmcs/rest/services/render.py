"""What a client has, as the REST API shows it. Pure functions."""

from datetime import date
from decimal import Decimal
from typing import Any

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.domains.lifecycle import days_left, lifecycle_status
from counterfoil.mockserver.whmcs.model import tlds
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, ConfigOption, Currency, CustomField
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Service, ServiceAddon
from counterfoil.mockserver.whmcs.pricing import domain_renewals, service_renewals
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount
from counterfoil.mockserver.whmcs.rest.store import render as store
from counterfoil.mockserver.whmcs.rest.system import render as system

SOON_DAYS = 30
_YES = frozenset(("on", "true", "1", "yes"))
_IDS_PER_SERVICE = 1000


def service(installation: Installation, each: Service) -> Body:
    """A service with all that belongs to it."""
    used = installation.promotions.get(each.promotion)
    billing = _billing(installation, each)
    addons = installation.addons_by.of(("service", each.id))
    return {
        "id": each.id,
        "product": store.product(installation, installation.products[each.product]),
        "server": {"id": each.server, "name": f"Server {each.server}", "groups": []} if each.server else None,
        "domain": each.domain or None,
        "status": each.status,
        "quantity": each.quantity,
        "registration_date": each.registered.isoformat(),
        "billing": {"promotions": [store.promotion(used)] if used else [], **billing},
        "addons": [service_addon(installation, installation.service_addons[number]) for number in addons],
        "custom_fields": custom_fields(installation, each),
        "config_options": config_options(installation, each),
        "renewal": _renewal(installation, each, "service"),
    }


def service_addon(installation: Installation, each: ServiceAddon) -> Body:
    """An addon that a service has."""
    return {
        "id": each.id,
        "addon": store.addon(installation.addons[each.addon]),
        "service": {"id": each.service},
        "quantity": 1,
        "status": each.status,
        "registration_date": each.registered.isoformat(),
        "billing": _billing(installation, each),
        "renewal": _renewal(installation, each, "addon"),
    }


def custom_fields(installation: Installation, each: Service) -> list[Body]:
    """The fields of a service's product, with the service's values."""
    answers = each.fields or {}
    return [
        {
            "id": _own_id(each, field.id),
            "custom_field": store.custom_field(field),
            "service": {"id": each.id},
            "value": _answer(field, answers.get(field.id, "")),
        }
        for field in installation.products[each.product].fields
    ]


def config_options(installation: Installation, each: Service) -> list[Body]:
    """What was chosen for a service."""
    return [
        _config_option(installation, each, installation.options[number], value)
        for number, value in (each.options or {}).items()
    ]


def domain(installation: Installation, each: Domain, today: date) -> Body:
    """A domain on that day, and what its renewal costs."""
    tld = tlds.tld_of(each.name, installation.tlds)
    status = lifecycle_status(each, tld, today)
    ends = each.expires or each.next_due or each.registered
    currency = installation.currency_of(installation.clients[each.client])
    periods = list(domain_renewals.periods(installation, currency.id, each, today))
    days = (ends - today).days
    return {
        "domain_name": each.name,
        "id": each.id,
        "status": status,
        "expiry_date": ends.isoformat(),
        "days_to_expiry": days,
        "days_of_grace_period": tld.grace_days if tld else 0,
        "in_grace_period": status == "Grace",
        "days_of_redemption_period": tld.redemption_days if tld else 0,
        "past_redemption_period": status == "Expired",
        "days_left_in_period": days_left(each, tld, today),
        "in_redemption_period": status == "Redemption",
        "is_premium": tlds.is_premium(each.name),
        "is_expiring_soon": status in ("Active", "Grace", "Redemption") and days <= SOON_DAYS,
        "eligible_for_renewal": domain_renewals.renewable(installation, each, today),
        "free_domain_renewal": bool(periods) and not any(cost for _, cost in periods),
        "renewal_periods": [{"period": years, "pricing": amount(cost, currency)} for years, cost in periods],
    }


def _currency(installation: Installation, each: Service | ServiceAddon) -> Currency:
    return installation.currency_of(installation.clients[each.client])


def _billing(installation: Installation, each: Service | ServiceAddon) -> Body:
    method = installation.payment_methods.get(each.method)
    return {
        "cycle": each.cycle,
        "price": _price(_currency(installation, each), each.cycle, each.first_payment, each.recurring),
        "payment_gateway": system.payment_method(method) if method else None,
        "next_due_date": _day(each.next_due) if CYCLES[each.cycle] else None,
    }


def _price(currency: Currency, cycle: str, first: Decimal, recurring: Decimal) -> Body:
    """The first payment, and the later ones where there are any."""
    price: Body = {"first_payment": {"amount": amount(first, currency)}}
    if CYCLES[cycle]:
        price["recurring"] = {"amount": amount(recurring, currency)}
    return price


def _renewal(installation: Installation, each: Service | ServiceAddon, kind: str) -> Body:
    reason = service_renewals.why_not(each)
    period = service_renewals.period(each)
    shown = {
        "id": each.id,
        "type": kind,
        "is_renewable": reason is None,
        "non_renewable_reason": reason and f"This {kind} is not renewable because {reason}.",
        "price": amount(each.recurring, _currency(installation, each)) if period else None,
    }
    if period:
        start, end = period
        shown["renewal_period"] = {"start": start.isoformat(), "end": end.isoformat()}
    return shown


def _config_option(installation: Installation, each: Service, option: ConfigOption, value: int) -> Body:
    currency = _currency(installation, each)
    price = option.price(value, currency.id, each.cycle)
    name = option.shown(value) if option.kind in ("dropdown", "radio") else option.choices[0].name
    shown: Any = bool(value) if option.kind == "yesno" else value
    return {
        "id": _own_id(each, option.id),
        "config_option": {"id": option.id, "name": option.name, "type": option.kind},
        "service": {"id": each.id},
        "option": {"name": str(name), "value": shown},
        "billing": {"price": _price(currency, each.cycle, price.amount + price.setup, price.amount)},
    }


def _own_id(each: Service, part: int) -> int:
    """The id of the service's own field or option: the service's, with that of the catalogue behind it."""
    return each.id * _IDS_PER_SERVICE + part


def _answer(field: CustomField, text: str) -> str | bool:
    return text.lower() in _YES if field.kind == "checkbox" else text


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
