"""`counterfoil diff` changes nothing in a deployment unless it is told to, and keeps each side's ids and secrets to that side."""

from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from counterfoil.contracts.cli.cleanup import cleanup
from tests.contracts.comparing import ORDERS, Diff, Middleman, Serve


def count_on(mock: str, orders: int) -> None:
    """Have the mock sell and delete so many orders by its classic API, so that the next ones have other numbers."""
    opened = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json"}
    with requests.Session() as client:

        def call(**fields: str) -> dict[str, Any]:
            answer = client.post(f"{mock}/includes/api.php", data={**opened, **fields}, timeout=5).json()
            assert "success" == answer["result"], answer
            return answer

        for _ in range(orders):
            sold = call(action="AddOrder", clientid="1", pid="1", paymentmethod="banktransfer", noinvoiceemail="1")
            for action in ("CancelOrder", "DeleteOrder"):
                call(action=action, orderid=sold["orderid"])


def asked(mock: str) -> set[tuple[str, str]]:
    """The operations that the world `main` of the mock was asked, each with its outcome."""
    entries = requests.get(f"{mock}/_mock/journal", timeout=5).json()["entries"]
    return {(entry["operation"], entry["outcome"]) for entry in entries}


@pytest.mark.parametrize(
    ("api", "only", "reasons"),
    [
        ("whmcs-classic", "delete_order", {"id", "time", "differs by itself"}),
        ("whmcs-rest", "checkout", {"id", "session", "differs by itself"}),
        ("shopscript", "get_order", {"time"}),
    ],
)
def test_what_has_to_differ_is_recognised(
    compare: Diff, mock: str, other: str, deployment: str, tmp_path: Path, api: str, only: str, reasons: set[str]
) -> None:
    """A deployment of another seed, at another time, whose orders have other numbers, differs in nothing that counts."""
    count_on(other, 150)
    writes = ("--writes", "--max-orders", "200", "--out", str(tmp_path / "out"))

    run = compare(mock, deployment, "--api", api, "--level", "smoke", "--only", only, *writes)

    assert (0, []) == (run.code, run.report.differences)
    assert reasons <= run.reasons
    assert run.report.answers > 20


def snapshot(mock: str) -> dict[str, dict[str, Any]]:
    """What the mock's vendors know, but for who was logged in."""
    vendors = requests.get(f"{mock}/_mock/snapshot", timeout=5).json()["vendors"]
    passing = {"sessions", "last_ids"}
    return {name: {key: known for key, known in state.items() if key not in passing} for name, state in vendors.items()}


@pytest.mark.parametrize("api", ["shopscript", "whmcs-classic", "billmanager"])
def test_nothing_changes_in_a_deployment(compare: Diff, mock: str, other: str, deployment: str, api: str) -> None:
    """It is only asked what changes nothing: what reads, and what must be refused."""
    before = snapshot(other)

    run = compare(mock, deployment, "--api", api, "--level", "gate")

    assert before == snapshot(other)
    assert (0, []) == (run.code, run.found)
    assert run.report.answers > 70
    assert not run.report.b.mock
    assert any("--writes" in reason for reason in run.report.left_out)


def test_writes_are_allowed_on_request_but_never_payments(
    compare: Diff, mock: str, other: str, deployment: str, tmp_path: Path
) -> None:
    """With --writes, orders are placed in the deployment, and no invoice is paid, not even in vain."""
    writes = ("--writes", "--max-orders", "50", "--out", str(tmp_path))

    run = compare(mock, deployment, "--api", "whmcs-classic", "--level", "smoke", "--only", "invoice", *writes)

    assert ("add_order", "accepted") in asked(other)
    assert "add_invoice_payment" not in {operation for operation, _ in asked(other)}
    assert any("moves money" in reason for reason in run.report.left_out)


def test_what_is_created_in_a_deployment_can_be_undone(
    compare: Diff, mock: str, other: str, deployment: str, tmp_path: Path
) -> None:
    """It is written down below --out, on its own for each side that is no mock; `counterfoil cleanup` leaves nothing."""
    before = snapshot(other)["shopscript"]["orders"]

    run = compare(mock, deployment, *ORDERS, "--writes", "--max-orders", "3", "--out", str(tmp_path))

    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert "created-at-b-" in folder.name
    assert f"counterfoil cleanup {folder}" in run.said
    assert 3 == len(snapshot(other)["shopscript"]["orders"]["by_id"]) - len(before["by_id"])
    assert any("--max-orders" in reason for reason in run.report.left_out)
    assert 0 == CliRunner().invoke(cleanup, [str(folder), deployment]).exit_code
    after = snapshot(other)["shopscript"]["orders"]["by_id"]
    assert {"deleted"} == {order["state"] for number, order in after.items() if number not in before["by_id"]}


PROFILE = """
[shopscript]
credentials = {{query = {{access_token = "{token}"}}}}
ids = {{contact = {contact}, sku = {sku}}}
"""


def test_each_side_is_opened_by_its_own_profile(
    compare: Diff, serve: Serve, mock: str, other: str, tmp_path: Path
) -> None:
    """Ids of one profile stand for those of the other; a secret goes to its own side only, and into no output."""
    seen: list[str] = []

    def passed_on(text: str) -> str:
        seen.append(text)
        return text.replace("b-has-a-secret-of-its-own", "counterfoil-token")

    b = serve(Middleman(other, passes_on=passed_on, hides=True).app())
    (tmp_path / "a.toml").write_text(PROFILE.format(token="counterfoil-token", contact=1, sku=1))
    (tmp_path / "b.toml").write_text(PROFILE.format(token="b-has-a-secret-of-its-own", contact=2, sku=2))
    profiles = ("--profile-a", str(tmp_path / "a.toml"), "--profile-b", str(tmp_path / "b.toml"))

    run = compare(mock, b, *profiles, *ORDERS[2:], "--writes", "--max-orders", "99", "--out", str(tmp_path / "out"))

    assert run.report.answers > 20
    assert not any("counterfoil-token" in text for text in seen)
    written = [path.read_text() for path in (tmp_path / "out").rglob("*.*") if path.is_file()]
    written.append((tmp_path / "told.json").read_text())
    for text in (run.said, *written):
        assert "b-has-a-secret-of-its-own" not in text
        assert "counterfoil-token" not in text
    assert ("value", "changed", "`contact_id` differs") not in run.found
    assert ("value", "changed", "`price` differs") in run.found
