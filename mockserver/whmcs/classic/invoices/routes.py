"""What the functions for invoices do: one short function for each."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.billing import invoices, payments
from counterfoil.mockserver.whmcs.billing.invoices import Head, Lines, WrittenLine
from counterfoil.mockserver.whmcs.classic.invoices import render
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE
from counterfoil.mockserver.whmcs.classic.protocol.days import day_in
from counterfoil.mockserver.whmcs.classic.protocol.lists import page
from counterfoil.mockserver.whmcs.classic.protocol.parameters import in_wire_words
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation

_WRITTEN = ("itemdescription", "itemamount", "itemtaxed")


def get_invoice(installation: Installation, call: Call) -> Body:
    """One invoice."""
    invoice = installation.invoice(call.given.get("invoiceid"))
    return render.invoice(invoice, installation.payment_methods.get(invoice.method))


def get_invoices(installation: Installation, call: Call) -> Body:
    """A page of the invoices."""
    given = call.given
    numbers = invoices.find(
        installation, call.now.date(), client=given.get("userid"), status=given.get("status"),
        by=given.get("orderby", "id"), descending=given.get("order") == "desc",
    )  # fmt: skip

    def row(number: int) -> Body:
        invoice = installation.invoices[number]
        client = installation.clients[invoice.client]
        return render.row(invoice, client, installation.currency_of(client))

    return page(numbers, call, ("invoices", "invoice"), row)


@in_wire_words
def create_invoice(installation: Installation, call: Call) -> Body:
    """Write an invoice."""
    given = call.given
    status = "Draft" if given.get("draft") else given.get("status")
    invoice = invoices.create(
        installation, given.get("userid"), _head(given, status), list(_numbered_lines(given)), call.now,
        with_credit=given.get("autoapplycredit", False), announced=given.get("sendinvoice", False),
    )  # fmt: skip
    return {"result": "success", "invoiceid": invoice.id, "status": invoice.status}


@in_wire_words
def update_invoice(installation: Installation, call: Call) -> Body:
    """Change an invoice."""
    given = call.given
    installation.invoice(given.get("invoiceid"))
    announced = given.get("publishandsendemail", False)
    lines = Lines(
        changed=_changed_lines(given), added=list(_added_lines(given)),
        dropped=list(given.get("deletelineids", {}).values()),
    )  # fmt: skip
    invoice = invoices.change(
        installation, given.get("invoiceid"), _head(given, given.get("status")), lines, call.now,
        published=announced or given.get("publish", False), announced=announced,
    )  # fmt: skip
    return {"result": "success", "invoiceid": invoice.id}


@in_wire_words
def add_invoice_payment(installation: Installation, call: Call) -> Body:
    """Record a payment."""
    given = call.given
    amount = given.get("amount")
    payments.pay(
        installation, given.get("invoiceid"), method=given["gateway"], reference=given["transid"],
        at=_moment(given["date"]), amount=None if amount is None else Decimal(amount),
        fees=Decimal(given.get("fees", NOTHING)), confirmed=not given.get("noemail", False),
    )  # fmt: skip
    return DONE


def _head(given: Body, status: str | None) -> Head:
    rates = [cents(Decimal(given[name])) if name in given else None for name in ("taxrate", "taxrate2", "credit")]
    return Head(
        status=status, method=given.get("paymentmethod"), rate=rates[0], rate2=rates[1], credit=rates[2],
        issued=day_in(given, "date"), due=day_in(given, "duedate"), paid=day_in(given, "datepaid"),
        notes=given.get("notes"),
    )  # fmt: skip


def _numbered_lines(given: Body) -> Iterator[WrittenLine]:
    """The lines whose fields have their number at the end, in the order of these."""
    prefixes = _WRITTEN[:2]
    numbers = {
        int(name.removeprefix(prefix))
        for prefix in prefixes
        for name in given
        if name.startswith(prefix) and name.removeprefix(prefix).isdecimal() and len(name) - len(prefix) < 3
    }
    for number in sorted(numbers):
        description, amount, taxed = (given.get(f"{prefix}{number}") for prefix in _WRITTEN)
        yield WrittenLine(description=description or "", amount=Decimal(amount or 0), taxed=bool(taxed))


def _changed_lines(given: Body) -> dict[int, WrittenLine]:
    """The lines that are named by their ids. Refused if one of them lacks something."""
    fields = [given.get(name, {}) for name in _WRITTEN]
    changed = {}
    for key in dict.fromkeys(key for field in fields for key in field):
        if any(key not in field for field in fields):
            raise Refusal("item_incomplete")
        description, amount, taxed = (field[key] for field in fields)
        number = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else 0
        changed[number] = WrittenLine(description=description, amount=Decimal(amount), taxed=taxed)
    return changed


def _added_lines(given: Body) -> Iterator[WrittenLine]:
    descriptions, amounts, taxed = (given.get(f"new{name}", {}) for name in _WRITTEN)
    for key in dict.fromkeys((*descriptions, *amounts)):
        yield WrittenLine(
            description=descriptions.get(key, ""), amount=Decimal(amounts.get(key, 0)), taxed=taxed.get(key, False)
        )


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("invalid_parameter", parameter="date", reason=f"{text!r} is no day") from None


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_invoice, get_invoices, create_invoice, update_invoice, add_invoice_payment,
    )
}  # fmt: skip
