"""Classic actions that change an invoice or swap the product of a service."""

from decimal import Decimal

import orders
from catalogue import GATEWAYS, OPTIONS, PRODUCTS, default_value, value_pricing
from classic_api import RefusalError, a_date, action, money, need
from classic_billing import NO_INVOICE, STATUSES
from classic_orders import choose_options
from money import Line, cents, convert, currency_of, first_cycle, offer, offer_near
from php import decimal, integer, truth
from state import now


def _numbers(params, name):
    """Return the numbers under which a parameter with an array of values has them."""
    return [key for key in params.indexes(name) if isinstance(key, int)]


def _recount(invoice):
    """Add an invoice up again after its lines or rates have changed."""
    taxed = sum((one["amount"] for one in invoice["items"] if one["taxed"]), Decimal(0))
    invoice["subtotal"] = sum((one["amount"] for one in invoice["items"]), Decimal(0))
    invoice["tax"] = cents(taxed * invoice["rate"] / 100)
    invoice["tax2"] = cents(taxed * invoice["rate2"] / 100)
    invoice["total"] = invoice["subtotal"] + invoice["tax"] + invoice["tax2"]


def _change_lines(store, invoice, params):
    """Change, add and delete the lines of an invoice; say whether anything was changed."""
    parts = ("itemdescription", "itemamount", "itemtaxed")
    changed = {key for part in parts for key in _numbers(params, part)}
    if any(key not in _numbers(params, part) for key in changed for part in parts):
        raise RefusalError(
            "Missing Variables: itemdescription, itemamount and itemtaxed are required for each item being changed"
        )
    for one in invoice["items"]:
        if one["id"] in changed:
            one.update(
                description=params.at("itemdescription", one["id"]),
                amount=cents(decimal(params.at("itemamount", one["id"]))),
                taxed=int(truth(params.at("itemtaxed", one["id"]))),
            )
    added = _numbers(params, "newitemdescription")
    for key in added:
        invoice["items"].append(
            {
                "id": store.issue("line"),
                "type": "",
                "relid": 0,
                "description": params.at("newitemdescription", key),
                "amount": cents(decimal(params.at("newitemamount", key))),
                "taxed": int(truth(params.at("newitemtaxed", key))),
            }
        )
    gone = {integer(params.at("deletelineids", key)) for key in params.indexes("deletelineids")}
    invoice["items"] = [one for one in invoice["items"] if one["id"] not in gone]
    return bool(changed or added or gone)


def _change_head(invoice, params):
    """Change what stands above the lines of an invoice."""
    if params.text("credit"):
        invoice["credit"] = cents(params.money("credit"))
    if params.text("paymentmethod") in GATEWAYS:
        invoice["gateway"] = params.text("paymentmethod")
    for name, key in (("date", "date"), ("duedate", "due")):
        invoice[key] = a_date(params.text(name), invoice[key])
    if params.given("notes"):
        invoice["notes"] = params.text("notes")


@action("UpdateInvoice")
def update_invoice(store, params):
    """Change an invoice."""
    invoice = need(store.invoices, params.number("invoiceid"), NO_INVOICE)
    publish = params.flag("publish") or params.flag("publishandsendemail")
    status = params.text("status")
    if publish and invoice["status"] != "Draft":
        raise RefusalError("Invoice must be in Draft status to be published")
    if status and status not in STATUSES:
        raise RefusalError(f"Invalid status {status}")
    changed = _change_lines(store, invoice, params)
    for name, key in (("taxrate", "rate"), ("taxrate2", "rate2")):
        if params.text(name):
            invoice[key], changed = params.money(name), True
    if changed:
        _recount(invoice)
    _change_head(invoice, params)
    invoice["status"] = "Unpaid" if publish else status or invoice["status"]
    if invoice["status"] == "Paid" and not invoice["paid"]:
        invoice["paid"] = now().strftime("%Y-%m-%d %H:%M:%S")
    return {"invoiceid": invoice["id"]}


def _new_price(pid, cycle, options, currency):
    """Return what a product with its options costs each time, in a currency."""
    total = convert(offer(PRODUCTS[pid]["pricing"], cycle)[1], currency)
    for number, value in options.items():
        rules, times = value_pricing(OPTIONS[number], value)
        total += convert(offer_near(rules, cycle)[2], currency) * times
    return total


@action("UpgradeProduct")
def upgrade_product(store, params):
    """Order another product, cycle or other options for a service; to pay is what it costs more each time."""
    service = need(store.services, params.number("serviceid"), "Service ID Not Found")
    gateway, kind = params.text("paymentmethod"), params.text("type")
    if gateway not in GATEWAYS:
        raise RefusalError(f"Invalid Payment Method. Valid options include {','.join(sorted(GATEWAYS))}")
    if kind not in ("product", "configoptions"):
        raise RefusalError("Invalid Upgrade Type")
    pid, cycle = service["pid"], service["cycle"]
    options = {number: value for number, (_, value) in service["options"].items()}
    if kind == "product":
        pid = params.number("newproductid")
        if pid not in PRODUCTS:
            raise RefusalError("Invalid New Product ID")
        cycle = params.text("newproductbillingcycle").lower()
        cycle = cycle if offer(PRODUCTS[pid]["pricing"], cycle) else first_cycle(PRODUCTS[pid]["pricing"])
        options = {number: default_value(OPTIONS[number]) for number in PRODUCTS[pid]["options"]}
    else:
        choose_options(params, 0, options)
    client = store.clients[service["client"]]
    again = _new_price(pid, cycle, options, currency_of(client["currency"]))
    due = max(Decimal(0), again - service["recurring"])
    reply = {"oldproductid": service["pid"], "newproductid": pid, "newproductbillingcycle": cycle, "price": money(due)}
    if params.flag("calconly"):
        return reply
    upgrade = {"id": service["id"], "pid": pid, "cycle": cycle, "recurring": again, "options": store.values(options)}
    line = Line(
        f"Upgrade to {PRODUCTS[pid]['name']}",
        "onetime",
        Decimal(0),
        due,
        f"product:{pid}",
        kind="Upgrade",
        relid=service["id"],
    )
    order = orders.place(store, client, [], gateway, extra_lines=[line], upgrade=upgrade)
    return {**reply, "orderid": order["id"], "invoiceid": order["invoice"]}
