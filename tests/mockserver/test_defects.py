"""Defects: each changes what it is about, in its own world, and nothing else does."""

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import BrokenBarrierError
from time import perf_counter
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver import defects
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.mockserver.defects.defect import KINDS
from counterfoil.specs import Contract

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parent))
import misbehaving_books  # noqa: E402, F401 - as the next one
import misbehaving_offers  # noqa: E402, F401 - as the next one
import misbehaving_orders  # noqa: E402, F401 - as the next one
import misbehaving_panel  # noqa: E402, F401 - as the next one
import misbehaving_rest  # noqa: E402, F401 - as the next one
import misbehaving_shop  # noqa: E402, F401 - they lie beside this file, which is no package; it registers what it sees
from misbehaving import SEEN, Caller  # noqa: E402

operations = cache(lambda contract: Contract.load(contract).operations.keys())
PAGE = (ROOT / "docs/defects.md").read_text()


@pytest.fixture
def caller(mock: Mock, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Caller]:
    """Makes a caller of a new world with these defects. Nobody waits, but calls that come at once for each other."""
    callers: list[Caller] = []

    def sleep(seconds: float) -> None:
        if seconds >= 1:
            callers[-1].waited += seconds
        elif callers[-1].meeting is not None:
            with suppress(BrokenBarrierError):  # a call that was refused does not come
                callers[-1].meeting.wait(1)

    def make(*names: str) -> Caller:
        world = f"/w/d{len(callers)}"
        assert 201 == client.post("/_mock/worlds", json={"name": world[3:]}).status_code
        assert 200 == client.put(f"{world}/_mock/defects", json={"defects": names}).status_code
        callers.append(Caller(mock, world))
        return callers[-1]

    for module in ("pipeline", "varied"):
        monkeypatch.setattr(
            f"counterfoil.mockserver.engine.{module}.time", SimpleNamespace(sleep=sleep, perf_counter=perf_counter)
        )
    return make


@pytest.mark.parametrize("name", defects.CATALOGUE)
def test_a_defect_shows_in_its_own_world(name: str, caller: Callable[..., Caller]) -> None:
    """What a client sees is the same in all honest worlds, and another thing where the program has the defect."""
    honest, spoilt, other = (SEEN[name](caller(*names)) for names in ((), (name,), ()))

    assert honest == other
    assert honest != spoilt


@pytest.mark.parametrize("name", defects.CATALOGUE)
def test_a_defect_is_called_by_what_is_wrong(name: str) -> None:
    """A name that can be read, a kind that is known, a sentence, and operations that its contract has."""
    defect = defects.CATALOGUE[name]

    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", name)
    assert defect.kind in KINDS
    assert re.fullmatch(r"[A-Z].{20,130}\.", defect.sentence)
    assert set() == defect.operations - operations(defect.contract)


def test_every_defect_can_be_seen() -> None:
    """One that nobody could see would be none."""
    assert set(SEEN) == set(defects.CATALOGUE)


def test_every_kind_and_every_defect_is_documented() -> None:
    """The page lists each under its contract, with its kind and its sentence, and nothing else."""
    rows = {tuple(row) for row in re.findall(r"^\| `([a-z0-9_]+)` \| ([a-z ]+) \| (.+) \|$", PAGE, re.MULTILINE)}
    kinds = dict(re.findall(r"^\| ([a-z ]+) \| ([^|]+) \|$", PAGE.partition("|---|---|\n")[2], re.MULTILINE))

    assert {(each.name, each.kind, each.sentence) for each in defects.CATALOGUE.values()} == rows
    assert KINDS == kinds
    for contract in {each.contract for each in defects.CATALOGUE.values()}:
        section = PAGE.partition(f"\n## {contract}\n")[2].partition("\n## ")[0]
        assert {each.name for each in defects.CATALOGUE.values() if each.contract == contract} == set(
            re.findall(r"^\| `([a-z0-9_]+)`", section, re.MULTILINE)
        )


def test_every_kind_is_made_in_some_contract() -> None:
    """A kind without a mistake would promise what nobody tries."""
    assert set(KINDS) == {defect.kind for defect in defects.CATALOGUE.values()}


