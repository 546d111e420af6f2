"""What a client has, as the classic API shows it: services, their addons, domains. Pure functions."""

from datetime import date

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.classic.protocol.answers import CYCLE_NAMES, day, method_name
from counterfoil.mockserver.whmcs.domains.lifecycle import shown_status
from counterfoil.mockserver.whmcs.model.catalogue import Currency, Product
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain, Order, Service, ServiceAddon, Upgrade
from counterfoil.mockserver.whmcs.model.tlds import tld_of
from counterfoil.mockserver.whmcs.ordering.upgrades import Plan


def service(installation: Installation, service: Service) -> Body:
    """A row of GetClientsProducts."""
    product = installation.products[service.product]
    group = installation.groups[product.group].name
    placed = installation.orders.get(service.order)
    return {
        "id": service.id, "qty": service.quantity, "clientid": service.client, "orderid": service.order,
        "ordernumber": placed.number if placed else "", "pid": service.product, "regdate": day(service.registered),
        "name": product.name, "translated_name": product.name, "groupname": group, "translated_groupname": group,
        "domain": service.domain, "dedicatedip": "", "serverid": service.server,
        "suspensionreason": service.suspension, "firstpaymentamount": str(service.first_payment),
        "recurringamount": str(service.recurring), "paymentmethod": service.method,
        "paymentmethodname": method_name(installation, service.method), "billingcycle": CYCLE_NAMES[service.cycle],
        "nextduedate": day(service.next_due), "status": service.status, "username": service.username,
        "password": service.password, "subscriptionid": "", "promoid": service.promotion, "notes": service.notes,
        "customfields": {"customfield": _fields(product, service)},
        "configoptions": {"configoption": _options(installation, service)},
    }  # fmt: skip


def _fields(product: Product, service: Service) -> list[Body]:
    values = service.fields or {}
    return [
        {"id": field.id, "name": field.name, "translated_name": field.name, "value": values.get(field.id, "")}
        for field in product.fields
    ]


def _options(installation: Installation, service: Service) -> list[Body]:
    rows = []
    for number, value in (service.options or {}).items():
        option = installation.options[number]
        rows.append({"id": number, "option": option.name, "type": option.kind, "value": option.shown(value)})
    return rows


def upgrade(wanted: Plan, currency: Currency) -> Body:
    """What UpgradeProduct tells of an upgrade, ordered or not."""
    return {
        "result": "success", "oldproductid": wanted.old.id, "oldproductname": wanted.old.name,
        "newproductid": wanted.new.id, "newproductname": wanted.new.name, "daysuntilrenewal": wanted.days_left,
        "totaldays": wanted.days, "newproductbillingcycle": wanted.cycle, "price": currency.text(wanted.price),
    }  # fmt: skip


def upgrade_ordered(order: Order, upgrade: Upgrade) -> Body:
    """And what was ordered."""
    return {
        "id": upgrade.id, "orderid": order.id, "order_number": order.number, "invoiceid": order.invoice or None,
    }  # fmt: skip


def domain(installation: Installation, domain: Domain, today: date) -> Body:
    """A row of GetClientsDomains, on that day."""
    status = shown_status(domain, tld_of(domain.name, installation.tlds), today)
    return {
        "id": domain.id, "userid": domain.client, "orderid": domain.order,
        "regtype": "Transfer" if domain.transferred else "Register", "domainname": domain.name,
        "registrar": domain.registrar, "regperiod": domain.years, "firstpaymentamount": str(domain.first_payment),
        "recurringamount": str(domain.recurring), "paymentmethod": domain.method,
        "paymentmethodname": method_name(installation, domain.method), "regdate": day(domain.registered),
        "expirydate": day(domain.expires), "nextduedate": day(domain.next_due), "status": status,
        "subscriptionid": "", "promoid": domain.promotion, "dnsmanagement": int(domain.dns_management),
        "emailforwarding": int(domain.email_forwarding), "idprotection": int(domain.id_protection),
        "donotrenew": int(not domain.renews_by_itself), "notes": domain.notes,
    }  # fmt: skip


def addon(installation: Installation, addon: ServiceAddon) -> Body:
    """A row of GetClientsAddons."""
    of = installation.addons[addon.addon]
    due = day(addon.next_due)
    return {
        "id": addon.id, "qty": 1, "userid": addon.client, "orderid": addon.order, "serviceid": addon.service,
        "addonid": addon.addon, "name": of.name, "setupfee": str(addon.setup), "recurring": str(addon.recurring),
        "billingcycle": CYCLE_NAMES[addon.cycle], "tax": "on" if of.taxed else "", "status": addon.status,
        "regdate": day(addon.registered), "nextduedate": due, "nextinvoicedate": due, "paymentmethod": addon.method,
        "paymentmethodname": method_name(installation, addon.method), "notes": addon.notes,
    }  # fmt: skip
