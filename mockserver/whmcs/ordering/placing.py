"""Placing an order: what is asked for is priced first, so that a refused order leaves nothing behind, and then kept."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import msgspec

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing import paid, payments, taxes
from counterfoil.mockserver.whmcs.billing.taxes import TaxRates
from counterfoil.mockserver.whmcs.domains.lifecycle import NOT_RENEWABLE
from counterfoil.mockserver.whmcs.model.billing import Invoice, InvoiceItem
from counterfoil.mockserver.whmcs.model.catalogue import CYCLES, NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue
from counterfoil.mockserver.whmcs.model.orders import Domain, Order, Renewal, Service, ServiceAddon, count_renewal
from counterfoil.mockserver.whmcs.model.people import Client
from counterfoil.mockserver.whmcs.model.promotions import Promotion
from counterfoil.mockserver.whmcs.model.tlds import ascii_name
from counterfoil.mockserver.whmcs.pricing import domain_renewals, order_lines
from counterfoil.mockserver.whmcs.pricing.order_lines import Line
from counterfoil.mockserver.whmcs.pricing.order_request import AddonRequest, DomainRequest, OrderRequest, ServiceRequest

#: the kinds of lines that renew what there is, and the kind of what is paid
_RENEWED = {"service renewal": "service", "addon renewal": "addon"}


class Draft(msgspec.Struct, kw_only=True):
    """A priced order that could be placed as it is."""

    client: Client
    method: str
    lines: list[Line]
    promotion: Promotion | None
    #: what the client pays less, besides the promotion
    discount: Decimal = NOTHING
    #: the part of it that comes off what is taxed
    taxed_discount: Decimal = NOTHING
    rates: TaxRates
    #: without taxes, with discounts
    subtotal: Decimal
    tax: Decimal
    tax2: Decimal
    #: whether the client is told of the order, and of its invoice
    confirmed: bool = True
    announced: bool = True


def buyer(installation: Installation, number: int | None, method: str | None) -> tuple[Client, str]:
    """Who orders, and the way to pay; refused unless there are both and the client may order."""
    client = installation.client(number)
    if client.status == "Closed":
        raise Refusal("client_closed", status=client.status)
    if method is None or method not in installation.payment_methods:
        raise Refusal("invalid_payment_method")
    return client, method


def draft(installation: Installation, request: OrderRequest, today: date) -> Draft:
    """The order with its prices; nothing is changed.

    Refused in this order: the client, the payment method, the items one after the other, and what else there is.
    """
    client, method = buyer(installation, request.client, request.method)
    lines = [
        *_services(installation, client, request.services),
        *_domains(installation, client, request.domains),
        *_addons(installation, client, request.addons),
        *_renewals(installation, client, request.renewals, today),
    ]
    if not lines:
        raise Refusal("no_items")
    contact = installation.contacts.get(request.contact) if request.contact is not None else None
    if request.contact is not None and (contact is None or contact.client != client.id):
        raise UnusableValue("contact", f"{request.contact} is no contact of client {client.id}")
    if request.affiliate is not None and request.affiliate not in installation.affiliates:
        raise UnusableValue("affiliate", f"there is no affiliate {request.affiliate}")
    promotion = installation.promotion(request.promotion, today) if request.promotion else None
    if promotion is not None:
        rate = installation.currency_of(client).rate
        order_lines.apply_promotion(lines, promotion, rate, everywhere=request.on_everything)
    rates = taxes.rates_of(installation, taxes.rules_for(installation, client, taxes.place_of(client)))
    subtotal = taxed = NOTHING
    for line in lines:
        due = line.due
        subtotal += due
        if line.taxed:
            taxed += due
    off = off_taxed = NOTHING
    if client.discount:
        off, off_taxed = (cents(amount * client.discount / 100) for amount in (subtotal, taxed))
    tax, tax2 = rates.on(taxed - off_taxed)
    return Draft(
        client=client, method=method, lines=lines, promotion=promotion, discount=off, taxed_discount=off_taxed, rates=rates,
        subtotal=subtotal - off, tax=tax, tax2=tax2, confirmed=request.confirmed, announced=request.announced,
    )  # fmt: skip


def place(installation: Installation, request: OrderRequest, now: datetime) -> Order:
    """The new order, Pending, with all that comes of it."""
    plan = draft(installation, request, now.date())
    return keep(
        installation, plan, now, contact=request.contact or 0, affiliate=request.affiliate or 0, ip=request.ip,
        name_servers=request.name_servers, invoiced=request.invoiced,
    )  # fmt: skip


def keep(
    installation: Installation,
    plan: Draft,
    now: datetime,
    *,
    contact: int = 0,
    affiliate: int = 0,
    ip: str,
    name_servers: tuple[str, ...] = (),
    invoiced: bool = True,
) -> Order:
    """The drafted order, Pending, with all that comes of it."""
    client = plan.client
    number = installation.next_id("order")
    order = Order(
        id=number, number=order_number(installation, number), client=client.id, placed=now, method=plan.method,
        amount=plan.subtotal + plan.tax + plan.tax2, contact=contact, affiliate=affiliate, ip=ip,
        name_servers=name_servers, promotion=plan.promotion.id if plan.promotion else 0,
    )  # fmt: skip
    if plan.confirmed:
        installation.mail(client, "Order Confirmation", f"Order {order.number}", now, order=order.id)
    items: list[InvoiceItem] = []
    kept = _Keeper(installation, order, plan, now.date())
    for line in plan.lines:
        subject = kept.keep(line)
        if invoiced:
            items.extend(_items(installation, line, subject, plan.promotion))
    order.services, order.addons, order.domains = tuple(kept.services), tuple(kept.addons), tuple(kept.domains)
    order.renewals = tuple(kept.renewals)
    if plan.promotion is not None:
        plan.promotion.uses += 1
    if invoiced:
        order.invoice = _invoice(installation, plan, items, now).id
    installation.add_order(order)
    return order


def _services(installation: Installation, client: Client, request: Iterable[ServiceRequest]) -> Iterable[Line]:
    taken: dict[int, int] = {}
    for each in request:
        product = installation.products.get(each.product)
        if product is None:
            continue
        if product.stock is not None:
            taken[product.id] = taken.get(product.id, 0) + 1
            if product.stock < taken[product.id]:
                raise UnusableValue("product", f"product {product.id} is out of stock", each.line)
        line = order_lines.service_line(installation, client.currency, product, each)
        yield line
        for number in each.addons:
            addon = installation.addons.get(number)
            if addon is not None:
                yield order_lines.addon_line(client.currency, addon, line.cycle, service=None)


def _domains(installation: Installation, client: Client, request: Iterable[DomainRequest]) -> Iterable[Line]:
    for each in request:
        yield order_lines.domain_line(installation, client.currency, each)


def _addons(installation: Installation, client: Client, request: Iterable[AddonRequest]) -> Iterable[Line]:
    for each in request:
        addon = installation.addons.get(each.addon or 0)
        if addon is None:
            raise Refusal("addon_invalid")
        service = installation.services.get(each.service or 0)
        if service is None or service.client != client.id:
            raise Refusal("service_not_owned")
        yield order_lines.addon_line(client.currency, addon, service.cycle, service=service.id)


def _renewals(installation: Installation, client: Client, request: dict[str, int], today: date) -> Iterable[Line]:
    for name, years in request.items():
        domain = None
        for domain in installation.domains_of(client, ascii_name(name) or ""):
            if domain.status not in NOT_RENEWABLE:
                break
        if domain is None:
            raise Refusal("domain_not_owned")
        if domain.status in NOT_RENEWABLE:
            raise Refusal("domain_not_renewable", status=domain.status)
        if not domain_renewals.renewable(installation, domain, today):
            raise Refusal("domain_not_renewable", status="Expired")
        yield domain_renewals.line(installation, client.currency, domain, years, today)


class _Keeper:
    """Keeps what the lines of an order make, and remembers its ids."""

    def __init__(self, installation: Installation, order: Order, plan: Draft, today: date) -> None:
        self.installation = installation
        self.order = order
        self.plan = plan
        self.today = today
        self.services: list[int] = []
        self.addons: list[int] = []
        self.domains: list[int] = []
        self.renewals: list[Renewal] = []

    def keep(self, line: Line) -> int:
        """Keep what one line makes; its id."""
        if line.kind == "service":
            return self._service(line)
        if line.kind == "addon":
            return self._addon(line)
        if line.kind == "renewal":
            assert line.renewed is not None
            count_renewal(line.renewed)
            self.renewals.append(
                Renewal(domain=line.renewed.id, name=line.renewed.name, years=line.years, amount=line.due)
            )
            return line.renewed.id
        if line.kind in _RENEWED:
            held = self.installation.service_addons if line.kind == "addon renewal" else self.installation.services
            count_renewal(held[line.subject])
            return line.subject
        return self._domain(line)

    def _service(self, line: Line) -> int:
        request, product = line.request, line.product
        assert isinstance(request, ServiceRequest)
        assert product is not None
        number = self.installation.next_id("service")
        if product.stock is not None:
            product.stock -= line.quantity
        self.installation.add_service(Service(
            id=number, client=self.order.client, order=self.order.id, product=product.id, registered=self.today,
            domain=request.domain or request.host_name, host_name=request.host_name, quantity=line.quantity,
            cycle=line.cycle, first_payment=line.due, recurring=line.recurring, method=self.order.method,
            next_due=self.today if CYCLES[line.cycle] else None,
            promotion=self.order.promotion if line.discount else 0, cheaper=line.cheaper, cheaper_by=line.cheaper_by,
            fields=line.fields, options=line.options,
        ))  # fmt: skip
        self.services.append(number)
        return number

    def _addon(self, line: Line) -> int:
        assert line.addon is not None
        number = self.installation.next_id("service_addon")
        self.installation.add_addon(ServiceAddon(
            id=number, client=self.order.client, order=self.order.id,
            service=line.service if line.service is not None else self.services[-1], addon=line.addon.id,
            registered=self.today, cycle=line.cycle, setup=line.setup, recurring=line.recurring,
            first_payment=line.due, method=self.order.method, next_due=self.today if CYCLES[line.cycle] else None,
            cheaper=line.cheaper, cheaper_by=line.cheaper_by,
        ))  # fmt: skip
        self.addons.append(number)
        return number

    def _domain(self, line: Line) -> int:
        request = line.request
        assert isinstance(request, DomainRequest)
        number = self.installation.next_id("domain")
        self.installation.add_domain(Domain(
            id=number, client=self.order.client, order=self.order.id, name=line.name, transferred=request.transfer,
            years=line.years, registered=self.today, next_due=self.today,
            first_payment=line.due, recurring=line.recurring, method=self.order.method,
            promotion=self.order.promotion if line.discount else 0, cheaper=line.cheaper, cheaper_by=line.cheaper_by,
            contact=self.order.contact, code=request.code,
            dns_management=request.dns_management, email_forwarding=request.email_forwarding,
            id_protection=request.id_protection, fields=request.fields,
        ))  # fmt: skip
        self.domains.append(number)
        return number


def _items(installation: Installation, line: Line, subject: int, promotion: Promotion | None) -> Iterable[InvoiceItem]:
    """The invoice's lines for one line of the order: its price, its setup fee, its discount."""

    def item(kind: str, description: str, amount: Decimal) -> InvoiceItem:
        number = installation.next_id("invoice_item")
        return InvoiceItem(
            id=number, kind=kind, subject=subject, description=description, amount=amount, taxed=line.taxed
        )

    yield item(_RENEWED.get(line.kind, line.kind), line.description, line.amount)
    if line.setup:
        yield item("setup", f"{line.description} - setup fee", line.setup)
    if line.late_fee:
        yield item(f"{line.late} fee", f"{line.description} - fee of the {line.late} period", line.late_fee)
    if line.discount and promotion is not None:
        yield item("promotion", f"Promotional code {promotion.code} - {line.description}", -line.discount)


