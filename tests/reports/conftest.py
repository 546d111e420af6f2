"""Runs to report on: a full one from sample.yaml, a quiet one, an empty one, and whatever a test makes of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from counterfoil.reports.merge import written
from counterfoil.reports.results import Contract, Finding, Footer, Header, Result, Results, Target, totals

HERE = Path(__file__).parent
_DEMAND = {"properties": {"status": {"maximum": 499}}}
STAGING = "https://staging.example.com"


def header(**changes: Any) -> Header:
    facts = {
        "counterfoil": "1.0.0",
        "started": "2026-11-21T09:14:03+00:00",
        "seed": 20261121,
        "level": "gate",
        "strict": False,
        "target": {
            "whmcs-rest": Target(f"{STAGING}/api/v2", []),
            "whmcs-classic": Target(f"{STAGING}/includes/api.php", []),
            "billmanager": Target("https://bill.staging.example.com:1500/billmgr", []),
            "shopscript": Target("https://shop.staging.example.com/api.php", ["wire", "our-shop"]),
        },
        "contracts": sample_contracts(),
        "versions": {"python": "3.11.14", "schemathesis": "4.32.5", "hypothesis": "6.170.15", "pytest": "9.1.1"},
    }
    return Header(**(facts | changes))


def finding(name: str = "f1", **changes: Any) -> Finding:
    url, body = f"{STAGING}/api/v2/cart/items", '{"product_id": 3, "quantity": 2}'
    facts = {
        "contract": "whmcs-rest",
        "operation": "check_out",
        "check": "answer_schema",
        "clause": f"{changes.get('operation', 'check_out')}/response/200/total/type",
        "evidence": "documented",
        "severity": "broken",
        "replayable": True,
        "title": "The total is a number",
        "why": "expected: a number\ngot: the string '20.00'\nat: /total",
        "request": {
            "method": "POST",
            "url": url,
            "headers": {"Content-Type": "application/json", "Authorization": "Bearer ***", "X-Request-Id": "cf-000017"},
            "body": body,
            "curl": f"curl -X POST '{url}' \\\n  -H 'Content-Type: application/json' \\\n"
            f"  -H \"Authorization: Bearer $TOKEN\" \\\n  --data '{body}'",
        },
        "answer": {
            "status": 200,
            "headers": {
                "Content-Type": "application/json; charset=utf-8",
                "Server": "nginx",
                "X-Powered-By": "PHP/8.2",
            },
            "body": '{"id":17,"total":"20.00","currency":"USD","items":[],"params":{}}',
        },
    }
    return msgspec.convert({"id": name} | facts | changes, Finding)


def result(name: str = "r1", **changes: Any) -> Result:
    facts = {
        "contract": "whmcs-rest",
        "operation": "check_out",
        "phase": "witness",
        "description": "a cart becomes an order",
        "verdict": "passed",
        "seconds": 0.042,
        "requests": 1,
    }
    return Result(**({"id": name} | facts | changes))


def footer(results: list[Result], **changes: Any) -> Footer:
    facts = totals(results) | {
        "finished": "2026-11-21T09:15:11+00:00",
        "seconds": 68.4,
        "cases_digest": "7b1f09d2" * 8,
        "exit_code": 1,
        "verdict": "The contract is broken: 4 findings in 4 cases.",
    }
    return Footer(**(facts | changes))


def sample() -> dict[str, Any]:
    return yaml.safe_load((HERE / "sample.yaml").read_text(encoding="utf-8"))


def sample_contracts() -> dict[str, Contract]:
    contracts = sample()["contracts"]
    for contract in contracts.values():
        for operation in contract["operations"].values():
            operation["outcomes"] = [_outcome(*line.split(" ")) for line in operation["outcomes"]]
    return msgspec.convert(contracts, dict[str, Contract])


def _outcome(kind: str, status: str, media_type: str, name: str, evidence: str = "documented") -> dict[str, Any]:
    accepted = kind == "accepted"
    return {"name": name, "status": int(status), "media_type": media_type, "accepted": accepted, "evidence": evidence}


def sample_results() -> list[Result]:
    told = sample()
    items = [
        {"id": number, "name": f"Жёлтая футболка №{number} 🧢", "price": "19.9000", "quantity": "1.000"}
        for number in range(1, 60)
    ]
    long = json.dumps({"id": 4, "total": 1174.1, "items": items}, ensure_ascii=False, separators=(",", ":"))
    told["findings"]["drift"]["answer"]["body"] = long
    known = {name: finding(facts.pop("id"), **{"demand": _DEMAND, **facts}) for name, facts in told["findings"].items()}
    return [
        result(facts.pop("id"), **(facts | {"findings": [known[name] for name in facts.get("findings", [])]}))
        for facts in told["results"]
    ]


@pytest.fixture
def run() -> Results:
    """A whole run with something of everything in it."""
    results = sample_results()
    return Results(header(), results, footer(results))


@pytest.fixture
def quiet_run() -> Results:
    """A run in which everything holds."""
    results = [result(contract="shopscript", operation="add_order", seen={"add_order": {"order_created": 1}})]
    only_shop = {"shopscript": sample_contracts()["shopscript"]}
    target = {"shopscript": Target("http://127.0.0.1:41107", [])}
    ending = footer(results, exit_code=0, verdict="The contract holds.")
    return Results(header(contracts=only_shop, target=target), results, ending)


@pytest.fixture
def empty_run() -> Results:
    """A run in which no case ran."""
    return Results(
        header(),
        [],
        footer([], exit_code=4, verdict="Nothing was tested of whmcs-rest, whmcs-classic, billmanager, shopscript."),
    )


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    """Makes a finding from what is special about it."""
    return finding


@pytest.fixture
def make_result() -> Callable[..., Result]:
    """Makes a result from what is special about it."""
    return result


@pytest.fixture
def make_run() -> Callable[..., Results]:
    """Makes a run of the given results; `exit_code`, `verdict`, `finished` go to the footer, the rest to the header."""

    def make(*results: Result, **facts: Any) -> Results:
        ending = {name: facts.pop(name) for name in ("exit_code", "verdict", "finished") if name in facts}
        return Results(header(**facts), list(results), footer(list(results), **ending))

    return make


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Writes a run into a folder of its own and returns its results file."""

    def save(run: Results, folder: str = "run") -> Path:
        path = tmp_path / folder / "results.jsonl"
        path.parent.mkdir(parents=True)
        written(run, path)
        return path

    return save
