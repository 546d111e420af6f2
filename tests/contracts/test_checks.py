"""Every check notices what it is there for, names the clause, and says nothing about an honest answer."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from contracts.checks import EVERY, Seen, check
from contracts.outcome import outcome
from contracts.profile import Credentials
from contracts.results import Finding
from contracts.target import Request, Target

Answering = Callable[..., Target]

SOLD = '{"id": 1, "total": 2.5, "tags": ["a"]}'
VALID = {"action": "sell", "item": 1, "lines": [{"sku": 1, "quantity": 2}]}


def _found(
    target: Target, body: Any = VALID, *, strict: bool = False, expected: str | None = None
) -> dict[str, Finding]:
    exchange = target.send(Request(target.contract.operations["sell"], body=body))
    seen = Seen(target, exchange, outcome(exchange, target.contract), strict, expected)
    return {finding.id.removeprefix("till:sell:"): finding for finding in check(seen)}


@pytest.mark.parametrize(
    "honest",
    [
        {"body": SOLD},
        {"body": "<r><id>1</id><total>2.5</total><due/></r>", "content_type": "application/xml"},
        {"body": '{"error": "Item /home/page.php on 2026-01-01 is unknown"}'},
        {"body": '{"error": "invalid", "text": "Warning: see https://example.com/help/errors.php"}', "status": 400},
    ],
)
def test_an_honest_answer_has_no_finding(answering: Answering, honest: Mapping[str, Any]) -> None:
    """No check raises a false alarm."""
    target = answering(**honest)
    assert _found(target, {**VALID, "item": "/home/page.php"} if "page" in honest["body"] else VALID) == {}


@pytest.mark.parametrize(
    ("liar", "clause", "check_name", "severity"),
    [
        ({"body": '{"error": "closed"}', "status": 503}, "server_error:503", "server_error", "broken"),
        ({"body": "{}", "status": 418}, "status:418", "undocumented_status", "broken"),
        ({"body": SOLD, "content_type": "text/html"}, "answer:200:text/html:media_type", "undocumented_media_type", "broken"),
        ({"body": "{"}, "answer:200:application/json:malformed", "malformed_body", "broken"),
        ({"body": '{"total": 1, "tags": []}'}, "answer:200:/id:required", "body_schema", "broken"),
        ({"body": '{"id": "1", "total": 1, "tags": []}'}, "answer:200:/id:type", "body_schema", "broken"),
        ({"body": '{"id": 1, "total": "1", "tags": []}'}, "answer:200:/total:type", "body_schema", "note"),
        ({"body": '{"id": 1, "total": 1, "tags": [1]}'}, "answer:200:/tags/*:type", "body_schema", "broken"),
        ({"body": '{"id": 1, "total": 1, "tags": [], "due": "soon"}'}, "answer:200:/due:format", "body_schema", "broken"),
        ({"body": "<r><id>x</id><total>1</total></r>", "content_type": "application/xml"}, "answer:200:xml:/id:type",
         "body_schema", "broken"),
        ({"body": '{"error": "Out of paper 12"}'}, "refusal:200:Out of paper #", "undocumented_refusal", "broken"),
        ({"body": '{"error": "Out of paper"}', "status": 400}, "refusal:400:Out of paper", "undocumented_refusal", "note"),
        ({"body": '{"id": 1, "total": 1, "tags": [], "extra": 1}'}, "answer:200:/extra:undocumented",
         "undocumented_property", "warning"),
        ({"body": SOLD, "X_Till": "first"}, "answer:200:header:X-Till:type", "header_schema", "broken"),
        ({"body": '{"id": 1, "total": 1, "tags": ["é"]}'.encode("latin-1")}, "answer:200:application/json:charset",
         "charset", "broken"),
        ({"body": '{"error": "Item 1 is unknown in /var/www/shop/till.php on line 3"}'}, "leak:server", "leak", "broken"),
        ({"body": r'{"error": "Item 1 is unknown\nTraceback (most recent call last):\n"}'}, "leak:trace", "leak", "broken"),
        ({"body": '{"error": "Item 1 is unknown: SQLSTATE[42S22]"}'}, "leak:database", "leak", "broken"),
    ],
)  # fmt: skip
def test_a_liar_is_noticed(
    answering: Answering, liar: Mapping[str, Any], clause: str, check_name: str, severity: str
) -> None:
    """Each wrong answer has a finding under the id of the clause that it breaks."""
    found = _found(answering(**liar))
    assert (found[clause].check, found[clause].severity) == (check_name, severity)


def test_a_missing_header_is_noticed(till: Any, serve: Callable[..., str]) -> None:
    """A required header that does not come is a finding of its own."""
    import flask

    app = flask.Flask("no header")
    app.add_url_rule("/till", view_func=lambda: flask.Response(SOLD, content_type="application/json"), methods=["POST"])
    target = Target(till, serve(app))
    assert _found(target)["answer:200:header:X-Till:required"].check == "missing_header"
    target.close()


@pytest.mark.parametrize(
    ("body", "clauses"),
    [
        ({"action": "sell"}, {"request:body:/item:required": "broken"}),
        ({**VALID, "item": 0}, {"request:body:/item:minimum": "broken"}),
        ({**VALID, "item": ""}, {"request:body:/item:required": "broken"}),
        ({**VALID, "item": "x", "gift": "perhaps"}, {"request:body:/item:type": "broken", "request:body:/gift:type": "broken"}),
        ({**VALID, "lines": [{"quantity": "x"}]},
         {"request:body:/lines/*/sku:required": "warning", "request:body:/lines/*/quantity:type": "note"}),
        ({**VALID, "pid": {"abc": 1}}, {"request:body:/pid:pattern": "broken"}),
    ],
)  # fmt: skip
def test_every_clause_of_an_accepted_invalid_request_is_named(
    answering: Answering, body: object, clauses: dict[str, str]
) -> None:
    """The clause's evidence decides how much it weighs."""
    found = _found(answering(SOLD), body)
    assert {name: finding.severity for name, finding in found.items()} == clauses


