"""A contract that declares its laws needs no program: what is made is read, listed, paged, deleted, and its owner's alone."""

import logging
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counterfoil.contracts.phases import laws
from counterfoil.contracts.phases.laws import runner
from counterfoil.contracts.phases.laws.declared.compared import matching
from counterfoil.contracts.phases.laws.declared.run import Run
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.contracts.safety.rules import Rules
from counterfoil.reports import results
from counterfoil.reports.results import Result
from counterfoil.specs import Contract
from counterfoil.specs.declared import laws_of
from counterfoil.specs.laws import Call
from counterfoil.specs.reading import SpecError

SHOP = Path(__file__).parents[1] / "shop"
sys.path.insert(0, str(SHOP))
import shop  # noqa: E402 - it lies beside its contract, too

MINIMAL = Path(__file__).parents[1] / "minimal"
sys.path.insert(0, str(MINIMAL))
from notes import FAULTS, create_app  # noqa: E402 - it lies beside its contract, and is in no package

#: each mistake, and the law that notices it
NOTICED = {
    "ids_repeat": "note_ids_are_unique",
    "text_is_cut": "note_is_as_asked",
    "deletion_is_forgotten": "note_removed_is_gone",
    "newest_is_not_listed": "note_is_listed",
    "notes_are_everybodys": "note_is_its_owners",
    "second_page_is_the_first": "list_notes_pages_are_the_list",
}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of requests are no news, and nobody looks at how few calls break a law."""
    caplog.set_level(logging.ERROR, "werkzeug")
    monkeypatch.setitem(runner._SHRINKING_SECONDS, "gate", 0.1)


@pytest.fixture
def hold(mount: Callable[..., str], tmp_path: Path) -> Callable[..., list[Result]]:
    """Holds the notes, with a mistake if one is named, to the laws that their contract declares."""

    def run(fault: str = "", seed: int = 1, rules: Rules | None = None) -> list[Result]:
        target = {"notes": results.Target(mount(create_app(fault)), [])}
        header = results.Header(
            counterfoil="0", started="2026-01-05T09:00:00+00:00", seed=seed, level="gate", strict=True,
            target=target, contracts={}, versions={},
        )  # fmt: skip
        own = {"notes": str(MINIMAL / "notes")}
        plan = Plan(header, str(tmp_path), [], str(MINIMAL / "profile.toml"), rules=rules or Rules(free=True), own=own)
        return [laws.run(test, plan) for test in stateful_tests(Contract.load(str(MINIMAL / "notes")))]

    return run


def _keeps_the_cart(desk: shop.Desk) -> None:
    honest = desk.shop.place

    def place(cart: shop.Cart, *more: Any) -> shop.Order:
        lines = list(cart.lines)
        order = honest(cart, *more)
        cart.lines = lines
        return order

    desk.shop.place = place


def _leaves_the_stock(desk: shop.Desk) -> None:
    honest = desk.shop.place

    def place(cart: shop.Cart, *more: Any) -> shop.Order:
        order = honest(cart, *more)
        for line in order.lines:
            line.product.stock += line.quantity
        return order

    desk.shop.place = place


@pytest.mark.parametrize(
    ("spoil", "law"),
    [(_keeps_the_cart, "order_has_what_it_is_made_of"), (_leaves_the_stock, "order_takes_its_stock")],
)
def test_what_an_order_uses_up_is_used_up(
    spoil: Callable[[shop.Desk], None], law: str, serve: Callable[..., str], tmp_path: Path
) -> None:
    """The cart is empty, and what was ordered is not in stock any more."""
    desk = shop.Desk()
    spoil(desk)
    header = results.Header(
        counterfoil="0", started="2026-01-05T09:00:00+00:00", seed=1, level="smoke", strict=True,
        target={"contract": results.Target(serve(shop.create_app(desk)), [])}, contracts={}, versions={},
    )  # fmt: skip
    own = str(SHOP / "contract")
    plan = Plan(header, str(tmp_path), [], str(SHOP / "profile.toml"), rules=Rules(free=True), own={"contract": own})
    orders = next(each for each in stateful_tests(Contract.load(own)) if each.name == "order")

    assert law in broken([laws.run(orders, plan)])


def broken(found: list[Result]) -> set[str]:
    """The laws that were found broken."""
    return {finding.id.rpartition(":")[2] for result in found for finding in result.findings if finding.check == "law"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_honest_server_breaks_no_law(hold: Callable[..., list[Result]], seed: int) -> None:
    """Nothing is found, and everything was tried."""
    found = hold(seed=seed)

    assert [("passed", [])] * len(found) == [(each.verdict, each.findings) for each in found]
    assert ["notes/laws/note", "notes/laws/lists"] == [each.id for each in found]
    assert sum(each.requests for each in found) > 100


@pytest.mark.parametrize("fault", NOTICED)
def test_a_mistake_is_noticed(hold: Callable[..., list[Result]], fault: str) -> None:
    """The law that it breaks is named."""
    assert NOTICED[fault] in broken(hold(fault)), fault


def test_the_more_laws_are_broken_the_less_each_of_them_takes(
    hold: Callable[..., list[Result]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second law has half of the time of the first for its calls to be made fewer, the third a third."""
    shortened, given = runner._shortened, []
    monkeypatch.setattr(
        runner, "_shortened", lambda context, longest: given.append(longest) or shortened(context, longest)
    )

    found = hold("deletion_is_forgotten")

    of_notes = len([each for each in found[0].findings if each.check == "law"]) + 1
    assert of_notes > 2
    assert given[:of_notes] == pytest.approx([0.1 / turn for turn in range(1, of_notes + 1)])


