"""Each law about orders catches the targets that break it: the mock with a defect, or behind a lie; honest, it breaks none."""

import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import requests

from counterfoil.contracts.checks.response import Observation, check
from counterfoil.contracts.phases import laws
from counterfoil.contracts.phases.laws import StatefulTest, runner
from counterfoil.contracts.phases.laws.context import LawContext
from counterfoil.contracts.phases.laws.declared.named import SENTENCES
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.reports import results
from counterfoil.reports.results import Finding, Result
from counterfoil.specs import Contract

sys.path.insert(0, str(Path(__file__).parent))
import checkout_lawbreakers  # noqa: F401
import classic_lawbreakers  # noqa: F401
import shop_lawbreakers  # noqa: F401
from lawbreakers import LIES
from lawbreaking import Ask, Asked, Lawbreaker, Said, honest
from order_lawbreaking import BREAKERS

InPython = Callable[[Iterable[Finding]], list[str]]

#: how many runs, and of how many steps; None: as many as at the gate, which reads every list
SIZES = {
    ("shopscript", "order"): (15, 12),
    ("shopscript", "lists"): None,
    ("shopscript", "order at once"): (2, 1),
    ("whmcs-classic", "orders"): (40, 25),
    ("whmcs-classic", "lists"): None,
    ("whmcs-classic", "client"): (8, 10),
    ("whmcs-classic", "order"): (15, 12),
    ("whmcs-classic", "order at once"): (2, 1),
    ("whmcs-classic", "together"): (2, 1),
    ("whmcs-rest", "carts"): None,
    ("whmcs-rest", "orders"): None,
    ("whmcs-rest", "doors"): None,
    ("whmcs-rest", "cart"): (10, 12),
    ("whmcs-rest", "service"): (6, 6),
    ("whmcs-rest", "cart at once"): (2, 1),
    ("whmcs-rest", "item at once"): (4, 1),
}
STATEFUL_TESTS = {
    key: next(trial for trial in stateful_tests(Contract.load(key[0])) if trial.name == key[1]) for key in SIZES
}

