"""Faults and preferences: what is ordered to go wrong, which requests it meets, and what a browser or a client sees of it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.app import Mock

ORDER = {
    "action": "AddOrder", "clientid": "1", "pid": "1", "billingcycle": "monthly", "paymentmethod": "mailin",
    "identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json",
}  # fmt: skip
SALE = {"items[0][sku_id]": "1", "contact_id": "1", "access_token": "counterfoil-token"}
ANYWHERE = "/includes/api.php"


def sell(client: FlaskClient, **headers: str) -> Any:
    """A sale in Shop-Script."""
    return client.post("/api.php/shop.order.add", data=SALE, headers=headers)


def put(client: FlaskClient, *faults: dict[str, Any]) -> None:
    """Order these faults and no others."""
    answer = client.put("/_mock/faults", json=list(faults))
    assert 200 == answer.status_code, answer.json


def statuses(client: FlaskClient, count: int) -> list[int]:
    """What so many sales in a row are answered with."""
    return [sell(client).status_code for _ in range(count)]


def test_a_refusal_tells_the_callers_own_values(client: FlaskClient) -> None:
    """What nobody gave is taken from the request: its fields, the parameters of its path."""
    put(client, {"operation": "act_on_order", "refusal": "action_unavailable"})

    answer = client.post(
        "/api.php/shop.order.action?access_token=counterfoil-token", data={"id": "77", "action": "ship"}
    ).json

    assert "The action ship is not available for order 77" == answer["error_description"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_gateway_answers_in_place_of_the_program(client: FlaskClient, status: int) -> None:
    """With Retry-After, its own headers and body; nothing is ordered."""
    before = client.get("/_mock/snapshot").data
    put(client, {"operation": "add_order", "status": status, "retry_after": 7, "headers": {"X-Edge": "a"},
                 "body": {"error": "busy"}, "times": 1})  # fmt: skip

    answer = sell(client)

    assert (status, "7", "a", {"error": "busy"}) == (
        answer.status_code, answer.headers["Retry-After"], answer.headers["X-Edge"], answer.json,
    )  # fmt: skip
    assert "application/json; charset=utf-8" == answer.content_type
    assert before == client.get("/_mock/snapshot").data
    assert 200 == sell(client).status_code


def test_a_gateways_text_is_of_the_type_that_its_header_says(client: FlaskClient) -> None:
    """Also in small letters; without a body, there is a short page."""
    put(client, {"operation": "*", "status": 503, "body": "<p>Down</p>", "headers": {"content-type": "text/html"}})
    assert ("text/html", "<p>Down</p>") == (sell(client).content_type, sell(client).text)

    put(client, {"operation": "*", "status": 503})
    assert "503 Service Unavailable" in sell(client).text


def test_faults_of_everything_meet_what_names_no_operation(client: FlaskClient) -> None:
    """A body that cannot be read, a path of no contract, a method that is not there, and a plain OPTIONS."""
    put(client, {"operation": "*", "status": 502})

    met = [
        client.post(ANYWHERE, data=b"\x00\xff", content_type="application/json").status_code,
        client.get("/nowhere").status_code,
        client.delete("/api/v2/user/carts").status_code,
        client.options(ANYWHERE).status_code,
    ]

    assert [502] * 4 == met
    assert 200 == client.get("/_mock/health").status_code
    assert 200 == client.get("/").status_code


def test_a_browsers_preflight_is_spared(client: FlaskClient) -> None:
    """Or its page could not see what the fault does."""
    put(client, {"operation": "*", "status": 502})

    asked = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "prefer"}  # fmt: skip
    answer = client.options(ANYWHERE, headers=asked)

    assert (204, "prefer") == (answer.status_code, answer.headers["Access-Control-Allow-Headers"])
    assert 503 == client.options(ANYWHERE, headers=asked | {"Prefer": "code=503"}).status_code


def test_a_pattern_meets_the_operations_that_it_fits(client: FlaskClient) -> None:
    """Of one contract, where it is said."""
    put(client, {"operation": "add_*", "contract": "shopscript", "status": 500})

    assert 500 == sell(client).status_code
    assert 200 == client.post(ANYWHERE, data=ORDER).status_code
    assert 200 == client.get("/api.php/shop.order.search?access_token=counterfoil-token").status_code


def test_only_every_nth_request_is_met(client: FlaskClient) -> None:
    """So often, and so many times."""
    put(client, {"operation": "add_order", "contract": "shopscript", "status": 500, "every": 3, "times": 2})

    assert [200, 200, 500, 200, 200, 500, 200, 200, 200] == statuses(client, 9)


def test_chance_is_the_worlds_own(client: FlaskClient) -> None:
    """Some are met and some are not; after a reset, the same ones; with another seed, others."""
    runs = []
    for world in ("one", "one", "other"):
        client.delete(f"/_mock/worlds/{world}")
        client.post("/_mock/worlds", json={"name": world, "seed": 5 if world == "one" else 6})
        client.put(f"/w/{world}/_mock/faults", json=[{"operation": "*", "status": 503, "probability": 0.5}])
        runs.append([client.post(f"/w/{world}/api.php/shop.order.add", data=SALE).status_code for _ in range(40)])

    assert runs[0] == runs[1] != runs[2]
    assert 8 < runs[0].count(503) < 32


def test_a_spread_delay_is_between_its_bounds(client: FlaskClient) -> None:
    """As the journal tells."""
    put(client, {"operation": "add_order", "delay": {"min": 0.02, "max": 0.06}})

    statuses(client, 4)

    took = [entry["ms"] for entry in client.get("/_mock/journal").json["entries"]]
    assert all(ms >= 20 for ms in took)
    assert len(set(took)) > 1


def test_faults_are_added_and_removed_one_by_one(client: FlaskClient) -> None:
    """Each by the id that it was given."""
    first = client.post("/_mock/faults", json={"operation": "get_order", "status": 500})
    second = client.post("/_mock/faults", json={"operation": "add_order", "status": 503}).json

    assert 201 == first.status_code
    assert [first.json, second] == client.get("/_mock/faults").json["faults"]
    assert [second] == client.delete(f"/_mock/faults/{first.json['id']}").json["faults"]
    assert 503 == sell(client).status_code
    assert 404 == client.delete(f"/_mock/faults/{first.json['id']}").status_code


def test_a_connection_that_breaks_reaches_a_caller_in_this_process_as_an_error(client: FlaskClient) -> None:
    """Reset and empty: nothing was ordered; cut: the order is there, and its answer is not."""

    def last_order() -> int:
        return client.get("/_mock/snapshot").json["vendors"]["shopscript"]["last_ids"]["order"]

    placed = [last_order()]
    for connection in ("reset", "empty", "cut"):
        put(client, {"operation": "add_order", "connection": connection})
        with pytest.raises(ConnectionResetError):
            _ = sell(client).data
        placed.append(last_order())

    assert [0, 0, 0, 1] == [last - placed[0] for last in placed]


def test_an_answer_that_dribbles_is_whole_in_the_end(client: FlaskClient) -> None:
    """It takes the time that it was told to."""
    put(client, {"operation": "add_order", "connection": "dribble", "over": 0.05})

    assert 1 == sell(client).json["contact_id"]


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"operation": "ad_order", "status": 500}, "Did you mean add_order"),
        ({"operation": "add_order", "refusal": "client_close"}, "did you mean client_closed"),
        ({"operation": "add_order", "contract": "shop-script", "status": 500}, "Did you mean shopscript"),
        ({"operation": "add_order", "refusal": "client_closed", "facts": {"statuss": "x"}}, "Did you mean status?"),
        ({"operation": "add_order", "facts": {"status": "x"}}, "name the refusal"),
        ({"operation": "*", "status": 99}, "200 to 599"),
        ({"operation": "*", "body": "x"}, "come with a status"),
        ({"operation": "*", "status": 204, "body": "x"}, "no body"),
        ({"operation": "*", "status": 500, "headers": {"Content-Length": "3"}}, "cannot be a header"),
        ({"operation": "*", "status": 500, "headers": {"X": "a\r\nY: b"}}, "cannot be a header"),
        ({"operation": "*", "connection": "reset", "status": 500}, "nothing is answered"),
        ({"operation": "add_order", "connection": "empty", "refusal": "client_closed"}, "without an answer"),
        ({"operation": "*", "connection": "slow"}, "slow"),
        ({"operation": "*", "probability": 0}, "more than 0"),
        ({"operation": "*", "every": 0}, "from 1 on"),
        ({"operation": "*", "times": 0}, "from 1 on"),
        ({"operation": "*", "delay": {"min": 2, "max": 1}}, "0 to 300"),
        ({"operation": "*", "delay": -1}, "0 to 300"),
        ({"operation": "*", "wait": 1}, "wait"),
    ],
)
def test_what_cannot_be_made_is_refused(client: FlaskClient, fault: dict[str, Any], complaint: str) -> None:
    """By PUT and POST alike, with what was meant; the faults stay as they are."""
    put(client, {"operation": "get_order", "status": 500})

    answers = [client.put("/_mock/faults", json=[fault]), client.post("/_mock/faults", json=fault)]

    for answer in answers:
        assert 400 == answer.status_code
        assert complaint in answer.json["message"]
    assert ["get_order"] == [each["operation"] for each in client.get("/_mock/faults").json["faults"]]


@pytest.mark.parametrize(
    ("preference", "status", "applied"),
    [
        ("outcome=unknown_contact", 400, "outcome=unknown_contact"),
        ('respond-async, Outcome="unknown_contact"; x=1', 400, "outcome=unknown_contact"),
        ("code=401", 401, "code=401"),
        ("code=503", 503, "code=503"),
        ("code=400, delay=0.01, outcome=unknown_contact", 400, "outcome=unknown_contact, code=400, delay=0.01"),
        ("delay=0.01", 200, "delay=0.01"),
        ("code=200", 200, None),
        ("outcome=accepted", 200, None),
        ("return=minimal", 200, None),
    ],
)
def test_one_request_prefers_how_it_is_answered(
    client: FlaskClient, preference: str, status: int, applied: str | None
) -> None:
    """By RFC 7240's header; the answer says which preferences were applied."""
    answer = sell(client, Prefer=preference)

    assert (status, applied) == (answer.status_code, answer.headers.get("Preference-Applied"))
    assert 200 == sell(client).status_code