def _invoice(installation: Installation, plan: Draft, items: list[InvoiceItem], now: datetime) -> Invoice:
    client = plan.client
    discounts = ((plan.taxed_discount, True), (plan.discount - plan.taxed_discount, False)) if plan.discount else ()
    for amount, taxed in discounts:
        if amount:
            number = installation.next_id("invoice_item")
            items.append(InvoiceItem(
                id=number, kind="discount", subject=client.id, description="Discount", amount=-amount, taxed=taxed
            ))  # fmt: skip
    invoice = Invoice(
        id=installation.next_id("invoice"), client=client.id, issued=now.date(), due=now.date(), method=plan.method,
        items=items, subtotal=plan.subtotal, tax=plan.tax, tax2=plan.tax2, rate=plan.rates.rate, rate2=plan.rates.rate2,
    )  # fmt: skip
    if installation.settings.apply_credit:
        payments.take_credit(installation, invoice)
    if plan.announced:
        payments.announce(installation, invoice, now)
    paid.mark(installation, invoice)
    payments.settle(installation, invoice, now)
    installation.add_invoice(invoice)
    return invoice


def order_number(installation: Installation, order: int) -> str:
    """The number that the client sees: ten digits that do not follow from the id."""
    return str(10**9 + int.from_bytes(installation.random("order", order)[:8]) % (9 * 10**9))
