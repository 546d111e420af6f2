"""Against a deployment that defends itself, a run changes nothing unless it is told to, and tidies up what it was told to do."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from counterfoil.reports.results import Results, read

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parents[2]
MIDDLEMAN = ROOT / "tests/deployment/middleman.py"

PROFILE = """
[shopscript]
safety = "careful"
{tls}
[shopscript.credentials.query]
access_token = "${{SHOP_TOKEN}}"
[shopscript.ids]
contact = 21
other_contact = 22
sku = 11
other_sku = 12
limited_sku = 13
taxed_sku = 15
fractional_sku = 16
sku_price = "31.5000"
service_variant = 1
other_service_variant = 2
expired_token = "counterfoil-expired"
wrong_scope_token = "counterfoil-wrong-scope"
"""


@dataclass
class Deployment:
    """What stands there: its URL, and how a test looks behind it."""

    url: str
    mock: str
    notes: Path
    process: "subprocess.Popen[str]"

    def database(self, vendor: str) -> Any:
        """Everything that it knows, but for who is logged in."""
        state = requests.get(f"{self.mock}/_mock/snapshot", timeout=10).json()["vendors"][vendor]
        ids = {name: last for name, last in state["last_ids"].items() if name not in ("session", "state")}
        return {**{name: each for name, each in state.items() if name not in ("sessions", "attempts")}, "last_ids": ids}

    def seen(self) -> dict[str, Any]:
        """What the middleman has seen."""
        return json.loads(self.notes.read_text())

    def asked(self, text: str) -> int:
        """How many requests had the text in them."""
        journal = requests.get(f"{self.mock}/_mock/journal", timeout=10).text
        return journal.count(text)


@contextmanager
def serving(command: list[str]) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A server in a process of its own, by the URL that it prints."""
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=nothing, text=True) as process:
        try:
            assert process.stdout
            yield next(line for line in process.stdout if line.startswith("Serving")).split()[-1].rstrip("/"), process
        finally:
            process.kill()


@contextmanager
def deployed(tmp_path: Path, *options: str) -> Iterator[Deployment]:
    """A deployment with its own ids and prices."""
    notes = tmp_path / "notes.json"
    clock = ("--port", "0", "--clock", "2026-01-05T09:00:00Z")
    with serving([sys.executable, "-m", "counterfoil", "serve", "--until-eof", *clock]) as (mock, _):
        snapshot = requests.get(f"{mock}/_mock/snapshot", timeout=10).json()
        requests.put(f"{mock}/_mock/snapshot", json=_with_own_ids(snapshot), timeout=10).raise_for_status()
        command = [sys.executable, str(MIDDLEMAN), mock.removeprefix("http://"), str(notes), *options]
        with serving(command) as (url, process):
            yield Deployment(url, mock, notes, process)


def _with_own_ids(snapshot: Any) -> Any:
    shop = snapshot["vendors"]["shopscript"]
    catalogue = shop["catalogue"]
    catalogue["skus"] = {str(10 + sku["id"]): {**sku, "id": 10 + sku["id"]} for sku in catalogue["skus"].values()}
    catalogue["skus"]["11"]["price"] = "31.5"
    for price in catalogue["service_prices"]:
        price["sku_id"] = price["sku_id"] and 10 + price["sku_id"]
    shop["contacts"] = {str(20 + each["id"]): {**each, "id": 20 + each["id"]} for each in shop["contacts"].values()}
    shop["orders"] = {}  # the seeded one is of a contact that is none here
    shop["last_ids"] = {**shop["last_ids"], "contact": 22, "order": 5000}
    shop["tokens"]["staging-token-4711"] = {**shop["tokens"].pop("counterfoil-token"), "text": "staging-token-4711"}
    whmcs = snapshot["vendors"]["whmcs"]
    whmcs["last_ids"] = {**whmcs["last_ids"], "order": 9000, "invoice": 700}
    return snapshot


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificate of a private authority, and one that it signed for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout own.key -out own.csr",
        "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out own.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return folder


def start(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "counterfoil", *arguments]
    environment = {**os.environ, "SHOP_TOKEN": "staging-token-4711"}
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )


