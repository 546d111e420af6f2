"""Classic actions on orders."""

import names
import orders
from cartitems import new_product
from catalogue import (
    ADDONS,
    FIELDS,
    GATEWAYS,
    OPTIONS,
    PRODUCTS,
    PROMOTIONS,
    default_value,
    find_promotion,
    option_value_ok,
)
from classic_api import RefusalError, action, money, need, window
from money import cents, currency_of, first_cycle, offer
from ownership import domain_periods
from php import decimal, integer, truth
from state import day, random_id

NO_ITEMS = "No items added to cart so order cannot proceed"
NOT_PENDING = "Order ID not found or Status not Pending"
SUPPORTED = {"dns": "dnsmanagement", "email": "emailforwarding", "idp": "idprotection"}


def _choices(params, index, item):
    """Fill in the custom fields and options of a product item; what does not fit is left out."""
    product = PRODUCTS[item["pid"]]
    for key, value in params.blob("customfields", index).items():
        number = integer(str(key))
        if number in product["fields"]:
            tick = FIELDS[number]["type"] == "checkbox"
            item["fields"][number] = truth(str(value)) if tick else str(value)
    choose_options(params, index, item["options"])


def choose_options(params, index, options):
    """Set the options that are sent in `configoptions`; a value that cannot be had falls back to the default."""
    for key, value in params.blob("configoptions", index).items():
        number = integer(str(key))
        if number in options:
            option = OPTIONS[number]
            chosen = truth(str(value)) if option["type"] == "yesno" else integer(str(value))
            options[number] = chosen if option_value_ok(option, chosen) else default_value(option)


def _product_items(store, params):
    """Return the products of an order; unknown and sold out ones are left out."""
    items, taken = [], {}
    for index in params.indexes("pid"):
        pid = integer(params.at("pid", index))
        taken[pid] = taken.get(pid, 0) + 1
        if pid not in PRODUCTS or taken[pid] > store.stock.get(pid, taken[pid]):
            continue
        pricing, cycle = PRODUCTS[pid]["pricing"], params.at("billingcycle", index).lower()
        item = new_product(pid, cycle if offer(pricing, cycle) else first_cycle(pricing))
        item["domain"] = names.to_ascii(params.at("domain", index)) or ""
        wanted = dict.fromkeys(integer(one) for one in params.at("addons", index).split(","))
        item["addons"] = [{"item_id": random_id(8), "id": one, "qty": 1} for one in wanted if one in ADDONS]
        item["override"] = params.at("priceoverride", index)
        _choices(params, index, item)
        items.append(item)
    return items


def _domain_items(params):
    """Return the registrations and transfers of an order; names that are not sold are left out."""
    items = []
    servers = [params.text(f"nameserver{number}") for number in range(1, 6)]
    for index in params.indexes("domaintype"):
        name = names.to_ascii(params.at("domain", index))
        rules = names.TLDS.get(names.split(name)[1]) if name else None
        if not rules:
            continue
        move = "transfer" if params.at("domaintype", index).lower() == "transfer" else "register"
        years = integer(params.at("regperiod", index))
        years = years if years in rules["years"] else min(rules["years"])
        if names.price(name, move, years) is None:
            continue
        flags = {key: rules[key] and truth(params.at(field, index)) for key, field in SUPPORTED.items()}
        items.append(
            {
                "kind": f"domain_{move}",
                "item_id": "",
                "name": name,
                "period": years,
                "bundle": None,
                "idn": None,
                "nameservers": [one for one in servers if one] or None,
                "epp": params.at("eppcode", index),
                "contact": params.number("contactid"),
                "extra": [str(one) for one in params.blob("domainfields", index).values()],
                **flags,
            }
        )
    return items


def _service_addons(store, params, client):
    """Return the addons for services that the client already has."""
    pairs = [(params.number("addonid"), params.number("serviceid"))]
    pairs += [
        (integer(params.at("addonids", one)), integer(params.at("serviceids", one)))
        for one in params.indexes("addonids")
    ]
    items = []
    for addon, service in pairs:
        if not addon:
            continue
        if addon not in ADDONS:
            raise RefusalError("Addon ID invalid")
        if service not in store.services or store.services[service]["client"] != client["id"]:
            raise RefusalError("Service ID not owned by Client ID provided")
        items.append(
            {
                "kind": "addon",
                "item_id": "",
                "id": addon,
                "service": service,
                "qty": 1,
                "cycle": store.services[service]["cycle"],
            }
        )
    return items


