"""Invoices that somebody writes, finds and changes by hand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.billing import paid, payments, taxes
from counterfoil.mockserver.whmcs.billing.taxes import TaxRates
from counterfoil.mockserver.whmcs.model.billing import Invoice, InvoiceItem
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING, cents
from counterfoil.mockserver.whmcs.model.installation import Installation, UnusableValue

STATUSES = ("Draft", "Unpaid", "Paid", "Cancelled", "Refunded", "Collections", "Payment Pending")
_ORDERS: Mapping[str, Any] = {
    "id": lambda invoice: invoice.id, "invoicenumber": lambda invoice: invoice.id,
    "date": lambda invoice: (invoice.issued, invoice.id), "duedate": lambda invoice: (invoice.due, invoice.id),
    "total": lambda invoice: (invoice.total, invoice.id), "status": lambda invoice: (invoice.status, invoice.id),
}  # fmt: skip


class WrittenLine(msgspec.Struct, kw_only=True, frozen=True):
    """A line as somebody writes it."""

    description: str
    amount: Decimal
    taxed: bool = False
    kind: str = "item"
    subject: int = 0


class Head(msgspec.Struct, kw_only=True, frozen=True):
    """What stands above the lines; None where nothing is said."""

    status: str | None = None
    method: str | None = None
    rate: Decimal | None = None
    rate2: Decimal | None = None
    issued: date | None = None
    due: date | None = None
    paid: date | None = None
    notes: str | None = None
    #: what the client's credit settles of it
    credit: Decimal | None = None


class Lines(msgspec.Struct, kw_only=True, frozen=True):
    """What becomes of an invoice's lines: some are changed, by their ids, some added, some taken out."""

    changed: Mapping[int, WrittenLine] = {}
    added: Sequence[WrittenLine] = ()
    dropped: Sequence[int] = ()


def find(
    installation: Installation, today: date, *, client: int | None, status: str | None, by: str, descending: bool
) -> Sequence[int]:
    """The invoices' ids, in that order; all filters have to match. `overdue` is what is unpaid and was due before today."""
    numbers = installation.invoices_of.of(client) if client is not None else list(installation.invoices)
    table = installation.invoices
    if status is not None:
        wanted = status.lower()
        numbers = [number for number in numbers if wanted in _statuses(table[number], today)]
    if by == "id":
        return numbers[::-1] if descending else numbers
    return sorted(numbers, key=lambda number: _ORDERS[by](table[number]), reverse=descending)


def _statuses(invoice: Invoice, today: date) -> tuple[str, ...]:
    own = invoice.status.lower()
    return (own, "overdue") if own == "unpaid" and invoice.due < today else (own,)


def create(
    installation: Installation,
    client: int | None,
    head: Head,
    lines: Sequence[WrittenLine],
    now: datetime,
    *,
    with_credit: bool,
    announced: bool,
) -> Invoice:
    """A new invoice of the client, whose credit settles what it can if it may."""
    owner = installation.client(client)
    if announced and head.status == "Draft":
        raise Refusal("draft_not_sent")
    _check_method(installation, head.method)
    rates = taxes.rates_of(installation, taxes.rules_for(installation, owner, taxes.place_of(owner)))
    today = now.date()
    invoice = Invoice(
        id=installation.next_id("invoice"), client=owner.id, issued=head.issued or today, due=head.due or today,
        method=head.method or next(iter(installation.payment_methods)), items=[], subtotal=NOTHING,
        status=head.status or "Unpaid", notes=head.notes or "",
        rate=rates.rate if head.rate is None else head.rate, rate2=rates.rate2 if head.rate2 is None else head.rate2,
    )  # fmt: skip
    invoice.items = [_item(line) for line in lines]
    _number(installation, invoice)
    _add_up(installation, invoice)
    if with_credit:
        payments.take_credit(installation, invoice)
    installation.add_invoice(invoice)
    if announced:
        payments.announce(installation, invoice, now)
    if invoice.status == "Paid":
        invoice.paid = now
    elif lines:
        payments.settle(installation, invoice, now)
    return invoice


