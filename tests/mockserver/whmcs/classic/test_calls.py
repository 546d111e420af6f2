"""Who may call, and in which forms a call and its answer come."""

import hashlib

import pytest
from defusedxml.ElementTree import fromstring

from counterfoil.mockserver.app import Mock

PAIR = "identifier=counterfoil-identifier&secret=counterfoil-secret"
MD5 = hashlib.md5(b"counterfoil").hexdigest()
ORDER = "action=AddOrder&clientid=1&pid=1&paymentmethod=mailin"


@pytest.mark.parametrize(
    "credentials",
    [
        PAIR,
        "username=counterfoil-identifier&password=counterfoil-secret",
        f"username=admin&password={MD5}",
        f"username=admin&password={MD5.upper()}",
        f"username=&password=&accesskey=&{PAIR}",
        f"username=admin&password={MD5}&identifier=&secret=",
    ],
)
def test_each_form_of_credentials_is_taken(caller, credentials: str):
    """The pair, the pair in the old fields, and the old login; empty fields are absent."""
    assert 200 == caller.send(f"{credentials}&{ORDER}").status_code


@pytest.mark.parametrize(
    "credentials",
    [
        "",
        "identifier=counterfoil-identifier",
        "identifier=counterfoil-identifier&secret=wrong",
        "identifier=counterfoil-identifier&secret=COUNTERFOIL-SECRET",
        "identifier[]=counterfoil-identifier&secret[]=counterfoil-secret",
        "username=admin&password=counterfoil",
        f"username=auditor&password={MD5}",
        f"username=nobody&password={MD5}",
        "accesskey=counterfoil-access",
    ],
)
@pytest.mark.parametrize("action", ["AddOrder", "getnothing", ""])
def test_others_are_not_let_in(caller, credentials: str, action: str):
    """Whatever they wanted; an access key alone is no credential."""
    answer = caller.send(f"{credentials}&responsetype=json&action={action}")

    assert (403, {"result": "error", "message": "Invalid or missing credentials"}) == (answer.status_code, answer.json)


def test_addresses_can_be_restricted(caller):
    """To a list; the access key lifts that, and the address is said."""
    caller.settings(allowed_ips=["192.0.2.1"])

    refused = caller.send(f"{PAIR}&responsetype=json&{ORDER}")
    assert (403, "Invalid IP 127.0.0.1") == (refused.status_code, refused.json["message"])
    assert 403 == caller.send(f"{PAIR}&accesskey=wrong&{ORDER}").status_code
    assert 200 == caller.send(f"{PAIR}&accesskey=counterfoil-access&{ORDER}").status_code
    forwarded = {"X-Forwarded-For": "192.0.2.1, 10.0.0.1"}
    assert 200 == caller.send(f"{PAIR}&{ORDER}", headers=forwarded).status_code
    stranger = {"headers": forwarded, "environ_base": {"REMOTE_ADDR": "192.0.2.9"}}
    assert "Invalid IP 192.0.2.9" in caller.send(f"{PAIR}&{ORDER}", **stranger).text


def test_an_order_has_the_callers_address(caller):
    """Unless `clientip` names the client's."""
    for more in ("", "&clientip=198.51.100.1"):
        caller.send(f"{PAIR}&{ORDER}{more}", headers={"X-Forwarded-For": "203.0.113.5"})

    assert ["203.0.113.5", "198.51.100.1"] == [caller.order_row(number)["ipaddress"] for number in (7, 8)]


@pytest.mark.parametrize("action", ["AddOrder", "CloseClient", "getnothing"])
def test_a_reading_role_may_not_act(caller, action: str):
    """The action is named in small letters; reading is allowed, and no action is none that could be denied."""
    readonly = "identifier=counterfoil-readonly&secret=counterfoil-secret&responsetype=json"

    refused = caller.send(f"{readonly}&action={action}&clientid=1")

    message = f'Invalid Permissions: API action "{action.lower()}" is not allowed'
    assert (403, message) == (refused.status_code, refused.json["message"])
    assert 200 == caller.send(f"{readonly}&action=GetOrders").status_code
    assert 400 == caller.send(readonly).status_code


def test_what_names_no_function_is_refused(caller):
    """An unknown one with 200, none with 400."""
    unknown = caller.send(f"{PAIR}&responsetype=json&action=GetNothing")
    none = caller.send(f"{PAIR}&responsetype=json&action=")

    assert (200, "API Function Not Found") == (unknown.status_code, unknown.json["message"])
    assert (400, "Empty action request") == (none.status_code, none.json["message"])
    assert 400 == caller.send(f"{PAIR}&action[]=AddOrder").status_code
    assert 200 == caller.send(f"{PAIR}&action=GetNothing&username[]=x").status_code


def test_the_answer_comes_in_the_form_that_was_asked_for(caller):
    """NVP without `responsetype`; `Accept` does not matter, nor does letter case."""
    types = {
        form: caller.send(f"{PAIR}&action=GetOrders&responsetype={form}", headers={"Accept": "text/html"}).mimetype
        for form in ("json", "JSON", "xml", "Xml", "nvp", "")
    }

    assert {
        "json": "application/json", "JSON": "application/json", "xml": "application/xml", "Xml": "application/xml",
        "nvp": "text/plain", "": "text/plain",
    } == types  # fmt: skip


def test_nvp_is_pairs_with_semicolons(caller):
    """Nested names are flat; the result comes first, then the new id."""
    assert "result=success;orderid=7;productids=23;serviceids=23;addonids=;domainids=;invoiceid=12" == (
        caller.send(f"{PAIR}&{ORDER}").text
    )
    listed = caller.send(f"{PAIR}&action=GetOrders&id=7").text
    assert listed.startswith("result=success;totalresults=1;startnumber=0;numreturned=1;orders[order][0][id]=7;")
    assert "result=error;message=Client ID not found" == caller.send(f"{PAIR}&action=AddOrder").text


