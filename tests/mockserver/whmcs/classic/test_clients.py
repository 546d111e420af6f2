"""What six real clients, curl and old sample code put on the wire (facts/whmcs-classic.md 3.2), rewritten to the seed."""

import pytest

IDENT = "identifier=counterfoil-identifier&secret=counterfoil-secret"
IN_OLD_FIELDS = "username=counterfoil-identifier&password=counterfoil-secret&responsetype=json"
SCALARS = (
    "clientid=1&pid=1&domain=whmcs.com&billingcycle=monthly&addons=1%2C3%2C9&domaintype=register&regperiod=1"
    "&paymentmethod=mailin"
)
ENDPOINT = "endpoint=http%3A%2F%2F127.0.0.1%3A54245%2Fincludes%2Fapi.php"


@pytest.fixture(scope="module")
def old() -> str:
    from counterfoil.mockserver.whmcs.model.people import digest

    return f"username=admin&password={digest('counterfoil')}"


@pytest.mark.parametrize(
    ("query", "body", "ids"),
    [
        pytest.param("", f"action=addorder&{SCALARS}&responsetype=json&OLD", ("23", "41,42,43", "15"), id="whmcs"),
        pytest.param(
            "", "action=addorder&clientid=1&pid%5B0%5D=1&domain%5B0%5D=whmcs.com&billingcycle%5B0%5D=monthly&pid%5B1%5D=1"
            "&domain%5B1%5D=whmcs2.com&billingcycle%5B1%5D=monthly&noemail=true&paymentmethod=authorize"
            "&responsetype=json&OLD&accesskey=counterfoil-access",
            ("23,24", "", ""), id="whmcs-indexed",
        ),
        pytest.param(
            "", "action=addorder&clientid=1&pid=1&pid=1&pid=5&domain=a.com&domain=b.com&domain=c.com&domainrenewals="
            "&paymentmethod=authorize&responsetype=json&OLD",
            ("23", "", ""), id="whmcs-arrays-lose-all-but-the-last",
        ),
        pytest.param("", f"{IDENT}&action=AddOrder&{SCALARS}&responsetype=json", ("23", "41,42,43", "15"), id="whmcs-js"),
        pytest.param(
            "", f"{IDENT}&action=AddOrder&clientid=1&domainrenewals%5Bdomain1.com%5D=1&domainrenewals%5Bdomain2.com%5D=2"
            "&paymentmethod=paypal&responsetype=json",
            ("", "", ""), id="whmcs-js-renewal",
        ),
        pytest.param(
            f"{ENDPOINT}&{IDENT}&accesskey=counterfoil-access&responsetype=json&action=AddOrder&{SCALARS}", None,
            ("23", "41,42,43", "15"), id="whmcs-api-get",
        ),
        pytest.param(
            f"{ENDPOINT}&{IDENT}&accesskey=counterfoil-access&responsetype=json&action=AddOrder&clientid=1&pid=1&pid=1"
            "&pid=5&noemail=true&domainrenewals=&paymentmethod=authorize", None,
            ("23", "", ""), id="whmcs-api-get-arrays",
        ),
        pytest.param(
            "", f"{IDENT}&action=AddOrder&responsetype=json&clientid=1&noemail=True&paymentmethod=authorize&pid%5B0%5D=1"
            "&pid%5B1%5D=1&pid%5B2%5D=5&domain%5B0%5D=whmcs.com&domain%5B1%5D=whmcs2.com&domain%5B2%5D=whmcs3.com"
            "&billingcycle%5B0%5D=monthly&billingcycle%5B1%5D=monthly&billingcycle%5B2%5D=annually",
            ("23,24,25", "", ""), id="whmcspy-lists",
        ),
        pytest.param(
            "", f"{IDENT}&action=AddOrder&responsetype=json&clientid=1&paymentmethod=banktransfer&domain%5B0%5D=a.com"
            "&domaintype%5B0%5D=register&domainpriceoverride%5B0%5D=0&domainrenewoverride%5B0%5D=0&domain%5B1%5D=b.com"
            "&domaintype%5B1%5D=register&domainpriceoverride%5B1%5D=0&domainrenewoverride%5B1%5D=0",
            ("", "", "15,16"), id="whmcspy-domains",
        ),
        pytest.param(
            "", f"{IDENT}&action=AddOrder&responsetype=json&clientid=1&paymentmethod=banktransfer&pid%5B0%5D=1"
            "&domain%5B0%5D=a.com&pid%5B1%5D=5&domain%5B1%5D=b.com",
            ("23,24", "", ""), id="whmcspy-products",
        ),
        pytest.param(
            "action=AddOrder", f"{IN_OLD_FIELDS}&clientid=1&paymentmethod=mailin&pid%5B%5D=1&pid%5B%5D=1&pid%5B%5D=5"
            "&domain%5B%5D=whmcs.com&domain%5B%5D=whmcs2.com&domain%5B%5D=whmcs3.com&billingcycle%5B%5D=monthly"
            "&billingcycle%5B%5D=monthly&billingcycle%5B%5D=annually&noinvoice=True",
            ("23,24,25", "", ""), id="whmcs-api-client-lists",
        ),
        pytest.param(
            "action=AddOrder", f"{IN_OLD_FIELDS}&clientid=1&paymentmethod=quantumgateway&domain%5B%5D=whmcs.com"
            "&domaintype%5B%5D=register&regperiod%5B%5D=1&nameserver1=ns1.demo.com&promocode=demopromo"
            "&dnsmanagement%5B%5D=True&idprotection%5B%5D=False",
            ("", "", "15"), id="whmcs-api-client-domain",
        ),
        pytest.param(
            "action=AddOrder", f"{IN_OLD_FIELDS}&accesskey=counterfoil-access&clientid=1&paymentmethod=paypal&addonid=5"
            "&serviceid=19",
            ("", "41", ""), id="whmcs-api-client-addon",
        ),
        pytest.param(
            "", "username=admin&responsetype=json&pid%5B1%5D=5&domain%5B1%5D=whmcs2.com&domain%5B0%5D=whmcs.com"
            "&pid%5B0%5D=1&clientid=1&billingcycle%5B1%5D=annually&billingcycle%5B0%5D=monthly&action=addorder&OLD"
            "&paymentmethod=mailin",
            ("23,24", "", ""), id="pywhmcs",
        ),
        pytest.param(
            "", f"action=AddOrder&username=&password=&{IDENT}&accesskey=&responsetype=json&clientid=1"
            "&paymentmethod=mailin&domain%5B0%5D=domaintest.com&domaintype%5B0%5D=register&regperiod%5B0%5D=1",
            ("", "", "15"), id="node-whmcs",
        ),
        pytest.param(
            "", "OLD&responsetype=json&action=addorder&clientid=1&domainrenewals[domain1.com]=1"
            "&domainrenewals[domain2.com]=2&customfields=YToxOntpOjE7czo2OiJHb29nbGUiO30%3D&paymentmethod=paypal&",
            ("", "", ""), id="old-sample-with-trailing-ampersand",
        ),
    ],
)  # fmt: skip
def test_a_captured_request_is_served(caller, old: str, query: str, body: str | None, ids: tuple):
    """The services, addons and domains that it makes."""
    if body is None:
        answer = caller.client.get(f"/includes/api.php?{query}")
    else:
        answer = caller.send(body.replace("OLD", old), query)

    assert (200, "application/json") == (answer.status_code, answer.mimetype)
    assert ids == tuple(answer.json.get(name) for name in ("productids", "addonids", "domainids")), answer.json


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            (
                "action=AddOrder&clientid=1&pid=1%2C1%2C5&noemail=true&domainrenewals=%5Bobject+Object%5D"
                "&paymentmethod=authorize"
            ),
            "Invalid value for parameter 'pid': '1,1,5' is not a whole number",
        ),
        (
            "action=AddOrder&clientid=1&domainrenewals=domain1.com&domainrenewals=domain2.com&paymentmethod=paypal",
            "Invalid value for parameter 'domainrenewals': 'domain2.com' is not sent as domainrenewals[...]",
        ),
        (
            (
                "action=AddOrder&clientid=1&paymentmethod=paypal"
                "&domainrenewals=%7B%27domain1.com%27%3A+1%2C+%27domain2.com%27%3A+2%7D"
            ),
            (
                "Invalid value for parameter 'domainrenewals': \"{'domain1.com': 1, 'domain2.com': 2}\" is not sent as "
                "domainrenewals[...]"
            ),
        ),
    ],
    ids=["whmcs-js-arrays", "whmcspy-dict", "whmcs-api-client-dict"],
)
def test_a_client_that_loses_an_array_is_told(caller, body: str, message: str):
    """What it made of the array means nothing."""
    assert message == caller.send(f"{IDENT}&responsetype=json&{body}").json["message"]