#: the defects of the mock that break a law: contract, defect, trial, law
DEFECTS = (
    ("shopscript", "order_total_forgets_the_quantity", "order", "/total:x-sums"),
    ("shopscript", "services_name_a_product_as_their_parent", "order", "order_services_follow_their_product"),
    ("shopscript", "action_drops_the_comment", "order", "order_moves_as_told"),
    ("shopscript", "concurrent_sales_lose_one", "order at once", "order_at_once_are_all_there"),
    ("shopscript", "deletion_is_not_kept", "order", "order_removed_is_gone"),
    ("shopscript", "newest_order_is_not_found", "order", "order_is_listed"),
    ("shopscript", "pages_have_no_largest_size", "order", "order_refuses_a_page_that_is_too_large"),
    ("shopscript", "count_is_that_of_the_page", "lists", "search_orders_page_says_where_it_stands"),
    ("shopscript", "comments_become_question_marks", "order", "order_is_as_asked"),
    ("shopscript", "refused_order_is_kept", "order", "order_refused_changes_nothing"),
    ("shopscript", "refused_action_leaves_a_mark", "order", "order_refused_changes_nothing"),
    ("shopscript", "deleted_order_keeps_its_stock", "order", "order_removed_is_gone"),
    ("shopscript", "same_sale_twice_is_one", "order", "order_same_call_makes_another"),
    ("whmcs-classic", "invoice_total_forgets_the_tax", "orders", "invoice_adds_up"),
    ("whmcs-classic", "order_takes_its_promotion_twice", "orders", "amount_is_asked_for"),
    ("whmcs-classic", "order_takes_its_promotion_twice", "orders", "amount_is_the_sum"),
    ("whmcs-classic", "invoices_are_made_all_the_same", "orders", "noinvoice_makes_none"),
    ("whmcs-classic", "orders_leave_the_stock", "orders", "stock_sinks_with_an_order"),
    ("whmcs-classic", "product_ids_are_those_of_the_catalogue", "orders", "created_is_there"),
    ("whmcs-classic", "second_payment_replaces_the_first", "orders", "payment_is_counted"),
    ("whmcs-classic", "concurrent_orders_lose_one", "order at once", "order_at_once_are_all_there"),
    ("whmcs-classic", "accepted_orders_stay_pending", "order", "order_moves_as_told"),
    ("whmcs-classic", "active_orders_are_cancelled", "order", "order_refuses_what_its_state_forbids"),
    ("whmcs-classic", "pending_orders_are_deleted", "order", "order_refuses_what_its_state_forbids"),
    ("whmcs-classic", "order_list_has_no_condition_on_the_state", "lists", "get_orders_filters_filter"),
    ("whmcs-classic", "deleted_order_is_still_listed", "order", "order_removed_is_gone"),
    ("whmcs-classic", "cancelled_orders_count_as_pending", "lists", "states_are_counted"),
    ("whmcs-classic", "second_page_begins_one_early", "lists", "get_orders_pages_are_the_list"),
    ("whmcs-classic", "name_beyond_latin_1_crashes", "client", "server_error:500"),
    ("whmcs-classic", "xml_is_not_escaped", "client", "client_notations_agree"),
    ("whmcs-classic", "pairs_are_joined_by_ampersands", "order", "order_notations_agree"),
    (
        "whmcs-classic",
        "unknown_payment_method_is_taken_for_the_first",
        "order",
        "order_refuses_an_unknown_payment_method",
    ),
    ("whmcs-classic", "refused_order_takes_its_stock", "order", "order_refused_changes_nothing"),
    ("whmcs-classic", "same_order_twice_is_one", "order", "order_same_call_makes_another"),
    ("whmcs-rest", "repeated_add_is_dropped", "cart", "item_same_call_makes_another"),
    ("whmcs-rest", "service_is_due_a_day_early", "service", "service_is_read_as_answered"),
    ("whmcs-rest", "concurrent_adds_lose_one", "item at once", "item_at_once_are_all_there"),
    ("whmcs-rest", "items_of_one_request_share_an_id", "item at once", "item_at_once_have_ids_of_their_own"),
    ("whmcs-rest", "cart_total_forgets_the_quantity", "carts", "subtotal_is_the_sum"),
    ("whmcs-rest", "totals_are_added_as_floats", "carts", "total_follows"),
    ("whmcs-rest", "cart_total_has_no_addons", "carts", "subtotal_is_the_sum"),
    ("whmcs-rest", "taxes_stand_beside_the_total", "carts", "total_follows"),
    ("whmcs-rest", "taxes_are_doubled", "carts", "taxes_are_no_more_than_they_say"),
    ("whmcs-rest", "setup_fees_recur", "carts", "what_recurs_is_the_sum"),
    ("whmcs-rest", "recurring_totals_are_in_dollars", "carts", "a_cart_has_one_currency"),
    ("whmcs-rest", "everybody_pays_in_dollars", "carts", "amounts_display_their_values"),
    ("whmcs-rest", "repeated_add_is_dropped", "carts", "what_is_added_is_there"),
    ("whmcs-rest", "several_cost_as_much_as_one", "carts", "several_cost_several_times_as_much"),
    ("whmcs-rest", "users_are_taxed_where_the_cart_is", "carts", "a_users_taxes_follow_the_client"),
    ("whmcs-rest", "texts_end_at_their_first_nul", "carts", "answers_are_kept_whole"),
    ("whmcs-rest", "removed_code_goes_on", "carts", "promotion_leaves_no_trace"),
    ("whmcs-rest", "more_is_sold_than_there_is", "orders", "no_more_is_ordered_than_there_is"),
    ("whmcs-rest", "registrants_are_asked_nothing", "orders", "a_tlds_questions_are_answered"),
    ("whmcs-rest", "checkout_leaves_the_stock", "orders", "stock_sinks_with_an_order"),
    ("whmcs-rest", "first_item_of_several_is_ordered", "orders", "all_that_is_ordered_is_listed"),
    ("whmcs-rest", "passwords_are_compared_without_case", "doors", "a_password_is_read_to_the_letter"),
    ("whmcs-rest", "unsigned_state_is_accepted", "doors", "only_what_was_signed_counts"),
    ("whmcs-rest", "empty_second_factor_is_right", "doors", "a_second_factor_is_not_left_out"),
    ("whmcs-rest", "users_search_like_administrators", "service", "service_refuses_a_user_who_searches_clients"),
    ("whmcs-rest", "session_lives_after_logout", "doors", "who_has_left_is_nobody"),
    ("whmcs-rest", "anybodys_domain_is_renewed", "doors", "what_is_anothers_is_not_renewed"),
    ("whmcs-rest", "anybodys_cart_is_shown", "carts", "a_users_cart_is_no_strangers"),
    ("whmcs-rest", "newest_cart_is_not_listed", "cart", "cart_is_listed"),
    ("whmcs-rest", "searches_find_everybody", "doors", "a_search_finds_what_fits"),
)
#: the trials of laws that are programs
WITH_BREAKERS = {(name, test.name) for name in ("whmcs-classic", "whmcs-rest") for test in laws.written(name)}
#: kinds of declared laws that a small shop breaks, in `test_declared_laws.py`
ELSEWHERE = {"has_what_it_is_made_of", "takes_its_stock"}
_WORLDS = count(1)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of requests are no news."""
    caplog.set_level(logging.ERROR, "werkzeug")


@pytest.fixture(scope="module")
def mock() -> Mock:
    return create_app(["shopscript", "whmcs"], stands_at=datetime(2026, 1, 5, 9))


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Holds a target to one law of a trial alone, and looks neither at single answers nor for the fewest calls."""
    monkeypatch.setitem(runner._SHRINKING_SECONDS, "gate", 0.1)
    hold = LawContext.hold

    def run(url: str, contract: str, trial: str, law: str) -> Result:
        def of_the_law(seen: Observation) -> list[Finding]:
            return [finding for finding in check(seen) if finding.id.endswith(f":{law}")]

        monkeypatch.setattr("counterfoil.contracts.phases.laws.context.check", of_the_law)
        monkeypatch.setattr(
            LawContext, "hold", lambda self, of, holds, why: hold(self, of, holds or of.name != law, why)
        )
        return tried(
            url, contract, replace(STATEFUL_TESTS[contract, trial], laws=())
        )  # so that it ends when one is broken

    return run


