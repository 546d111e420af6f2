"""What the functions for invoices do: one short function for each."""

from datetime import datetime
from decimal import Decimal

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.billing import payments
from counterfoil.mockserver.whmcs.classic.invoices import render
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE
from counterfoil.mockserver.whmcs.classic.protocol.parameters import in_wire_words
from counterfoil.mockserver.whmcs.model.catalogue import NOTHING
from counterfoil.mockserver.whmcs.model.installation import Installation


def get_invoice(installation: Installation, call: Call) -> Body:
    """One invoice."""
    invoice = installation.invoice(call.given.get("invoiceid"))
    return render.invoice(invoice, installation.payment_methods.get(invoice.method))


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


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("invalid_parameter", parameter="date", reason=f"{text!r} is no day") from None


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_invoice, add_invoice_payment,
    )
}  # fmt: skip
