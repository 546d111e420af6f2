"""A run says which ids would let more cases be tried, and which of those that were given cannot be used."""

from collections.abc import Iterator

import msgspec
import pytest

from counterfoil.reports.results import Result, Results, Target
from counterfoil.reports.terminal import summary
from counterfoil.reports.wanted_ids import unfit_ids, wanted_ids


def _skipped(*reasons: str) -> Iterator[Result]:
    for number, reason in enumerate(reasons):
        yield Result(f"shop/{number}", "shopscript", "add_order", "witness", "", "skipped", reason)


def _lacking(*names: str) -> str:
    listed = " and ".join(f'"{name}"' for name in names)
    return f"needs the known id{'s' if len(names) > 1 else ''} {listed} in the profile"


def test_the_ids_are_named_that_would_let_most_cases_be_tried(quiet_run: Results) -> None:
    """Three at most, and only where nothing else is lacking."""
    reasons = (
        [_lacking("a")] * 5 + [_lacking("b")] + [_lacking("c")] * 2 + [_lacking("d")] * 3 + [_lacking("a", "b")] * 9
    )
    run = msgspec.structs.replace(quiet_run, results=list(_skipped(*reasons, "needs a mock")))

    assert [
        "Give `a` to try 5 more cases.",
        "Give `d` to try 3 more cases.",
        "Give `c` to try 2 more cases.",
    ] == wanted_ids(run)
    assert summary(run).rstrip().endswith("\n".join(wanted_ids(run)))


def test_one_case_is_one_case(quiet_run: Results) -> None:
    """In the singular."""
    run = msgspec.structs.replace(quiet_run, results=list(_skipped(_lacking("a"))))

    assert ["Give `a` to try 1 more case."] == wanted_ids(run)


def test_nothing_is_wanted_where_nothing_is_skipped(quiet_run: Results) -> None:
    """The last lines are left out."""
    run = msgspec.structs.replace(quiet_run, results=[])

    assert ([], []) == (wanted_ids(run), unfit_ids(run))


@pytest.mark.parametrize("number", [0, 1, 4])
def test_an_id_that_cannot_be_used_says_what_is_wrong_with_it(quiet_run: Results, number: int) -> None:
    """And how many cases were skipped for it, once for both contracts of an installation."""
    told = "product 5 has a setup fee"
    target = Target("https://shop.example", [], {}, {"product": told})
    header = msgspec.structs.replace(quiet_run.header, target={"whmcs-rest": target, "whmcs-classic": target})
    run = msgspec.structs.replace(quiet_run, header=header, results=list(_skipped(*[told] * number)))

    line = f"{told}: {number} case{'' if number == 1 else 's'} skipped"
    assert [line] == unfit_ids(run)
    assert line in summary(run).splitlines()
    assert f"skipped: {told}" not in summary(run)
