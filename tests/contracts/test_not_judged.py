"""What an answer means that nobody foresaw is not judged: it ends a step, and neither a case nor a stateful test."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.request_validity import is_of_another
from counterfoil.contracts.checks.response import OF_ANY, Observation, check
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.phases.laws import StatefulTest, run
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.reports.results import Result
from counterfoil.specs import Contract

Answering = Callable[..., Target]

SHOWN = Law("sold_is_shown", "What is sold has an id.", "sell", "documented")


def tried(target: Target, look: Callable[[LawContext, Any], None]) -> Result:
    """What comes of one law that is tried with one call."""

    class Machine(RuleBasedStateMachine):
        context: LawContext

        @rule()
        def sell(self) -> None:
            exchange, _ = self.context.send(self.context.request("sell", body={"action": "sell"}))
            look(self.context, exchange.tree)

    def machine(context: LawContext) -> type[RuleBasedStateMachine]:
        return type("SellingMachine", (Machine,), {"context": context})

    header = SimpleNamespace(level="smoke", seed=1, strict=False)
    plan: Any = SimpleNamespace(targets={"till": target}, header=header, until=float("inf"))
    return run(StatefulTest("till", "selling", "what is sold", "sell", (SHOWN,), machine), plan)


@pytest.mark.parametrize(
    ("body", "more"), [("Sold!", {"content_type": "text/html"}), ("[1, 2]", {}), ('{"id": 1', {}), ("7", {})]
)
def test_an_answer_that_nobody_can_tell_is_neither_accepted_nor_refused(
    answering: Answering, body: str, more: dict[str, Any]
) -> None:
    """Unreadable, or of a shape that nobody documents."""
    target = answering(body, **more)
    exchange = target.send(Request(target.contract.operations["sell"], body={"action": "sell"}))

    got = outcome(exchange, target.contract)

    assert (got.accepted, got.refused, got.label(200)) == (False, False, None)
    assert got.unclear


@pytest.mark.parametrize(
    ("body", "is_judged"),
    [
        ('{"id": 1, "total": "2.50", "tags": []}', True),
        ('{"id": "1", "total": 2.5, "tags": []}', True),
        ('{"id": 1, "total": {"amount": 2.5}, "tags": []}', False),
        ('{"id": 1, "total": 2.5, "tags": "a"}', False),
    ],
)
def test_a_value_that_is_written_otherwise_hides_nothing_else(answering: Answering, body: str, is_judged: bool) -> None:
    """A number as a text is a finding, and what else the answer says is judged; a list in place of a number is no answer."""
    target = answering(body)
    exchange = target.send(Request(target.contract.operations["sell"], body={"action": "sell"}))

    got = outcome(exchange, target.contract)

    assert (is_judged, not is_judged) == (got.accepted, bool(got.unclear))


def test_a_stateful_test_goes_on_without_the_steps_that_cannot_be_told(answering: Answering) -> None:
    """It says why, and no law is broken; what the answer itself breaks is told."""
    result = tried(answering("[1, 2]"), lambda context, tree: context.hold(SHOWN, holds=False, why="never"))

    assert {"body_schema"} <= {finding.check for finding in result.findings}
    assert "not_judged" == result.cause
    assert "has a shape that nobody documents" in result.reason
    assert not [finding for finding in result.findings if finding.check == "law"]


def test_a_law_that_stumbles_over_an_answer_ends_its_step_only(answering: Answering) -> None:
    """A key that is not there is the answer's fault, and no error of the suite."""

    def look(context: LawContext, tree: Any) -> None:
        context.hold(SHOWN, holds=True, why="")
        tree["order_id"]

    result = tried(answering('{"id": 1, "total": 1, "tags": []}'), look)

    assert "not_judged" == result.cause
    assert "order_id" in result.reason
    assert not [finding for finding in result.findings if finding.check == "law"]


def test_a_request_with_another_operations_constants_is_not_judged_by_this_one() -> None:
    """`func=cart` with `sok=ok` and no button lists the cart: what is answered says nothing of taking an item out."""
    contract = Contract.load("billmanager")
    target = Target.described(contract, "http://127.0.0.1:9")
    taking_out = contract.operations["delete_cart_item"]

    listing = target.prepare(Request(taking_out, body={"func": "cart", "id": 1, "sok": "ok"}))
    whole = target.prepare(Request(taking_out, body={"func": "cart", "clicked_button": "delete", "id": 1, "sok": "ok"}))

    assert is_of_another(listing, taking_out, contract)
    assert not is_of_another(whole, taking_out, contract)


def test_of_an_answer_to_another_operation_only_what_holds_anywhere_is_asked(
    answering: Answering, till: Contract
) -> None:
    """That the server does not fail, that its bytes are text, that it gives nothing away."""
    target = answering('{"id": "no number"}')
    exchange = target.send(Request(till.operations["sell"], body={"action": "sell"}))
    seen = Observation(target, exchange, outcome(exchange, till), strict=False)

    assert "body_schema" in {finding.check for finding in check(seen)}
    assert not [finding for one in OF_ANY for finding in one(seen)]
