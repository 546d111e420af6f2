"""Invoices, as the classic API shows them. Pure functions."""

from typing import Any

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.classic.protocol.answers import day, second
from counterfoil.mockserver.whmcs.model.billing import Invoice, InvoiceItem, Payment
from counterfoil.mockserver.whmcs.model.catalogue import PaymentMethod

_ITEM_TYPES = {
    "service": "Hosting", "setup": "Setup", "addon": "Addon", "registration": "DomainRegister",
    "transfer": "DomainTransfer", "renewal": "Domain", "domain": "Domain", "promotion": "Promo",
    "discount": "GroupDiscount",
}  # fmt: skip


def invoice(invoice: Invoice, method: PaymentMethod | None) -> Body:
    """What GetInvoice shows."""
    payments: Any = ""
    if invoice.payments:
        payments = {"transaction": [_payment(invoice, payment) for payment in invoice.payments]}
    return {
        "result": "success", "invoiceid": invoice.id, "invoicenum": "", "userid": invoice.client,
        "date": day(invoice.issued), "duedate": day(invoice.due), "datepaid": second(invoice.paid),
        "lastcaptureattempt": second(invoice.attempted), "subtotal": str(invoice.subtotal), "credit": str(invoice.credit), "tax": str(invoice.tax),
        "tax2": str(invoice.tax2), "total": str(invoice.total), "balance": str(invoice.balance),
        "taxrate": str(invoice.rate), "taxrate2": str(invoice.rate2), "status": invoice.status,
        "paymentmethod": invoice.method, "notes": invoice.notes,
        "ccgateway": method is not None and method.takes_cards,
        "items": {"item": [_item(item) for item in invoice.items]}, "transactions": payments,
    }  # fmt: skip


def _item(item: InvoiceItem) -> Body:
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