def test_an_honest_mock_does_not_load_its_defects() -> None:
    """They are read when somebody asks for them, and cost nothing before."""
    script = (
        "import sys; from counterfoil.mockserver.create import create_app; client = create_app().test_client();"
        "client.post('/includes/api.php', data={'action': 'GetOrders'}); client.post('/_mock/reset');"
        "print(*[name for name in sys.modules if name.startswith('counterfoil.mockserver.defects')]);"
        "client.get('/_mock/defects'); print('counterfoil.mockserver.defects' in sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ["", "True"] == run.stdout.splitlines()


def test_vendors_know_nothing_of_defects() -> None:
    """What goes wrong stands around their code, not in it."""
    vendors = [path.parent for path in (ROOT / "mockserver").glob("*/seed.yaml")]
    knowing = [path for vendor in vendors for path in vendor.rglob("*.py") if "defects" in path.read_text()]

    assert len(vendors) > 1
    assert [] == knowing


def test_defects_are_what_the_program_is(caller: Callable[..., Caller]) -> None:
    """They stay when the state is reset or restored, and are in no snapshot."""
    name = "order_total_forgets_the_quantity"
    spoilt = caller(name)
    seen = SEEN[name](spoilt)

    snapshot = spoilt.client.get(f"{spoilt.world}/_mock/snapshot").json
    spoilt.client.post(f"{spoilt.world}/_mock/reset")

    assert name not in str(snapshot)
    assert seen == SEEN[name](spoilt)
    spoilt.client.put(f"{spoilt.world}/_mock/snapshot", json=snapshot)
    assert seen == SEEN[name](spoilt)


def test_a_world_made_in_a_spoilt_one_is_spoilt(caller: Callable[..., Caller], mock: Mock) -> None:
    """Whoever knows the spoilt world's base URL alone meets its defects in the worlds that they make there."""
    name = "order_total_forgets_the_quantity"
    spoilt, honest = caller(name), caller()

    made = spoilt.client.post(f"{spoilt.world}/_mock/worlds", json={"name": "child"})
    headed = honest.client.post("/_mock/worlds", json={"name": "headed"}, headers={"X-Mock-World": spoilt.world[3:]})
    beside = spoilt.client.post("/_mock/worlds", json={"name": "beside"})

    assert [201] * 3 == [answer.status_code for answer in (made, headed, beside)]
    assert SEEN[name](spoilt) == SEEN[name](Caller(mock, "/w/child")) == SEEN[name](Caller(mock, "/w/headed"))
    assert SEEN[name](honest) == SEEN[name](Caller(mock, "/w/beside"))
    assert 404 == spoilt.client.post("/w/nowhere/_mock/worlds", json={"name": "lost"}).status_code


def test_the_catalogue_says_which_defects_are_on(caller: Callable[..., Caller]) -> None:
    """Of this world; an empty list makes its program honest again."""
    one, two = "totals_are_texts", "xml_is_not_escaped"
    spoilt, honest = caller(two, one, one), caller()

    def on(who: Caller) -> set[str]:
        return {each["name"] for each in who.client.get(f"{who.world}/_mock/defects").json["defects"] if each["on"]}

    assert ({one, two}, set()) == (on(spoilt), on(honest))
    answer = spoilt.client.put(f"{spoilt.world}/_mock/defects", json={"defects": []})
    assert set() == {each["name"] for each in answer.json["defects"] if each["on"]} == on(spoilt)
    assert len(defects.CATALOGUE) == len(answer.json["defects"])
    assert SEEN[one](honest) == SEEN[one](spoilt)


def test_an_unknown_defect_is_refused_with_the_names_that_are_like_it(caller: Callable[..., Caller]) -> None:
    """And nothing changes."""
    spoilt = caller("totals_are_texts")
    put = f"{spoilt.world}/_mock/defects"

    near = spoilt.client.put(put, json={"defects": ["xml_is_not_escaped", "total_is_text"]})
    far = spoilt.client.put(put, json={"defects": ["zzzzzz"]})
    wrong = spoilt.client.put(put, json={"defect": []})

    assert [400] * 3 == [answer.status_code for answer in (near, far, wrong)]
    assert "'total_is_text'" in near.json["message"]
    assert "Did you mean totals_are_texts" in near.json["message"]
    assert "GET /_mock/defects" in far.json["message"]
    on = [each["name"] for each in spoilt.client.get(put).json["defects"] if each["on"]]
    assert ["totals_are_texts"] == on


def test_what_is_not_served_has_no_defects() -> None:
    """The catalogue of a mock of one vendor has that vendor's alone."""
    client = create_app(["shopscript"]).test_client()

    shown = {each["contract"] for each in client.get("/_mock/defects").json["defects"]}
    refused = client.put("/_mock/defects", json={"defects": ["any_secret_opens"]})

    assert {"shopscript"} == shown
    assert 400 == refused.status_code


def test_faults_and_the_journal_work_in_a_spoilt_world(caller: Callable[..., Caller]) -> None:
    """A defect of one operation leaves the others as they are, with all that the control plane can order."""
    spoilt = caller("unknown_group_crashes", "totals_are_texts")
    fault = {"operation": "add_order", "contract": "whmcs-classic", "refusal": "no_items", "delay": 2, "times": 1}
    spoilt.client.put(f"{spoilt.world}/_mock/faults", json=[fault])

    results = [spoilt.order()["result"] for _ in range(2)]
    spoilt.rest("GET", "/store/products/groups/999")

    journal = spoilt.client.get(f"{spoilt.world}/_mock/journal").json["entries"]
    assert ["error", "success"] == results
    assert 2 == spoilt.waited
    assert ["no_items", "accepted", "crashed"] == [entry["outcome"] for entry in journal]
    assert 500 == journal[-1]["status"]
    assert 200 == spoilt.client.open(f"{spoilt.world}/includes/api.php", method="OPTIONS").status_code


def test_several_defects_of_one_place_are_all_made(caller: Callable[..., Caller]) -> None:
    """One does not hide the other."""
    spoilt = caller("totals_are_texts", "order_total_forgets_the_quantity", "names_are_escaped_twice")

    order = spoilt.sale(2, contact_id=0, **{"items[0][quantity]": 3, "contact[name]": "A & B"})

    assert ("8.5000", "A &amp;amp; B") == (order["total"], order["contact"]["name"])


@pytest.mark.parametrize("contract", sorted({defect.contract for defect in defects.CATALOGUE.values()}))
def test_all_defects_of_a_contract_can_be_made_at_once(
    contract: str, caller: Callable[..., Caller], caplog: pytest.LogCaptureFixture
) -> None:
    """None of them stumbles over another: the program is bad, and the mock is not."""
    names = [defect.name for defect in defects.CATALOGUE.values() if defect.contract == contract]
    spoilt = caller(*names)

    for name in names:
        with suppress(
            LookupError, TypeError, ValueError, AttributeError, AssertionError
        ):  # of the caller, who expects another form
            SEEN[name](spoilt)

    assert [] == [record.exc_text for record in caplog.records if record.name == "mockserver"]
