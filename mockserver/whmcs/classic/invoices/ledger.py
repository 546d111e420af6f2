"""What the functions for money that is written down by hand do: one short function for each."""

from decimal import Decimal

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.billing import ledger
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE
from counterfoil.mockserver.whmcs.classic.protocol.days import day_in, moment_in
from counterfoil.mockserver.whmcs.classic.protocol.parameters import in_wire_words
from counterfoil.mockserver.whmcs.model.installation import Installation


@in_wire_words
def add_transaction(installation: Installation, call: Call) -> Body:
    """Write down that money came in or went out."""
    given = call.given
    ledger.write_down(installation, ledger.Entry(
        method=given["paymentmethod"], client=given.get("userid"), invoice=given.get("invoiceid"),
        currency=given.get("currencyid"), reference=given.get("transid", ""), at=moment_in(given, "date", call.now),
        description=given.get("description", ""), amount=Decimal(given.get("amountin", 0)),
        paid_back=Decimal(given.get("amountout", 0)), fees=Decimal(given.get("fees", 0)),
        as_credit=given.get("credit", False), again=given.get("allowduplicatetransid", False),
    ))  # fmt: skip
    return DONE


@in_wire_words
def add_credit(installation: Installation, call: Call) -> Body:
    """Add to a client's credit, or take from it."""
    given = call.given
    try:
        day_in(given, "date")
    except Refusal:
        raise Refusal("day_invalid") from None
    amount = Decimal(given["amount"]) * (-1 if given.get("type") == "remove" else 1)
    left = ledger.change_credit(installation, given.get("clientid"), amount, given.get("adminid"))
    return {"result": "success", "newbalance": str(left)}


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        add_transaction, add_credit,
    )
}  # fmt: skip