@pytest.mark.parametrize(
    "body",
    [
        {**VALID, "item": "+1"},
        {**VALID, "gift": ""},
        {**VALID, "gift": "on"},
        {**VALID, "lines": []},
        {**VALID, "other": 1},
        {**VALID, "buyer": {"name": ""}},
    ],
)
def test_a_request_is_judged_by_what_it_means_on_the_wire(answering: Answering, body: object) -> None:
    """An empty field is an absent one, a sign is no offence, an unknown field is ignored."""
    assert _found(answering(SOLD), body) == {}


def test_a_refused_invalid_request_is_no_finding(answering: Answering) -> None:
    """Refusing it is what the contract asks for."""
    assert _found(answering('{"error": "invalid", "text": "Missing: item"}', 400), {"action": "sell"}) == {}


def test_strict_makes_every_finding_count(answering: Answering) -> None:
    """Even drift, and even a clause that is our own choice."""
    found = _found(answering('{"id": 1, "total": "1", "tags": [], "extra": 1}'), strict=True)
    assert {finding.severity for finding in found.values()} == {"broken"}


def test_an_expected_server_error_is_no_failure_of_the_server(answering: Answering) -> None:
    """A witness that makes the server fail expects it to."""
    target = answering('{"error": "closed"}', 503)
    assert _found(target, expected="till_closed") == {}
    assert "server_error:503" in _found(target)


def test_a_secret_is_masked_in_a_finding_and_its_echo_is_a_leak(answering: Answering) -> None:
    """The command names a variable in place of the secret."""
    target = answering('{"error": "Item hunter2hunter2 is unknown"}')
    target.credentials = Credentials(body={"secret": "hunter2hunter2"})
    (finding,) = _found(target).values()
    assert finding.check == "leak"
    assert "hunter2" not in repr(finding)
    assert '"$SECRET"' in finding.request.curl


def test_every_check_says_what_it_asks() -> None:
    """A report shows the checks by these sentences."""
    assert all((one.__doc__ or "").endswith(".") for one in EVERY)
