"""Every check notices what it is there for, names the clause, and says nothing about an honest answer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import flask
import pytest

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import EVERY, check
from counterfoil.contracts.http.client import Request, Target, read_reply
from counterfoil.contracts.http.connection import Reply
from counterfoil.contracts.profile.model import Credentials, Entry, Limits
from counterfoil.contracts.wire import wire
from counterfoil.reports.results import Finding
from counterfoil.specs import Contract

Answering = Callable[..., Target]

SOLD = '{"id": 1, "total": 2.5, "tags": ["a"]}'
VALID = {"action": "sell", "item": 1, "lines": [{"sku": 1, "quantity": 2}]}


def _found(
    target: Target, body: Any = VALID, *, strict: bool = False, expected: str | None = None
) -> dict[str, Finding]:
    exchange = target.send(Request(target.contract.operations["sell"], body=body))
    seen = Observation(target, exchange, outcome(exchange, target.contract), strict, expected)
    return {finding.id.removeprefix("till:sell:"): finding for finding in check(seen)}


@pytest.mark.parametrize(
    "honest",
    [
        {"body": SOLD},
        {"body": "<r><id>1</id><total>2.5</total><due/></r>", "content_type": "application/xml"},
        {
            "body": "<?xml version='1.0' encoding='latin-1'?><r><id>1</id><total>2</total><tags>é</tags></r>".encode(
                "latin-1"
            ),
            "content_type": "application/xml",
        },
        {"body": '{"id": 1, "total": 2.5, "tags": ["\\ud83d\\ude00"]}'},
        {"body": '{"error": "Item /home/page.php on 2026-01-01 is unknown"}'},
        {"body": '{"error": "invalid", "text": "Warning: see https://example.com/help/errors.php"}', "status": 400},
    ],
)
def test_an_honest_answer_has_no_finding(answering: Answering, honest: Mapping[str, Any]) -> None:
    """No check raises a false alarm."""
    target = answering(**honest)
    assert _found(target, {**VALID, "item": "/home/page.php"} if "page" in str(honest["body"]) else VALID) == {}


@pytest.mark.parametrize(
    ("liar", "clause", "check_name", "severity"),
    [
        ({"body": '{"error": "closed"}', "status": 503}, "server_error:503", "server_error", "warning"),
        ({"body": "{}", "status": 418}, "status:418", "undocumented_status", "broken"),
        ({"body": SOLD, "content_type": "text/html"}, "answer:200:text/html:media_type", "undocumented_media_type", "broken"),
        ({"body": "{"}, "answer:200:application/json:malformed", "malformed_body", "broken"),
        ({"body": SOLD + "<br>"}, "answer:200:application/json:malformed", "malformed_body", "broken"),
        ({"body": "\ufeff" + SOLD}, "answer:200:application/json:malformed", "malformed_body", "broken"),
        ({"body": '{"id": 2, ' + SOLD[1:]}, "answer:200:application/json:malformed", "malformed_body", "broken"),
        ({"body": '{"id": 1, "total": 2, "tags": ["\\ud83d"]}'}, "answer:200:application/json:malformed", "malformed_body",
         "broken"),
        ({"body": "<?xml version='1.0' encoding='utf-8'?><r><id>1</id><total>2</total><tags>é</tags></r>".encode("latin-1"),
          "content_type": "text/xml"}, "answer:200:text/xml:media_type", "undocumented_media_type", "broken"),
        ({"body": "<?xml version='1.0' encoding='utf-8'?><r><id>1</id><tags>é</tags></r>".encode("latin-1"),
          "content_type": "application/xml"}, "answer:200:application/xml:malformed", "malformed_body", "broken"),
        ({"body": "<?xml version='1.0' encoding='latin-1'?><r><id>1</id><tags>é</tags></r>".encode("latin-1"),
          "content_type": "application/xml; charset=utf-8"}, "answer:200:application/xml:charset", "charset", "broken"),
        ({"body": "<?xml version='1.0' encoding='latin-1'?><r><id>1</id><tags>é</tags></r>".encode(),
          "content_type": "application/xml"}, "answer:200:application/xml:charset", "charset", "broken"),
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
         "undocumented_property", "note"),
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
    app = flask.Flask("no header")
    app.add_url_rule("/till", view_func=lambda: flask.Response(SOLD, content_type="application/json"), methods=["POST"])
    target = Target.described(till, serve(app))
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


def test_a_secret_is_masked_in_a_finding_and_its_echo_is_a_leak(till: Contract, answering: Answering) -> None:
    """The command names a variable in place of the secret."""
    entry = Entry(credentials=Credentials(body={"secret": "hunter2hunter2"}))
    target = Target.described(till, answering('{"error": "Item hunter2hunter2 is unknown"}').base_url, entry)
    (finding,) = _found(target).values()
    assert finding.check == "leak"
    assert "hunter2" not in repr(finding)
    assert '"secret=$SECRET&' in finding.request.curl


@pytest.mark.parametrize(
    ("sent", "body", "clauses"),
    [
        ({"password": "s3same-open"}, '{"error": "Item 1 is unknown to s3same-open"}', {"leak:password"}),
        ({"password": "s3same-open"}, '{"error": "Item 1 is unknown"}', set()),
        ({"password": "s3same-open", "other": "s3same-open"}, '{"error": "Item s3same-open is unknown"}', set()),
        ({"password": "password"}, '{"error": "Item 1 is unknown", "text": "Your password is wrong"}', set()),
        ({"password": "password"}, '{"error": "Item 1 is unknown", "text": "password: \'password\'"}', {"leak:password"}),
        ({"password": "a"}, '{"error": "Item a is unknown"}', set()),
        ({"voucher_token": "vt-1234-5678"}, SOLD[:-1] + ', "voucher_token": "vt-1234-5678"}', set()),
        ({"voucher_token": "vt-1234-5678"}, SOLD[:-5] + '"vt-1234-5678"]}', {"leak:voucher_token"}),
    ],
)  # fmt: skip
def test_what_was_sent_in_confidence_does_not_come_back(
    answering: Answering, sent: Mapping[str, str], body: str, clauses: set[str]
) -> None:
    """Unless it was sent openly too, the contract documents it there, or it is a word that stands there anyway."""
    assert clauses == _found(answering(body), {**VALID, **sent}).keys()


@pytest.mark.parametrize(
    ("body", "clauses"),
    [
        ('{"error": "Item 1 is unknown", "text": "davis: orchestra"}', set()),
        ('{"error": "Item 1 is unknown", "text": "orchestra"}', {"leak:password"}),
        ('{"error": "Item 1 is unknown", "text": "password=orchestra"}', {"leak:password"}),
        ('{"error": "Item 1 is unknown", "text": "davis@example.com"}', set()),
    ],
)
def test_an_account_s_password_is_shown_to_nobody(
    till: Contract, answering: Answering, body: str, clauses: set[str]
) -> None:
    """It may be an ordinary word: what counts is that it stands alone or behind its name."""
    accounts = {"user": {"email": "davis@example.com", "password": "orchestra"}}
    target = Target.described(till, answering(body).base_url, Entry(accounts=accounts))
    assert clauses == _found(target).keys()


def _after(target: Target, *seconds: float) -> dict[str, Finding]:
    """What is found when the operation has taken so long, one answer after another."""
    found: dict[str, Finding] = {}
    exchange = target.send(Request(target.contract.operations["sell"], body=VALID))
    for each in seconds:
        target.slow["sell"] += each > target.installation.patience
        late = replace(exchange, seconds=each)
        found |= {one.id: one for one in check(Observation(target, late, outcome(late, target.contract), strict=False))}
    return found


def test_an_operation_is_slow_when_it_is_slow_twice(answering: Answering) -> None:
    """Once may be the machine, or a server that wakes up; the limit that nobody promised is but a note."""
    assert {} == _after(answering(SOLD), 2.9, 2.9, 3.1)
    (finding,) = _after(answering(SOLD), 3.1, 0.1, 3.1).values()
    assert ("till:sell:slow", "slow", "note") == (finding.id, finding.check, finding.severity)


def test_a_limit_of_the_profile_is_a_promise(till: Contract, answering: Answering) -> None:
    """Breaking it counts as much as breaking the contract."""
    entry = Entry(limits=Limits(answer_seconds=0.5))
    target = Target.described(till, answering(SOLD).base_url, entry)
    (finding,) = _after(target, 0.6, 0.6).values()
    assert ("slow", "broken") == (finding.check, finding.severity)
    target.close()


def test_a_target_that_answers_late_is_found_slow(till: Contract, serve: Callable[..., str]) -> None:
    """The time is measured from the request to the end of the answer."""
    app = flask.Flask("late")

    @app.post("/till")
    def sell() -> flask.Response:
        time.sleep(0.3)
        return flask.Response(SOLD, headers={"Content-Type": "application/json", "X-Till": "1"})

    target = Target.described(till, serve(app), Entry(limits=Limits(answer_seconds=0.2)))
    assert [set(), {"slow"}] == [set(_found(target)), set(_found(target))]
    target.close()


def test_bytes_that_are_no_text_may_be_turned_away_in_any_words(till: Contract, serve: Callable[..., str]) -> None:
    """What stands before the API answers then; but it may not crash."""
    app = flask.Flask("gatekeeper")
    app.add_url_rule(
        "/till", view_func=lambda: flask.Response("Bad request", int(flask.request.args["s"])), methods=["POST"]
    )
    target = Target.described(till, serve(app))

    def found(raw: bytes, status: int) -> set[str]:
        request = Request(till.operations["sell"], {}, {"s": status}, raw=raw, media_type=wire.FORM)
        exchange = target.send(request)
        return {
            finding.check for finding in check(Observation(target, exchange, outcome(exchange, till), strict=False))
        }

    assert set() == found(b"action=sell&item=%C0%AF", 400)
    assert set() == found(b"action=sell&item=%", 418)
    assert {"undocumented_status"} == found(b"action=sell&item=1", 418)
    assert {"server_error"} == found(b"action=sell&item=%C0%AF", 500)
    target.close()


TWELVE = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": "integer"}, "b": {"type": "integer", "minimum": 1}, "c": {"type": "integer", "maximum": 9},
        "d": {"type": "string", "minLength": 2}, "e": {"type": "string", "maxLength": 3}, "f": {"enum": ["x"]},
        "g": {"type": "string", "pattern": "^x"}, "h": {"type": "array", "minItems": 1},
        "i": {"type": "array", "maxItems": 1}, "j": {"type": "array", "uniqueItems": True}, "k": {"const": 1},
    },
    "additionalProperties": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "bodies",
    [
        [{"b": 0, "c": 10, "d": "x", "e": "xxxx", "f": "y", "g": "y", "h": [], "i": [1, 2], "j": [1, 1], "k": 2, "z": 1}],
        [{}, *({"a": 1, **each} for each in ({"b": 0}, {"c": 10}, {"d": "x"}, {"e": "xxxx"}, {"f": "y"}, {"g": "y"},
         {"h": []}, {"i": [1, 2]}, {"j": [1, 1]}, {"k": 2}, {"z": 1}))],
    ],
    ids=["all at once", "one by one"],
)  # fmt: skip
def test_a_target_that_ignores_twelve_clauses_has_twelve_findings(
    serve: Callable[..., str], bodies: list[dict[str, Any]]
) -> None:
    """Not one, because they are all the same status: no clause hides behind another."""
    answers = {"200": {"description": "Taken.", "content": {"application/json": {"schema": {}}}}}
    body = {"content": {"application/json": {"schema": TWELVE}}}
    operation = {"operationId": "take", "requestBody": body, "responses": answers}
    contract = Contract("taker", {"openapi": "3.1.0", "paths": {"/take": {"post": operation}}})
    app = flask.Flask("taker")
    app.add_url_rule("/take", view_func=dict, methods=["POST"])
    target = Target.described(contract, serve(app))
    found = {}
    for body in bodies:
        exchange = target.send(Request(contract.operations["take"], body=body, media_type="application/json"))
        seen = Observation(target, exchange, outcome(exchange, contract), strict=False)
        found |= {finding.id.rpartition(":/")[2]: finding.check for finding in check(seen)}
    words = ["a:required", "b:minimum", "c:maximum", "d:minLength", "e:maxLength", "f:enum", "g:pattern", "h:minItems",
             "i:maxItems", "j:uniqueItems", "k:const"]  # fmt: skip
    assert dict.fromkeys([*words, ":additionalProperties"], "accepted_invalid") == found
    target.close()


def test_every_check_says_what_it_asks() -> None:
    """A report shows the checks by these sentences."""
    assert all((one.__doc__ or "").endswith(".") for one in EVERY)


@pytest.mark.parametrize(("item", "is_told"), [("1", True), ("\x0c", False)])
def test_who_sends_what_no_xml_holds_may_get_it_back(till: Contract, item: str, is_told: bool) -> None:
    """PHP writes it as it came; from whoever sent nothing of the kind it is a finding."""
    target, sell = Target.described(till, "http://127.0.0.1:1", Entry()), till.operations["sell"]
    sent = target.prepare(Request(sell, body={"action": "sell", "item": item}))
    exchange = read_reply(till, sell, sent, Reply(200, {"Content-Type": "application/xml"}, b"<r>\x0c</r>"), 0.0)
    found = check(Observation(target, exchange, outcome(exchange, till), strict=False))

    assert is_told == ("malformed_body" in {finding.check for finding in found})


@pytest.mark.parametrize(("method", "is_told"), [("shop.nothing", True), ("shop.\x0c", False)])
def test_what_no_xml_holds_may_come_back_from_an_address(method: str, is_told: bool) -> None:
    """The framework's own error repeats the address that was asked for."""
    contract = Contract.load("shopscript")
    unknown = contract.operations["unknown_method"]
    target = Target.described(contract, "http://127.0.0.1:1", Entry())
    sent = target.prepare(Request(unknown, {"method": method}))
    exchange = read_reply(contract, unknown, sent, Reply(400, {"Content-Type": "text/xml"}, b"<r>\x0c</r>"), 0.0)
    found = check(Observation(target, exchange, outcome(exchange, contract), strict=False))

    assert is_told == ("malformed_body" in {finding.check for finding in found})
