"""The witnesses of the REST API of WHMCS are complete: whatever its contract names, a case makes happen."""

from functools import cache

import pytest

from counterfoil.contracts.phases.cases import Call, Case, load
from counterfoil.contracts.profile.read import seeded
from counterfoil.specs import Contract

_EVIDENCE = ("source 003", "published: ", "observed: ", "implied: ", "chosen: ")


@cache
def contract() -> Contract:
    return Contract.load("whmcs-rest")


@cache
def cases() -> list[Case]:
    return load(contract())


@pytest.mark.parametrize("operation", Contract.load("whmcs-rest").operations)
def test_every_named_outcome_has_a_witness(operation: str) -> None:
    """Whatever example an answer of the operation has, a case shows it."""
    shown = {outcome for case in cases() for outcome in case.shows}

    assert [] == [name for name in contract().operations[operation].examples if f"{operation}/{name}" not in shown]


def test_every_case_says_how_well_its_clause_is_founded() -> None:
    """A clause begins with the source, or with how it is known where Source 003 is silent."""
    assert [] == [case.id for case in cases() if not case.clause.lower().startswith(_EVIDENCE)]


def test_a_right_login_is_the_profile_s() -> None:
    """No case has a password in it: a deployment's users have others, and wrong logins ban an address."""
    secrets = {fields["password"] for fields in seeded().of("whmcs-rest").accounts.values()}
    logins = [
        step
        for case in cases()
        for step in case.steps
        if isinstance(step, Call) and step.operation.endswith("_session") and isinstance(step.body, dict)
    ]

    assert logins
    assert [] == [step for step in logins if step.body.get("password") in secrets]
