"""What a case of Schemathesis' is opened by, and what its answer means: by the contract, and by the bytes that were sent."""

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup, ServerError
from schemathesis.core.transport import Response
from schemathesis.openapi.checks import RejectedPositiveData, UndefinedStatusCode

from counterfoil.contracts.generate.contract_schema import schema_of
from counterfoil.contracts.schemathesis.authentication import ProfileAuthentication
from counterfoil.contracts.schemathesis.checks import CHECKS
from counterfoil.contracts.schemathesis.judged import is_elsewhere, observed
from counterfoil.contracts.schemathesis.refined import confirmed
from counterfoil.contracts.schemathesis.tamed import tame
from counterfoil.specs import Contract

HERE, THERE = "http://127.0.0.1:1/w/one", "https://shop.my-company.net"
FORM = "application/x-www-form-urlencoded"
REFUSED = b'{"error":"invalid_param","error_description":"Required parameter is missing: contact_id"}'
ACCEPTED = b'{"id":1}'
PROFILE = '[shopscript.credentials.query]\naccess_token = "their-own-token"\n'


def schema(name: str = "shopscript", base: str = HERE) -> schemathesis.BaseSchema:
    found = schema_of(Contract.load(name))
    found.config.update(base_url=base)
    return found


def order(body: Any, base: str = HERE, **more: Any) -> Any:
    """A case of placing an order."""
    return schema(base=base)["/api.php/shop.order.add"]["POST"].Case(body=body, media_type=FORM, **more)


def opened(case: Any) -> Any:
    """The case as it is sent: with what opens the operation, where anything is known."""
    context = schemathesis.AuthContext(operation=case.operation, app=None)
    provider = ProfileAuthentication()
    opening = provider.get(case, context)
    if opening is not None:
        provider.set(case, opening, context)
    return case


def answered(case: Any, status: int, body: bytes) -> Response:
    """An answer to the case in JSON, as it went over the wire."""
    sent = case.as_transport_kwargs(base_url=case.operation.schema.get_base_url())
    request = requests.Request(**{name: value for name, value in sent.items() if name != "cookies"}).prepare()
    return Response(status, {"content-type": ["application/json"]}, body, request, 0.1, verify=True)


def failure(kind: type[Failure]) -> Failure:
    """A failure of that kind, whatever it says."""
    made = kind.__new__(kind)
    made.case_id = None
    return made


def is_kept(kind: type[Failure], case: Any, status: int, body: bytes) -> bool:
    return confirmed(schemathesis.HookContext(), failure(kind), case, answered(case, status, body))


def test_a_mock_on_this_machine_is_opened_as_it_is_seeded() -> None:
    """In place of what was made up, in the query as in the form."""
    case = opened(order({"contact_id": 1, "access_token": "x"}, query={"access_token": "y", "callback": "z"}))

    assert ({"access_token": "counterfoil-token"}, {"contact_id": 1}) == (case.query, case.body)


def test_a_profile_opens_what_it_describes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is named, or the one in the current folder; without any, nobody's token is sent to strangers."""
    monkeypatch.chdir(tmp_path)
    nothing = opened(order({}, THERE))
    Path("counterfoil.toml").write_text(PROFILE)
    usual = opened(order({}, f"{THERE}:444"))
    Path("other.toml").write_text(PROFILE.replace("their-own", "another"))
    monkeypatch.setenv("COUNTERFOIL_PROFILE", "other.toml")
    named = opened(order({}, f"{THERE}:445"))

    assert [{}, {"access_token": "their-own-token"}, {"access_token": "another-token"}] == [
        each.query for each in (nothing, usual, named)
    ]


def test_a_header_of_ones_own_goes_first() -> None:
    """Who opens the door with `-H` gets no other key."""
    case = order({})
    case.operation.schema.config.update(headers={"Authorization": "Bearer mine"})

    assert {} == opened(case).query


def test_a_refusal_at_200_is_no_acceptance() -> None:
    """What was to be refused is accepted where the body says so, and the clause that it breaks is named."""
    case = order({"items": [{"sku_id": 1}]})

    assert not is_kept(AcceptedNegativeData, case, 200, REFUSED)
    assert is_kept(AcceptedNegativeData, case, 200, ACCEPTED)
    outcome = next(check for check in CHECKS if check.__name__ == "outcome")()
    with pytest.raises(FailureGroup) as failed:
        outcome.after_response(None, answered(case, 200, ACCEPTED), case)
    assert ["shopscript:add_order:request:body:/contact_id:required"] == [
        each._unique_key for each in failed.value.exceptions
    ]


def test_what_is_valid_once_it_is_sent_was_not_to_be_refused() -> None:
    """A number that was made a text is the same in a form."""
    assert not is_kept(AcceptedNegativeData, order({"contact_id": "1", "items": [{"sku_id": "1"}]}), 200, ACCEPTED)


def test_a_valid_request_may_be_refused_under_a_name() -> None:
    """An order may be unknown; a refusal that nobody names stays a failure."""
    valid = order({"contact_id": 1, "items": [{"sku_id": 1}]})

    assert not is_kept(RejectedPositiveData, valid, 400, REFUSED)
    assert is_kept(RejectedPositiveData, valid, 400, b'{"error":"moon","error_description":"It is full"}')


def test_statuses_and_failures_of_the_server_stay() -> None:
    """Of a request with nothing odd in it."""
    valid = order({"contact_id": 1, "items": [{"sku_id": 1}]})

    assert is_kept(ServerError, valid, 500, b'{"error":"server_error","error_description":"Down"}')
    assert is_kept(UndefinedStatusCode, valid, 409, b"{}")


@pytest.mark.parametrize(
    ("body", "elsewhere"), [({"action": "GetOrders"}, False), ({"action": "AAA"}, True), ({}, True)]
)
def test_a_request_that_names_no_function_is_another_operation_s(body: dict[str, Any], elsewhere: bool) -> None:
    """Then nothing but failures of the server can be said of the answer."""
    case = schema("whmcs-classic")["/includes/api.php#GetOrders"]["POST"].Case(body=body, media_type=FORM)

    seen = observed(case, answered(case, 200, b'{"result":"success"}'))

    assert seen is not None
    assert elsewhere is is_elsewhere(seen)


def test_what_comes_from_another_address_is_not_judged() -> None:
    """As after a redirect to a page for people."""
    case = order({})
    response = answered(case, 200, ACCEPTED)
    response.request.url = "http://127.0.0.1:1/login"

    assert observed(case, response) is None


def test_who_answers_in_xml_gets_nothing_that_xml_cannot_hold() -> None:
    """It would come back in every later answer; who answers in JSON alone gets all that is made up."""
    shop = order({"params": {"a b\x01": "c\x02"}})
    carts = schema("whmcs-rest")["/api/v2/cart"]["POST"].Case(body={"a b\x01": "c\x02"}, media_type="application/json")

    unknown = schema("shopscript")["/api.php/{method}"]["POST"].Case(path_parameters={"method": "shop.%19%26"})

    for case in (shop, carts, unknown):
        tame(schemathesis.HookContext(), case, {})

    assert {"params": {"xab": "c"}} == shop.body
    assert {"method": "shop.x%26"} == unknown.path_parameters
    assert {"a b\x01": "c\x02"} == carts.body
