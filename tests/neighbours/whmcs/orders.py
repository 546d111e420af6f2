"""Orders: placing one out of priced items, and what happens to its services, addons, domains and invoice later."""

import secrets
from decimal import Decimal

from cartprice import item_domain, item_lines
from catalogue import BUNDLES, PROMOTIONS
from money import MONTHS, add_up, convert, currency_of
from names import NAMESERVERS, price
from state import day, months_on, now


def _again(line, promotion):
    """Return what a line costs when it comes back: with the promotion taken off if that comes back as well."""
    if not line.recurring:
        return Decimal(0)
    if promotion and promotion["recurring"] and line.due:
        return (line.amount - line.off * line.amount / line.due).quantize(Decimal("0.01"))
    return line.amount


def _place_product(store, client, order, item, lines):
    """Create the service and the addons of a product item; the lines come main line first, then options, addons."""
    promotion = PROMOTIONS.get(order["promo"])
    own = lines[: 1 + len(item["options"])]
    service = store.add_service(
        client,
        item["pid"],
        item["cycle"],
        order["id"],
        domain=item_domain(item) or "",
        quantity=item["qty"],
        gateway=order["gateway"],
        promo=order["promo"],
        first=sum((one.due - one.off for one in own), Decimal(0)),
        recurring=sum((_again(one, promotion) for one in own), Decimal(0)),
        fields=store.values(item["fields"]),
        options=store.values(item["options"]),
    )
    for line in own:
        line.relid = service["id"]
    order["services"].append(service["id"])
    if item["pid"] in store.stock:
        order["stock"][item["pid"]] = order["stock"].get(item["pid"], 0) + item["qty"]
        store.stock[item["pid"]] -= item["qty"]
    for addon, line in zip(item["addons"], lines[len(own) :], strict=False):
        _place_addon(store, order, service, addon, line)


def _place_addon(store, order, service, one, line):
    """Create a bought addon."""
    record = store.add_addon(
        service,
        one["id"],
        line.cycle,
        order["id"],
        quantity=one["qty"],
        setup=line.setup,
        recurring=_again(line, PROMOTIONS.get(order["promo"])),
        first=line.due - line.off,
        gateway=order["gateway"],
    )
    line.relid = record["id"]
    order["addons"].append(record["id"])


def _place_domain(store, client, order, item, line):
    """Create a domain."""
    transfer = item["kind"] == "domain_transfer"
    domain = store.add_domain(
        client,
        item["name"],
        "Transfer" if transfer else "Register",
        item["period"],
        order["id"],
        first=line.due - line.off,
        dns=item["dns"],
        email=item["email"],
        idp=item["idp"],
        epp=item["epp"],
        nameservers=item["nameservers"] or list(NAMESERVERS),
        gateway=order["gateway"],
        promo=order["promo"],
        fields=item["extra"],
        contact=item.get("contact", 0),
        recurring=convert(price(item["name"], "renew", item["period"]) or 0, currency_of(client["currency"])),
    )
    line.relid = domain["id"]
    order["domains"].append(domain["id"])


def _place_item(store, client, order, item, lines):
    """Create what an item stands for."""
    kind = item["kind"]
    if kind == "product":
        _place_product(store, client, order, item, lines)
        if isinstance(item["domain"], dict):
            _place_domain(store, client, order, item["domain"], lines[-1])
    elif kind == "addon":
        _place_addon(store, order, store.services[item["service"]], item, lines[0])
    elif kind == "domain_renewal":
        order["renewals"][item["id"]] = item["period"]
    elif kind == "bundle":
        BUNDLES[item["id"]]["uses"] += 1
        for part in item["items"]:
            _place_item(store, client, order, part, lines)
    elif kind in ("domain_register", "domain_transfer"):
        _place_domain(store, client, order, item, lines[0])
    else:
        order["service_renewals"].append((kind, item["id"]))


def place(store, client, items, gateway, promo=None, *, invoice=True, adjust=None, extra_lines=(), **more):
    """Place an order and return it; `adjust` may change the lines of the items before they are added up."""
    currency = currency_of(client["currency"])
    groups = [(item, item_lines(store, item, currency)) for item in items]
    for item, lines in groups:
        if adjust:
            adjust(item, lines)
    every = [line for _, lines in groups for line in lines] + list(extra_lines)
    geo = {"country_code": client["country"], "state": client["state"]}
    totals = add_up(every, currency, PROMOTIONS.get(promo), client, geo)
    number = store.issue("order")
    order = {
        "id": number,
        "num": str(10**9 + secrets.randbelow(9 * 10**9)),
        "client": client["id"],
        "date": now().strftime("%Y-%m-%d %H:%M:%S"),
        "status": "Pending",
        "amount": totals.total,
        "gateway": gateway,
        "invoice": 0,
        "promo": promo,
        "services": [],
        "addons": [],
        "domains": [],
        "renewals": {},
        "service_renewals": [],
        "stock": {},
        "ip": "",
        "notes": "",
        "nameservers": "",
        "affiliate": 0,
        "contact": 0,
        "renewed": False,
        "holds_stock": True,
    }
    order.update(more)
    store.orders[number] = order
    for item, lines in groups:
        _place_item(store, client, order, item, lines)
    if promo:
        store.promo_uses[promo] += 1
    if invoice and totals.total:
        order["invoice"] = bill(store, client, every, totals, gateway=gateway, order=number)["id"]
    return order