@pytest.mark.parametrize(
    ("preference", "complaint"),
    [
        ("outcome=unknown_contakt", "Did you mean unknown_contact"),
        ("outcome=order_added", "follows from the state"),
        ("outcome=zzz", "It has: "),
        ("code=418", "add_order does not answer with 418; there are: 200, 400"),
        ("code=x", "code=404"),
        ("delay=301", "0 to 300"),
        ("delay=soon", "0 to 300"),
        ("outcome=unknown_contact, code=401", "has the status 400, not 401"),
    ],
)
def test_a_preference_that_cannot_be_is_refused_by_the_mock(
    client: FlaskClient, preference: str, complaint: str
) -> None:
    """In its own shape, with what was meant; nothing is done."""
    before = client.get("/_mock/snapshot").data

    answer = sell(client, Prefer=preference)

    assert (400, "unusable_preference") == (answer.status_code, answer.json["error"])
    assert complaint in answer.json["message"]
    assert before == client.get("/_mock/snapshot").data


def test_a_request_that_names_no_operation_can_still_prefer_a_status(client: FlaskClient) -> None:
    """Of a gateway; what an operation alone can be refused for, it cannot."""
    assert 503 == client.get("/nowhere", headers={"Prefer": "code=503"}).status_code
    assert 504 == client.options(ANYWHERE, headers={"Prefer": "code=504"}).status_code
    refused = client.get("/nowhere", headers={"Prefer": "outcome=client_closed"})
    assert (400, "names no operation" in refused.json["message"]) == (refused.status_code, True)


def test_what_a_handler_forgets_is_still_a_mistake_of_the_mock(mock: Mock, client: FlaskClient) -> None:
    """Facts are found for refusals that were ordered, and for no others."""
    from counterfoil.mockserver.engine.operations import MockBug

    with pytest.raises(MockBug, match="needs the fact"):
        mock.endpoints["whmcs-classic"].operations["add_order"].refusal("client_closed", {})
