"""Orders, as the classic API shows them. Pure functions."""

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.classic.protocol.answers import CYCLE_NAMES, PROMOTION_TYPES, ids, method_name
from counterfoil.mockserver.whmcs.model.catalogue import (
    Addon,
    Product,
)
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Order, Renewal, Service, ServiceAddon

_LINE_CYCLES = {**CYCLE_NAMES, "onetime": "One-Time"}
_PRODUCT_TYPES = {
    "hostingaccount": "Hosting Account", "reselleraccount": "Reseller Account", "server": "Dedicated/VPS Server",
    "other": "Other Product/Service",
}  # fmt: skip


def order_added(order: Order) -> Body:
    """What AddOrder created."""
    services = ids(order.services)
    body: Body = {
        "result": "success", "orderid": order.id, "productids": services, "serviceids": services,
        "addonids": ids(order.addons), "domainids": ids(order.domains),
    }  # fmt: skip
    if order.invoice:
        body["invoiceid"] = order.invoice
    return body


def order(installation: Installation, order: Order) -> Body:
    """A row of GetOrders."""
    client = installation.clients[order.client]
    currency = installation.currencies[client.currency]
    promotion = installation.promotions.get(order.promotion)
    invoice = installation.invoices.get(order.invoice)
    return {
        "id": order.id,
        "ordernum": order.number,
        "userid": order.client,
        "contactid": order.contact,
        "date": order.placed.isoformat(" "),
        "nameservers": ",".join(order.name_servers) if order.name_servers else "",
        "transfersecret": _codes(installation, order) if order.domains else "",
        "renewals": ",".join(f"{each.name}={each.years}" for each in order.renewals) if order.renewals else "",
        "promocode": promotion.code if promotion else "",
        "promotype": PROMOTION_TYPES[promotion.kind] if promotion else "",
        "promovalue": str(promotion.value) if promotion else "",
        "orderdata": "",
        "amount": str(order.amount),
        "paymentmethod": order.method,
        "paymentmethodname": method_name(installation, order.method),
        "invoiceid": order.invoice,
        "status": order.status,
        "ipaddress": order.ip,
        "fraudmodule": "",
        "fraudoutput": "",
        "frauddata": "",
        "notes": order.notes,
        "paymentstatus": invoice.status if invoice else "",
        "name": client.name,
        "currencyprefix": currency.prefix,
        "currencysuffix": currency.suffix.strip(),
        "lineitems": {"lineitem": _lines(installation, order)},
    }


def _codes(installation: Installation, order: Order) -> str:
    """The codes of the domains that the order transfers (the form is ours: the vendor shows none)."""
    domains = [installation.domains[number] for number in order.domains]
    return ",".join(f"{domain.name}={domain.code}" for domain in domains if domain.code)


def _lines(installation: Installation, order: Order) -> list[Body]:
    services, products = installation.services, installation.products
    lines = []
    for number in order.services:
        service = services[number]
        lines.append(_service_line(service, products[service.product]))
    for number in order.addons:
        addon = installation.service_addons[number]
        lines.append(_addon_line(addon, services[addon.service], installation.addons[addon.addon]))
    if order.domains:
        lines.extend([_domain_line(installation.domains[number]) for number in order.domains])
    if order.renewals:
        lines.extend([_renewal_line(renewal, order.status) for renewal in order.renewals])
    if order.upgrades:
        lines.extend([_upgrade_line(installation, number, order.status) for number in order.upgrades])
    return lines


def _upgrade_line(installation: Installation, number: int, status: str) -> Body:
    upgrade = installation.upgrades[number]
    service = installation.services.get(upgrade.service)
    return {
        "type": "upgrade", "relid": upgrade.service, "producttype": "Upgrade",
        "product": installation.products[upgrade.product].name, "domain": service.domain if service else "",
        "billingcycle": _LINE_CYCLES[upgrade.cycle], "amount": str(upgrade.price), "status": status,
    }  # fmt: skip


def _service_line(service: Service, product: Product) -> Body:
    return {
        "type": "product", "relid": service.id, "producttype": _PRODUCT_TYPES[product.kind], "product": product.name,
        "domain": service.domain, "billingcycle": _LINE_CYCLES[service.cycle], "amount": str(service.first_payment),
        "status": service.status,
    }  # fmt: skip


def _addon_line(addon: ServiceAddon, service: Service, of: Addon) -> Body:
    return {
        "type": "addon", "relid": addon.id, "producttype": "Addon", "product": of.name, "domain": service.domain,
        "billingcycle": _LINE_CYCLES[addon.cycle], "amount": str(addon.first_payment), "status": addon.status,
    }  # fmt: skip


def _domain_line(domain: Domain) -> Body:
    return {
        "type": "domain", "relid": domain.id, "producttype": "Domain",
        "product": "Transfer" if domain.transferred else "Register", "domain": domain.name,
        "billingcycle": domain.years, "amount": str(domain.first_payment), "status": domain.status,
        "dnsmanagement": int(domain.dns_management), "emailforwarding": int(domain.email_forwarding),
        "idprotection": int(domain.id_protection),
    }  # fmt: skip


def _renewal_line(renewal: Renewal, status: str) -> Body:
    return {
        "type": "renewal", "relid": renewal.domain, "producttype": "Domain", "product": "Renewal",
        "domain": renewal.name, "billingcycle": renewal.years, "amount": str(renewal.amount), "status": status,
    }  # fmt: skip
