"""An answer is recognised by the contract's own rule and examples."""

import contextlib
from collections.abc import Callable
from string import Formatter
from typing import Any

import flask
import pytest

from counterfoil.contracts.checks.outcome import Outcome, outcome
from counterfoil.contracts.http.client import Exchange, Request, Sent, Target
from counterfoil.contracts.profile.read import seeded
from counterfoil.specs import Contract, names

Answering = Callable[..., Target]


def _of(target: Target, operation: str = "sell") -> Outcome:
    exchange = target.send(Request(target.contract.operations[operation], body={"action": "sell"}))
    return outcome(exchange, target.contract)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('{"error": "item 7 IS unknown"}', "item_unknown"),
        ('{"error": "Item 7 is unknown, sorry"}', "item_unknown"),
        ('{"error": "Item 7 is unknown to this till"}', "item_closed"),
    ],
)
def test_a_refusal_with_status_200_is_known_by_its_template(answering: Answering, body: str, name: str) -> None:
    """Letter case and longer text after it do not matter; the longest template wins."""
    seen = _of(answering(body))
    assert (seen.accepted, seen.name) == (False, name)


def test_refusals_that_share_a_name_are_told_apart_by_their_other_text(answering: Answering) -> None:
    """The text decides where it is the documented one; else all of them are candidates, and none is counted."""
    assert _of(answering('{"error": "invalid", "text": "Missing: lines"}', 400)).name == "lines_missing"
    translated = _of(answering('{"error": "invalid", "text": "Fehlt"}', 400))
    assert translated.candidates == ("item_missing", "lines_missing")
    assert translated.label(400) is None


def test_an_accepted_answer_is_known_by_its_properties(answering: Answering) -> None:
    """Of several accepted examples, those with the same properties are meant."""
    assert _of(answering('{"id": 1, "total": 1, "tags": [], "due": null}')).name == "sold_on_credit"
    assert _of(answering('{"id": 1}')).candidates == ("sold", "sold_on_credit")


def test_xml_has_its_own_accepted_examples_and_shares_the_refusals(answering: Answering) -> None:
    """What was accepted is named per format; a refusal means the same in every format."""
    assert _of(answering("<r><id>1</id><total>1</total></r>", content_type="application/xml")).name == "sold_xml"
    assert (
        _of(answering("<r><error>Item 1 is unknown</error></r>", content_type="application/xml")).name == "item_unknown"
    )


def test_a_refusal_that_no_example_names_is_undocumented(answering: Answering) -> None:
    """It is still a refusal, and its text is kept."""
    seen = _of(answering('{"error": "Out of paper"}'))
    assert (seen.accepted, seen.documented, seen.label(200)) == (False, False, "undocumented refusal: Out of paper")


def test_a_status_of_400_or_more_is_a_refusal_whatever_the_body_says(answering: Answering) -> None:
    """An undocumented status has no documented outcome."""
    seen = _of(answering('{"id": 1}', 418))
    assert (seen.accepted, seen.documented) == (False, False)


def _filled(node: Any) -> Any:
    """An example with its templates filled."""
    if isinstance(node, dict):
        return {key: _filled(below) for key, below in node.items()}
    if isinstance(node, list):
        return [_filled(below) for below in node]
    if isinstance(node, str):
        return "".join(text + ("7" if field is not None else "") for text, field, _, _ in Formatter().parse(node))
    return node


@pytest.mark.parametrize(
    ("operation", "doc", "label"),
    [
        ("get_cart", {"total": {"count": {"$": "0"}}}, "cart_listed_empty"),
        ("get_basket", {"total_sum": {"$": "0.00"}, "list": {"$name": "itemlist"}}, "basket_listed"),
        ("order_item", {"slist": {"$name": "order_period"}}, "order_form"),
        ("log_in", {"username": {"$": ""}}, None),
    ],
)
def test_a_cart_may_be_shown_in_a_form(
    operation: str, doc: dict[str, Any], label: str | None, mount: Callable[..., str]
) -> None:
    """What is asked for is there; the form of a function that does something says that nothing was done."""
    app = flask.Flask("panel")
    form = {"$type": "form", "form": {"field": {"$name": "promocode"}}}
    app.add_url_rule("/billmgr", "all", lambda: {"doc": {**doc, "metadata": form}}, methods=["GET", "POST"])
    contract = Contract.load("billmanager")
    with contextlib.closing(Target.described(contract, mount(app), seeded().of("billmanager"))) as target:
        seen = outcome(target.send(Request(contract.operations[operation], query={"out": "xjson"})), contract)

    assert (seen.accepted, seen.name) == (operation.startswith("get_"), label)


@pytest.mark.parametrize("name", names())
def test_every_documented_refusal_is_recognised_by_its_own_example(name: str) -> None:
    """And every accepted one is among the candidates of its example."""
    contract = Contract.load(name)
    sent = Sent("POST", "", {}, b"", None, [], [], None, {}, "")
    for operation in contract.operations.values():
        for answer, media, example in operation.examples.values():
            refused = contract.is_refusal(example, answer.status)
            tree = _filled(example.value) if refused else example.value
            arguments = (answer.status, {}, b"-", media.media_type, None, tree, None, 0.0)
            seen = outcome(Exchange(operation, sent, *arguments), contract)
            assert seen.accepted is not refused, (operation.id, example.name)
            assert example.name in seen.candidates, (operation.id, example.name, seen)
            assert not refused or seen.name == example.name, (operation.id, example.name, seen)
