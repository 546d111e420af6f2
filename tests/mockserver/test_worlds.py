"""Worlds, clocks, snapshots, faults and the journal, through the control plane."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.control import ROUTES
from counterfoil.mockserver.create import create_app

ORDER = {
    "action": "AddOrder", "clientid": "1", "pid": "1", "billingcycle": "monthly", "paymentmethod": "mailin",
    "identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json",
}  # fmt: skip
SALE = {"items[0][sku_id]": "1", "contact_id": "1", "access_token": "counterfoil-token"}


def order(client: FlaskClient, world: str = "", **more: str) -> dict[str, Any]:
    """Place a WHMCS order in the world; its answer."""
    answer = client.post(f"{world}/includes/api.php", data=ORDER | more).json
    assert "success" == answer["result"], answer
    return answer


def orders(client: FlaskClient, world: str = "") -> int:
    """How many orders WHMCS has in the world."""
    return client.post(f"{world}/includes/api.php", data=ORDER | {"action": "GetOrders"}).json["totalresults"]


def make_world(client: FlaskClient, name: str, **more: Any) -> str:
    """Make a world; its path prefix."""
    assert 201 == client.post("/_mock/worlds", json={"name": name} | more).status_code
    return f"/w/{name}"


def test_two_worlds_never_see_each_other(client: FlaskClient) -> None:
    """What happens in one world is in no other, by prefix and by header alike."""
    first, second = make_world(client, "first"), make_world(client, "second")

    before = orders(client)
    order(client, first)
    order(client, first)
    client.post("/includes/api.php", data=ORDER, headers={"X-Mock-World": "second"})

    assert [before, before + 2, before + 1] == [orders(client), orders(client, first), orders(client, second)]


def test_ids_of_a_world_do_not_depend_on_other_worlds(client: FlaskClient) -> None:
    """The same requests have the same answers, byte by byte, whatever happens elsewhere."""
    first, second = make_world(client, "first"), make_world(client, "second")

    answers = []
    for world in (first, second):
        answers.append([client.post(f"{world}/includes/api.php", data=ORDER).data for _ in range(3)])
        answers[-1].append(client.post(f"{world}/includes/api.php", data=ORDER | {"action": "GetOrders"}).data)
        answers[-1].append(client.post(f"{world}/api.php/shop.order.add", data=SALE).data)

    assert answers[0] == answers[1]


def test_the_seed_makes_what_looks_random(client: FlaskClient) -> None:
    """Another seed gives other order numbers, the same one the same."""
    worlds = [make_world(client, name, seed=seed) for name, seed in (("a", 7), ("b", 7), ("c", 8))]

    numbers = []
    for world in worlds:
        order(client, world)
        listed = client.post(f"{world}/includes/api.php", data=ORDER | {"action": "GetOrders"}).json
        numbers.append(listed["orders"]["order"][0]["ordernum"])

    assert numbers[0] == numbers[1] != numbers[2]


def test_reset_brings_the_seeded_installation_back(client: FlaskClient) -> None:
    """Orders, clock, faults and the journal are as at the start."""
    before = client.get("/_mock/snapshot").json
    order(client)
    client.post("/_mock/clock", json={"advance": {"days": 3}})
    client.put("/_mock/faults", json=[{"operation": "add_order", "delay": 0}])

    client.post("/_mock/reset")

    assert before == client.get("/_mock/snapshot").json
    assert [] == client.get("/_mock/faults").json["faults"]
    assert 0 == client.get("/_mock/journal").json["requests"]


def test_a_snapshot_is_taken_back_whole(client: FlaskClient) -> None:
    """After a restore in another world, everything that was asked before is answered alike, and ids go on."""
    here, there = make_world(client, "here"), make_world(client, "there")
    order(client, here)
    client.post(f"{here}/api.php/shop.order.add", data=SALE)
    client.post(f"{here}/_mock/clock", json={"advance": {"hours": 5}})

    snapshot = client.get(f"{here}/_mock/snapshot").data
    assert 200 == client.put(f"{there}/_mock/snapshot", data=snapshot).status_code

    assert json.loads(snapshot) == client.get(f"{there}/_mock/snapshot").json
    assert order(client, here) == order(client, there)
    assert orders(client, here) == orders(client, there)


@pytest.mark.parametrize("body", ["[]", "{}", '{"clock": 1}', "{", '{"format": 1, "seed": "x"}', "\xff"])
def test_a_broken_snapshot_changes_nothing(client: FlaskClient, body: str) -> None:
    """It is refused with a message."""
    order(client)
    before = client.get("/_mock/snapshot").json

    answer = client.put("/_mock/snapshot", data=body.encode("latin-1"))

    assert 400 == answer.status_code
    assert answer.json["message"]
    assert before == client.get("/_mock/snapshot").json


def test_the_clock_is_read_put_moved_and_let_go(client: FlaskClient) -> None:
    """Orders carry the world's time."""
    world = make_world(client, "late")

    assert {"now": "2026-01-05T09:00:00Z", "ticks": False} == client.get(f"{world}/_mock/clock").json
    client.post(f"{world}/_mock/clock", json={"set": "2027-03-01T12:00:00+02:00"})
    moved = client.post(f"{world}/_mock/clock", json={"advance": {"days": 40, "hours": 1}}).json
    order(client, world)

    assert {"now": "2027-04-10T11:00:00Z", "ticks": False} == moved
    listed = client.post(f"{world}/includes/api.php", data=ORDER | {"action": "GetOrders"}).json["orders"]["order"]
    assert "2027-04-10 11:00:00" in [each["date"] for each in listed]
    assert "2026-01-05T09:00:00Z" == client.get("/_mock/clock").json["now"]
    assert client.post(f"{world}/_mock/clock", json={"tick": True}).json["ticks"]


