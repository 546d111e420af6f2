"""`counterfoil audit` tells what would be noticed, and what would not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from counterfoil.contracts.audit.corrupting import Row, corrupted
from counterfoil.contracts.checks import response as checks
from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.specs import Contract

ROOT = Path(__file__).parents[2]


def audit(*arguments: str) -> tuple[int, str, str]:
    """Carry out the command."""
    command = [sys.executable, "-m", "counterfoil", "audit", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    return run.returncode, run.stdout, run.stderr


@pytest.mark.end_to_end
def test_every_clause_of_an_answer_is_noticed_once_it_is_broken(tmp_path: Path) -> None:
    """Nearly all are exercised, all of those are noticed, and the others are listed with the reason."""
    code, said, _ = audit("--api", "shopscript", "--only", "clauses", "--json", str(tmp_path / "audit.json"))
    rows = json.loads((tmp_path / "audit.json").read_text())["clauses"]["shopscript"]
    fates = [row["fate"] for row in rows]

    assert 0 == code, said
    assert "shopscript: " in said
    assert 0 == fates.count("unnoticed")
    assert fates.count("noticed") >= 0.97 * (len(rows) - fates.count("unbreakable"))
    assert all(row["found"] for row in rows if row["fate"] == "noticed")
    assert all(row["reason"] for row in rows if row["fate"] in ("unexercised", "unbreakable"))


@pytest.mark.end_to_end
def test_a_defect_is_noticed_by_name(tmp_path: Path) -> None:
    """As by a mock and as by a deployment; the finding, the requests and the seconds stand beside it."""
    name = "order_total_forgets_the_quantity"
    arguments = ("--api", "shopscript", "--level", "smoke", "--defect", name, "--json", str(tmp_path / "audit.json"))
    code, said, _ = audit(*arguments)
    defects = json.loads((tmp_path / "audit.json").read_text())["defects"]

    assert 0 == code, said
    assert ["mock", "deployment"] == [defect["way"] for defect in defects]
    for defect in defects:
        assert (name, True, "") == (defect["name"], defect["noticed"], defect["trouble"])
        assert defect["requests"] > 0
        assert f"✓ shopscript {name}, as a {defect['way']}: {defect['found'][0]}" in said
        assert f"shopscript, as a {defect['way']}: 1 of 1 defects noticed (100.0 %)" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--api", "nobody"), "there is no contract 'nobody'; there are: billmanager"),
        (("--api", "shopscript", "--defect", "nothing"), "shopscript can have no defect 'nothing'"),
        (("--level", "deep"), "'deep' is not one of"),
    ],
)
def test_wrong_usage_is_explained(counterfoil: Any, arguments: tuple[str, ...], told: str) -> None:
    """The message says what there is."""
    ended = counterfoil("audit", *arguments)

    assert 2 == ended.code
    assert told in ended.err
    assert "Traceback" not in ended.told


def rows_of(till: Contract, tree: Any) -> list[Row]:
    """What becomes of the clauses when this is the only answer that was heard."""
    target = Target.described(till, "http://nowhere")
    operation = till.operations["sell"]
    sent = target.prepare(
        Request(operation, body={"action": "sell", "item": 1}, media_type=next(iter(operation.request)))
    )
    body = json.dumps(tree).encode()
    exchange = Exchange(
        operation,
        sent,
        200,
        {"Content-Type": "application/json", "X-Till": "1"},
        body,
        "application/json",
        None,
        tree,
        None,
        0.1,
    )
    heard = [Observation(target, exchange, outcome(exchange, till), True)]
    target.close()
    return corrupted(target, heard)


def test_a_clause_that_no_check_looks_at_is_told(till: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the check of bodies, their broken clauses pass."""
    answer = {"id": 7, "total": 2.5, "tags": ["a"]}
    with_checks = {row.clause.id: row.fate for row in rows_of(till, answer)}
    monkeypatch.setattr(checks, "EVERY", tuple(each for each in checks.EVERY if each.__name__ != "body_schema"))
    without = {row.clause.id: row.fate for row in rows_of(till, answer)}

    assert "noticed" == with_checks["till:sell:answer:200:/id:type"]
    assert "unnoticed" == without["till:sell:answer:200:/id:type"]