def test_a_client_reads_xml_by_its_root(caller, old: str):
    """GitHub's node-whmcs needs `application/xml` and the root `whmcsapi`."""
    body = (
        f"action=AddOrder&{old}&identifier=&secret=&accesskey=counterfoil-access&responsetype=xml&clientid=1"
        "&paymentmethod=mailin&domain%5B0%5D=domaintest.com&domaintype%5B0%5D=register&regperiod%5B0%5D=1"
    )

    answer = caller.send(body)

    assert "application/xml" == answer.mimetype
    assert (
        '<whmcsapi version="8.13.1"><action>addorder</action><result>success</result><orderid>7</orderid><productids/>'
        "<serviceids/><addonids/><domainids>15</domainids><invoiceid>12</invoiceid></whmcsapi>"
    ) in answer.text


def test_a_client_pages_until_nothing_is_returned(caller):
    """The library whmcspy adds `numreturned` up, so it is a number, and 0 at the end."""
    for _ in range(30):
        caller.order()
    seen, start = [], 0
    while True:
        page = caller.ask("GetOrders", limitstart=start, limitnum=10)
        assert 35 == page["totalresults"]
        if not page["numreturned"]:
            break
        seen += [row["id"] for row in page["orders"]["order"]]
        start += page["numreturned"]

    assert [*range(36, 6, -1), 5, 4, 3, 2, 1] == seen
    assert {"order": []} == page["orders"]