def test_a_fault_meets_as_many_requests_as_it_was_told_to(client: FlaskClient) -> None:
    """A refusal of the contract is given on order, its template filled; then life goes on."""
    fault = {"operation": "add_order", "refusal": "client_closed", "facts": {"status": "Closed"}, "times": 2}
    client.put("/_mock/faults", json=[fault])

    messages = [client.post("/includes/api.php", data=ORDER).json.get("message") for _ in range(3)]

    assert ["Unable to add order when client status is Closed"] * 2 + [None] == messages


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "complaint"),
    [
        ("POST", "worlds", {"name": "a b"}, 400, "letters, digits"),
        ("POST", "worlds", {"name": "main"}, 409, "already"),
        ("POST", "worlds", {"nam": "x"}, 400, "nam"),
        ("POST", "worlds", {"name": "x", "clock": "tomorrow"}, 400, "clock"),
        ("DELETE", "worlds/main", None, 404, "main"),
        ("DELETE", "worlds/nobody", None, 404, "nobody"),
        ("POST", "clock", {"advance": {"fortnights": 1}}, 400, "days"),
        ("POST", "clock", {"advance": {"days": 1e300}}, 400, "days"),
        ("POST", "clock", {"set": "noon"}, 400, "set"),
        ("PUT", "faults", [{"operation": "fly"}], 400, "no operation 'fly'"),
        ("PUT", "faults", [{"operation": "add_order", "refusal": "tired"}], 400, "no refusal 'tired'; it has"),
        ("PUT", "faults", [{"operation": "add_order", "contract": "ebay"}], 400, "no contract 'ebay'"),
        ("PUT", "faults", [{"operation": "add_order", "delay": 1e9}], 400, "300"),
        ("PATCH", "settings", {"ebay": {}}, 400, "no vendor 'ebay'"),
        ("PATCH", "settings", {"shopscript": {"colour": 1}}, 400, "no setting colour; it has"),
        ("PATCH", "settings", {"shopscript": {"licensed": [1]}}, 400, "licensed"),
        ("GET", "nothing", None, 404, "nothing"),
        ("PUT", "reset", None, 405, ""),
    ],
)
def test_a_control_request_that_cannot_be_carried_out_says_why(
    client: FlaskClient, method: str, path: str, body: Any, status: int, complaint: str
) -> None:
    """It changes nothing."""
    before = client.get("/_mock/snapshot").data

    answer = client.open(f"/_mock/{path}", method=method, json=body)

    assert status == answer.status_code
    assert complaint in answer.json["message"]
    assert before == client.get("/_mock/snapshot").data


def test_a_world_that_nobody_made_is_refused(client: FlaskClient) -> None:
    """With a message that says how to make one."""
    answer = client.get("/w/nowhere/includes/api.php")

    assert (404, "unknown_world") == (answer.status_code, answer.json["error"])
    assert "POST /_mock/worlds" in answer.json["message"]


