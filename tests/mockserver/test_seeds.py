"""An installation of one's own: a seed file, a snapshot to begin with, and what is said of mistakes in them."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from counterfoil.command import main
from counterfoil.mockserver import seeds, vendors
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.mockserver.engine import snapshots
from counterfoil.specs import SpecError

SHOP = """\
shopscript:
  settings: {currency: EUR}
  contacts:
    - {id: 7, name: Cy Example, email: cy@example.com, phone: '', registered: true}
  catalogue:
    products:
      - {id: 1, name: Bench}
    skus:
      - {id: 11, product_id: 1, price: '99.50'}
    service_prices: []
"""
SALE = {"items[0][sku_id]": "11", "items[0][quantity]": "2", "contact_id": "7", "access_token": "counterfoil-token"}
ORDER = {
    "action": "AddOrder", "clientid": "1", "pid": "1", "billingcycle": "monthly", "paymentmethod": "mailin",
    "identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json",
}  # fmt: skip


def written(folder: Path, text: str) -> Path:
    """The text in a file."""
    path = folder / "shop.yaml"
    path.write_text(text)
    return path


def sell(client: FlaskClient, world: str = "") -> dict[str, Any]:
    """A sale of two benches."""
    answer: dict[str, Any] = client.post(f"{world}/api.php/shop.order.add", data=SALE).json
    return answer


def test_the_mock_begins_with_ones_own_installation(tmp_path: Path) -> None:
    """In every world, and again after a reset; what the file leaves out is as shipped."""
    client = create_app(seed_file=written(tmp_path, SHOP)).test_client()
    client.post("/_mock/worlds", json={"name": "other"})

    for world in ("", "/w/other"):
        assert ("199.0000", "EUR", 7) == (
            f"{sell(client, world)['total']:.4f}", sell(client, world)["currency"], sell(client, world)["contact_id"],
        )  # fmt: skip
        assert 200 == client.post(f"{world}/_mock/reset").status_code
        assert 7 == sell(client, world)["contact_id"]
    assert "success" == client.post("/includes/api.php", data=ORDER).json["result"]


@pytest.mark.parametrize("vendor", vendors.ALL)
def test_what_is_shipped_is_in_the_words_that_are_checked(tmp_path: Path, vendor: str) -> None:
    """The starting file makes the very state that is shipped, and its schema is one."""
    path = written(tmp_path, seeds.starting_file(vendors.ALL))
    jsonschema.Draft202012Validator.check_schema(seeds.schema(vendors.ALL))

    plain, own = create_app([vendor]), create_app(None, seed_file=path)

    states = [app.test_client().get("/_mock/snapshot").json["vendors"][vendor] for app in (plain, own)]
    assert states[0] == states[1]


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ("shopscript:", "shopscrpt:", 1, "shopscrpt is unknown; did you mean shopscript?"),
        ("contacts:", "contact:", 3, "shopscript.contact is unknown; did you mean contacts?"),
        ("price: '99.50'", "prise: '99.50'", 9, "shopscript.catalogue.skus[0].prise is unknown; did you mean price"),
        ("price: '99.50'", "price: 99.5", 9, "99.5 is not of the type string (in quotes)"),
        ("price: '99.50'", "price: cheap", 9, "'cheap' is no amount; write it as a text with digits"),
        ("name: Bench", "name: [Bench]", 7, '["Bench"] is not of the type string'),
        ("{id: 1, name: Bench}", "{id: 1}", 7, "'name' is a required property"),
        ("product_id: 1", "product_id: 8", 9, "names 8, which is not in shopscript.catalogue.products; there are: 1."),
        ("- {id: 1, name: Bench}", "- {id: 1, name: Bench}\n      - {id: 1, name: Seat}", 8, "has the id 1 twice"),
        ("service_prices: []", "service_prices: [{service_variant_id: 9, price: '1'}]", 10, "names 9, which is not in"),
        ("registered: true", "registered: yes", 4, "write 'yes' in quotes"),
        ("settings:", "contacts:\n", 3, "not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_mend(
    tmp_path: Path, old: str, new: str, line: int, complaint: str
) -> None:
    """Unknown keys are refused: a word that does nothing would mislead."""
    assert old in SHOP
    path = written(tmp_path, SHOP.replace(old, new, 1))

    with pytest.raises(SpecError) as told:
        create_app(seed_file=path)

    assert complaint in str(told.value)
    assert complaint == "not YAML" or f"{path}:{line}: " in str(told.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Up to ten, and how many more there are."""
    rows = "".join(f"      - {{id: {n}, name: Bench, colour: red}}\n" for n in range(2, 16))

    with pytest.raises(SpecError) as told:
        create_app(seed_file=written(tmp_path, SHOP.replace("    skus:", f"{rows}    skus:")))

    assert 10 == str(told.value).count("colour is unknown")
    assert "and 4 more" in str(told.value)


