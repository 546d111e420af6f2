"""Liberties: each is allowed by the documents, and together they do otherwise than all that is but the mock's choice."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver import liberties
from counterfoil.mockserver.create import create_app
from counterfoil.mockserver.liberties.liberty import KINDS
from counterfoil.specs import Contract, names
from counterfoil.specs.reading import read

ROOT = Path(__file__).parents[2]
GRAVATAR = "//www.gravatar.com/avatar/0?size=50&default=mm"
PAGE = (ROOT / "docs/liberties.md").read_text()
#: what stands between an operation and its examples says nothing that a reader wants to know
_MEDIA = re.compile(r"content/[a-z]+/[a-z.+-]+/")
TOKEN = {"access_token": "counterfoil-token"}

operations = cache(lambda contract: Contract.load(contract).operations.keys())


@pytest.fixture(autouse=True)
def own(client: FlaskClient) -> Iterator[None]:
    """The mock's own program before and after."""
    client.put("/_mock/liberties", json={"liberties": []})
    client.post("/_mock/reset")
    yield
    client.put("/_mock/liberties", json={"liberties": []})
    client.post("/_mock/reset")


def take(client: FlaskClient, *taken: str) -> None:
    assert 200 == client.put("/_mock/liberties", json={"liberties": taken}).status_code


def place_order(client: FlaskClient, **fields: Any) -> Any:
    form = {"contact_id": 1, "items[0][sku_id]": 1, **fields}
    return client.post("/api.php/shop.order.add", query_string=TOKEN, data=form)


# what is chosen


def _chosen_in_contract(contract: str) -> Iterator[str]:
    """Each place with the mark `chosen`: by its operation, or by its component."""
    document = Contract.load(contract).document
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "operationId" in operation:
                yield from _marked(operation, operation["operationId"])
    for kind, components in document["components"].items():
        yield from _marked(components, kind)


def _marked(node: Any, where: str) -> Iterator[str]:
    if isinstance(node, list):
        node = dict(enumerate(node))
    if isinstance(node, dict):
        if node.get("x-evidence") == "chosen":
            yield _MEDIA.sub("", where)
        for key, below in node.items():
            if key != "value":
                yield from _marked(below, f"{where}/{key}")


def _chosen_in_cases(contract: str) -> Iterator[str]:
    """The clauses of cases that say that something is chosen."""
    for path in sorted((ROOT / "contracts/apis" / contract.replace("-", "_") / "cases").glob("*.yaml")):
        for case in read(path)["cases"]:
            if re.search(r"\bchosen\b", case["clause"], re.IGNORECASE):
                yield " ".join(case["clause"].split())


@pytest.mark.parametrize("contract", names())
def test_whatever_is_chosen_has_a_liberty_that_does_otherwise(contract: str) -> None:
    """Or a reason why nothing else can be done; and nothing is listed that is not chosen.

    Whoever marks something as chosen adds a line to mockserver/liberties/chosen.yaml: its liberties, or the reason.
    """
    listed = liberties.CHOSEN.by_contract[contract]

    assert set(_chosen_in_contract(contract)) == listed["contract"].keys()
    assert set(_chosen_in_cases(contract)) == listed["cases"].keys()


def test_what_is_listed_names_liberties_of_its_contract_or_a_reason() -> None:
    """One of the two; and reasons are few."""
    every = [
        (contract, what)
        for contract, rooms in liberties.CHOSEN.by_contract.items()
        for room in rooms.values()
        for what in room.values()
    ]

    for contract, what in every:
        assert what.keys() in ({"liberties"}, {"reason"})
        for name in what.get("liberties", ()):
            assert contract == liberties.CATALOGUE[name].contract
    assert sum("reason" in what for _, what in every) < len(every) / 10


# the catalogue


@pytest.mark.parametrize("name", liberties.CATALOGUE)
def test_a_liberty_is_called_by_what_it_does(name: str) -> None:
    """A name that can be read, a kind that is known, a sentence, operations and others that there are."""
    liberty = liberties.CATALOGUE[name]

    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", name)
    assert liberty.kind in KINDS
    assert re.fullmatch(r"[A-Z0-9].{20,140}\.", liberty.sentence)
    assert set() == liberty.operations - operations(liberty.contract)
    assert all(liberties.CATALOGUE[other].contract == liberty.contract for other in liberty.apart)


def test_every_kind_is_taken_in_some_contract() -> None:
    """A kind without a liberty would leave open what nobody tries."""
    assert set(KINDS) == {liberty.kind for liberty in liberties.CATALOGUE.values()}


def test_every_kind_and_every_liberty_is_documented() -> None:
    """The page lists each under its contract, with its kind, its sentence and what it does otherwise."""
    rows = {
        tuple(row) for row in re.findall(r"^\| `([a-z0-9_]+)` \| ([a-z ]+) \| (.+) \| (\d+) \|$", PAGE, re.MULTILINE)
    }
    kinds = dict(re.findall(r"^\| ([a-z ]+) \| ([^|]+) \|$", PAGE.partition("|---|---|\n")[2], re.MULTILINE))

    assert {
        (each.name, each.kind, each.sentence, str(len(liberties.CHOSEN.instead_of(each))))
        for each in liberties.CATALOGUE.values()
    } == rows
    assert KINDS == kinds
    for contract in names():
        section = PAGE.partition(f"\n## {contract}\n")[2].partition("\n## ")[0]
        assert {each.name for each in liberties.CATALOGUE.values() if each.contract == contract} == set(
            re.findall(r"^\| `([a-z0-9_]+)`", section, re.MULTILINE)
        )


