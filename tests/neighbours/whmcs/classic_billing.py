"""Classic actions on invoices, payments and credit."""

from decimal import Decimal

import orders
from catalogue import GATEWAYS
from classic_api import RefusalError, a_date, action, money, need, window
from money import CURRENCIES, Line, add_up, cents, currency_of
from php import DECIMAL, integer
from state import day, now

NO_INVOICE = "Invoice ID Not Found"
NO_CLIENT = "Client ID Not Found"
STATUSES = ("Draft", "Unpaid", "Paid", "Cancelled", "Refunded", "Collections", "Payment Pending")


def transaction_row(one):
    """Build a row of GetTransactions."""
    return {
        "id": one["id"],
        "userid": one["client"],
        "currency": one["currency"],
        "gateway": one["gateway"],
        "date": one["date"],
        "description": one["description"],
        "amountin": money(one["in"]),
        "fees": money(one["fees"]),
        "amountout": money(one["out"]),
        "rate": one["rate"],
        "transid": one["transid"],
        "invoiceid": one["invoice"],
        "refundid": 0,
    }


def _summary(store, one):
    """Build what GetInvoice and GetInvoices share."""
    return {
        "invoicenum": one["num"],
        "userid": one["client"],
        "date": one["date"],
        "duedate": one["due"],
        "datepaid": one["paid"] or "0000-00-00 00:00:00",
        "subtotal": money(one["subtotal"]),
        "credit": money(one["credit"]),
        "tax": money(one["tax"]),
        "tax2": money(one["tax2"]),
        "total": money(one["total"]),
        "balance": money(orders.balance(store, one)),
        "taxrate": f"{one['rate']:.3f}",
        "taxrate2": f"{one['rate2']:.3f}",
        "status": one["status"],
        "paymentmethod": one["gateway"],
        "notes": one["notes"],
    }


@action("GetInvoice")
def get_invoice(store, params):
    """Show an invoice."""
    invoice = need(store.invoices, params.number("invoiceid"), NO_INVOICE)
    paid = [transaction_row(one) for one in store.transactions.values() if one["invoice"] == invoice["id"]]
    return {
        "invoiceid": invoice["id"],
        **_summary(store, invoice),
        "ccgateway": False,
        "items": {"item": [{**one, "amount": money(one["amount"])} for one in invoice["items"]]},
        "transactions": {"transaction": paid} if paid else "",
    }


@action("GetInvoices")
def get_invoices(store, params):
    """List invoices, the newest first; the status Overdue means: unpaid and past its day."""
    status = params.text("status").lower()
    rows = []
    for one in store.invoices.values():
        overdue = one["status"] == "Unpaid" and one["due"] < day()
        if params.number("userid") in (0, one["client"]) and (
            status in ("", one["status"].lower()) or (status == "overdue" and overdue)
        ):
            client, currency = store.clients[one["client"]], currency_of(store.clients[one["client"]]["currency"])
            rows.append(
                {
                    "id": one["id"],
                    "firstname": client["firstname"],
                    "lastname": client["lastname"],
                    "companyname": client["companyname"],
                    **_summary(store, one),
                    "currencycode": currency["code"],
                    "currencyprefix": currency["prefix"],
                    "currencysuffix": currency["suffix"],
                }
            )
    key = params.text("orderby", "id")
    key = {"invoicenumber": "invoicenum"}.get(key, key) if rows and key in rows[0] else "id"
    rows.sort(key=lambda row: str(row[key]) if key != "id" else row[key], reverse=params.text("order") != "asc")
    return window(params, rows, "invoices", "invoice")


