"""An operation is fuzzed without a request too many, and what is found is shown by a small request."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases import fuzz
from counterfoil.contracts.phases.fuzz import may_try_again
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.safety.guard import guarded
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports.results import Finding, Header, Result
from counterfoil.reports.results import Target as Where
from counterfoil.specs import Contract
from counterfoil.specs.reading import read

SOLD = {"id": 1, "total": 2.5, "tags": []}
Clerk = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def counter() -> Contract:
    """The till's contract with JSON in place of the form, and no more to it than an item and a note."""
    document = read(Path(__file__).parent / "till.yaml")
    content = document["paths"]["/till#sell"]["post"]["requestBody"]["content"]
    content["application/json"] = content.pop("application/x-www-form-urlencoded")
    sale = document["components"]["schemas"]["Sale"]
    sale["properties"] = {
        "note": {"type": "string"},
        **{name: sale["properties"][name] for name in ("action", "item", "gift")},
    }
    content["application/json"]["examples"]["typical"]["value"] = {
        "action": "sell",
        "item": 1,
        "note": "ab",
        "gift": True,
    }
    return Contract("counter", document)


@pytest.fixture
def fuzzed(counter: Contract, mount: Callable[..., str], tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Fuzzes the sale at a counter where the clerk decides; gives the result and the requests that came."""
    targets = []

    def run(clerk: Clerk, level: str = "gate", seed: int = 1) -> tuple[Result, list[str]]:
        app, came = flask.Flask("counter"), []

        @app.post("/till")
        def sell() -> Any:
            came.append(flask.request.get_data(as_text=True) + flask.request.full_path)
            body = flask.request.get_json(force=True, silent=True)
            item = body.get("item") if isinstance(body, dict) else None
            wrong = not isinstance(item, int) or isinstance(item, bool) or item < 1
            wrong = wrong or not isinstance(body.get("note", ""), str) or not isinstance(body.get("gift", True), bool)
            wrong = wrong or body.get("action") != "sell"
            if wrong:
                return {"error": "invalid", "text": "Missing: item"}, 400, {"X-Till": "1"}
            return clerk(body) or (SOLD, 200, {"X-Till": "1"})

        target = Target.described(counter, mount(app))
        targets.append(target)
        header = Header("", "2026-01-05T09:00:00", seed, level, True, {"counter": Where(target.base_url, [])}, {}, {})
        plan = Plan(header, str(tmp_path), [])
        plan.__dict__.update(targets={"counter": target}, entries={"counter": Entry()})
        return fuzz.run(counter.operations["sell"], plan), came

    yield run
    for target in targets:
        target.close()


def crashes_beyond_the_plane(body: dict[str, Any]) -> Any:
    """A counter that knows no sign beyond 16 bits."""
    return ("Oh no", 500) if max(body.get("note", "a"), default="") > "\uffff" else None


def shown(result: Result) -> dict[str, Finding]:
    return {finding.id.removeprefix("counter:sell:"): finding for finding in result.findings}


@pytest.mark.parametrize("level", ["smoke", "gate"])
def test_an_honest_target_has_no_finding_and_gets_no_request_twice(fuzzed: Callable[..., Any], level: str) -> None:
    """Every request is there for something."""
    result, came = fuzzed(lambda body: None, level)

    assert ("passed", []) == (result.verdict, result.findings)
    assert {1} == set(Counter(came).values())
    assert len(came) == result.requests >= 12


@pytest.mark.parametrize("level", ["smoke", "gate"])
def test_a_finding_is_shown_by_a_small_request(fuzzed: Callable[..., Any], level: str) -> None:
    """Only what the finding needs is in it, down to the one letter; sending it again shows the same."""
    result, came = fuzzed(crashes_beyond_the_plane, level)

    finding = shown(result)["server_error:500"]
    body = json.loads(finding.request.body)
    assert {"action", "item", "note"} == body.keys()
    assert 1 == len(body["note"])
    assert body["note"] > "\uffff"
    assert any(finding.request.body in each for each in came)
    assert 500 == finding.answer.status
    assert "failed" == result.verdict


def test_making_a_finding_smaller_takes_few_requests_and_counts_for_nothing(fuzzed: Callable[..., Any]) -> None:
    """How often something was found is how often it was looked for."""
    result, came = fuzzed(crashes_beyond_the_plane)
    honest, _ = fuzzed(lambda body: None)

    assert len(came) <= honest.requests + 20 * len(result.findings)
    assert shown(result)["server_error:500"].count <= honest.requests


def test_the_same_seed_sends_the_same_requests(fuzzed: Callable[..., Any]) -> None:
    """Another seed sends others."""
    (first, sent), (again, sent_again), (other, _) = (fuzzed(lambda body: None, seed=seed) for seed in (1, 1, 2))

    assert (first.digest, sent) == (again.digest, sent_again)
    assert first.digest != other.digest


@pytest.mark.parametrize(
    ("rules", "effect", "may"),
    [
        (Rules(), "creates", False),
        (Rules(), "reads", True),
        (Rules(writes=True), "changes", False),
        (Rules(free=True), "creates", True),
    ],
)
@pytest.mark.parametrize("url", ["https://shop.example", "http://127.0.0.1:8080"])
def test_a_deployment_gets_no_request_again_that_does_something(
    till: Contract, url: str, rules: Rules, effect: str, may: bool
) -> None:
    """What can be thrown away may be asked as often as it helps; others, wherever they are, for what changes nothing."""
    operation = replace(till.operations["sell"], raw={**till.operations["sell"].raw, "x-effect": effect})
    target = guarded(Target.described(till, url), rules, None)

    assert may is may_try_again(operation, target)
    target.close()
