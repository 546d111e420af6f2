"""What exists, as the classic API shows it. Pure functions."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.billing import Invoice, Item, Payment
from counterfoil.mockserver.whmcs.catalogue import (
    NOTHING,
    Addon,
    ConfigOption,
    Currency,
    PaymentMethod,
    Price,
    Prices,
    Product,
)
from counterfoil.mockserver.whmcs.countries import country
from counterfoil.mockserver.whmcs.installation import Installation
from counterfoil.mockserver.whmcs.orders import Domain, Order, Renewal, Service, ServiceAddon
from counterfoil.mockserver.whmcs.people import Client
from counterfoil.mockserver.whmcs.promotions import Promotion

DONE: Body = {"result": "success"}
NO_DAY = "0000-00-00"
NO_MOMENT = "0000-00-00 00:00:00"
NOT_OFFERED = "-1.00"

_CYCLES = {
    "free": "Free Account", "onetime": "One Time", "monthly": "Monthly", "quarterly": "Quarterly",
    "semiannually": "Semi-Annually", "annually": "Annually", "biennially": "Biennially",
    "triennially": "Triennially",
}  # fmt: skip
_LINE_CYCLES = {**_CYCLES, "onetime": "One-Time"}
_PRODUCT_TYPES = {
    "hostingaccount": "Hosting Account", "reselleraccount": "Reseller Account", "server": "Dedicated/VPS Server",
    "other": "Other Product/Service",
}  # fmt: skip
_ITEM_TYPES = {
    "service": "Hosting", "setup": "Setup", "addon": "Addon", "registration": "DomainRegister",
    "transfer": "DomainTransfer", "renewal": "Domain", "promotion": "Promo",
    "discount": "GroupDiscount",
}  # fmt: skip
_PROMOTION_TYPES = {
    "percentage": "Percentage", "fixed": "Fixed Amount", "override": "Price Override", "setup": "Free Setup",
}  # fmt: skip
_OPTION_TYPES = {"dropdown": 1, "radio": 2, "yesno": 3, "quantity": 4}
_PRICED = ("monthly", "quarterly", "semiannually", "annually", "biennially", "triennially")


def day(moment: date | None) -> str:
    """A day, or zeros."""
    return NO_DAY if moment is None else moment.isoformat()


def second(moment: datetime | None) -> str:
    """A moment, or zeros."""
    return NO_MOMENT if moment is None else moment.isoformat(" ")


def ids(numbers: Iterable[int]) -> str:
    """Ids with commas between them."""
    return ",".join(map(str, numbers))


def method_name(installation: Installation, name: str) -> str:
    """The payment method as a reader knows it."""
    method = installation.payment_methods.get(name)
    return method.title if method else name


def page(total: int, start: int, name: str, plural: str, rows: list[Body], **echo: Any) -> Body:
    """One page of a list; `echo` are the filters, which come back."""
    return {
        "result": "success", **echo, "totalresults": total, "startnumber": start, "numreturned": len(rows),
        plural: {name: rows},
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
        "promotype": _PROMOTION_TYPES[promotion.kind] if promotion else "",
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
    services, addons, domains = installation.services, installation.service_addons, installation.domains
    lines = []
    for number in order.services:
        service = services[number]
        lines.append(_service_line(service, installation.products[service.product]))
    for number in order.addons:
        addon = addons[number]
        lines.append(_addon_line(addon, services[addon.service], installation.addons[addon.addon]))
    if order.domains:
        lines.extend([_domain_line(domains[number]) for number in order.domains])
    if order.renewals:
        lines.extend([_renewal_line(renewal, order.status) for renewal in order.renewals])
    return lines


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


def client_row(client: Client) -> Body:
    """A row of GetClients."""
    return {
        "id": client.id, "firstname": client.first_name, "lastname": client.last_name, "companyname": client.company,
        "email": client.email, "datecreated": client.registered.isoformat(), "groupid": 0, "status": client.status,
    }  # fmt: skip


def client(client: Client, currency: Currency) -> Body:
    """All that GetClientsDetails shows of a client."""
    return {
        "id": client.id, "userid": client.id, "uuid": client.uuid, "firstname": client.first_name,
        "lastname": client.last_name, "fullname": client.name, "companyname": client.company, "email": client.email,
        "address1": client.address1, "address2": client.address2, "city": client.city, "state": client.state,
        "fullstate": client.state, "postcode": client.postcode, "country": client.country,
        "countrycode": client.country, "countryname": country(client.country) or client.country,
        "phonenumber": client.phone, "notes": client.notes, "currency": currency.id, "currency_code": currency.code,
        "groupid": 0, "status": client.status, "credit": str(client.credit), "language": client.language,
    }  # fmt: skip


def client_stats(installation: Installation, client: Client, currency: Currency) -> Body:
    """The counts of GetClientsDetails."""
    sums = {"Paid": (0, NOTHING), "Unpaid": (0, NOTHING), "Cancelled": (0, NOTHING)}
    for number in installation.invoices_of.of(client.id):
        invoice = installation.invoices[number]
        if invoice.status in sums:
            count, amount = sums[invoice.status]
            sums[invoice.status] = count + 1, amount + invoice.total
    services = installation.services_by.of(("client", client.id))
    domains = installation.domains_by.of(("client", client.id))
    return {
        "numpaidinvoices": sums["Paid"][0],
        "paidinvoicesamount": currency.text(sums["Paid"][1]),
        "numunpaidinvoices": sums["Unpaid"][0],
        "unpaidinvoicesamount": currency.text(sums["Unpaid"][1]),
        "numcancelledinvoices": sums["Cancelled"][0],
        "cancelledinvoicesamount": currency.text(sums["Cancelled"][1]),
        "productsnumactive": sum(installation.services[number].status == "Active" for number in services),
        "productsnumtotal": len(services),
        "numactivedomains": sum(installation.domains[number].status == "Active" for number in domains),
        "numdomains": len(domains),
    }


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
        "suspensionreason": "", "firstpaymentamount": str(service.first_payment),
        "recurringamount": str(service.recurring), "paymentmethod": service.method,
        "paymentmethodname": method_name(installation, service.method), "billingcycle": _CYCLES[service.cycle],
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


def domain(installation: Installation, domain: Domain) -> Body:
    """A row of GetClientsDomains."""
    return {
        "id": domain.id, "userid": domain.client, "orderid": domain.order,
        "regtype": "Transfer" if domain.transferred else "Register", "domainname": domain.name,
        "registrar": domain.registrar, "regperiod": domain.years, "firstpaymentamount": str(domain.first_payment),
        "recurringamount": str(domain.recurring), "paymentmethod": domain.method,
        "paymentmethodname": method_name(installation, domain.method), "regdate": day(domain.registered),
        "expirydate": day(domain.expires), "nextduedate": day(domain.next_due), "status": domain.status,
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
        "billingcycle": _CYCLES[addon.cycle], "tax": "on" if of.taxed else "", "status": addon.status,
        "regdate": day(addon.registered), "nextduedate": due, "nextinvoicedate": due, "paymentmethod": addon.method,
        "paymentmethodname": method_name(installation, addon.method), "notes": addon.notes,
    }  # fmt: skip


def product(installation: Installation, product: Product) -> Body:
    """A row of GetProducts."""
    currencies = installation.currencies.values()
    return {
        "pid": product.id,
        "gid": product.group,
        "type": product.kind,
        "name": product.name,
        "description": product.description,
        "module": product.module,
        "paytype": product.pay,
        "allowqty": product.quantities,
        "quantity_available": "" if product.stock is None else max(product.stock, 0),
        "pricing": {
            currency.code: {
                "prefix": currency.prefix,
                "suffix": currency.suffix,
                **_pricing(product.prices[currency.id], offered_only=True),
            }
            for currency in currencies
        },
        "customfields": {"customfield": [
            {"id": field.id, "name": field.name, "description": field.description,
             "required": "on" if field.required else ""}
            for field in product.fields if field.on_order_form
        ]},
        "configoptions": {"configoption": [
            _option(installation.options[number], currencies) for number in product.options
        ]},
    }  # fmt: skip


def _option(option: ConfigOption, currencies: Iterable[Currency]) -> Body:
    return {
        "id": option.id, "name": option.name, "type": _OPTION_TYPES[option.kind], "minqty": option.minimum,
        "maxqty": option.maximum,
        "options": {"option": [
            {"id": choice.id, "name": choice.name, "pricing": _choice_pricing(choice.prices, currencies)}
            for choice in option.choices
        ]},
    }  # fmt: skip


def _choice_pricing(prices: Prices, currencies: Iterable[Currency]) -> Body:
    return {currency.code: _pricing(prices[currency.id], offered_only=False) for currency in currencies}


def _pricing(prices: dict[str, Price], *, offered_only: bool) -> Body:
    """The table of setup fees and prices; what is free or paid once stands in its first column."""
    absent = NOT_OFFERED if offered_only else "0.00"
    once = prices.get("onetime") or prices.get("free")
    table = [once if once is not None and cycle == "monthly" else prices.get(cycle) for cycle in _PRICED]
    return {
        **{
            f"{cycle[0]}setupfee": str(price.setup) if price else "0.00"
            for cycle, price in zip(_PRICED, table, strict=True)
        },
        **{cycle: str(price.amount) if price else absent for cycle, price in zip(_PRICED, table, strict=True)},
    }


def promotion(promotion: Promotion) -> Body:
    """A row of GetPromotions."""
    meant = [
        *map(str, promotion.products), *(f"A{addon}" for addon in promotion.addons),
        *(f"D.{tld}" for tld in promotion.tlds),
    ]  # fmt: skip
    return {
        "id": promotion.id, "code": promotion.code, "type": _PROMOTION_TYPES[promotion.kind],
        "recurring": int(promotion.recurring), "value": str(promotion.value), "cycles": ",".join(promotion.cycles),
        "appliesto": ",".join(meant), "startdate": day(promotion.starts), "expirationdate": day(promotion.ends),
        "maxuses": promotion.max_uses, "uses": promotion.uses, "applyonce": int(promotion.once),
        "recurfor": promotion.recurs_for, "notes": promotion.notes,
    }  # fmt: skip


def payment_method(method: PaymentMethod) -> Body:
    """A row of GetPaymentMethods."""
    return {"module": method.name, "displayname": method.title}


def invoice(invoice: Invoice, method: PaymentMethod | None) -> Body:
    """What GetInvoice shows."""
    payments: Any = ""
    if invoice.payments:
        payments = {"transaction": [_payment(invoice, payment) for payment in invoice.payments]}
    return {
        "result": "success", "invoiceid": invoice.id, "invoicenum": "", "userid": invoice.client,
        "date": day(invoice.issued), "duedate": day(invoice.due), "datepaid": second(invoice.paid),
        "subtotal": str(invoice.subtotal), "credit": str(invoice.credit), "tax": str(invoice.tax),
        "tax2": str(invoice.tax2), "total": str(invoice.total), "balance": str(invoice.balance),
        "taxrate": str(invoice.rate), "taxrate2": str(invoice.rate2), "status": invoice.status,
        "paymentmethod": invoice.method, "notes": invoice.notes,
        "ccgateway": method is not None and method.takes_cards,
        "items": {"item": [_item(item) for item in invoice.items]}, "transactions": payments,
    }  # fmt: skip


def _item(item: Item) -> Body:
    return {
        "id": item.id, "type": _ITEM_TYPES[item.kind], "relid": item.subject, "description": item.description,
        "amount": str(item.amount), "taxed": int(item.taxed),
    }  # fmt: skip


def _payment(invoice: Invoice, payment: Payment) -> Body:
    return {
        "id": payment.id, "userid": invoice.client, "invoiceid": invoice.id, "gateway": payment.method,
        "date": second(payment.at), "description": "Invoice Payment", "amountin": str(payment.amount),
        "fees": str(payment.fees), "amountout": "0.00", "transid": payment.reference,
    }  # fmt: skip
