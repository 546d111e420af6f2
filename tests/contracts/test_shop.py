"""The suite notices what is wrong with a shop that shares no code with this project, by a contract of its own."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.reports.results import Finding, Results, read

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "tests/shop"
sys.path.insert(0, str(SHOP))
import faults  # noqa: E402 - it lies beside the shop, which is no package
from faults import FAULTS  # noqa: E402
from shop import Desk, create_app  # noqa: E402

InPython = Callable[[Iterable[Finding]], list[str]]

Mount = Callable[..., str]
Hold = Callable[..., tuple[int, Results]]

#: each fault, and what has to be found of it: findings, or witnesses that fail
NOTICED = {
    "delete_does_not_delete": ["contract:law:cart_removed_is_gone"],
    "total_forgets_the_quantity": ["contract:get_cart:answer:200:/total:x-sums"],
    "ids_repeat": ["contract:law:item_ids_are_unique"],
    "page_size_is_ignored": ["contract:law:list_products_page_size_is_kept"],
    "negative_quantity_is_accepted": [
        "contract:law:item_refuses_a_quantity_below_one",
        "contract:add_cart_item:request:body:/quantity:minimum",
    ],
    "carts_of_others_are_shown": ["contract:law:cart_is_its_owners"],
    "some_answers_are_slow": ["contract:list_orders:slow"],
    "crashes_beyond_latin_1": ["contract:place_order:server_error:500"],
    "status_is_undocumented": ["contract:get_product:status:410"],
    "property_is_missing": ["contract:get_order:answer:200:/placed_at:required"],
    "property_has_another_type": ["contract:get_cart:answer:200:/total:type"],
    "content_type_is_another": ["contract:get_product:answer:200:text/html:media_type"],
    "crashes_on_odd_input": ["contract:delete_cart:server_error:500"],
    "no_token_is_needed": ["contract/access/nothing is given without a token [list_orders]"],
    "wrong_token_is_accepted": ["contract/access/a token that nobody has opens nothing [list_orders]"],
    "required_field_is_not_enforced": ["contract:add_cart_item:request:body:/quantity:required"],
    "enum_is_not_enforced": ["contract:add_cart_item:request:body:/wrap:enum"],
    "long_text_is_accepted": ["contract:place_order:request:body:/message:maxLength"],
    "header_is_missing": ["contract:list_orders:answer:200:header:X-Total-Count:required"],
    "body_is_cut_short": ["contract:get_order:answer:200:application/json:malformed"],
    "answers_drift": [
        "contract:get_product:answer:200:/supplier:undocumented",
        "contract:list_products:answer:200:/items/*/name:type",
    ],
    "stack_trace_is_shown": ["contract:add_cart_item:leak:trace"],
}


def shop(fault: str = "") -> flask.Flask:
    """The shop with the fault; honest where none is named."""
    desk = Desk()
    if fault:
        FAULTS[fault](desk)
    return create_app(desk)


@pytest.fixture
def hold_to_its_contract(counterfoil: Any, tmp_path: Path) -> Callable[..., tuple[int, Results]]:
    """Runs the suite against a shop; gives the exit code and the results."""

    def run(url: str, level: str, *more: str, profile: Path = SHOP / "profile.toml") -> tuple[int, Results]:
        arguments = ("--api", SHOP / "contract", "--strict", "--free", "--profile", profile, "--level", level)
        ended = counterfoil("test", url, *arguments, "--out", tmp_path / "out", *more)
        assert (tmp_path / "out/results.jsonl").exists(), ended.told
        return ended.code, read(tmp_path / "out/results.jsonl")

    return run


def noticed(run: Results) -> set[str]:
    """The ids of the findings, and of the witnesses that failed."""
    findings = {finding.id for result in run.results for finding in result.findings}
    return findings | {result.id for result in run.results if result.verdict == "failed" and result.phase == "witness"}


@pytest.mark.parametrize("level", ["smoke", "gate"])
def test_the_honest_shop_keeps_its_contract(hold_to_its_contract: Hold, mount: Mount, level: str) -> None:
    """Exit code 0, nothing is found, and nothing was skipped: witnesses, fuzz and laws have all been tried."""
    code, run = hold_to_its_contract(mount(shop()), level)

    assert (0, set()) == (code, noticed(run))
    assert {"passed"} == {result.verdict for result in run.results}
    assert {"witness", "fuzz", "laws"} <= {result.phase for result in run.results}


@pytest.mark.parametrize("fault", NOTICED)
def test_a_fault_is_noticed(
    fault: str,
    hold_to_its_contract: Hold,
    mount: Mount,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    in_python: InPython,
) -> None:
    """Exit code 1, and what is found names the fault."""
    profile = SHOP / "profile.toml"
    if fault == "some_answers_are_slow":  # what waits less finds it sooner
        monkeypatch.setattr(faults, "NAP", 0.6)
        profile = tmp_path / "hasty.toml"
        profile.write_text((SHOP / "profile.toml").read_text() + "\n[contract.limits]\nanswer_seconds = 0.5\n")

    code, run = hold_to_its_contract(mount(shop(fault)), "smoke", profile=profile)

    assert 1 == code
    assert set(NOTICED[fault]) <= noticed(run)
    assert [] == in_python(finding for result in run.results for finding in result.findings)


def test_every_fault_of_the_shop_is_tried() -> None:
    """A fault that nobody asks about would be one that may go unnoticed."""
    assert list(FAULTS) == list(NOTICED)
    assert 22 == len(FAULTS)


@pytest.mark.end_to_end
def test_workers_find_a_contract_of_one_s_own(tmp_path: Path) -> None:
    """With xdist, every process loads it, its cases and its laws from the folder; the shop is a process, too."""
    with subprocess.Popen([sys.executable, str(SHOP / "faults.py")], stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().split()[-1]
            command = [
                sys.executable,
                "-m",
                "counterfoil",
                "test",
                url,
                "--api",
                "tests/shop/contract",
                "--strict",
                "--free",
            ]
            command += ["--profile", "tests/shop/profile.toml", "--level", "smoke", "--out", str(tmp_path)]
            command += ["--", "-n", "2", "-k", "access or laws/lists"]
            ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        finally:
            process.terminate()
    run = read(tmp_path / "results.jsonl")

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert {"witness", "laws"} == {result.phase for result in run.results}


def test_the_shop_knows_nothing_of_this_project() -> None:
    """What judges it can share no mistake with it."""
    own = {"contracts", "specs", "mockserver", "reports", "counterfoil"}
    trees = [ast.parse((SHOP / name).read_text()) for name in ("shop.py", "faults.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}

    assert imported
    assert set() == {name for name in imported if name.split(".")[0] in own}