# switching


def test_a_world_takes_liberties_and_others_do_not(client: FlaskClient) -> None:
    """By name, per world; a world that is made there takes them, too."""
    client.post("/_mock/worlds", json={"name": "free"})
    client.put("/w/free/_mock/liberties", json={"liberties": ["texts_are_left_out"]})
    client.post("/w/free/_mock/worlds", json={"name": "child"})
    texts = [
        "error_description" in client.post(f"{world}/api.php/shop.order.add", query_string=TOKEN).json
        for world in ("", "/w/free", "/w/child")
    ]
    for name in ("free", "child"):
        client.delete(f"/_mock/worlds/{name}")

    assert [True, False, False] == texts


def test_an_unknown_liberty_is_refused_with_the_names_that_are_like_it(client: FlaskClient) -> None:
    """And nothing changes."""
    take(client, "texts_before_3_2_0")

    near = client.put("/_mock/liberties", json={"liberties": ["texts_before_3_2_1"]})
    wrong = client.put("/_mock/liberties", json={"liberty": []})
    on = [each["name"] for each in client.get("/_mock/liberties").json["liberties"] if each["on"]]

    assert (400, 400) == (near.status_code, wrong.status_code)
    assert "Did you mean texts_before_3_2_0" in near.json["message"]
    assert ["texts_before_3_2_0"] == on


def test_liberties_and_defects_do_not_switch_each_other_off(client: FlaskClient) -> None:
    """A program may decide freely and make mistakes."""
    client.put("/_mock/defects", json={"defects": ["totals_are_texts"]})
    take(client, "photos_are_gravatars")
    order = place_order(client).json
    client.put("/_mock/defects", json={"defects": []})
    honest = place_order(client).json

    assert ("25.0000", GRAVATAR) == (order["total"], order["contact"]["photo_50x50"])
    assert (25, GRAVATAR) == (honest["total"], honest["contact"]["photo_50x50"])


def test_another_installation_begins_anew_and_any_other_liberty_keeps_the_state(client: FlaskClient) -> None:
    """What is seeded otherwise cannot be mixed with what was seeded before."""

    def orders() -> int:
        count: int = client.get("/api.php/shop.order.search", query_string=TOKEN).json.get("count", -1)
        return count

    place_order(client)
    take(client, "photos_are_gravatars")
    kept = orders()
    take(client, "another_shop")
    unknown = place_order(client).json["error"]
    take(client)

    assert (2, "invalid_token", 1) == (kept, unknown, orders())


def test_what_is_chosen_does_not_bind_who_takes_liberties(client: FlaskClient) -> None:
    """A bare list is answered where the shape of the list is but our choice, and the mock calls it no bug of its own."""
    take(client, "actions_are_a_bare_list")
    number = place_order(client).json["id"]

    answer = client.get("/api.php/shop.order.actions", query_string={**TOKEN, "id": number})

    assert (200, "process") == (answer.status_code, answer.json[0]["id"])


def test_what_a_document_says_binds_whoever_takes_liberties(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A liberty that breaks it is a bug of the mock, and told as one."""
    liberty = liberties.CATALOGUE["photos_are_gravatars"]
    monkeypatch.setitem(liberty.__dict__, "change", lambda _exchange, reply: reply.body.pop("total"))
    take(client, "photos_are_gravatars")

    answer = place_order(client)

    assert (500, "mock_bug") == (answer.status_code, answer.json["error"])


def test_a_mock_of_its_own_does_not_load_its_liberties() -> None:
    """They are read when somebody asks for them, and cost nothing before."""
    script = (
        "import sys; from counterfoil.mockserver.create import create_app; client = create_app().test_client();"
        "client.post('/includes/api.php', data={'action': 'GetOrders'}); client.post('/_mock/reset');"
        "print(*[name for name in sys.modules if name.startswith('counterfoil.mockserver.liberties')]);"
        "client.get('/_mock/liberties'); print('counterfoil.mockserver.liberties' in sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ["", "True"] == run.stdout.splitlines()


def test_vendors_know_nothing_of_liberties() -> None:
    """What is decided otherwise stands around their code, not in it."""
    vendors = [path.parent for path in (ROOT / "mockserver").glob("*/seed.yaml")]

    assert len(vendors) > 1
    assert [] == [path for vendor in vendors for path in vendor.rglob("*.py") if "liberties" in path.read_text()]


def test_what_is_not_served_has_no_liberties() -> None:
    """The catalogue of a mock of one vendor has that vendor's alone."""
    shown = create_app(["billmanager"]).test_client().get("/_mock/liberties").json["liberties"]

    assert {"billmanager"} == {each["contract"] for each in shown}
