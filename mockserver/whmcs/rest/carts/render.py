"""Carts as the REST API shows them. Pure functions."""

from collections.abc import Iterable, Sequence
from typing import Any

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.carts import cart_promotions, totals
from counterfoil.mockserver.whmcs.carts.totals import Buyer, Due
from counterfoil.mockserver.whmcs.carts.validation import Fault
from counterfoil.mockserver.whmcs.model.carts import (
    BundleItem,
    Cart,
    CartItem,
    DomainItem,
    DomainRenewalItem,
    ProductItem,
    ServiceAddonItem,
    ServiceRenewalItem,
)
from counterfoil.mockserver.whmcs.model.catalogue import ConfigOption, CustomField, in_order
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Service, ServiceAddon
from counterfoil.mockserver.whmcs.model.tlds import ascii_name, tld_of
from counterfoil.mockserver.whmcs.rest.domains.render import additional_field
from counterfoil.mockserver.whmcs.rest.protocol.amounts import amount
from counterfoil.mockserver.whmcs.rest.store import render as store

#: what `validate_cart` says in its examples of the same names; and of an item for what the client does not have
_SENTENCES = {
    "domain_missing": "A domain is needed",
    "custom_field_missing": "{name} needs a value",
    "custom_field_invalid": "{name} cannot have that value",
    "option_out_of_range": "{name} is out of range",
    "stock_exceeded": "Only {stock_quantity} in stock",
    "quantity_not_allowed": "Only one at a time can be ordered",
    "bundle_incomplete": "The bundle lacks its part {name}",
    "domain_unavailable": "{domain_name} is not available",
    "renewal_repeated": "{name} is renewed in this cart already",
    "epp_code_missing": "{domain_name} needs its EPP code",
    "idn_language_missing": "{domain_name} needs the code of its language",
    "additional_field_missing": "{domain_name} needs an answer to {name}",
    "additional_field_invalid": "{domain_name} cannot have that answer to {name}",
    "client_closed": "The client is closed and orders nothing",
    "cart_empty": "The cart is empty",
    "not_owned": "The selected client has nothing of this kind",
}
_ABOUT = {"field": "customfield", "option": "configoption"}


def cart(installation: Installation, buyer: Buyer, each: Cart, items: Sequence[CartItem] | None = None) -> Body:
    """The schema `CartAnswer`: the whole cart, or only these of its items."""
    shown = each.items if items is None else items
    return {
        "data": {
            "items": [item(installation, buyer, one) for one in shown],
            "promotions": promotions(installation, buyer, each),
            "totals": sums(installation, buyer, each),
        }
    }


def promotions(installation: Installation, buyer: Buyer, each: Cart) -> list[Body]:
    """The promotion that is applied, if there is one."""
    promotion = cart_promotions.applied(installation, each)
    if promotion is None:
        return []
    return [{**store.promotion(promotion), "value": cart_promotions.worth(promotion, buyer)}]


def sums(installation: Installation, buyer: Buyer, each: Cart) -> Body:
    """The schema `CartTotal`."""
    cart_totals, currency = totals.totals(installation, buyer, each), buyer.currency
    discounts = (("promotions", cart_totals.promotion), ("client", cart_totals.client_discount))
    body: Body = {
        "recurring": [{"cycle": cycle, "amount": amount(of, currency)} for cycle, of in cart_totals.recurring.items()],
        "subtotal": amount(cart_totals.subtotal, currency),
        "discounts": [{"type": kind, "amount": amount(off, currency)} for kind, off in discounts if off],
    }
    if buyer.place is not None:
        body["geolocation"] = {"country_code": buyer.place.country, "state": buyer.place.state}
    body["taxes"] = [
        {"name": tax.rule.name, "percentage": float(tax.rule.rate), "amount": amount(tax.amount, currency)}
        for tax in cart_totals.taxes
    ]
    return {**body, "total": amount(cart_totals.total, currency)}


# Items


def item(installation: Installation, buyer: Buyer, each: CartItem) -> Body:
    """One of the schemas that `CartItem` joins."""
    if isinstance(each, ProductItem):
        return _product(installation, buyer, each)
    if isinstance(each, DomainItem):
        return _domain(installation, buyer, each)
    if isinstance(each, BundleItem):
        parts = [item(installation, buyer, part) for part in each.items]
        return {"type": "bundle", "id": each.bundle, "items": parts}
    if isinstance(each, ServiceAddonItem):
        return {
            "item_id": each.id,
            "quantity": each.quantity,
            "addon": store.addon(installation.addons[each.addon]),
            "billing": billing(totals.due(installation, buyer, each), buyer),
            "service_id": each.service,
            "billing_cycle": each.cycle,
        }
    if isinstance(each, DomainRenewalItem):
        return {
            "item_id": each.id,
            "name": each.name,
            "billing": billing(totals.due(installation, buyer, each), buyer),
            "type": "domain_renewal",
            "id": each.domain,
            "period": each.years,
        }
    return _service_renewal(installation, buyer, each)


