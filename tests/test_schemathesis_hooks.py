"""Schemathesis' own command and decorator hold a mock to our contracts, with `counterfoil.schemathesis` and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.testing import Mock, World

pytestmark = pytest.mark.end_to_end

HOOKS = {"SCHEMATHESIS_HOOKS": "counterfoil.schemathesis"}
#: for each contract, how little of it is tried here
SHORT = {
    "shopscript": ("--phases=examples,coverage,fuzzing", "--max-examples=3"),
    "billmanager": ("--phases=examples,fuzzing", "--max-examples=2"),
    "whmcs-classic": ("--phases=examples,fuzzing", "--max-examples=2"),
    "whmcs-rest": ("--phases=examples,fuzzing", "--max-examples=1", "--include-tag=Users", "--include-tag=Carts"),
}
#: mistakes of the shop's, and what is said of each; the first and the last are seen by Schemathesis alone, too
NOTICED = {
    "totals_are_texts": "ST108 Response violates schema",
    "order_total_forgets_the_quantity": "/total is",
    "items_show_their_profit": "/items/*/profit in the answer 200 of get_order is not in the contract",
    "unknown_order_shows_the_query": "The answer 404 of get_order shows an error of the database",
    "pages_have_no_largest_size": "search_orders accepts a request in which /limit breaks `maximum`",
    "xml_is_sent_as_json": "ST109 JSON deserialization error",
}
THREE = tuple(f"--include-operation-id={name}" for name in ("add_order", "get_order", "search_orders"))
TESTS = """
import counterfoil.schemathesis
from hypothesis import Phase, settings

schema = counterfoil.schemathesis.load("shopscript", {url!r})
schema.config.phases.coverage.enabled = False  # to be quick


@schema.include(operation_id="add_order").parametrize()
@settings(max_examples=3, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
def test_the_shop(case):
    case.call_and_validate()
"""


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with Mock("--clock", "2026-01-05T09:00:00Z") as started:
        yield started


@pytest.fixture
def world(mock: Mock, request: pytest.FixtureRequest) -> Iterator[World]:
    with mock.world(request.node.name) as own:
        yield own


def ran(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What the command says, in a folder of its own."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COUNTERFOIL"))}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env={**known, "NO_COLOR": "1", **environ},
        capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip


def st_run(
    folder: Path, world: World, contract: str, *options: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    """What `st run` says of the contract as the world serves it."""
    start = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
    return ran(folder, "-c", start, "run", f"{world.url}/openapi/{contract}.json", "--seed=1", *options, **environ)


@pytest.mark.parametrize("contract", SHORT)
def test_an_honest_mock_has_no_failures(contract: str, world: World, tmp_path: Path) -> None:
    """Refusals at 200 are refusals, credentials and sessions open what needs them, and every notation is read."""
    run = st_run(tmp_path, world, contract, *SHORT[contract], **HOOKS)

    assert 0 == run.returncode, run.stdout[-5000:] + run.stderr
    assert "Missing deserializer" not in run.stdout
    assert "Authentication failed" not in run.stdout


def test_a_misbehaving_mock_is_noticed(world: World, tmp_path: Path) -> None:
    """By what Schemathesis asks itself, and by our checks for totals, drift and leaks."""
    world.defects(*NOTICED)

    run = st_run(tmp_path, world, "shopscript", *SHORT["shopscript"], *THREE, "--continue-on-failure", **HOOKS)

    assert 1 == run.returncode
    assert [] == [name for name, told in NOTICED.items() if told not in run.stdout]


def test_an_open_door_is_noticed(world: World, tmp_path: Path) -> None:
    """Who sends no right credentials is refused at 200, and that is enough; whoever lets them in is told."""
    world.defects("any_password_opens")

    run = st_run(tmp_path, world, "billmanager", "--phases=examples", "--include-operation-id=list_accounts", **HOOKS)

    assert 1 == run.returncode
    assert "ST401" in run.stdout


def test_a_users_own_tests_are_held_to_the_contract(world: World, tmp_path: Path) -> None:
    """`parametrize` and `call_and_validate` work as with any schema: they pass, and fail where the total is wrong."""
    (tmp_path / "test_shop.py").write_text(TESTS.format(url=world.url))
    pytest_ = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shop.py")

    honest = ran(tmp_path, *pytest_)
    world.defects("order_total_forgets_the_quantity")
    wrong = ran(tmp_path, *pytest_)

    assert 0 == honest.returncode, honest.stdout[-3000:]
    assert 1 == wrong.returncode
    assert "in the answer 200 of add_order" in wrong.stdout