def test_elsewhere_the_control_plane_asks_for_its_token() -> None:
    """Only health is open; the vendors' own paths need no such token."""
    client = create_app(["shopscript"], token="secret").test_client()

    assert 200 == client.get("/_mock/health").status_code
    assert 401 == client.post("/_mock/reset").status_code
    assert 401 == client.post("/_mock/reset", headers={"Authorization": "Bearer wrong\xff"}).status_code
    assert 200 == client.post("/_mock/reset", headers={"Authorization": "Bearer secret"}).status_code
    assert 200 == client.post("/api.php/shop.order.add", data=SALE).status_code


def test_the_journal_holds_what_was_asked_and_answered(client: FlaskClient) -> None:
    """With the operation and the outcome that the mock saw in it."""
    order(client)
    client.post("/includes/api.php", data=ORDER | {"clientid": "999"})

    journal = client.get("/_mock/journal").json

    assert 2 == journal["requests"]
    assert ["accepted", "client_id_not_found"] == [entry["outcome"] for entry in journal["entries"]]
    assert "clientid=999" in journal["entries"][1]["request"]
    assert "Client ID not found" in journal["entries"][1]["answer"]


def test_the_control_plane_does_what_its_own_document_says(mock: Mock, client: FlaskClient) -> None:
    """Every route is in control.yaml and the other way round, and a good answer of each is valid under it."""
    document = client.get("/openapi/control.json").json
    documented = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    routes = {(method, "/_mock/" + rule.replace("<", "{").replace(">", "}")) for rule, method, _ in ROUTES}
    assert documented == routes

    bodies = {
        "make_world": {"name": "checked"}, "move_clock": {"tick": False}, "change_settings": {}, "set_faults": [],
        "restore_snapshot": client.get("/_mock/snapshot").json, "set_defects": {"defects": []},
        "set_liberties": {"liberties": []}, "set_strict": {"strict": "off"},
        "add_fault": {"operation": "get_order", "status": 503},
    }  # fmt: skip
    operations = sorted(
        ((item[method], method, path) for path, item in document["paths"].items() for method in item),
        key=lambda operation: operation[1] == "delete",
    )
    for operation, method, path in operations:
        name = client.post("/_mock/faults", json=bodies["add_fault"]).json["id"] if "faults" in path else "checked"
        answer = client.open(path.replace("{name}", name), method=method, json=bodies.get(operation["operationId"]))
        status = str(answer.status_code)
        assert status in ("200", "201"), (operation["operationId"], answer.data)
        response = document["components"]["responses"][operation["responses"][status]["$ref"].split("/")[-1]]
        if "application/json" not in response["content"]:
            assert answer.mimetype in response["content"]
            answer.close()
            continue
        schema = response["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json)


def test_parallel_clients_lose_nothing(mock: Mock, client: FlaskClient) -> None:
    """Forty threads in four worlds: every order is there once, in its own world."""
    worlds = [make_world(client, f"p{n}") for n in range(4)]
    before = orders(client)

    def shop(n: int) -> int:
        return int(order(mock.test_client(), worlds[n % 4])["orderid"])

    with ThreadPoolExecutor(8) as pool:
        placed = list(pool.map(shop, range(40)))

    for n, world in enumerate(worlds):
        mine = placed[n::4]
        assert 10 == len(set(mine))
        assert before + 10 == orders(client, world)


_AT_ONCE = """
import sys
from threading import Barrier, Thread
from counterfoil.mockserver.create import create_app

sys.setswitchinterval(1e-6)
app, begin, answers = create_app(), Barrier(8), []

def ask(number):
    client = app.test_client()
    begin.wait()
    answers.append(client.post("/_mock/worlds", json={"name": f"w{number}"}).status_code)
    answers.append(client.get(f"/w/w{number}/api/v2/store/products").status_code)

threads = [Thread(target=ask, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(answers))
"""


@pytest.mark.end_to_end
@pytest.mark.parametrize("turn", range(3))
def test_a_fresh_mock_bears_many_first_callers_at_once(turn: int) -> None:
    """In a process of its own: what it has not met before, it meets in several threads."""
    ended = subprocess.run([sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=False)

    assert (0, f"{[200] * 8 + [201] * 8}\n") == (ended.returncode, ended.stdout), ended.stderr
