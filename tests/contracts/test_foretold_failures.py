"""A failure that a contract shows to the letter is no finding where something in the request is odd, and is one elsewhere."""

from collections.abc import Callable, Iterator

import flask
import pytest

from counterfoil.contracts.checks.context import Observation
from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.response import check
from counterfoil.contracts.http.client import Request, Target
from counterfoil.contracts.phases.laws.declared.compared import same
from counterfoil.specs import Contract

Found = Callable[..., set[str]]


@pytest.fixture
def found(serve: Callable[..., str]) -> Iterator[Found]:
    """The checks that find something in an answer of a shop to a request for an order."""
    shop = Contract.load("shopscript")
    answers: list[flask.Response] = []
    app = flask.Flask("shop")
    app.add_url_rule("/api.php/shop.order.getInfo", view_func=lambda: answers[-1])
    target = Target.described(shop, serve(app))

    def ask(query: dict[str, object], status: int, content_type: str, body: str = "", tail: str = "") -> set[str]:
        answers.append(flask.Response(body, status, content_type=content_type))
        exchange = target.send(Request(shop.operations["get_order"], query=query, tail=tail))
        seen = Observation(target, exchange, outcome(exchange, shop), strict=False)
        return {finding.check for finding in check(seen)}

    yield ask
    target.close()


def test_an_error_of_php_is_foretold_for_brackets_where_a_text_is_needed(found: Found) -> None:
    """500, text/html, without a body: the contract shows it. To an honest request it is a failure, and other words break it."""
    page = "text/html; charset=utf-8"

    assert set() == found({"id": 1, "format[]": "xml"}, 500, page)
    assert {"server_error"} == found({"id": 1}, 500, page)
    assert {"body_schema"} == found({"id": 1, "format[]": "xml"}, 500, page, "<h1>Sorry</h1>")
    refused = '{"error":"server_error","error_description":"Database error"}'
    assert {"server_error"} == found({"id": 1, "format[]": "xml"}, 500, "application/json", refused)


def test_no_answer_to_what_is_no_text_breaks_no_schema(found: Found) -> None:
    """JSON cannot be written of bytes that are not UTF-8; to any other request, an empty body is found."""
    kind = "application/json"

    assert set() == found({"id": 1}, 200, kind, tail="format=%E9")
    assert "body_schema" in found({"id": 1}, 200, kind)


def test_a_described_failure_is_foretold_for_what_is_no_text(found: Found) -> None:
    """The vendor's database fails at such bytes; at text it must not."""
    refused = '{"error":"server_error","error_description":"Database error"}'

    assert "server_error" not in found({"id": 1}, 500, "application/json", refused, tail="comment=%E9")
    assert "server_error" in found({"id": 1}, 500, "application/json", refused)


def test_a_described_failure_is_foretold_for_a_field_with_an_odd_name(found: Found) -> None:
    """No element of XML can be named so; at names that XML has, the vendor must not fail."""
    refused = '{"error":"server_error","error_description":"Invalid Character Error"}'

    assert "server_error" not in found({"id": 1, "a b": "1"}, 500, "application/json", refused)
    assert "server_error" in found({"id": 1, "a": "1"}, 500, "application/json", refused)


def test_what_is_under_ids_is_the_same_as_a_list_of_it() -> None:
    """Whatever more the members of the list say."""
    by_id = {"items": {"7": {"id": "7"}, "8": {"id": "8"}}}

    assert same(by_id, {"items": [{"id": 7, "sort": 0}, {"id": 8, "sort": 1}]})
    assert not same(by_id, {"items": [{"id": 7, "sort": 0}, {"id": 9, "sort": 1}]})
