"""One published client places an order, finds it, accepts or cancels it, and is told of a mistake. Writes what it was told."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

URL = f"{os.environ['BASE_URL']}/includes/api.php"
KNOWN = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret"}
Walked = dict[str, Any]


def whmcspy() -> Walked:
    import whmcspy

    client = whmcspy.WHMCS(URL, **KNOWN)
    products = [{"id": 1, "domain": "walked.example"}]
    placed = client.add_order(1, products=products, paymentmethod="mailin", billingcycle="monthly")["orderid"]
    before = next(client.get_orders(id=placed))
    client.accept_order(placed)
    after = next(client.get_orders(id=placed))
    try:
        refused = client.add_order(9999, products=products, paymentmethod="mailin")
    except whmcspy.exceptions.Error as error:
        refused = str(error)
    return told(placed, before, after, refused)


def whmcs_api_client() -> Walked:
    import whmcs_client

    settings = whmcs_client.Configuration(host=URL.removesuffix("/api.php"))
    api = whmcs_client.DefaultApi(whmcs_client.ApiClient(settings))
    known = {"username": KNOWN["identifier"], "password": KNOWN["secret"], "responsetype": "json"}
    order = {"paymentmethod": "mailin", "pid": [1], "billingcycle": ["monthly"], "domain": ["walked.example"]}
    placed = api.add_order(**known, **order, clientid=1).orderid
    before = api.get_orders(**known, id=int(placed)).orders["order"][0]
    api.cancel_order(**known, orderid=int(placed))  # it cannot accept one
    after = api.get_orders(**known, id=int(placed)).orders["order"][0]
    return told(placed, before, after, api.add_order(**known, **order, clientid=9999).message)


def told(placed: Any, before: Walked, after: Walked, refused: Any) -> Walked:
    return {
        "placed": placed, "before": before["status"], "after": after["status"], "amount": after["amount"],
        "refused": refused,
    }  # fmt: skip


CLIENTS: dict[str, Callable[[], Walked]] = {"whmcspy": whmcspy, "whmcs-api-client": whmcs_api_client}

if __name__ == "__main__":
    json.dump(CLIENTS[sys.argv[1]](), sys.stdout)