def test_every_mistake_is_tried() -> None:
    """A mistake that nobody asks about would be one that may go unnoticed."""
    assert list(FAULTS) == list(NOTICED)


def test_a_careful_run_makes_few_and_removes_none_that_are_not_its_own(hold: Callable[..., list[Result]]) -> None:
    """What the guard withholds ends that step only; what is left is judged."""
    found = hold(rules=Rules(writes=True, max_orders=3))

    assert [("passed", [])] * 2 == [(each.verdict, each.findings) for each in found]
    assert [{"note_added": 3}, None] == [each.seen.get("add_note") for each in found]


def test_where_nothing_may_be_made_what_is_there_is_read(hold: Callable[..., list[Result]]) -> None:
    """Lists are read in pages, and what nobody has made is asked for."""
    found = hold(rules=Rules(read_only=True))

    assert {"passed"} == {each.verdict for each in found}
    assert {"get_note", "delete_note", "list_notes"} == {name for each in found for name in each.seen}


def test_what_is_removed_from_some_states_only_has_states(tmp_path: Path) -> None:
    """Else nobody could tell whether it may be removed."""
    own = tmp_path / "notes"
    shutil.copytree(MINIMAL / "notes", own)
    written = (own / "openapi.yaml").read_text()
    (own / "openapi.yaml").write_text(
        written.replace("remove: delete_note", "remove: {operation: delete_note, from: [done]}")
    )

    with pytest.raises(SpecError, match="resources/note/remove: it is said from which states, but there are no"):
        laws_of(Contract.load(str(own)))


@pytest.fixture
def notes_with(tmp_path: Path) -> Callable[[str], Contract]:
    """The notes, whose contract says this of its lists."""

    def of(lists: str) -> Contract:
        own = tmp_path / "notes"
        shutil.copytree(MINIMAL / "notes", own)
        head, _, rest = (own / "openapi.yaml").read_text().partition("  lists:\n")
        _, _, below = rest.partition("\n")
        (own / "openapi.yaml").write_text(head + lists + below)
        return Contract.load(str(own))

    return of


def test_what_holds_of_every_list_is_said_once(notes_with: Callable[[str], Contract]) -> None:
    """A list has it, but for what it says otherwise."""
    written = """  every-list: {entries: /notes, page: {number: page, size: size}, total: /total}
  lists:
    list_notes: {total: /count}
"""
    pages = laws_of(notes_with(written)).lists["list_notes"]

    assert ("/notes", "/count") == (pages.entries, pages.total)
    assert pages.page is not None
    assert ("page", "size") == (pages.page.number, pages.page.size)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("  every-list: {entry: /notes}\n  lists: {list_notes: {entries: /notes}}\n", "entry"),
        ("  every-list: {total: /total}\n  lists: {list_notes: {}}\n", "entries"),
        ("  every-list: 7\n  lists: {list_notes: {entries: /notes}}\n", "7"),
        ("  every-list: {entries: /notes}\n  lists: {list_notes: 7}\n", "7"),
    ],
)
def test_a_mistake_in_what_holds_of_every_list_is_told(
    notes_with: Callable[[str], Contract], written: str, told: str
) -> None:
    """With its place."""
    with pytest.raises(SpecError, match=f"x-laws/.*{told}"):
        laws_of(notes_with(written))


def test_parts_are_matched_with_what_was_asked_for_in_any_order() -> None:
    """Where one does not fit, they are taken as they stand, so that the difference is told."""
    call = Call(operation="add", shows={"/id": "/product", "/many": "/quantity"})
    asked = [{"product": 1}, {"product": 5}, {"product": 1, "quantity": 2}]
    shown = [{"id": 1, "many": 2}, {"id": 5, "many": 1}, {"id": 1, "many": 1}]
    paired = Run.__new__(Run).paired
    wrong = [*shown[:2], {"id": 7, "many": 1}]

    assert [(shown[2], asked[0]), (shown[1], asked[1]), (shown[0], asked[2])] == paired(call, shown, asked)
    assert list(zip(wrong, asked, strict=True)) == paired(call, wrong, asked)


@pytest.mark.parametrize(
    ("fitting", "places"),
    [
        ([[0, 1], [0]], [1, 0]),
        ([[0, 1, 2], [0, 1], [0]], [2, 1, 0]),
        ([[0], [0]], None),
        ([[0], []], None),
        ([list(range(40))] * 41, None),
    ],
)
def test_whoever_fits_in_several_places_leaves_the_only_one_to_another(
    fitting: list[list[int]], places: list[int] | None
) -> None:
    """And it is soon known that there are too few, however many orders they could be in."""
    assert places == matching(fitting)