def plan(url: str, contract: str, profile: Path | None = None) -> Plan:
    header = results.Header(
        counterfoil="0", started="2026-01-05T09:00:00+00:00", seed=1, level="gate", strict=True,
        target={contract: results.Target(url, [])}, contracts={}, versions={},
    )  # fmt: skip
    return Plan(header, str(profile.parent), [], profile=str(profile)) if profile else Plan(header, "", [contract])


def tried(url: str, contract: str, trial: StatefulTest) -> Result:
    """What comes of holding the target to the laws of a trial."""
    with closing(plan(url, contract)) as run:  # or the mock would keep the world of every test
        return laws.run(replace(trial, sizes={"gate": SIZES[contract, trial.name] or trial.sizes["gate"]}), run)


def broken(result: Result) -> set[str]:
    """The laws that were found broken; so are sums that do not add up, and failures of the server."""
    laws_broken = {finding.id.rpartition(":")[2] for finding in result.findings if finding.check == "law"}
    others = [each.id.split(":") for each in result.findings if each.check in ("false_value", "server_error")]
    return laws_broken | {":".join(each[-2:]) for each in others}


@pytest.mark.parametrize(("contract", "trial"), SIZES)
def test_the_honest_mock_breaks_no_law(contract: str, trial: str, mock: Mock, mount: Callable[..., str]) -> None:
    """No finding at all, the checks of the single answers included."""
    of = STATEFUL_TESTS[contract, trial]
    with closing(plan(mount(Lawbreaker(mock, honest)), contract)) as run:
        result = laws.run(replace(of, sizes={"gate": of.sizes["smoke"]}), run)

    assert ("passed", []) == (result.verdict, result.findings), result.reason
    assert result.requests > 10


@pytest.mark.parametrize(("contract", "defect", "trial", "law"), DEFECTS, ids=[f"{c}-{d}" for c, d, _, _ in DEFECTS])
def test_a_defect_is_noticed_by_the_law_that_it_breaks(
    contract: str,
    defect: str,
    trial: str,
    law: str,
    mock: Mock,
    mount: Callable[..., str],
    watched: Callable[..., Result],
) -> None:
    """The mock with a mistake in its program breaks the law."""
    url, world = mount(Lawbreaker(mock, honest)), f"defect-{next(_WORLDS)}"
    requests.post(f"{url}/_mock/worlds", json={"name": world}, timeout=5).raise_for_status()
    requests.put(f"{url}/w/{world}/_mock/defects", json={"defects": [defect]}, timeout=5).raise_for_status()

    result = watched(f"{url}/w/{world}", contract, trial, law)

    assert {law} == broken(result), result.reason


