"""The items that a request's body asks for, in the state's words. The body has been checked against its schema."""

from collections.abc import Iterable
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.domains.languages import LANGUAGES
from counterfoil.mockserver.whmcs.model.carts import (
    BundleItem,
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

#: a quantity is an int32, which ends here and there
_LEAST, _MOST = -(2**31), 2**31 - 1

#: what can be said of a domain, and what the state calls it
_DOMAIN = {
    "idn_language": "language", "dns_management": "dns_management", "email_forwarding": "email_forwarding",
    "id_protection": "id_protection", "nameservers": "name_servers",
}  # fmt: skip


def item(body: Body) -> CartItem:
    """One item, read by its `type`."""
    kind = body["type"]
    if kind == "product":
        return _product(body)
    if kind == "addon":
        if "data" not in body or "service_id" not in body:
            raise Refusal("service_addon_unnamed", field="data" if "data" not in body else "service_id")
        return ServiceAddonItem(
            addon=body["data"]["id"], service=body["service_id"],
            cycle=body.get("billing_cycle"), quantity=quantity(body.get("quantity")),
        )  # fmt: skip
    if kind == "bundle":
        parts = [_product(part) if part["type"] == "product" else _domain(part) for part in body.get("items", ())]
        return BundleItem(bundle=body["id"], items=parts)
    if kind == "domain_renewal":
        return DomainRenewalItem(domain=body["id"], years=body["period"])
    if kind in ("service_renewal", "addon_renewal"):
        return ServiceRenewalItem(subject=body["id"], addon=kind == "addon_renewal")
    return _domain(body)


def _product(body: Body) -> ProductItem:
    domain = body.get("domain")
    nested = _domain(domain) if isinstance(domain, dict) else None
    return ProductItem(
        product=body["product_id"], cycle=body["billing_cycle"], quantity=quantity(body.get("quantity")),
        domain=None if nested is not None else domain or None, domain_item=nested,
        addons=addons(body.get("addons", ())), fields=values(body.get("custom_fields", ())),
        options=values(body.get("config_options", ())),
    )  # fmt: skip


def _domain(body: Body) -> DomainItem:
    return DomainItem(
        name=body["name"], transfer=body["type"] == "domain_transfer", years=body["period"],
        code=body.get("epp_code", "") if body["type"] == "domain_transfer" else "",
        fields=body.get("additional_fields"), **domain_terms(body),
    )  # fmt: skip


def domain_terms(body: Body) -> dict[str, Any]:
    """What the body says of a domain, by the state's words; nothing of what it leaves out. A language has to be one."""
    language = body.get("idn_language")
    if language is not None and language not in LANGUAGES:
        raise Refusal("idn_language_unknown", idn_language=language)
    return {word: body[name] for name, word in _DOMAIN.items() if name in body}


def addons(bodies: Iterable[Body]) -> list[CartAddon]:
    """Addons of a product."""
    return [CartAddon(addon=body["id"], quantity=quantity(body.get("quantity"))) for body in bodies]


def values(bodies: Iterable[Body]) -> dict[int, Any]:
    """Answers to custom fields, or choices of options; of two for the same the last one counts."""
    by_id: dict[int, FieldValue | OptionValue] = {body["id"]: body["value"] for body in bodies}
    return by_id


def quantity(asked: int | None) -> int:
    """How many are meant. Refused if that is none that an int32 can say."""
    if asked is not None and not _LEAST <= asked <= _MOST:
        raise Refusal("body_invalid", field="quantity", reason=f"it is not between {_LEAST} and {_MOST}")
    return max(asked or 1, 1)


def kind_of(each: Numbered) -> str | None:
    """The `type` of the body that can change the item; None where there is none."""
    if isinstance(each, ProductItem):
        return "product"
    if isinstance(each, DomainItem):
        return "domain_transfer" if each.transfer else "domain_register"
    return "domain_renewal" if isinstance(each, DomainRenewalItem) else None
