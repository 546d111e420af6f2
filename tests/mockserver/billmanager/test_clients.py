"""Two programs as they are written against live panels: one parses XML, one unwraps `{"$": …}`."""

import json
import xml.etree.ElementTree as ET
from decimal import Decimal
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


class XmlClient:
    """As a WHMCS module does it: POST of a form with `out=xml`, the error is `/doc/error/@type` and its `msg`."""

    def __init__(self, http) -> None:
        self.http = http

    def call(self, func: str, **fields) -> ET.Element:
        form = {"out": "xml", "func": func, "authinfo": "demo:demo", **fields}
        doc = ET.fromstring(self.http.post("/billmgr", data=urlencode(form), content_type=FORM).data)
        error = doc.find("error")
        if error is not None:
            raise RuntimeError(f"{error.get('type')}:{error.findtext('msg')}")
        return doc


class JsonClient:
    """As a Node client does it: a session, GET with `out=xjson`, scalars unwrapped, logged in again when it is refused."""

    def __init__(self, http) -> None:
        self.http = http
        self.session = ""

    def get(self, **fields) -> dict:
        return json.loads(self.http.get(f"/billmgr?{urlencode({'out': 'xjson', **fields})}").data)["doc"]

    def call(self, func: str, **fields) -> dict:
        doc = self.get(func=func, auth=self.session or "none", **fields)
        if doc.get("error", {}).get("$type") == "auth":
            self.session = self.get(func="auth", username="demo", password="demo")["auth"]["$id"]
            doc = self.get(func=func, auth=self.session, **fields)
        if "error" in doc:
            raise RuntimeError(doc["error"]["msg"]["$"])
        return unwrapped(doc)


def unwrapped(node):
    """The tree with texts in place of `{"$": …}`, and its attributes left out."""
    if isinstance(node, list):
        return [unwrapped(each) for each in node]
    if set(node) == {"$"}:
        return node["$"]
    return {name: unwrapped(below) for name, below in node.items() if not name.startswith("$")}


ORDER = {"order_period": 3, "pricelist": 111, "sok": "ok", "clicked_button": "order", "force_use_new_cart": "on"}


def test_a_client_that_parses_xml_orders_and_reads_the_cart(caller):
    """From the order form's price to an active service."""
    panel = XmlClient(caller.client)

    assert "15.00" in panel.call("v2.vds.order.param", pricelist=111, order_period=3).findtext("orderinfo")
    item = panel.call("v2.vds.order.param", **ORDER, addon_5=4).findtext("lineitem.id")
    cart = panel.call("cart")
    assert [item] == [each.findtext("id") for each in cart.findall("list[@name='lineitems']/elem")]
    assert Decimal("21.00") == Decimal(cart.findtext("total/cost"))
    order = panel.call("cartorder.create.confirm", elid=item, paymethod_id=0, sok="ok").findtext("billorder")
    (service,) = [each for each in panel.call("vds").iter("elem") if each.findtext("billorder") == order]
    assert "2" == service.findtext("item_status")
    try:
        panel.call("v2.vds.order.param", **{**ORDER, "datacenter": 5})
    except RuntimeError as error:
        told = str(error)
    assert "missed:The data center '5' was not found" == told


def test_a_client_that_unwraps_dollars_orders_and_reads_the_cart(caller):
    """Its session expires in between; a single item comes without a list around it."""
    panel = JsonClient(caller.client)

    first = panel.call("v2.vds.order.param", **ORDER)["lineitem.id"]
    alone = panel.call("cart")["list"]["elem"]
    caller.later(hours=2)
    second = panel.call("v2.vds.order.param", **ORDER)["lineitem.id"]
    cart = panel.call("cart")
    assert first == alone["id"]
    assert [first, second] == [item["id"] for item in cart["list"]["elem"]]
    assert {"cost": "30.00", "currency": "EUR", "count": "2"} == cart["total"]
    assert "func=order" == panel.call("cartorder.create.confirm", paymethod_id=0, sok="ok")["ok"]
    assert {"cost": "0.00", "currency": "EUR", "count": "0"} == panel.call("cart")["total"]
    assert "70.00" == panel.call("subaccount")["elem"][0]["balance"]
