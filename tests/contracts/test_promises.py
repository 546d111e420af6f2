"""What the source documents promise is written down, shown by something, and told of first in a report."""

import shutil
from pathlib import Path

import pytest

from counterfoil.contracts.phases.cases import load
from counterfoil.contracts.phases.promises import known, problems, with_promises
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.reports.results import Answer, Finding, Request, Result
from counterfoil.specs import Contract, SpecError, names
from counterfoil.specs.promises import Promise, promises_of

SHOP = Path(__file__).parent.parent / "shop" / "contract"

#: what no test can see from outside, each with a reason in its `promises.yaml`
UNSEEN = {
    "billmanager": {"the_panel_shows_an_addons_code", "the_example_adds_an_item"},
    "shopscript": set(),
    "whmcs-classic": {
        "affid_assigns_the_order_to_an_affiliate",
        "contactid_names_the_registrant",
        "domainfields_are_those_of_the_tld",
        "noemail_sends_no_confirmation",
        "noinvoiceemail_sends_no_message",
        "the_internal_call_does_the_same",
    },
    "whmcs-rest": {
        "a_failure_is_500",
        "the_version_is_not_the_products",
    },
}


@pytest.mark.parametrize("name", names())
def test_every_promise_is_shown_but_for_those_that_nobody_can_see(name: str) -> None:
    """A case, a law or a clause shows each promise, and shows none that the document does not make."""
    contract = Contract.load(name)

    showing = [
        *((case.id, case.promises) for case in load(contract)),
        *((law.name, law.promises) for each in stateful_tests(contract) for law in each.laws),
    ]

    assert len(showing) > 50
    assert [] == list(problems(contract, showing))
    assert UNSEEN[name] == {each.name for each in known(contract).values() if each.unseen}


@pytest.mark.parametrize("name", names())
def test_every_promise_says_where_its_document_makes_it(name: str) -> None:
    """The place begins with the number of the source."""
    source = {"billmanager": "000", "whmcs-classic": "001", "shopscript": "002", "whmcs-rest": "003"}[name]

    assert [] == [each.name for each in known(Contract.load(name)).values() if not each.place.startswith(f"{source}, ")]


def test_a_promise_that_nothing_shows_is_a_problem() -> None:
    """So is a case that shows what nobody promises."""
    contract = Contract.load("shopscript")

    found = list(problems(contract, [("a case", ["nobodys_promise"])]))

    assert "a case shows nobodys_promise, which shopscript does not promise" in found
    assert "nothing shows creates_a_new_order: The method creates an order that was not there before." in found
    assert not any(problem.startswith("nothing shows total_of_the_order") for problem in found)  # clauses show it


def test_a_promise_names_a_clause_once_for_all_notations() -> None:
    """A pattern for a place in a body fits that place in XML as well, and no other one."""
    promise = Promise("total", "It has a total.", "002", clauses=("add_order:answer:200:/total:*",))

    assert promise.is_of("add_order:answer:200:/total:type")
    assert promise.is_of("add_order:answer:200:xml:/total:type")
    assert not promise.is_of("add_order:answer:200:/items/*/total:type")
    assert not promise.is_of("get_order:answer:200:/total:type")


def test_a_file_of_promises_that_cannot_be_used_is_refused_with_its_place(tmp_path) -> None:
    """What is wrong is named, with where it stands."""
    (tmp_path / "promises.yaml").write_text("source: Ours\npromises:\n  kept: {place: first line}\n")

    with pytest.raises(SpecError, match=r"promises.yaml: promises/kept: 'says' is a required property"):
        promises_of(tmp_path)


def test_a_contract_of_ones_own_has_its_promises_beside_its_document(tmp_path) -> None:
    """They are no part of the document, and are shown by its cases and clauses like those of a shipped one."""
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "shop" / "promises.yaml").write_text(
        "source: Ours\npromises:\n  sold: {says: Things are sold here., place: first line}\n"
    )

    contract = Contract.load(str(tmp_path / "shop"))

    assert ["nothing shows sold: Things are sold here."] == list(problems(contract, []))
    assert [] == list(problems(contract, [("a case", ("sold",))]))


def finding(check: str, name: str, promises: tuple[str, ...] = ()) -> Finding:
    """A finding against Shop-Script."""
    return Finding(
        id=f"shopscript:{name}",
        contract="shopscript",
        operation="add_order",
        check=check,
        clause=name,
        evidence="documented",
        severity="broken",
        title="It is not so",
        why="",
        request=Request("POST", "", {}, "", ""),
        answer=Answer(200, {}, ""),
        promises=promises,
    )


def test_a_finding_breaks_the_promises_of_its_case_its_law_or_its_clause() -> None:
    """What a check finds beside the case breaks what its own clause promises, and not what the case is about."""
    result = Result(
        id="shopscript/orders/one",
        contract="shopscript",
        operation="add_order",
        phase="witness",
        description="an order is placed",
        verdict="failed",
        promises=("creates_a_new_order",),
        findings=[
            finding("wrong_fact", "add_order:fact:/id"),
            finding("body_schema", "add_order:answer:200:/total:type"),
            finding("body_schema", "add_order:answer:200:/state_id:type"),
            finding("law", "law:order_is_its_customers", ("contact_id_names_the_customer",)),
        ],
    )

    found = with_promises(result, Contract.load("shopscript")).findings

    assert [
        ("creates_a_new_order",),
        ("total_of_the_order",),
        (),
        ("contact_id_names_the_customer",),
    ] == [each.promises for each in found]