def _product(installation: Installation, buyer: Buyer, each: ProductItem) -> Body:
    product = installation.products[each.product]
    nested = each.domain_item
    return {
        "item_id": each.id,
        "type": "product",
        "quantity": each.quantity,
        "domain": each.domain if nested is None else _domain(installation, buyer, nested),
        "product": store.product(installation, product),
        "billing": billing(totals.product_due(installation, buyer, each), buyer),
        "addons": [
            {
                "item_id": addon.id,
                "quantity": addon.quantity,
                "addon": store.addon(installation.addons[addon.addon]),
                "billing": billing(totals.addon_due(installation, buyer, each, addon), buyer),
            }
            for addon in each.addons
        ],
        "custom_fields": [custom_field(each, field) for field in product.asked],
        "config_options": [
            config_option(installation, buyer, each, option)
            for option in in_order(installation.options[number] for number in product.options)
        ],
    }


def custom_field(each: ProductItem, field: CustomField) -> Body:
    """The schema `CartItemCustomField`."""
    empty: str | bool = False if field.kind == "checkbox" else ""
    return {**store.custom_field(field), "value": each.fields.get(field.id, empty)}


def config_option(installation: Installation, buyer: Buyer, each: ProductItem, option: ConfigOption) -> Body:
    """The schema `CartItemTypeProductConfigOption`."""
    value = totals.option_value(each, option)
    number = totals.option_number(option, value)
    chosen: dict[str, Any] = {}
    if number is not None:
        several = option.kind in ("dropdown", "radio")
        choice = next((one for one in option.choices if one.id == number), None) if several else option.choices[0]
        if choice is not None and choice.name:
            chosen["name"] = choice.name
    return {
        "id": option.id,
        "name": option.name,
        "type": option.kind,
        "option": {**chosen, "value": value},
        "billing": billing(totals.option_due(installation, buyer, each, option), buyer),
    }


def _domain(installation: Installation, buyer: Buyer, each: DomainItem) -> Body:
    body: Body = {
        "type": "domain_transfer" if each.transfer else "domain_register",
        "period": each.years,
        "idn_language": each.language,
        "dns_management": each.dns_management,
        "email_forwarding": each.email_forwarding,
        "id_protection": each.id_protection,
        "nameservers": each.name_servers,
        "name": each.name,
        "item_id": each.id,
        "billing": billing(totals.due(installation, buyer, each), buyer),
    }
    if each.transfer:
        return {**body, "additional_fields": each.fields, "epp_code": each.code}
    tld = tld_of(ascii_name(each.name) or "", installation.tlds)
    fields = [additional_field(field) for field in (tld.fields if tld is not None else ())]
    for field, value in zip(fields, each.fields or (), strict=False):
        field["default"] = value
    return {**body, "additional_fields": fields}


def _service_renewal(installation: Installation, buyer: Buyer, each: ServiceRenewalItem) -> Body:
    body: Body = {
        "item_id": each.id,
        "name": each.name,
        "billing": billing(totals.due(installation, buyer, each), buyer),
        "type": "addon_renewal" if each.addon else "service_renewal",
        "id": each.subject,
    }
    held = totals.owned(installation, buyer.client, each)
    if isinstance(held, Service | ServiceAddon):
        service = held if isinstance(held, Service) else installation.services.get(held.service)
        body["domain"] = service.domain or None if service is not None else None
        body["next_due_date"] = held.next_due.isoformat() if held.next_due is not None else None
        body["status"] = held.status
    return body


def billing(due: Due | None, buyer: Buyer) -> Body | None:
    """The schema `CartItemBilling`."""
    if due is None:
        return None
    if due.price is None:
        return {"cycle": due.cycle, "price": None}
    how = "onetime" if due.cycle == "onetime" else "recurring"
    return {"cycle": due.cycle, "price": {how: store.price_of(due.price, buyer.currency)}}


# Validation


def validation(faults: Iterable[Fault]) -> Body:
    """The schema `CartValidation`."""
    errors: dict[str, list[Any]] = {}
    for fault in faults:
        text = _SENTENCES[fault.name].format_map(fault.facts)
        kind = _ABOUT.get(fault.about, fault.about)
        error = {"id": fault.number, "type": kind, "error": text} if kind else text
        errors.setdefault(fault.item, []).append(error)
    rows = [{"item_id": item, "errors": each} if item else {"errors": each} for item, each in errors.items()]
    return {"data": {"validation_errors": rows}}
