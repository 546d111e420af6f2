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


@seen
def late_fees_come_again(c: Caller) -> Any:
    c.mock.test_client().post(f"{c.world}/_mock/clock", json={"advance": {"days": 75}})
    c.log_in()
    return c.contents(c.cart({"type": "domain_renewal", "id": 3, "period": 1}))["totals"]


@seen
def bundles_are_listed_without_setup_fees(c: Caller) -> Any:
    return [each["price"]["value"] for each in c.rest("GET", "/store/bundles/groups/4").json["data"]["bundles"]]