def _renewals(store, params, client):
    """Return the domain renewals of an order."""
    wanted = params.values.get("domainrenewals")
    items = []
    for name, text in wanted.items() if isinstance(wanted, dict) else []:
        years = integer(text)
        if years <= 0:
            continue
        domain = next(
            (
                one
                for one in store.domains.values()
                if one["client"] == client["id"] and one["name"] == (names.to_ascii(str(name)) or "")
            ),
            None,
        )
        if not domain:
            raise RefusalError("Domain not owned by Client ID provided")
        if domain["status"] in ("Pending", "Cancelled", "Pending Transfer", "Transferred", "Fraud"):
            raise RefusalError(f"Domain status is set to '{domain['status']}' and cannot be renewed")
        periods = domain_periods(domain)
        if periods:
            items.append(
                {
                    "kind": "domain_renewal",
                    "item_id": "",
                    "id": domain["id"],
                    "period": years if years in periods else min(periods),
                }
            )
    return items


def _override(item, lines):
    """Put the price that the caller sets in the place of the price of the product."""
    if item.get("override"):
        lines[0].setup, lines[0].amount = cents(0), cents(decimal(item["override"]))


@action("AddOrder")
def add_order(store, params):
    """Place an order for a client."""
    client = need(store.clients, params.number("clientid"), "Client ID not found")
    gateway = params.text("paymentmethod")
    if gateway not in GATEWAYS:
        raise RefusalError("Invalid Payment Method")
    if client["status"] == "Closed":
        raise RefusalError("Unable to add order when client status is Closed")
    items = [
        *_renewals(store, params, client),
        *_service_addons(store, params, client),
        *_domain_items(params),
        *_product_items(store, params),
    ]
    if not items:
        raise RefusalError(NO_ITEMS)
    code, promotion = find_promotion(params.text("promocode")) or (None, None)
    if promotion and promotion["expires"] and promotion["expires"] < day():
        code = None
    order = orders.place(
        store,
        client,
        items,
        gateway,
        code,
        invoice=not params.flag("noinvoice"),
        adjust=_override,
        ip=params.text("clientip"),
        affiliate=params.number("affid"),
        contact=params.number("contactid"),
        nameservers=",".join(params.text(f"nameserver{one}") for one in range(1, 6)).strip(","),
    )
    services = ",".join(map(str, order["services"]))
    reply = {
        "orderid": str(order["id"]),
        "productids": services,
        "serviceids": services,
        "addonids": ",".join(map(str, order["addons"])),
        "domainids": ",".join(map(str, order["domains"])),
    }
    return {**reply, "invoiceid": str(order["invoice"])} if order["invoice"] else reply


def _line_items(store, order):
    """Return what came with an order, as line items."""
    currency = currency_of(store.clients[order["client"]]["currency"])
    shape = []
    for kind in ("services", "addons", "domains"):
        for number in order[kind]:
            one = getattr(store, kind).get(number)
            if not one:
                continue
            line = {"type": {"services": "product", "addons": "addon", "domains": "domain"}[kind], "relid": number}
            if kind == "domains":
                line |= {
                    "producttype": "Domain",
                    "product": one["type"],
                    "domain": one["name"],
                    "billingcycle": one["years"],
                    "dnsmanagement": int(one["dns"]),
                    "emailforwarding": int(one["email"]),
                    "idprotection": int(one["idp"]),
                }
            else:
                sold = PRODUCTS[one["pid"]] if kind == "services" else ADDONS[one["addon"]]
                line |= {
                    "producttype": sold.get("type", "Addon"),
                    "product": sold["name"],
                    "domain": one.get("domain", ""),
                    "billingcycle": one["cycle"].capitalize(),
                }
            shape.append({**line, "amount": money(one["first"]) + currency["suffix"], "status": one["status"]})
    return shape