@action("CreateInvoice")
def create_invoice(store, params):
    """Write an invoice out of itemdescriptionN, itemamountN and itemtaxedN."""
    client = need(store.clients, params.number("userid"), NO_CLIENT)
    if params.flag("draft") and params.flag("sendinvoice"):
        raise RefusalError(
            "Cannot create and send a draft invoice in a single API request. Please create and send separately."
        )
    numbers = sorted({integer(key[15:]) for key in params.values if str(key).startswith("itemdescription")})
    lines = [
        Line(
            params.text(f"itemdescription{one}"),
            None,
            Decimal(0),
            cents(params.money(f"itemamount{one}")),
            "item",
            taxable=params.flag(f"itemtaxed{one}"),
        )
        for one in numbers
    ]
    currency = currency_of(client["currency"])
    totals = add_up(
        lines,
        currency,
        None,
        {**client, "discount": Decimal(0)},
        {"country_code": client["country"], "state": client["state"]},
    )
    gateway = params.text("paymentmethod")
    invoice = orders.bill(store, client, lines, totals, gateway=gateway if gateway in GATEWAYS else "swish")
    invoice["date"] = a_date(params.text("date"), day())
    invoice["due"] = a_date(params.text("duedate"), invoice["due"])
    invoice["notes"] = params.text("notes")
    wanted = "Draft" if params.flag("draft") else params.text("status")
    invoice["status"] = wanted if wanted in STATUSES else "Unpaid"
    if params.flag("autoapplycredit") and invoice["status"] == "Unpaid":
        _use_credit(store, invoice, min(client["credit"], invoice["total"]))
    return {"invoiceid": invoice["id"], "status": invoice["status"]}


def _free_transid(store, params):
    """Return the transaction id, which must not have been used before."""
    transid = params.text("transid")
    used = any(one["transid"] == transid for one in store.transactions.values())
    if transid and used and not params.flag("allowduplicatetransid"):
        raise RefusalError("Transaction ID must be Unique")
    return transid


@action("AddInvoicePayment")
def add_invoice_payment(store, params):
    """Book a payment on an invoice; without an amount the whole balance."""
    invoice = need(store.invoices, params.number("invoiceid"), NO_INVOICE)
    if invoice["status"] == "Cancelled":
        raise RefusalError("It is not possible to add a payment to an invoice that is Cancelled")
    amount = cents(params.money("amount")) if params.text("amount") else orders.balance(store, invoice)
    gateway = params.text("gateway")
    orders.pay(
        store,
        invoice,
        amount,
        transid=params.text("transid"),
        fees=cents(params.money("fees")),
        gateway=gateway if gateway in GATEWAYS else invoice["gateway"],
        description="Invoice Payment",
        date=a_date(params.text("date"), day()) + " 00:00:00",
        currency=store.clients[invoice["client"]]["currency"],
    )


@action("AddTransaction")
def add_transaction(store, params):
    """Record a transaction."""
    client, invoice = params.number("userid"), params.number("invoiceid")
    if client:
        need(store.clients, client, NO_CLIENT)
    if invoice:
        need(store.invoices, invoice, NO_INVOICE)
        if client and store.invoices[invoice]["client"] != client:
            raise RefusalError("User ID does not own the given Invoice ID")
        client = store.invoices[invoice]["client"]
    number = params.number("currencyid")
    currency = next((one for one in CURRENCIES if one["id"] == number), None)
    if number and not currency:
        raise RefusalError("Currency ID Not Found")
    if client and currency and store.clients[client]["currency"] != currency["code"]:
        raise RefusalError("Currency ID does not match Client currency")
    if not client and not currency:
        raise RefusalError("A Currency ID is required for non-customer related transactions")
    if params.text("paymentmethod") not in GATEWAYS:
        raise RefusalError("Payment Method is required")
    code = store.clients[client]["currency"] if client else currency["code"]
    record = store.add_transaction(
        client,
        invoice,
        transid=_free_transid(store, params),
        gateway=params.text("paymentmethod"),
        currency=code,
        description=params.text("description"),
        fees=cents(params.money("fees")),
        date=a_date(params.text("date"), day()) + " 00:00:00",
        **{"in": cents(params.money("amountin")), "out": cents(params.money("amountout"))},
    )
    if invoice:
        orders.settle(store, store.invoices[invoice])
    elif client and params.flag("credit"):
        store.clients[client]["credit"] += record["in"]


