"""What the mock serves for other people's tools runs on it as it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
#: what is answered where nothing was done before that the example is about, and where nothing is meant
_NEEDS_MORE = {
    "billmanager": {
        "lineitem_not_found", "cart_is_empty", "payment_not_found", "promocode_not_used", "unknown_function",
    },
    "shopscript": {"order_not_found", "unknown_method"},
    "whmcs-classic": {"order_not_found", "invoice_not_found", "module_refused", "action_not_found"},
}  # fmt: skip
#: logins whose password is the source's, or whose second factor is awaited
_LOGINS = {"login_refused", "second_factor_required", "second_factor_required_seeded"}
ORDERS = {
    "billmanager": ["order_item", "order_item_by_query", "quick_order_item", "old_order_item"],
    "shopscript": ["add_order"],
    "whmcs-classic": ["add_order"],
}


def _requests(client: FlaskClient, contract: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named example of the document for tools, as a tool sends it."""
    document = client.get(f"/openapi/{contract}.tools.json").json
    for path, item in document["paths"].items():
        for method, operation in item.items():
            query = {each["name"]: each["example"] for each in operation["parameters"] if each["in"] == "query"}
            whole = path.format_map({each["name"]: each["example"] for each in operation["parameters"]})
            arguments = {"path": whole, "method": method.upper(), "query_string": query}
            content = operation.get("requestBody", {}).get("content", {})
            for media_type, media in content.items():
                for example in media.get("examples", {}).values():
                    sent = {"json": example["value"]} if media_type == JSON else {"data": example["value"]}
                    yield operation["operationId"], arguments | sent
            if not content:
                yield operation["operationId"], arguments


def _outcome(client: FlaskClient, arguments: dict[str, Any]) -> str:
    client.post("/_mock/reset")
    client.open(**arguments)
    return str(client.get("/_mock/journal").json["entries"][-1]["outcome"])


def _refusals(client: FlaskClient, contract: str, operation: str) -> set[str]:
    return set(client.get(f"/_console/refusals/{contract}.json").json[operation])


@pytest.mark.parametrize("contract", sorted(_NEEDS_MORE))
def test_each_named_example_runs_on_a_fresh_mock(client: FlaskClient, contract: str) -> None:
    """It is carried out, or refused for what nobody has ordered yet; what orders is always carried out."""
    for operation, arguments in _requests(client, contract):
        outcome = _outcome(client, arguments)
        refused = outcome in _refusals(client, contract, operation)
        assert not refused or outcome in _NEEDS_MORE[contract], (operation, arguments)
        assert not refused or operation not in ORDERS[contract], (operation, outcome)


@pytest.mark.parametrize("operation", ["create_user_session", "create_admin_session"])
def test_the_first_login_example_logs_in(client: FlaskClient, operation: str) -> None:
    """A tool that takes the first one gets a state."""
    _, arguments = next(each for each in _requests(client, "whmcs-rest") if each[0] == operation)

    assert _outcome(client, arguments) not in _LOGINS


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/billmgr/cart?authinfo=demo:demo&out=xjson", b'"$func":"cart"'),
        ("/billmgr/cart?func=order&authinfo=demo:demo&out=xjson", b'"$func":"order"'),
        ("/billmgr/nothing?authinfo=demo:demo&out=xjson", b'"$func":"nothing"'),
        ("/includes/api.php/GetStats?identifier=counterfoil-identifier", b"Invalid or missing credentials"),
    ],
)
def test_a_path_may_name_the_function(client: FlaskClient, path: str, told: bytes) -> None:
    """Some tools cannot send a fragment; what is sent as the function's parameter counts before the path."""
    assert told in client.get(path).data


def test_a_function_of_the_classic_api_may_stand_in_the_path(client: FlaskClient) -> None:
    """In any letter case, as in `action`."""
    known = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json"}

    assert "success" == client.post("/includes/api.php/getpaymentmethods", data=known).json["result"]
    assert "success" == client.post("/includes/api.php/Nothing", data=known | {"action": "GetOrders"}).json["result"]


@pytest.mark.parametrize("name", ["shopscript.else", "nobody.tools", "control.tools"])
def test_there_are_no_other_documents(client: FlaskClient, name: str) -> None:
    """Neither for another kind of tools nor of another contract."""
    assert 404 == client.get(f"/openapi/{name}.json").status_code
