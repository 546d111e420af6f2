"""Invoices, as the classic API shows them. Pure functions."""

from typing import Any

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.classic.protocol.answers import day, second
from counterfoil.mockserver.whmcs.model.billing import Invoice, InvoiceItem, Payment
from counterfoil.mockserver.whmcs.model.catalogue import Currency, PaymentMethod
from counterfoil.mockserver.whmcs.model.people import Client

_ITEM_TYPES = {
    "service": "Hosting", "setup": "Setup", "addon": "Addon", "registration": "DomainRegister",
    "grace fee": "DomainGraceFee", "redemption fee": "DomainRedemptionFee",
    "transfer": "DomainTransfer", "renewal": "Domain", "domain": "Domain", "promotion": "Promo",
    "discount": "GroupDiscount", "upgrade": "Upgrade", "item": "",
}  # fmt: skip


def invoice(invoice: Invoice, method: PaymentMethod | None) -> Body:
    """What GetInvoice shows."""
    payments: Any = ""
    if invoice.payments:
        payments = {"transaction": [_payment(invoice, payment) for payment in invoice.payments]}
    return {
        "result": "success", "invoiceid": invoice.id, "invoicenum": "", "userid": invoice.client,
        "date": day(invoice.issued), "duedate": day(invoice.due), "datepaid": second(invoice.paid),
        "lastcaptureattempt": second(invoice.attempted), **_amounts(invoice), "balance": str(invoice.balance),
        "status": invoice.status, "paymentmethod": invoice.method, "notes": invoice.notes,
        "ccgateway": method is not None and method.takes_cards,
        "items": {"item": [_item(item) for item in invoice.items]}, "transactions": payments,
    }  # fmt: skip


def row(invoice: Invoice, client: Client, currency: Currency) -> Body:
    """A row of GetInvoices."""
    return {
        "id": invoice.id, "userid": invoice.client, "firstname": client.first_name, "lastname": client.last_name,
        "companyname": client.company, "invoicenum": "", "date": day(invoice.issued), "duedate": day(invoice.due),
        "datepaid": second(invoice.paid), "last_capture_attempt": second(invoice.attempted), **_amounts(invoice),
        "status": invoice.status, "paymentmethod": invoice.method, "notes": invoice.notes,
        "currencycode": currency.code, "currencyprefix": currency.prefix, "currencysuffix": currency.suffix,
    }  # fmt: skip


def _amounts(invoice: Invoice) -> Body:
    return {
        "subtotal": str(invoice.subtotal), "credit": str(invoice.credit), "tax": str(invoice.tax),
        "tax2": str(invoice.tax2), "total": str(invoice.total), "taxrate": str(invoice.rate),
        "taxrate2": str(invoice.rate2),
    }  # fmt: skip


def _item(item: InvoiceItem) -> Body:
    return {
        "id": item.id, "type": _ITEM_TYPES[item.kind], "relid": item.subject, "description": item.description,
        "amount": str(item.amount), "taxed": int(item.taxed),
    }  # fmt: skip


def _payment(invoice: Invoice, payment: Payment) -> Body:
    return {
        "id": payment.id, "userid": invoice.client, "invoiceid": invoice.id, "gateway": payment.method,
        "date": second(payment.at), "description": payment.description or "Invoice Payment", "amountin": str(payment.amount),
        "fees": str(payment.fees), "amountout": str(payment.paid_back), "transid": payment.reference,
    }  # fmt: skip