@pytest.mark.parametrize("name", BREAKERS)
def test_a_lawbreaker_is_caught_by_the_law_that_it_breaks(
    name: str, mock: Mock, mount: Callable[..., str], watched: Callable[..., Result], in_python: InPython
) -> None:
    """The finding tells the calls that lead there, the last of which is the one to repeat."""
    breaker = BREAKERS[name]

    result = watched(mount(Lawbreaker(mock, breaker.tell)), breaker.contract, breaker.trial, breaker.law)

    assert {breaker.law} == broken(result), result.reason
    assert [] == in_python(result.findings)
    finding = result.findings[0]
    assert finding.check != "law" or finding.calls
    assert finding.request.curl.startswith("curl ")


def _broken_somewhere(contract: str, trial: str) -> set[str]:
    by_defect = {law for of, _, by, law in DEFECTS if (of, by) == (contract, trial)}
    by_breaker = {each.law for each in BREAKERS.values() if (each.contract, each.trial) == (contract, trial)}
    lies = [broken for by, broken, _ in LIES.values() if ("whmcs-rest", by) == (contract, trial)]
    return by_defect | by_breaker.union(*lies)


@pytest.mark.parametrize(("contract", "trial"), [key for key in SIZES if key in WITH_BREAKERS])
def test_every_law_has_its_breaker(contract: str, trial: str) -> None:
    """A law that no target can break would be no law."""
    assert {law.name for law in STATEFUL_TESTS[contract, trial].laws} == _broken_somewhere(contract, trial)


def test_every_kind_of_declared_law_has_its_breaker() -> None:
    """Whatever a contract declares, somebody breaks it here, or a shop or a list of notes with a mistake does."""
    broken_here = {law for contract, trial in SIZES for law in _broken_somewhere(contract, trial)}
    endings = {ending for ending, _ in SENTENCES.values()}

    assert endings - {ending for ending in endings for law in broken_here if law.endswith(f"_{ending}")} <= ELSEWHERE


@pytest.mark.parametrize(("contract", "trial"), [("shopscript", "lists"), ("whmcs-classic", "together")])
def test_a_trial_is_the_same_with_the_same_seed(
    contract: str, trial: str, mock: Mock, mount: Callable[..., str]
) -> None:
    """Two runs send the same requests, also those that send some at the same time."""
    first, second = (
        tried(mount(Lawbreaker(mock, honest)), contract, STATEFUL_TESTS[contract, trial]) for _ in range(2)
    )

    assert (first.requests, first.digest) == (second.requests, second.digest)


@pytest.mark.parametrize(("always", "found"), [(False, set()), (True, {"order_refused_changes_nothing"})])
def test_what_others_buy_meanwhile_breaks_no_law_of_a_deployment(
    always: bool,
    found: set[str],
    mock: Mock,
    mount: Callable[..., str],
    watched: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody orders while a call is refused; only where that is so again and again, it is the call that does it."""
    bought = list[Said]()

    def tell(asked: Asked, ask: Ask) -> Said:
        refused = ask(asked)
        if b"nothing_like_this" in asked.body and (always or not bought):
            bought.append(ask(replace(asked, body=asked.body.replace(b"nothing_like_this", b"paypal"))))
        return refused

    monkeypatch.setattr(LawContext, "alone", property(lambda self: False))

    result = watched(mount(Lawbreaker(mock, tell)), "whmcs-classic", "order", "order_refused_changes_nothing")

    assert any(b"success" in each.body for each in bought)
    assert found == broken(result), result.reason


def test_without_known_ids_there_is_nothing_to_try(mock: Mock, mount: Callable[..., str], tmp_path: Path) -> None:
    """A deployment whose profile lacks them is skipped, and the reason says which id."""
    profile = tmp_path / "profile.toml"
    profile.write_text("[shopscript.ids]\ncontact = 1\n")
    url = mount(Lawbreaker(mock, honest))

    result = laws.run(STATEFUL_TESTS["shopscript", "order"], plan(url, "shopscript", profile))

    assert ("skipped", 'needs the known id "sku" in the profile') == (result.verdict, result.reason)