def bill(store, client, lines, totals, *, gateway, order=0):
    """Write an invoice for lines and their totals; discounts become lines of their own."""
    number = store.issue("invoice")
    items = [(line.kind, line.relid, line.text, line.due, line.taxable) for line in lines if line.due]
    discount = totals.promotion + totals.client
    if discount:
        items.append(("PromoHosting", 0, "Discount", -discount, True))
    by_level = {rule["level"]: (rule["rate"], tax) for rule, tax in totals.taxes}
    rate, tax = by_level.get(1, (Decimal(0), Decimal(0)))
    rate2, tax2 = by_level.get(2, (Decimal(0), Decimal(0)))
    invoice = {
        "id": number,
        "num": "",
        "client": client["id"],
        "date": day(),
        "due": day(10),
        "paid": None,
        "subtotal": totals.subtotal - discount,
        "credit": Decimal(0),
        "tax": tax,
        "tax2": tax2,
        "rate": rate,
        "rate2": rate2,
        "total": totals.total,
        "status": "Unpaid",
        "gateway": gateway,
        "notes": "",
        "order": order,
        "items": [
            {
                "id": store.issue("line"),
                "type": kind,
                "relid": relid,
                "description": text,
                "amount": sum_,
                "taxed": int(taxed),
            }
            for kind, relid, text, sum_, taxed in items
        ],
    }
    store.invoices[number] = invoice
    return invoice


def hold_stock(store, order, hold):
    """Take the stock of an order, or give it back."""
    if order["holds_stock"] != hold:
        for pid, count in order["stock"].items():
            store.stock[pid] += -count if hold else count
        order["holds_stock"] = hold


def set_items(store, order, status):
    """Give everything that came with an order a status."""
    for kind in ("services", "addons", "domains"):
        for number in order[kind]:
            record = getattr(store, kind).get(number)
            if record:
                record["status"] = status
                if kind == "domains" and status == "Active" and record["type"] == "Transfer":
                    record["status"] = "Pending Transfer"


def accept(store, order):
    """Accept an order: everything becomes active and renewals take effect."""
    order["status"] = "Active"
    set_items(store, order, "Active")
    for number in order["services"]:
        if number in store.services:
            store.services[number]["server"] = True
    if not order["renewed"]:
        for number, years in order["renewals"].items():
            if number in store.domains:
                domain = store.domains[number]
                domain["expiry"] = months_on(max(domain["expiry"], day()), 12 * years)
        for kind, number in order["service_renewals"]:
            record = (store.services if kind == "service_renewal" else store.addons).get(number)
            if record and record["nextdue"]:
                record["nextdue"] = months_on(record["nextdue"], MONTHS[record["cycle"]])
        upgrade = order.get("upgrade")
        if upgrade and upgrade["id"] in store.services:
            store.services[upgrade["id"]].update(upgrade)
        order["renewed"] = True


def reopen(store, order):
    """Set an order back to Pending."""
    order["status"] = "Pending"
    set_items(store, order, "Pending")
    hold_stock(store, order, True)
    invoice = store.invoices.get(order["invoice"])
    if invoice and invoice["status"] == "Cancelled":
        invoice["status"] = "Unpaid"


def stop(store, order, status):
    """Set an order to Cancelled or Fraud; an invoice that is not paid yet is cancelled with it."""
    order["status"] = status
    set_items(store, order, status)
    hold_stock(store, order, False)
    invoice = store.invoices.get(order["invoice"])
    if invoice and invoice["status"] == "Unpaid":
        invoice["status"] = "Cancelled"


def delete(store, order):
    """Delete an order with everything that came with it."""
    for kind in ("services", "addons", "domains"):
        for number in order[kind]:
            getattr(store, kind).pop(number, None)
    lost = [key for key, one in store.addons.items() if one["service"] not in store.services]
    for key in lost:
        del store.addons[key]
    store.invoices.pop(order["invoice"], None)
    del store.orders[order["id"]]


def pay(store, invoice, amount, **more):
    """Book a payment; once the balance is gone the invoice is paid."""
    store.add_transaction(invoice["client"], invoice["id"], **{"in": amount, **more})
    if invoice["status"] == "Paid":
        store.clients[invoice["client"]]["credit"] += amount
    settle(store, invoice)


def balance(store, invoice):
    """Return what is still to be paid."""
    paid = sum(
        (one["in"] - one["out"] for one in store.transactions.values() if one["invoice"] == invoice["id"]), Decimal(0)
    )
    return invoice["total"] - invoice["credit"] - paid


def settle(store, invoice):
    """Mark an invoice as paid when nothing is left to pay; what was paid too much becomes credit."""
    left = balance(store, invoice)
    if left <= 0 and invoice["status"] != "Paid":
        invoice["status"], invoice["paid"] = "Paid", now().strftime("%Y-%m-%d %H:%M:%S")
        if left < 0:
            store.clients[invoice["client"]]["credit"] -= left
