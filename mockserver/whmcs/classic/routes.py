"""One function per operation of the classic API."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import wraps

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs import accounts, finding, fulfilment, ordering, payments
from counterfoil.mockserver.whmcs.catalogue import NOTHING
from counterfoil.mockserver.whmcs.classic import lines, render
from counterfoil.mockserver.whmcs.index import newest
from counterfoil.mockserver.whmcs.installation import Installation, Unfit
from counterfoil.mockserver.whmcs.orders import STATUSES

ROWS = 25

#: what the state cannot use, as the parameter is called
_PARAMETERS = {
    "product": "pid", "cycle": "billingcycle", "options": "configoptions", "price": "priceoverride",
    "domain": "domain", "kind": "domaintype", "years": "regperiod", "domain price": "domainpriceoverride",
    "renewal price": "domainrenewoverride", "renewal": "domainrenewals", "contact": "contactid",
    "affiliate": "affid", "method": "gateway", "currency": "currency",
}  # fmt: skip

_DETAILS = {
    "firstname": "first_name", "lastname": "last_name", "companyname": "company", "email": "email",
    "address1": "address1", "address2": "address2", "city": "city", "state": "state", "postcode": "postcode",
    "country": "country", "phonenumber": "phone", "language": "language", "notes": "notes",
}  # fmt: skip


def _in_wire_words(handler: Callable[[Installation, Call], Body]) -> Handler:
    """The handler, whose refusals of a value name the parameter that it came in."""

    @wraps(handler)
    def handle(installation: Installation, call: Call) -> Body:
        try:
            return handler(installation, call)
        except Unfit as unfit:
            name = _PARAMETERS[unfit.what]
            if unfit.line is not None:
                name = lines.named(call.given, name, unfit.line)
            raise Refusal("invalid_parameter", parameter=name, reason=unfit.reason) from unfit

    return handle


@_in_wire_words
def add_order(installation: Installation, call: Call) -> Body:
    """Place an order."""
    wanted = lines.wanted(call)
    plain = lines.misaligned(call.given)
    if plain is not None:
        ordering.buyer(installation, wanted.client, wanted.method)
        raise Refusal("parameter_not_array", parameter=plain)
    return render.order_added(ordering.place(installation, wanted, call.now))


def get_orders(installation: Installation, call: Call) -> Body:
    """A page of the orders, newest first."""
    given, start = call.given, call.given.get("limitstart", 0)
    found = finding.orders(
        installation, order=given.get("id"), client=given.get("userid"), status=given.get("status")
    )  # fmt: skip
    rows = [
        render.order(installation, installation.orders[number])
        for number in newest(found, start, given.get("limitnum", ROWS))
    ]
    return render.page(len(found), start, "order", "orders", rows)


def get_order_statuses(installation: Installation, call: Call) -> Body:
    """How many orders are in each state."""
    rows = [{"title": status, "count": len(installation.orders_by.of((status,)))} for status in STATUSES]
    return {"result": "success", "totalresults": len(rows), "statuses": {"status": rows}}


def accept_order(installation: Installation, call: Call) -> Body:
    """Make a pending order active."""
    given = call.given
    fulfilment.accept(
        installation, given.get("orderid"), call.now.date(), server=given.get("serverid"),
        username=given.get("serviceusername", ""), password=given.get("servicepassword", ""),
        registrar=given.get("registrar", ""),
    )  # fmt: skip
    return render.DONE


def pending_order(installation: Installation, call: Call) -> Body:
    """Set an order back to pending."""
    fulfilment.set_pending(installation, call.given.get("orderid"))
    return render.DONE


def cancel_order(installation: Installation, call: Call) -> Body:
    """Cancel a pending order."""
    fulfilment.cancel(installation, call.given.get("orderid"))
    return render.DONE


def fraud_order(installation: Installation, call: Call) -> Body:
    """Mark an order as fraud."""
    fulfilment.mark_fraud(installation, call.given.get("orderid"))
    return render.DONE


def delete_order(installation: Installation, call: Call) -> Body:
    """Remove a dead order and all that it made."""
    fulfilment.delete(installation, call.given.get("orderid"))
    return render.DONE


def get_clients(installation: Installation, call: Call) -> Body:
    """A page of the clients."""
    given, start = call.given, call.given.get("limitstart", 0)
    found = accounts.search(installation, given.get("search", ""))
    if given.get("sorting") == "DESC":
        found.reverse()
    rows = [render.client_row(client) for client in found[start : start + given.get("limitnum", ROWS)]]
    return render.page(len(found), start, "client", "clients", rows)


def get_clients_details(installation: Installation, call: Call) -> Body:
    """One client."""
    given = call.given
    if "clientid" not in given and "email" not in given:
        raise Refusal("either_id_or_email_required")
    number = given["clientid"] if "clientid" in given else installation.clients_by_email.get(given["email"].lower())
    client = installation.clients.get(number or 0)
    if client is None:
        raise Refusal("client_not_found")
    currency = installation.currency_of(client)
    body: Body = {"result": "success", "client": render.client(client, currency)}
    if given.get("stats"):
        body["stats"] = render.client_stats(installation, client, currency)
    return body


def details(given: Body) -> accounts.Details:
    """What an AddClient says of the client, as far as it is text."""
    return accounts.Details(
        **{word: given[name] for name, word in _DETAILS.items() if isinstance(given.get(name), str)}
    )  # fmt: skip


@_in_wire_words
def add_client(installation: Installation, call: Call) -> Body:
    """Open an account."""
    given = call.given
    ip = lines.address(given["clientip"]) if "clientip" in given else call.ip
    said = details(given)
    accounts.check(installation, said)
    if "groupid" in given:
        reason = f"there is no client group {given['groupid']}"
        raise Refusal("invalid_parameter", parameter="groupid", reason=reason)
    client = accounts.open_account(
        installation, said, given["password2"], call.now, currency=given.get("currency"), ip=ip
    )  # fmt: skip
    return {"result": "success", "clientid": client.id}


def close_client(installation: Installation, call: Call) -> Body:
    """Close an account."""
    client = accounts.close_account(installation, call.given.get("clientid"))
    return {"result": "success", "clientid": client.id}


def get_clients_products(installation: Installation, call: Call) -> Body:
    """A page of the services."""
    given, start = call.given, call.given.get("limitstart", 0)
    found = finding.services(
        installation, service=given.get("serviceid"), client=given.get("clientid"), product=given.get("pid"),
        domain=given.get("domain"), username=given.get("username2"),
    )  # fmt: skip
    rows = [
        render.service(installation, installation.services[number])
        for number in found[start : start + given.get("limitnum", ROWS)]
    ]
    echo = {name: given.get(name, "") for name in ("clientid", "serviceid", "pid", "domain")}
    return render.page(len(found), start, "product", "products", rows, **echo)


def get_clients_domains(installation: Installation, call: Call) -> Body:
    """A page of the domains."""
    given, start = call.given, call.given.get("limitstart", 0)
    found = finding.domains(
        installation, domain=given.get("domainid"), client=given.get("clientid"), name=given.get("domain")
    )  # fmt: skip
    rows = [
        render.domain(installation, installation.domains[number])
        for number in found[start : start + given.get("limitnum", ROWS)]
    ]
    echo = {name: given.get(name, "") for name in ("clientid", "domainid", "domain")}
    return render.page(len(found), start, "domain", "domains", rows, **echo)


def get_clients_addons(installation: Installation, call: Call) -> Body:
    """The addons that services have."""
    given = call.given
    found = finding.addons(
        installation, services=_ids(given.get("serviceid")), client=given.get("clientid"),
        addon=given.get("addonid"),
    )  # fmt: skip
    rows = [render.addon(installation, installation.service_addons[number]) for number in found]
    return {
        "result": "success", "serviceid": given.get("serviceid", ""), "clientid": given.get("clientid", ""),
        "totalresults": len(rows), "addons": {"addon": rows},
    }  # fmt: skip


def get_products(installation: Installation, call: Call) -> Body:
    """What can be ordered."""
    given = call.given
    numbers, group, module = _ids(given.get("pid")), given.get("gid"), given.get("module")
    rows = [
        render.product(installation, product)
        for product in installation.products.values()
        if (numbers is None or product.id in numbers)
        and group in (None, product.group)
        and module in (None, product.module)
    ]
    return {"result": "success", "totalresults": len(rows), "products": {"product": rows}}


def get_promotions(installation: Installation, call: Call) -> Body:
    """The promotion codes."""
    code = call.given.get("code")
    rows = [
        render.promotion(promotion)
        for promotion in installation.promotions.values()
        if code is None or promotion.code.lower() == code.lower()
    ]
    return {"result": "success", "totalresults": len(rows), "promotions": {"promotion": rows}}


def get_payment_methods(installation: Installation, call: Call) -> Body:
    """The ways to pay."""
    rows = [render.payment_method(method) for method in installation.payment_methods.values()]
    return {"result": "success", "totalresults": len(rows), "paymentmethods": {"paymentmethod": rows}}


def get_invoice(installation: Installation, call: Call) -> Body:
    """One invoice."""
    invoice = installation.invoice(call.given.get("invoiceid"))
    return render.invoice(invoice, installation.payment_methods.get(invoice.method))


@_in_wire_words
def add_invoice_payment(installation: Installation, call: Call) -> Body:
    """Record a payment."""
    given = call.given
    amount = given.get("amount")
    payments.pay(
        installation, given.get("invoiceid"), method=given["gateway"], reference=given["transid"],
        at=_moment(given["date"]), amount=None if amount is None else Decimal(amount),
        fees=Decimal(given.get("fees", NOTHING)),
    )  # fmt: skip
    return render.DONE


def unknown_action(installation: Installation, call: Call) -> Body:
    """Refuse what names no function."""
    raise Refusal("action_not_found" if call.function else "empty_action")


def _ids(text: str | None) -> Sequence[int] | None:
    return None if text is None else lines.ids(text)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("invalid_parameter", parameter="date", reason=f"{text!r} is no day") from None


HANDLERS: dict[str, Handler] = {
    handler.__name__: handler
    for handler in (
        add_order, get_orders, get_order_statuses, accept_order, pending_order, cancel_order, fraud_order,
        delete_order, get_clients, get_clients_details, add_client, close_client, get_clients_products,
        get_clients_domains, get_clients_addons, get_products, get_promotions, get_payment_methods, get_invoice,
        add_invoice_payment, unknown_action,
    )
}  # fmt: skip