def change(
    installation: Installation,
    number: int | None,
    head: Head,
    lines: Lines,
    now: datetime,
    *,
    published: bool,
    announced: bool,
) -> Invoice:
    """The invoice with another head and other lines; nothing is changed if any of it cannot be."""
    invoice = installation.invoice(number)
    if published and invoice.status != "Draft":
        raise Refusal("invoice_not_draft")
    if head.status is not None and head.status not in STATUSES:
        raise Refusal("invoice_status_invalid", status=head.status[:80])
    _check_method(installation, head.method)
    known = {item.id for item in invoice.items}
    for each in (*lines.changed, *lines.dropped):
        if each not in known:
            what = "changed line" if each in lines.changed else "dropped line"
            raise UnusableValue(what, f"invoice {invoice.id} has no line {each}")
    changed = msgspec.structs.replace(invoice, items=_changed(invoice, lines))
    _write_head(changed, head, published=published)
    _add_up(installation, changed)
    _move_credit(installation, invoice, changed, head.credit)
    became_paid = changed.status == "Paid" and invoice.status != "Paid"
    for name in ("items", "method", "issued", "due", "notes", "rate", "rate2", "subtotal", "tax", "tax2", "credit",
                 "status", "paid"):  # fmt: skip
        setattr(invoice, name, getattr(changed, name))
    _number(installation, invoice)
    if announced and published:
        payments.announce(installation, invoice, now)
    if became_paid:
        invoice.paid = invoice.paid or now
        paid.go_on(installation, invoice, now)
    return invoice


def _changed(invoice: Invoice, lines: Lines) -> list[InvoiceItem]:
    kept = []
    for item in invoice.items:
        line = lines.changed.get(item.id)
        if item.id in lines.dropped:
            continue
        kept.append(item if line is None else msgspec.structs.replace(
            item, description=line.description, amount=cents(line.amount), taxed=line.taxed
        ))  # fmt: skip
    return [*kept, *map(_item, lines.added)]


def _write_head(invoice: Invoice, head: Head, *, published: bool) -> None:
    for name in ("method", "issued", "due", "notes", "rate", "rate2", "status"):
        value = getattr(head, name)
        if value is not None:
            setattr(invoice, name, value)
    if head.paid is not None:
        invoice.paid = datetime.combine(head.paid, datetime.min.time())
    if published:
        invoice.status = "Unpaid"


def _move_credit(installation: Installation, before: Invoice, after: Invoice, credit: Decimal | None) -> None:
    if credit is None:
        return
    client = installation.clients[after.client]
    more = cents(credit) - before.credit
    if not NOTHING <= credit <= after.subtotal + after.tax + after.tax2:
        raise UnusableValue("credit", f"{credit} is not between 0 and what the invoice asks for")
    if more > client.credit:
        raise UnusableValue("credit", f"the client has {client.credit} of credit, which is less than {more}")
    client.credit -= more
    after.credit = cents(credit)


def _item(line: WrittenLine) -> InvoiceItem:
    """The line without its id, which is given when nothing can be refused any more."""
    return InvoiceItem(
        id=0, kind=line.kind, subject=line.subject, description=line.description, amount=cents(line.amount),
        taxed=line.taxed,
    )  # fmt: skip


def _number(installation: Installation, invoice: Invoice) -> None:
    for item in invoice.items:
        item.id = item.id or installation.next_id("invoice_item")


def _add_up(installation: Installation, invoice: Invoice) -> None:
    """Subtotal and taxes follow from the lines and the rates."""
    rates = TaxRates(invoice.rate, invoice.rate2, installation.settings.compound_tax)
    invoice.subtotal = sum((item.amount for item in invoice.items), NOTHING)
    invoice.tax, invoice.tax2 = rates.on(sum((item.amount for item in invoice.items if item.taxed), NOTHING))


def _check_method(installation: Installation, method: str | None) -> None:
    if method is not None and method not in installation.payment_methods:
        raise UnusableValue("payment method", f"there is no payment method {method[:80]!r}")