def run(*arguments: str) -> tuple[int, str]:
    process = start(*arguments)
    out, _ = process.communicate(timeout=240)
    return process.returncode, out


def results(folder: Path) -> Results:
    return read(folder / "results.jsonl")


def created(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "created.jsonl").read_text().splitlines()]
    return [line for line in lines if line["kind"] == kind]


def test_the_default_run_changes_nothing_there(tmp_path: Path, authority: Path) -> None:
    """It is never banned, keeps below the rate after a while, finds nothing false, and says how to allow more."""
    (tmp_path / "shop.toml").write_text(PROFILE.format(tls=f'tls = {{ ca_file = "{authority}/ca.pem" }}'))
    certificate = ("--certificate", str(authority / "own.pem"), "--key", str(authority / "own.key"))
    with deployed(tmp_path, "--more", "--rate", "10", *certificate) as there:
        before = there.database("shopscript")
        code, out = run(
            *("test", there.url, "--api", "shopscript", "--profile", str(tmp_path / "shop.toml")),
            *("--level", "smoke", "--out", str(tmp_path / "out")),
        )

        assert 0 == code, out
        assert before == there.database("shopscript")
        assert (False, True) == (there.seen()["banned"], there.seen()["worst"] <= 4)
        assert there.seen()["limited"] > 0
    found = {finding.id for each in results(tmp_path / "out").results for finding in each.findings}
    assert found
    assert "--writes allows" in results(tmp_path / "out").footer.verdict
    assert [] == created(tmp_path / "out", "intent")
    phases = {each.phase for each in results(tmp_path / "out").results if each.verdict == "passed"}
    assert {"witness", "clauses", "fuzz"} <= phases
    false = {each for each in found if not each.endswith("/served_by:undocumented")}
    assert set() == false


@pytest.mark.parametrize(
    ("contract", "vendor"), [("whmcs-classic", "whmcs"), ("whmcs-rest", "whmcs"), ("billmanager", "billmanager")]
)
def test_the_default_run_changes_nothing_by_any_contract(tmp_path: Path, contract: str, vendor: str) -> None:
    """Wrong credentials of every kind are rationed, and what must be refused is sent."""
    with deployed(tmp_path) as there:
        before = there.database(vendor)
        code, out = run(
            *("test", there.url, "--api", contract, "--read-only", "--level", "smoke", "--out", str(tmp_path / "out")),
            *("--", "-n", "2"),
        )

        assert 0 == code, out
        assert before == there.database(vendor)
        assert (False, True) == (there.seen()["banned"], there.seen()["wrongs"] > 10)
    assert [] == [each.id for each in results(tmp_path / "out").results if each.findings]


