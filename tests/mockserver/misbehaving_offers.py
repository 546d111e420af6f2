"""For each defect of what the REST API of WHMCS lets be ordered, something that a client can see."""

from typing import Any

from misbehaving import Caller, seen

BRAND = {"type": "domain_register", "name": "free-brand.us", "period": 1}
MANY = {"type": "product", "product_id": 1, "billing_cycle": "monthly", "quantity": -(2**31) - 1}


@seen
def registrants_are_asked_nothing(c: Caller) -> Any:
    return c.rest("POST", f"{c.cart(BRAND)}/validate").json


@seen
def numbers_end_on_one_side_only(c: Caller) -> Any:
    return c.add(c.cart(), MANY).status_code
