"""The strict mode: what the mock ignores of a request is told, or refused; off, nothing is different."""

from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.command import serve
from counterfoil.mockserver.create import create_app

IGNORED = "X-Mock-Ignored"
PAIR = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json"}
ORDER = {**PAIR, "action": "AddOrder", "clientid": "1", "pid": "1", "paymentmethod": "mailin"}
SHOP = "/api.php/shop.order.add?access_token=counterfoil-token"
SALE = {"items[0][sku_id]": "1", "items[0][quantity]": "1", "contact_id": "1"}
VDS = "/billmgr?func=v2.vds.order.param&order_period=1&pricelist=111&sok=ok&clicked_button=order&authinfo=demo:demo&out=json"
LOGIN = {"email": "davis@example.com", "password": "counterfoil"}
PRODUCT = {"type": "product", "product_id": 1, "billing_cycle": "monthly", "domain": "free-one.com"}


def strict(client: FlaskClient, how: str) -> None:
    assert {"strict": how} == client.put("/_mock/strict", json={"strict": how}).json


@pytest.fixture
def telling(client: FlaskClient) -> Any:
    strict(client, "tell")
    yield client
    strict(client, "off")


@pytest.fixture
def refusing(client: FlaskClient) -> Any:
    strict(client, "refuse")
    yield client
    strict(client, "off")


def classic(client: FlaskClient, **more: str) -> TestResponse:
    return client.post("/includes/api.php", data=ORDER | more)


def state_of(client: FlaskClient) -> Any:
    return client.get("/_mock/snapshot").json["vendors"]


def test_it_is_off_until_it_is_asked_for(client: FlaskClient) -> None:
    """No header, and nothing in the journal."""
    assert {"strict": "off"} == client.get("/_mock/strict").json

    assert IGNORED not in classic(client, colour="red").headers
    assert [] == client.get("/_mock/journal").json["entries"][0]["ignored"]


@pytest.mark.parametrize(
    ("fields", "ignored"),
    [
        ({}, None),
        ({"billingcycle": "annually", "domain": "a.com", "noemail": "true"}, None),
        ({"colour": "red", "size": ""}, "colour"),  # what is empty was not sent
        ({"pid[x][y]": "1"}, None),  # the vendor refuses it by itself
        ({"billing_cycle": "annually"}, "billing_cycle"),
        ({"regperiod": "1"}, "regperiod"),  # no domain is asked for, so nobody looks at it
        ({"grün, blau": "1"}, "gr%C3%BCn%2C_blau"),
    ],
)  # fmt: skip
def test_whmcs_parameters_that_are_ignored_are_named(telling: FlaskClient, fields: dict[str, str], ignored) -> None:
    """Those that the contract does not know, and those that nothing is done with. Nothing else changes."""
    answer = classic(telling, **fields)

    assert ignored == answer.headers.get(IGNORED)


def test_a_documented_parameter_without_effect_is_named(telling: FlaskClient) -> None:
    """AcceptOrder's `autosetup` would run modules, and there are none; of a refused call only unknown names are told."""
    classic(telling)

    accept = PAIR | {"action": "AcceptOrder", "orderid": "7", "autosetup": "true", "sendemail": "true"}
    assert "autosetup" == telling.post("/includes/api.php", data=accept).headers[IGNORED]
    again = telling.post("/includes/api.php", data=accept | {"color": "1"})
    assert ("error", "color") == (again.json["result"], again.headers[IGNORED])


def test_every_contract_names_what_it_ignores(telling: FlaskClient) -> None:
    """Fields of forms and queries, with their brackets, and members of JSON bodies."""
    sale = telling.post(f"{SHOP}&utm_source=x", data=SALE | {"items[0][colour]": "red", "shop": "1"})
    assert "utm_source, items[0][colour], shop" == sale.headers[IGNORED]
    assert "nothing" == telling.get(f"{VDS}&addon_5=10&nothing=1").headers[IGNORED]
    assert IGNORED not in telling.get(f"{VDS}&addon_5=10&addon_15=on&datacenter=1").headers

    session = telling.post("/api/v2/user/session?x=1", json=LOGIN | {"remember": True})
    assert "x, remember" == session.headers[IGNORED]
    by = {"X-Api-State": session.headers["X-Api-State"]}
    cart = telling.post("/api/v2/cart", headers=by).json["data"]["id"]
    item = PRODUCT | {"colour": "red", "custom_fields": [{"id": 1, "value": "x", "kind": "text"}]}
    added = telling.post(f"/api/v2/cart/{cart}/items", json={"items": [PRODUCT, item]}, headers=by)
    assert (200, "items[1][colour], items[1][custom_fields][0][kind]") == (added.status_code, added.headers[IGNORED])


def test_the_journal_has_the_names_as_they_were_sent(telling: FlaskClient) -> None:
    """Not as a header has to write them."""
    classic(telling, grün="1", b="2")

    entry = telling.get("/_mock/journal").json["entries"][-1]
    assert (["grün", "b"], "gr%C3%BCn, b") == (entry["ignored"], entry["answer_headers"][IGNORED])


@pytest.mark.parametrize("more", [{"colour": "red"}, {"regperiod": "1"}])
def test_what_is_refused_has_changed_nothing(refusing: FlaskClient, more: dict[str, str]) -> None:
    """Whether that something is ignored is known before the work or only after it."""
    before = state_of(refusing)

    refused = classic(refusing, **more)

    assert (400, "parameters_ignored", list(more)) == (
        refused.status_code, refused.json["error"], refused.json["ignored"],
    )  # fmt: skip
    assert before == state_of(refusing)
    assert "parameters_ignored" == refusing.get("/_mock/journal").json["entries"][-1]["outcome"]
    assert 7 == classic(refusing).json["orderid"]


def test_strictness_is_not_state(mock: Mock, refusing: FlaskClient) -> None:
    """A reset leaves it, and a world that is made in a strict one is strict; others are not asked."""
    refusing.post("/_mock/reset")
    assert {"strict": "refuse"} == refusing.get("/_mock/strict").json

    refusing.post("/_mock/worlds", json={"name": "child"})
    strict(refusing, "off")
    assert 200 == classic(refusing, colour="red").status_code
    assert {"strict": "refuse"} == refusing.get("/w/child/_mock/strict").json


def test_a_mistaken_word_is_refused_with_what_there_is(client: FlaskClient) -> None:
    """As everywhere on the control plane."""
    refused = client.put("/_mock/strict", json={"strict": "very"})

    assert (400, "unusable") == (refused.status_code, refused.json["error"])


def test_serve_can_begin_strict() -> None:
    """`--strict` refuses, `--strict tell` tells."""
    assert "--strict" in CliRunner().invoke(serve, ["--help"]).output
    mock = create_app(["shopscript"], strict="refuse")

    assert 400 == mock.test_client().post(f"{SHOP}&utm=1", data=SALE).status_code
