"""Findings for code scanning, as the standard and GitHub read them."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from counterfoil.reports.results import (
    Accepted,
    AcceptedFinding,
    Accepting,
    Contract,
    Finding,
    Operation,
    Result,
    Results,
    Target,
)
from counterfoil.reports.sarif import render_sarif

#: the schema that OASIS publishes with the standard, as it is
SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))

Running = Callable[..., Results]


def log(run: Results) -> dict[str, Any]:
    return json.loads(render_sarif(run.header, run.results, run.footer))


def results(run: Results) -> dict[str, dict[str, Any]]:
    (only,) = log(run)["runs"]
    return {result["partialFingerprints"]["clause/v1"]: result for result in only["results"]}


@pytest.mark.parametrize("name", ["run", "quiet_run", "empty_run"])
def test_the_log_is_valid_by_the_official_schema(name: str, request: pytest.FixtureRequest) -> None:
    """With findings, without, and without a single case."""
    validator = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

    assert [] == [error.message for error in validator.iter_errors(log(request.getfixturevalue(name)))]


def test_text_from_strangers_leaves_the_log_valid(
    make_run: Running, make_result: Callable[..., Result], make_finding: Callable[..., Finding]
) -> None:
    """Control characters and half characters stand in no string of it."""
    evil = "a\x00\x1b\ud800\ufffe\r\n%00"
    finding = make_finding(evil, check=evil, operation=evil, clause=evil, title=evil, why=evil, contract=evil)
    run = make_run(make_result(verdict="failed", findings=[finding]), level=evil, counterfoil=evil)
    text = render_sarif(run.header, run.results, run.footer)

    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(text))
    assert "\\u0000" not in text
    text.encode("utf-8")


def test_a_severity_has_its_level(run: Results) -> None:
    """Broken is an error, a warning a warning; a note and a choice of ours are notes."""
    levels = {name: result["level"] for name, result in results(run).items()}

    assert levels == {
        "rest-check-out-total-type": "error",
        "rest-law-refused-changes-nothing": "error",
        "classic-add-order-server-error": "error",
        "billmanager/order_service/request/order_period/enum": "error",
        "shop-get-order-slow": "warning",
        "classic-leak": "warning",
        "shop-add-order-drift": "note",
        "shop-too-many-items": "note",
    }


def test_a_finding_is_the_same_alert_in_every_run(run: Results, make_run: Running) -> None:
    """Its fingerprint is its clause, whatever else a run sees."""
    alone = make_run(run.results[2])
    name = "rest-check-out-total-type"

    assert results(run)[name]["partialFingerprints"] == results(alone)[name]["partialFingerprints"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results(run).values()]
    assert len(set(prints)) == len(prints)


def test_a_result_stands_where_somebody_would_change_something(
    make_run: Running, make_result: Callable[..., Result], make_finding: Callable[..., Finding]
) -> None:
    """At the profile of the repository that was tested, or at the baseline's entry; its operation is named and linked."""
    operations = {"check_out": Operation("", "documented", [], "specs/whmcs_rest/cart.yaml:120")}
    entry = AcceptedFinding("f2", "known", date(2027, 1, 1), "ci/baseline.toml:7")
    found = [
        make_finding(operation="check_out"),
        make_finding("f2", accepted=Accepted("known", "2027-01-01")),
    ]
    run = make_run(
        make_result(verdict="failed", findings=found),
        contracts={"whmcs-rest": Contract("", "", "", operations)},
        profile="ci/counterfoil.toml",
        accepting=Accepting((entry,)),
    )
    told = results(run)
    (location,), (accepted,) = told["f1"]["locations"], told["f2"]["locations"]

    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "ci/counterfoil.toml"},
        "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "whmcs-rest/check_out"
    assert told["f1"]["hostedViewerUri"].endswith("/blob/main/specs/whmcs_rest/cart.yaml#L120")
    assert accepted["physicalLocation"]["artifactLocation"]["uri"] == "ci/baseline.toml"
    assert accepted["physicalLocation"]["region"]["startLine"] == 7


def test_a_file_of_an_overlay_is_a_place_where_there_is_no_profile(
    make_run: Running, make_result: Callable[..., Result], make_finding: Callable[..., Finding]
) -> None:
    """An overlay that is only a name is a file of Counterfoil's repository."""
    target = {"whmcs-rest": Target("https://staging.example.com", ["wire", "ci/deviations.yaml"])}
    run = make_run(make_result(verdict="failed", findings=[make_finding()]), target=target)
    (location,) = results(run)["f1"]["locations"]

    assert location["physicalLocation"]["artifactLocation"]["uri"] == "ci/deviations.yaml"


def test_without_a_file_of_the_repository_the_path_is_that_of_the_operation(run: Results) -> None:
    """GitHub refuses a log in which a result has no path; the contract's own file is in another repository."""
    paths = [
        location["physicalLocation"]["artifactLocation"]["uri"]
        for result in results(run).values()
        for location in result["locations"]
    ]

    assert "whmcs-rest/check_out" in paths
    assert len(paths) == len(results(run))


def test_every_result_has_its_rule(run: Results) -> None:
    """By its number and by its name."""
    (only,) = log(run)["runs"]
    rules = [rule["id"] for rule in only["tool"]["driver"]["rules"]]

    assert [rules[result["ruleIndex"]] for result in only["results"]] == [r["ruleId"] for r in only["results"]]
    assert len(set(rules)) == len(rules)


def test_the_exchange_is_in_the_result(run: Results) -> None:
    """What was sent and what came, and the command that sends it again."""
    result = results(run)["rest-check-out-total-type"]

    assert (result["webRequest"]["method"], result["webResponse"]["statusCode"]) == ("POST", 200)
    assert "curl -X POST" in result["message"]["text"]
    assert result["occurrenceCount"] == 28


def test_a_run_that_came_to_no_verdict_says_so(empty_run: Results) -> None:
    """No finding is no success."""
    (invocation,) = log(empty_run)["runs"][0]["invocations"]

    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 4)
