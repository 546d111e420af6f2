"""The mistakes of a WHMCS that is called through includes/api.php: with invoices, money and clients."""

from collections.abc import Callable
from decimal import Decimal

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.defects.whmcs import taken_for
from counterfoil.mockserver.engine.steps import Reply, Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.whmcs.model.people import digest

DEFECTS = Defects("whmcs-classic")


@DEFECTS.accepted("arithmetic", "get_invoice")
def invoice_counts_all_but_its_last_line(exchange: Exchange, reply: Reply) -> None:
    """The loop over the lines ends one too early, and an invoice with one line was what we had to test."""
    items = reply.body["items"]["item"]
    if len(items) > 1:
        less = Decimal(items[-1]["amount"])
        for name in ("subtotal", "total", "balance"):
            reply.body[name] = f"{Decimal(reply.body[name]) - less:.2f}"


@DEFECTS.accepted("arithmetic", "get_invoice")
def balance_is_always_the_total(exchange: Exchange, reply: Reply) -> None:
    """What is left to pay is what was to be paid, until somebody closes the invoice."""
    reply.body["balance"] = reply.body["total"]


@DEFECTS.handler("lost update", "add_invoice_payment")
def paid_invoice_stays_unpaid(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The payment is kept, and the invoice's state is changed by a job at night."""
    invoice = exchange.state.invoices.get(exchange.call.given.get("invoiceid"))
    before = invoice.status if invoice is not None else ""
    result = honest()
    if invoice is not None:
        invoice.status = before
    return result


@DEFECTS.handler("arithmetic", "add_invoice_payment")
def any_payment_pays_the_whole_invoice(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """An invoice for which there is a payment is paid."""
    result = honest()
    invoice = exchange.state.invoice(exchange.call.given.get("invoiceid"))
    if invoice.status == "Unpaid":
        invoice.status = "Paid"
    return result


@DEFECTS.handler("refusal", "add_invoice_payment")
def cancelled_invoices_are_paid(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Money is money; we take it whatever the invoice says."""
    invoice = exchange.state.invoices.get(exchange.call.given.get("invoiceid"))
    if invoice is None or invoice.status != "Cancelled":
        return honest()
    return taken_for("Unpaid", invoice, honest)


@DEFECTS.handler("lost update", "create_invoice")
def written_invoice_has_its_first_line(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The lines are numbered, and we read number one."""
    given = exchange.call.given
    for name in [each for each in given if each.startswith("item") and each[-1:].isdecimal() and each[-1] != "1"]:
        del given[name]
    return honest()


@DEFECTS.handler("lost update", "add_credit")
def added_credit_is_not_saved(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We answer with the new credit, and forget to save it."""
    client = exchange.state.clients.get(exchange.call.given.get("clientid"))
    before = client.credit if client is not None else None
    result = honest()
    if client is not None and before is not None:
        client.credit = before
    return result


@DEFECTS.handler("lost update", "update_client")
def changed_client_loses_the_company(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The form is saved as a whole, and a field that is not in it is empty."""
    exchange.call.given.setdefault("companyname", "")
    return honest()


@DEFECTS.handler("authentication", "validate_login")
def passwords_of_clients_have_no_case(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The database compares texts as it is set up, and that is without letter case."""
    given, state = exchange.call.given, exchange.state
    word = str(given.get("password2", ""))
    email = str(given.get("email", "")).lower()
    person = state.users.get(state.users_by_email.get(email, 0))
    for each in (word, word.lower(), word.upper(), word.swapcase()):
        if person is not None and person.password == digest(each):
            given["password2"] = each
    return honest()
