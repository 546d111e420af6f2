"""The suite notices what is wrong with a shop that shares no code with this project, by a contract of its own."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterfoil.reports.results import Results, read

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "tests/shop"
sys.path.insert(0, str(SHOP))
from faults import FAULTS  # noqa: E402 - it lies beside the shop, which is no package

#: each fault, and what has to be found of it: findings, or witnesses that fail
NOTICED = {
    "delete_does_not_delete": ["contract:law:deleted_is_gone"],
    "total_forgets_the_quantity": ["contract:law:totals_add_up"],
    "ids_repeat": ["contract:law:ids_are_unique"],
    "page_size_is_ignored": ["contract:law:page_size_is_kept"],
    "negative_quantity_is_accepted": [
        "contract:law:refused_changes_nothing",
        "contract:add_cart_item:request:body:/quantity:minimum",
    ],
    "carts_of_others_are_shown": ["contract:law:carts_are_their_users"],
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


@contextmanager
def served(fault: str) -> Iterator[str]:
    """The shop in a process of its own, by its URL; honest where no fault is named."""
    command = [sys.executable, str(SHOP / "faults.py")]
    environment = {**os.environ, "SHOP_FAULT": fault}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as shop:
        try:
            yield shop.stdout.readline().split()[-1]
        finally:
            shop.terminate()


def hold_to_its_contract(url: str, out: Path, level: str, *more: str) -> tuple[int, Results]:
    """The exit code of a run of the suite, and its results."""
    command = [sys.executable, "-m", "counterfoil", "test", url, "--api", "tests/shop/contract", "--strict"]
    command += ["--profile", "tests/shop/profile.toml", "--level", level, "--out", str(out), *more]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (out / "results.jsonl").exists(), run.stderr
    return run.returncode, read(out / "results.jsonl")


def noticed(run: Results) -> set[str]:
    """The ids of the findings, and of the witnesses that failed."""
    findings = {finding.id for result in run.results for finding in result.findings}
    return findings | {result.id for result in run.results if result.verdict == "failed" and result.phase == "witness"}


@pytest.mark.parametrize("level", ["smoke", "gate"])
def test_the_honest_shop_keeps_its_contract(tmp_path: Path, level: str) -> None:
    """Exit code 0, nothing is found, and nothing was skipped: witnesses, fuzz and laws have all been tried."""
    with served("") as url:
        code, run = hold_to_its_contract(url, tmp_path, level)

    assert (0, set()) == (code, noticed(run))
    assert {"passed"} == {result.verdict for result in run.results}
    assert {"witness", "fuzz", "laws"} <= {result.phase for result in run.results}


@pytest.mark.parametrize("fault", NOTICED)
def test_a_fault_is_noticed(fault: str, tmp_path: Path) -> None:
    """Exit code 1, and what is found names the fault."""
    with served(fault) as url:
        code, run = hold_to_its_contract(url, tmp_path, "smoke")

    assert 1 == code
    assert set(NOTICED[fault]) <= noticed(run)


def test_every_fault_of_the_shop_is_tried() -> None:
    """A fault that nobody asks about would be one that may go unnoticed."""
    assert list(FAULTS) == list(NOTICED)
    assert 22 == len(FAULTS)


def test_workers_find_a_contract_of_one_s_own(tmp_path: Path) -> None:
    """With xdist, every process loads it, its cases and its laws from the folder."""
    with served("") as url:
        code, run = hold_to_its_contract(url, tmp_path, "smoke", "--", "-n", "2", "-k", "access or laws/pages")

    assert 0 == code
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
