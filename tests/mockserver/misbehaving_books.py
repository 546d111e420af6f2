"""For each defect of what WHMCS does beside orders, something that a client can see."""

from typing import Any

from misbehaving import Caller, seen


@seen
def same_transaction_twice_is_booked_twice(c: Caller) -> Any:
    return [c.ask("AddTransaction", paymentmethod="paypal", userid=1, amountin=1, transid="T")["result"] for _ in "12"]


@seen
def taken_credit_is_added(c: Caller) -> Any:
    return c.ask("AddCredit", clientid=2, description="x", amount=5, type="remove")["newbalance"]


@seen
def suspended_services_stay_active(c: Caller) -> Any:
    c.ask("ModuleSuspend", accountid=19)
    return c.ask("GetClientsProducts", serviceid=19)["products"]["product"][0]["status"]
