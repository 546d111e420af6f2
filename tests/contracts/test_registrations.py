"""Schemathesis writes our contracts' requests as PHP reads them, and reads their answers into the data of their schemas."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
import schemathesis
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response

from counterfoil.contracts.generate import registrations
from counterfoil.contracts.generate.contract_schema import contract_of, schema_of
from counterfoil.contracts.schemathesis.checks import ContractCheck
from counterfoil.specs import Contract

BASE = "http://127.0.0.1:1"
ORDER = {
    "contact_id": 1,
    "items": [{"sku_id": 2, "quantity": 3, "services": [{"service_variant_id": 4}]}, {"sku_id": 5}],
}
PAIRS = [
    ("contact_id", "1"),
    ("items[0][sku_id]", "2"),
    ("items[0][quantity]", "3"),
    ("items[0][services][0][service_variant_id]", "4"),
    ("items[1][sku_id]", "5"),
]


@pytest.fixture(scope="module")
def shop() -> schemathesis.BaseSchema:
    return schema_of(Contract.load("shopscript"))


def answered(case: Any, body: bytes, media_type: str) -> Response:
    """An answer 200 to the case, from nobody."""
    request = requests.Request("GET", f"{BASE}{case.formatted_path}").prepare()
    return Response(200, {"content-type": [media_type]}, body, request, 0.1, verify=True)


def test_a_form_keeps_what_is_in_its_lists(shop: schemathesis.BaseSchema) -> None:
    """Names nest by brackets; the built-in writer sends the keys of a list's objects and loses their values."""
    case = shop["/api.php/shop.order.add"]["POST"].Case(body=ORDER, media_type="application/x-www-form-urlencoded")

    sent = case.as_transport_kwargs(base_url=BASE)

    assert PAIRS == parse_qsl(sent["data"].decode())


def test_a_multipart_form_has_a_part_for_each_field(shop: schemathesis.BaseSchema) -> None:
    """And a Content-Type that names the boundary."""
    case = shop["/api.php/shop.order.add"]["POST"].Case(body=ORDER, media_type="multipart/form-data")

    sent = case.as_transport_kwargs(base_url=BASE)

    boundary = sent["headers"]["Content-Type"].partition("boundary=")[2]
    assert boundary
    assert len(PAIRS) == sent["data"].count(f"--{boundary}\r\n".encode())
    assert b'name="items[0][services][0][service_variant_id]"\r\n\r\n4\r\n' in sent["data"]


def test_xml_is_held_to_its_schema(shop: schemathesis.BaseSchema) -> None:
    """Without a reader, Schemathesis passes any XML unseen; read by the contract, its texts are numbers."""
    case = shop["/api.php/shop.order.getInfo"]["GET"].Case(query={"id": 1})
    check = schemathesis.checks.response_schema_conformance

    refusal = b"<response><error>invalid_request</error><error_description>No</error_description></response>"
    case.validate_response(answered(case, refusal, "text/xml"), checks=[check])
    with pytest.raises(FailureGroup, match="Response violates schema"):
        case.validate_response(answered(case, b"<response><id>one</id></response>", "text/xml"), checks=[check])


@pytest.mark.parametrize(
    ("contract", "path", "body", "media_type", "tree"),
    [
        (
            "whmcs-classic",
            "/includes/api.php#GetOrders",
            b"result=success;totalresults=2",
            "text/plain",
            "totalresults",
        ),
        ("billmanager", "/billmgr#cart", b"@lang=en\nid=7", "text/plain", "doc"),
        ("billmanager", "/billmgr#cart", b'<doc lang="en"><id>7</id></doc>', "text/xml", "doc"),
    ],
)
def test_what_is_no_json_becomes_data(contract: str, path: str, body: bytes, media_type: str, tree: str) -> None:
    """Name-value pairs, a line for each text, and elements."""
    schema = schema_of(Contract.load(contract))
    operation = next(iter(schema[path].values()))

    read = registrations.meaning(
        schemathesis.DeserializationContext(operation, None), answered(operation.Case(), body, media_type)
    )

    assert tree in read


def test_what_is_no_contract_stays_as_it_is() -> None:
    """Its forms are written by Schemathesis, and one warning says why."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Others", "version": "1"},
        "paths": {
            "/a": {"post": {"requestBody": {"content": {"application/x-www-form-urlencoded": {}}}, "responses": {}}}
        },
    }
    schema = schemathesis.openapi.from_dict(document)
    case = schema["/a"]["POST"].Case(body={"a": ["b"]}, media_type="application/x-www-form-urlencoded")

    with pytest.warns(UserWarning, match="Others as a contract.*POST /a has no operationId"):
        sent = case.as_transport_kwargs(base_url=BASE)

    assert {"a": ["b"]} == sent["data"]
    assert contract_of(schema) is None


@pytest.mark.parametrize(("weight", "left"), [("note", 3), ("warning", 2), ("broken", 1)])
def test_a_check_can_be_told_what_is_enough(weight: str, left: int) -> None:
    """In Schemathesis' own configuration: `[checks.drift] weight = "warning"`."""
    findings = [SimpleNamespace(id=severity, severity=severity) for severity in ("note", "warning", "broken")]

    assert left == len(ContractCheck(weight)._weighty(findings))
    with pytest.raises(ValueError, match="weight is one of note, warning, broken, and not enough"):
        ContractCheck("enough")