def test_a_seed_file_that_was_mended_is_read_again(tmp_path: Path) -> None:
    """All worlds start over with it; one that is wrong changes nothing."""
    path = written(tmp_path, SHOP)
    app = create_app(seed_file=path)
    client = app.test_client()
    sell(client)

    path.write_text(SHOP.replace("99.50", "cheap"))
    with pytest.raises(SpecError):
        app.install(path)
    assert 2 == sell(client)["id"]
    path.write_text(SHOP.replace("99.50", "10.00"))
    app.install(path)

    again = sell(client)
    assert (1, 20) == (again["id"], again["total"])


def test_the_command_prints_a_seed_file_and_its_schema() -> None:
    """With the comments of those that are shipped."""
    printed = CliRunner().invoke(main, ["init", "--seed"])
    described = CliRunner().invoke(main, ["init", "--seed-schema"])

    assert (0, 0) == (printed.exit_code, described.exit_code)
    assert seeds.starting_file(vendors.ALL) == printed.stdout
    assert ["billmanager", "shopscript", "whmcs"] == re.findall(r"^(\w+):", printed.stdout, re.MULTILINE)
    assert sorted(vendors.ALL) == sorted(json.loads(described.stdout)["properties"])


def busy_snapshot(mock: Mock) -> Any:
    """All state of a world in which something has happened."""
    client = mock.test_client()
    client.post("/_mock/reset")
    client.post("/includes/api.php", data=ORDER)
    client.post("/api.php/shop.order.add", data={**SALE, "items[0][sku_id]": "1", "contact_id": "1"})
    client.post("/api/v2/user/session", json={"email": "davis@example.com", "password": "counterfoil"})
    client.post("/api/v2/user/carts", json={})
    client.post("/billmgr", data={"func": "v2.vds.order.param", "order_period": "1", "pricelist": "111", "sok": "ok",
                                  "clicked_button": "order", "authinfo": "demo:demo"})  # fmt: skip
    snapshot = client.get("/_mock/snapshot").json
    assert "Davis" in json.dumps(snapshot)
    return snapshot


def test_the_mock_begins_with_a_snapshot(mock: Mock, tmp_path: Path) -> None:
    """And returns to it with each reset, its clock too."""
    snapshot = busy_snapshot(mock)
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(snapshot))

    client = create_app(snapshot=path).test_client()

    assert snapshot == client.get("/_mock/snapshot").json
    client.post("/includes/api.php", data=ORDER)
    client.post("/_mock/worlds", json={"name": "other"})
    assert 200 == client.post("/_mock/reset").status_code
    assert snapshot == client.get("/_mock/snapshot").json == client.get("/w/other/_mock/snapshot").json


@pytest.mark.parametrize(
    ("steps", "value", "complaint"),
    [
        (["format"], 2, "/format: 1 was expected"),
        (["seed"], "x", "/seed: "),
        (["colour"], 1, "'colour' was unexpected"),
        (["vendors", "ebay"], {}, "'ebay' was unexpected"),
        (["vendors", "shopscript", "colour"], 1, "'colour' was unexpected"),
        (["vendors", "shopscript", "contacts", "1", "colour"], 1, "/vendors/shopscript/contacts/1: "),
        (["vendors", "whmcs", "clients", "1", "email"], None, "/vendors/whmcs/clients/1/email: "),
        (["clock", "now"], "noon", "noon"),
        (["clock", "zone"], "UTC", "'zone' was unexpected"),
    ],
)
def test_a_snapshot_is_checked_to_the_letter(
    mock: Mock, tmp_path: Path, steps: list[str], value: Any, complaint: str
) -> None:
    """By the control plane and at the start alike; the place is told, and nothing has changed."""
    snapshot = busy_snapshot(mock)
    before = json.dumps(snapshot)
    node = snapshot
    for step in steps[:-1]:
        node = node[step]
    node[steps[-1]] = value

    answer = mock.test_client().put("/_mock/snapshot", json=snapshot)
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(snapshot))
    with pytest.raises(SpecError) as told:
        create_app(snapshot=path)

    assert 400 == answer.status_code
    assert complaint in answer.json["message"]
    assert complaint in str(told.value)
    assert str(path) in str(told.value)
    assert json.loads(before) == mock.test_client().get("/_mock/snapshot").json


def test_the_format_of_snapshots_is_described(mock: Mock) -> None:
    """A real one is valid under the schema that is served."""
    served = mock.test_client().get("/openapi/snapshot.json").json

    jsonschema.Draft202012Validator(served).validate(busy_snapshot(mock))

    assert json.loads(json.dumps(snapshots.schema(vendors.ALL))) == served
