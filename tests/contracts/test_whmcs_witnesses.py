"""The witnesses of the classic API of WHMCS are complete: whatever its contract names, a case makes happen."""

from functools import cache
from itertools import pairwise
from typing import Any

from counterfoil.contracts.phases.cases import Call, Case, filled, load
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.wire import wire
from counterfoil.specs import Contract

_EVIDENCE = ("Source 001", "published: ", "observed: ", "implied: ", "chosen: ")


@cache
def contract() -> Contract:
    return Contract.load("whmcs-classic")


@cache
def cases() -> list[Case]:
    return load(contract())


def calls() -> list[Call]:
    return [step for case in cases() for step in case.steps if isinstance(step, Call)]


def test_every_named_outcome_has_a_witness() -> None:
    """Whatever example an answer of an operation has, in whatever format, a case shows it."""
    named = [f"{operation.id}/{name}" for operation in contract().operations.values() for name in operation.examples]
    shown = {outcome for case in cases() for outcome in case.shows}

    assert [] == [outcome for outcome in named if outcome not in shown]


def test_every_request_example_of_add_order_is_sent() -> None:
    """What Source 001 prints as example commands goes over the wire field by field, but for credentials."""
    ids = seeded().of("whmcs-classic").ids
    sent = {_meant(filled(dict(call.body), ids | call.keep)) for call in calls() if _orders(call)}
    examples = next(iter(contract().operations["add_order"].request.values())).examples

    assert len(examples) == 6
    assert [] == [example.name for example in examples.values() if _meant(example.value) not in sent]


def test_every_case_says_how_well_its_clause_is_founded() -> None:
    """A clause begins with the source, or with how it is known where Source 001 is silent."""
    assert [] == [case.id for case in cases() if not case.clause.startswith(_EVIDENCE)]


def test_a_refused_order_leaves_no_trace() -> None:
    """Each documented refusal of AddOrder is shown by a case that looks afterwards, too."""
    looked = set()
    for case in cases():
        steps = [step for step in case.steps if isinstance(step, Call)]
        for step, later in pairwise(steps):
            if step.operation == "add_order" and later.operation.startswith("get_") and later.see:
                looked.add(step.expect)

    refusals = {
        name
        for name, (answer, _, example) in contract().operations["add_order"].examples.items()
        if contract().is_refusal(example, answer.status) and answer.status == 200
    }
    assert len(refusals) > 5
    assert set() == refusals - looked


def _orders(call: Call) -> bool:
    return call.operation == "add_order" and isinstance(call.body, dict) and not _kept(call.body)


def _kept(body: Any) -> bool:
    """Whether the body has a placeholder that only an earlier step could fill."""
    try:
        filled(body, seeded().of("whmcs-classic").ids)
    except KeyError:
        return True
    return False


def _meant(body: Any) -> frozenset[tuple[str, str]]:
    """The fields on the wire, as far as they mean something: `on` is `true`, and an action's letter case is nothing."""
    pairs = {(name, "true" if value == "on" else value) for name, value in wire.fields(body)}
    return frozenset(
        (name, value.lower() if name == "action" else value) for name, value in pairs if name != "responsetype"
    ) | {("action", "addorder")}