@pytest.mark.parametrize(
    ("contract", "path", "vendor"),
    [("shopscript", "shop.order.add", "shopscript"), ("whmcs-classic", "action=AddOrder", "whmcs")],
)
def test_what_a_killed_run_has_created_is_cleaned_up(tmp_path: Path, contract: str, path: str, vendor: str) -> None:
    """Also the call whose answer never came: what it has made is found by its mark. Cleaning up twice does no harm."""
    profile = tmp_path / "shop.toml"
    profile.write_text(PROFILE.format(tls=""))
    own = ("--profile", str(profile)) if contract == "shopscript" else ()
    folder = tmp_path / "out"
    with deployed(tmp_path, "--hang", path, "--hang-at", "4") as there:
        orders = there.database(vendor)["orders"]
        testing = start(
            *("test", there.url, "--api", contract, *own, "--level", "smoke", "--writes", "--out", str(folder)),
            *("--", "-k", "test_witness"),
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and not (there.notes.exists() and there.seen()["hung"] >= 4):
            time.sleep(0.05)
        testing.send_signal(signal.SIGKILL)
        testing.communicate()

        assert len(created(folder, "intent")) > len(created(folder, "done")) > 0
        assert created(folder, "intent")[-1]["mark"]
        assert orders != there.database(vendor)["orders"]
        would, _ = run("cleanup", str(folder), there.url, *own, "--dry-run")
        assert (1, []) == (would, created(folder, "undone"))
        code, out = run("cleanup", str(folder), there.url, *own)
        again, told = run("cleanup", str(folder), there.url, *own)

        assert (0, 0) == (code, again), out
        assert "0 left" in out
        assert "0 undone, 0 left" in told
        after = there.database(vendor)["orders"]
        if vendor == "shopscript":  # a deleted order stays readable there
            assert {"deleted"} == {order["state"] for order in after["by_id"].values()}
        else:
            assert orders == after


def test_a_run_creates_no_more_than_it_may_and_pays_for_nothing(tmp_path: Path) -> None:
    """Over all phases; the witnesses come first, and nothing is touched that was there before."""
    with deployed(tmp_path) as there:
        before = there.database("whmcs")
        code, out = run(
            *("test", there.url, "--api", "whmcs-classic", "--writes", "--max-orders", "4", "--level", "smoke"),
            *("--out", str(tmp_path / "out"), "--", "-n", "2"),
        )
        after = there.database("whmcs")

        assert 0 == code, out
        assert 4 == len([line for line in created(tmp_path / "out", "done") if line["accepted"]])
        assert 4 == len(after["orders"].keys() - before["orders"].keys()) + len(after["clients"]) - len(
            before["clients"]
        )
        assert 0 == there.asked("AddInvoicePayment")
        for kind in ("orders", "clients", "invoices", "services", "domains"):
            assert before[kind] == {name: each for name, each in after[kind].items() if name in before[kind]}


def test_no_secret_is_written_down_with_what_is_created(tmp_path: Path) -> None:
    """Neither in the call nor in what undoes it."""
    profile = tmp_path / "shop.toml"
    profile.write_text(PROFILE.format(tls=""))
    with deployed(tmp_path) as there:
        run(
            *("test", there.url, "--api", "shopscript", "--profile", str(profile), "--writes", "--max-orders", "2"),
            *("--level", "smoke", "--out", str(tmp_path / "out"), "--", "-k", "test_witness"),
        )

    assert 2 == len([line for line in created(tmp_path / "out", "done") if line["accepted"]])
    assert "staging-token-4711" not in (tmp_path / "out/created.jsonl").read_text()


def test_a_target_that_goes_down_ends_the_run(tmp_path: Path) -> None:
    """Exit code 3 after a few requests in vain; what was done is kept, with its footer."""
    with deployed(tmp_path) as there:
        profile = tmp_path / "shop.toml"
        profile.write_text(PROFILE.format(tls=""))
        testing = start(
            *("test", there.url, "--api", "shopscript", "--profile", str(profile), "--out", str(tmp_path / "out")),
            *("--rate", "40/s"),
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and not (there.notes.exists() and there.seen()["requests"] > 60):
            time.sleep(0.05)
        there.process.kill()
        began = time.monotonic()
        out, _ = testing.communicate(timeout=60)

    assert 3 == testing.returncode, out
    assert time.monotonic() - began < 30
    kept = results(tmp_path / "out")
    assert (3, True) == (kept.footer.exit_code, any(each.verdict == "passed" for each in kept.results))
    assert 1 <= sum(each.verdict == "errored" for each in kept.results) <= 6


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    """It says of each kind of request how it is expected to end, and about how many there are."""
    code, out = run(
        "test", "https://staging.invalid", "--api", "shopscript", "--dry-run", "--out", str(tmp_path / "out")
    )
    writing, more = run("test", "https://staging.invalid", "--api", "shopscript", "--dry-run", "--writes")

    assert (0, 0) == (code, writing)
    assert not (tmp_path / "out").exists()
    rows = [line.split() for line in out.splitlines() if line.startswith("shopscript")]
    assert {"witness", "clauses", "fuzz", "laws"} == {row[1] for row in rows}
    assert {"refused"} == {expected for _, _, _, effect, expected, _ in rows if effect not in ("reads", "session")}
    assert all(int(row[5]) > 0 for row in rows)
    assert "needs --writes" in out
    assert "accepted" in {line.split()[4] for line in more.splitlines() if "add_order" in line}
    assert "Nothing was sent." in out