def test_xml_says_which_function_answered(caller):
    """In small letters, before everything else; a list is an element that repeats."""
    caller.order()
    caller.order()

    root = fromstring(caller.send(f"{PAIR}&responsetype=xml&action=GETORDERS&userid=1&status=pending").data)

    assert ("whmcsapi", "8.13.1", "getorders") == (root.tag, root.get("version"), root[0].text)
    assert ["8", "7"] == [order.findtext("id") for order in root.find("orders").findall("order")]
    assert "" == root.findtext("orders/order/notes")
    refused = fromstring(caller.send("responsetype=xml&action=AddOrder").data)
    assert ["addorder", "error", "Invalid or missing credentials"] == [element.text for element in refused]


def test_an_unknown_form_is_refused_in_the_default_one(caller):
    """As an invalid parameter, in NVP."""
    answer = caller.send(f"{PAIR}&responsetype=yaml&{ORDER}")

    assert (200, "text/plain") == (answer.status_code, answer.mimetype)
    assert "Invalid value for parameter 'responsetype': 'yaml' is none of json, xml, nvp" in answer.text


def test_query_and_body_are_one(caller):
    """Everything in the query, everything in the body, or the action apart; the body wins."""
    whole = f"{PAIR}&responsetype=json&{ORDER}"

    assert 7 == caller.client.get(f"/includes/api.php?{whole}").json["orderid"]
    assert 8 == caller.send("", whole).json["orderid"]
    assert (
        9
        == caller.send(f"{PAIR}&responsetype=json&clientid=1&pid=1&paymentmethod=mailin", "action=AddOrder").json[
            "orderid"
        ]
    )
    assert "success" == caller.send(f"{PAIR}&responsetype=json&action=GetOrders", ORDER).json["result"]


def test_multipart_is_a_form_too(caller):
    """PHP sends it when curl is given an array."""
    fields = dict(pair.split("=") for pair in f"{PAIR}&responsetype=json&action=addorder&clientid=1".split("&"))

    answer = caller.client.post(
        "/includes/api.php",
        data={
            **fields,
            "pid[0]": "1",
            "domain[0]": "whmcs.com",
            "billingcycle[0]": "monthly",
            "paymentmethod": "authorize",
        },
        content_type="multipart/form-data",
    )

    assert "23" == answer.json["productids"]


def test_a_body_of_another_type_is_not_read(caller):
    """Source 001 knows forms only."""
    answer = caller.client.post("/includes/api.php", json={"action": "GetOrders"})

    assert (403, "text/plain") == (answer.status_code, answer.mimetype)


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"action=GetOrders&status=%ff", "application/x-www-form-urlencoded", "a field is not UTF-8"),
        (b"action=GetOrders&status=\xff", "application/x-www-form-urlencoded", "the body is not UTF-8"),
        (b"&".join(b"a%d=1" % n for n in range(1001)), "application/x-www-form-urlencoded", "more than 1000 fields"),
        (b"a" + b"[b]" * 65 + b"=1", "application/x-www-form-urlencoded", "brackets deeper than 64"),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1",
            "multipart/form-data; boundary=x",
            "cannot be read",
        ),
        (b"--x", "multipart/form-data", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_before_credentials(caller, body: bytes, content_type: str, reason: str):
    """In NVP, unless the query says otherwise."""
    answer = caller.send(body, content_type=content_type)
    asked = caller.send(body, "responsetype=json&action=AddOrder", content_type=content_type)

    assert (400, "text/plain", "application/json") == (answer.status_code, answer.mimetype, asked.mimetype)
    assert reason in answer.text
    assert asked.json["message"].startswith("Malformed request: ")


def test_a_query_that_is_not_utf_8_is_refused(caller):
    """Raw bytes as well as encoded ones."""
    for query in ("status=%ff", b"status=\xff".decode("latin-1")):
        environ = {"QUERY_STRING": query}
        assert 400 == caller.client.post("/includes/api.php", environ_overrides=environ).status_code


def test_two_worlds_do_not_see_each_other(caller):
    """The same order has the same bytes in both."""
    assert 201 == caller.client.post("/_mock/worlds", json={"name": "other"}).status_code
    try:
        answers = [caller.client.post(f"{world}/includes/api.php?{PAIR}&{ORDER}").data for world in ("", "/w/other")]
        assert answers[0] == answers[1]
        assert "8" in caller.client.post(f"/w/other/includes/api.php?{PAIR}&{ORDER}").text
        assert 6 == caller.ask("GetOrders")["totalresults"]
    finally:
        caller.client.delete("/_mock/worlds/other")


@pytest.mark.parametrize("form", ["responsetype=json", "responsetype=xml", ""])
def test_any_answer_can_be_forced(caller, whmcs: Mock, form: str):
    """Every named refusal of every operation can be written in every form."""
    endpoint = whmcs.endpoints["whmcs-classic"]
    for operation in endpoint.operations.values():
        function = endpoint.contract.operations[operation.id].function
        for name in operation.refusals:
            fault = {
                "contract": "whmcs-classic",
                "operation": operation.id,
                "refusal": name,
                "times": 1,
            }
            assert 200 == caller.client.put("/_mock/faults", json=[fault]).status_code
            answer = caller.send(f"{PAIR}&{form}&action={function or 'nothing'}")
            assert "X-Mock-Bug" not in answer.headers, answer.text
            assert "error" in answer.text