def _order_row(store, order):
    """Build a row of GetOrders."""
    client, invoice = store.clients[order["client"]], store.invoices.get(order["invoice"])
    currency = currency_of(client["currency"])
    promotion = PROMOTIONS.get(order["promo"], {})
    return {
        "id": order["id"],
        "ordernum": order["num"],
        "userid": order["client"],
        "contactid": order["contact"],
        "date": order["date"],
        "nameservers": order["nameservers"],
        "transfersecret": "",
        "orderdata": "",
        "renewals": ",".join(f"{key}={years}" for key, years in order["renewals"].items()),
        "promocode": order["promo"] or "",
        "promotype": promotion.get("type", ""),
        "promovalue": str(promotion.get("value", "")),
        "amount": money(order["amount"]),
        "paymentmethod": order["gateway"],
        "paymentmethodname": GATEWAYS[order["gateway"]],
        "invoiceid": order["invoice"],
        "status": order["status"],
        "ipaddress": order["ip"],
        "fraudmodule": "",
        "fraudoutput": "",
        "frauddata": "",
        "notes": order["notes"],
        "paymentstatus": invoice["status"] if invoice else "",
        "name": f"{client['firstname']} {client['lastname']}",
        "currencyprefix": currency["prefix"],
        "currencysuffix": currency["suffix"],
        "lineitems": {"lineitem": _line_items(store, order)},
    }


@action("GetOrders")
def get_orders(store, params):
    """List orders, the oldest first."""
    rows = [
        one
        for one in store.orders.values()
        if params.number("id") in (0, one["id"])
        and params.number("userid") in (0, one["client"])
        and params.text("status").lower() in ("", one["status"].lower())
    ]
    result = window(params, rows, "orders", "order")
    result["orders"]["order"] = [_order_row(store, one) for one in result["orders"]["order"]]
    return result


@action("GetOrderStatuses")
def get_order_statuses(store, _params):
    """Count the orders by status."""
    statuses = ["Cancelled", "Fraud", "Pending", "Active"]
    counts = [sum(one["status"] == status for one in store.orders.values()) for status in statuses]
    return {
        "totalresults": len(statuses),
        "statuses": {
            "status": [{"title": status, "count": count} for status, count in zip(statuses, counts, strict=True)]
        },
    }


def _pending_order(store, params):
    """Return an order that has to be pending."""
    order = need(store.orders, params.number("orderid"), NOT_PENDING)
    if order["status"] != "Pending":
        raise RefusalError(NOT_PENDING)
    return order


@action("AcceptOrder")
def accept_order(store, params):
    """Accept a pending order."""
    order = _pending_order(store, params)
    orders.accept(store, order)
    for number in order["services"]:
        for field, key in (("serviceusername", "username"), ("servicepassword", "password")):
            if params.text(field) and number in store.services:
                store.services[number][key] = params.text(field)


@action("PendingOrder")
def pending_order(store, params):
    """Set an order back to pending."""
    orders.reopen(store, need(store.orders, params.number("orderid"), "Order ID Not Found"))


@action("CancelOrder")
def cancel_order(store, params):
    """Cancel a pending order."""
    orders.stop(store, _pending_order(store, params), "Cancelled")


@action("FraudOrder")
def fraud_order(store, params):
    """Mark an order as fraud."""
    orders.stop(store, need(store.orders, params.number("orderid"), "Order ID Not Found"), "Fraud")


@action("DeleteOrder")
def delete_order(store, params):
    """Delete an order that was cancelled or marked as fraud."""
    order = need(store.orders, params.number("orderid"), "Order ID not found")
    if order["status"] not in ("Cancelled", "Fraud"):
        raise RefusalError("The order status must be in Cancelled or Fraud to be deleted")
    orders.delete(store, order)
    store.tidy_carts()


@action("OrderFraudCheck")
def order_fraud_check(store, params):
    """Refuse a fraud check: no module is at work here."""
    need(store.orders, params.number("orderid"), "Order ID Not Found")
    raise RefusalError("No Active Fraud Module")