@action("GetTransactions")
def get_transactions(store, params):
    """List transactions."""
    rows = [
        transaction_row(one)
        for one in store.transactions.values()
        if params.number("invoiceid") in (0, one["invoice"])
        and params.number("clientid") in (0, one["client"])
        and params.text("transid") in ("", one["transid"])
    ]
    return {
        "totalresults": len(rows),
        "startnumber": 0,
        "numreturned": len(rows),
        "transactions": {"transaction": rows},
    }


@action("AddCredit")
def add_credit(store, params):
    """Add credit to a client or take it away."""
    client = need(store.clients, params.number("clientid"), NO_CLIENT)
    kind, amount = params.text("type", "add"), params.text("amount")
    if kind not in ("add", "remove"):
        raise RefusalError("Type can only be add or remove")
    if not amount:
        raise RefusalError("No Amount Provided")
    if not DECIMAL.fullmatch(amount) or amount.startswith(("-", "+")) or len(amount.partition(".")[2]) > 2:
        raise RefusalError("Amount must be in decimal format: ### or ###.##")
    if params.text("adminid") and params.number("adminid") not in store.admins:
        raise RefusalError("Admin ID Not Found")
    if params.text("date") and not a_date(params.text("date"), None):
        raise RefusalError("Date Format is not Valid")
    client["credit"] += cents(amount) if kind == "add" else -cents(amount)
    return {"newbalance": money(client["credit"])}


def _use_credit(store, invoice, amount):
    """Take credit for an invoice."""
    store.clients[invoice["client"]]["credit"] -= amount
    invoice["credit"] += amount
    orders.settle(store, invoice)


@action("ApplyCredit")
def apply_credit(store, params):
    """Pay an invoice with credit."""
    invoice = need(store.invoices, params.number("invoiceid"), NO_INVOICE)
    if invoice["status"] != "Unpaid":
        raise RefusalError("Invoice Not in Unpaid Status")
    credit, left = store.clients[invoice["client"]]["credit"], orders.balance(store, invoice)
    amount = min(credit, left) if params.text("amount") == "full" else cents(params.money("amount"))
    if amount <= 0:
        raise RefusalError("Credit Amount to apply must be greater than zero")
    if amount > credit:
        raise RefusalError("Amount exceeds customer credit balance")
    if amount > left:
        raise RefusalError("Amount Exceeds Invoice Balance")
    _use_credit(store, invoice, amount)
    return {
        "invoiceid": invoice["id"],
        "amount": money(amount),
        "invoicepaid": "true" if invoice["status"] == "Paid" else "false",
    }


@action("CapturePayment")
def capture_payment(store, params):
    """Refuse a capture: none of the gateways here can take money by itself."""
    invoice = store.invoices.get(params.number("invoiceid"))
    if not invoice or invoice["status"] != "Unpaid":
        raise RefusalError("Invoice Not Found or Not Unpaid")
    raise RefusalError("Payment Attempt Failed")


@action("AddBillableItem")
def add_billable_item(store, params):
    """Keep an item that is to be billed later."""
    client = need(store.clients, params.number("clientid"), "Client ID not Found")
    if not params.text("description"):
        raise RefusalError("You must provide a description")
    actions = ("", "noinvoice", "nextcron", "nextinvoice", "duedate", "recur")
    if params.text("invoiceaction") not in actions:
        raise RefusalError("Invalid Invoice Action")
    if params.text("invoiceaction") == "recur" and not all(
        params.text(one) for one in ("recur", "recurcycle", "recurfor")
    ):
        raise RefusalError("Recurring must have a unit, cycle and limit")
    if params.text("invoiceaction") == "duedate" and not params.text("duedate"):
        raise RefusalError("Due date is required")
    number = store.issue("billable")
    store.billables[number] = {
        "id": number,
        "client": client["id"],
        "amount": cents(params.money("amount")),
        "description": params.text("description"),
        "added": now().isoformat(),
    }
    return {"billableid": number}
