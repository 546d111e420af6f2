"""Two runs over the same cases, compared."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner
from click.testing import Result as Said

from counterfoil.reports.command import report
from counterfoil.reports.compare import compared
from counterfoil.reports.comparison import as_json, as_markdown, as_text
from counterfoil.reports.results import Contract, Finding, Result, Results, Target

Running = Callable[..., Results]
Making = Callable[..., Result]
Finding_ = Callable[..., Finding]
Saving = Callable[..., Path]


def ids(found: tuple) -> list[str]:
    return [each.finding.id for each in found]


def typed(*words: object) -> Said:
    return CliRunner().invoke(report, [str(word) for word in words])


def test_findings_are_new_fixed_or_still_there(make_run: Running, make_result: Making, make_finding: Finding_) -> None:
    """By their ids, whichever cases meet them."""
    before = make_run(
        make_result("a", verdict="failed", findings=[make_finding("old"), make_finding("both")]), make_result("b")
    )
    now = make_run(
        make_result("a"), make_result("b", verdict="failed", findings=[make_finding("both"), make_finding("new")])
    )
    comparison = compared(before, now)

    assert (ids(comparison.new), ids(comparison.fixed), ids(comparison.still)) == (["new"], ["old"], ["both"])
    assert comparison.exit_code == 1


def test_nothing_new_is_success_whatever_is_still_broken(
    make_run: Running, make_result: Making, make_finding: Finding_
) -> None:
    """A gate on what is new lets old findings pass."""
    broken = make_run(make_result(verdict="failed", findings=[make_finding()]))

    assert compared(broken, broken).exit_code == 0
    assert compared(broken, make_run(make_result())).exit_code == 0


def test_a_finding_whose_cases_were_not_judged_is_not_fixed(
    make_run: Running, make_result: Making, make_finding: Finding_
) -> None:
    """A case that was skipped or broke down says nothing about it."""
    before = make_run(make_result(verdict="failed", findings=[make_finding("old")]))
    comparison = compared(before, make_run(make_result(verdict="skipped", reason="no id")))

    assert (ids(comparison.fixed), ids(comparison.unjudged)) == ([], ["old"])


def test_a_case_that_breaks_down_is_worse(make_run: Running, make_result: Making) -> None:
    """A target that stopped answering has no new finding, and is no success."""
    comparison = compared(make_run(make_result()), make_run(make_result(verdict="errored", reason="no answer")))

    assert [(changed.before, changed.now) for changed in comparison.verdicts] == [("passed", "errored")]
    assert comparison.exit_code == 1


def test_a_new_difference_from_our_own_choices_counts_only_if_strict(
    make_run: Running, make_result: Making, make_finding: Finding_
) -> None:
    """It decides nothing in a run, and so nothing between two."""
    chosen = make_result(findings=[make_finding("choice", evidence="chosen", severity="note")])

    assert compared(make_run(make_result()), make_run(chosen)).exit_code == 0
    assert ids(compared(make_run(make_result()), make_run(chosen)).choices) == ["choice"]
    assert compared(make_run(make_result()), make_run(chosen, strict=True)).exit_code == 1


def test_outcomes_that_only_one_run_saw_are_told(make_run: Running, make_result: Making) -> None:
    """What an operation answers now and did not before, and the other way round; how often does not matter."""
    before = make_run(make_result(seen={"check_out": {"order_placed": 9, "cart_empty": 1}}))
    now = make_run(make_result(seen={"check_out": {"order_placed": 2, "undocumented 418": 1}}))
    (only,) = compared(before, now).outcomes

    assert (only.operation, only.appeared, only.disappeared) == ("check_out", ("undocumented 418",), ("cart_empty",))


def test_what_the_runs_were_told_differently_is_said(make_run: Running) -> None:
    """Another seed or another contract may be all the difference there is."""
    shop = {"shop": Contract("Shop", "1", "aaa", {})}, {"shop": Target("https://a.example", [])}
    mall = {"shop": Contract("Shop", "1", "bbb", {})}, {"shop": Target("https://b.example", ["wire"])}
    one, two = (make_run(contracts=c, target=t, seed=seed) for (c, t), seed in ((shop, 1), (mall, 2)))

    assert compared(one, two).settings == (
        ("seed", "1", "2"),
        ("the contract shop", "sha256 aaa", "sha256 bbb"),
        ("the target of shop", "https://a.example", "https://b.example"),
        ("the overlays of shop", "none", "wire"),
    )
    assert compared(one, one).settings == ()


def test_another_port_of_a_mock_is_no_difference(make_run: Running) -> None:
    """It takes a free one each time."""
    one, two = (make_run(target={"shopscript": Target(f"http://127.0.0.1:{port}", [])}) for port in (4001, 4002))

    assert compared(one, two).settings == ()


def test_two_runs_over_the_same_cases_are_compared(
    make_run: Running, make_result: Making, make_finding: Finding_, saved: Saving, tmp_path: Path
) -> None:
    """The older first. What is new stands there with its command, and with --out there is a page for a pull request."""
    one = saved(make_run(make_result("a"), make_result("b")), "one")
    two = saved(make_run(make_result("a"), make_result("b", verdict="failed", findings=[make_finding("new")])), "two")

    said = typed(one.parent, two.parent, "--out", tmp_path / "out")

    assert said.exit_code == 1
    assert said.output.splitlines()[0] == "✕ 1 new finding, 0 fixed, 0 still there; 1 case got worse."
    assert "  ✕ whmcs-rest check_out: The total is a number  [broken, documented]" in said.output
    assert "curl -X POST" in said.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["compare.md"]
    assert typed(two.parent, one.parent).exit_code == 0


def test_a_comparison_is_data_for_a_program(
    make_run: Running, make_result: Making, make_finding: Finding_, saved: Saving
) -> None:
    """With --json, nothing but JSON is printed."""
    one = saved(make_run(make_result(verdict="failed", findings=[make_finding("old")])), "one")
    two = saved(make_run(make_result(seen={"check_out": {"order_placed": 1}})), "two")
    told = json.loads(typed(one, two, "--json").output)

    assert [finding["id"] for finding in told["fixed"]] == ["old"]
    assert (told["exit_code"], told["new"], told["still"]) == (0, [], [])
    assert told["verdicts"] == [{"case": "r1", "before": "failed", "now": "passed", "worse": False}]
    assert told["outcomes"][0]["appeared"] == ["order_placed"]


def test_new_findings_are_annotated(
    make_run: Running, make_result: Making, make_finding: Finding_, saved: Saving
) -> None:
    """With --format github: those that are new, and no other."""
    known = make_result("a", verdict="failed", findings=[make_finding("old", title="Old")])
    one = saved(make_run(known, make_result("b")), "one")
    two = saved(make_run(known, make_result("b", verdict="failed", findings=[make_finding("new", title="New")])), "two")
    lines = [line for line in typed(one, two, "--format", "github").output.splitlines() if line.startswith("::")]

    assert [line.partition("title=")[2].partition("::")[0] for line in lines] == ["whmcs-rest%3A New"]


def test_runs_that_share_some_cases_have_to_be_named(
    make_run: Running, make_result: Making, saved: Saving, tmp_path: Path
) -> None:
    """Nobody guesses whether they are parts of one run or two of the same."""
    one = saved(make_run(make_result("a"), make_result("b")), "one")
    two = saved(make_run(make_result("b"), make_result("c")), "two")

    said = typed(one, two)

    assert said.exit_code == 2
    assert "1 case in common, of 2 and 2: say --compare" in said.output
    assert typed(one, two, "--compare").exit_code == 0
    assert "3 cases from 2 results files" in typed(one, two, "--merge", "--out", tmp_path / "both").output


def test_a_comparison_takes_two(make_run: Running, make_result: Making, saved: Saving) -> None:
    """One run, or three, are no comparison; and data of a run is in its results."""
    runs = [saved(make_run(make_result(name)), name) for name in "abc"]

    assert "A comparison is of two runs, and there are 3." in typed(*runs, "--compare").output
    assert "A comparison is of two runs, and there is 1." in typed(runs[0], "--compare").output
    assert typed(runs[0], "--json").exit_code == 2


def test_a_comparison_is_no_markup_and_fits_a_comment(
    make_run: Running, make_result: Making, make_finding: Finding_
) -> None:
    """Whatever a target answers, and however much of it there is."""
    evil = "<img src=x> | **bold** @octocat `" + "x" * 5000
    findings = [make_finding(f"f{n}", title=evil, operation=evil, clause=evil, contract=evil) for n in range(300)]
    seen = {f"operation {n} {evil}": {evil: 1} for n in range(300)}
    now = make_run(make_result(verdict="failed", findings=findings, seen=seen))
    comparison = compared(make_run(make_result()), now)
    page = as_markdown(comparison)

    assert len(page.encode()) <= 60_000
    assert "@octocat" not in page
    assert "… and 280 more" in as_text(comparison)
    assert json.loads(as_json(comparison))["new"][0]["title"] == evil


def test_the_page_says_it_all(make_run: Running, make_result: Making, make_finding: Finding_) -> None:
    """New, fixed, still there, other verdicts, other outcomes, other settings."""
    before = make_run(
        make_result(
            "a", verdict="failed", findings=[make_finding("old", title="Old"), make_finding("both", title="Both")]
        )
    )
    now = make_run(
        make_result(
            "a",
            verdict="errored",
            findings=[make_finding("both", title="Both"), make_finding("new", title="New")],
            seen={"check_out": {"order_placed": 1}},
        ),
        seed=2,
    )
    page = as_markdown(compared(before, now))

    assert page.startswith(
        "## ✕ Counterfoil: 1 new finding, 0 fixed, 1 still there, 1 not judged again; no case got worse."
    )
    assert "### New: 1\n\n- ✕ `whmcs-rest` `check_out`: New · clause" in page
    assert "### Not judged again: 1" in page
    assert "| ✕ failed | ! errored | 1 | `a` |" in page
    assert "- `whmcs-rest` `check_out`: seen now: order\\_placed" in page
    assert "- seed: 20261121, now 2" in page


def test_what_is_fixed_is_good_news(make_run: Running, make_result: Making, make_finding: Finding_) -> None:
    """It has the sign of what holds, and the verdicts that changed alike stand together."""
    names = [f"c{number}" for number in range(7)]
    found = [make_finding("old", title="Old")]
    before = make_run(*(make_result(name, verdict="failed", findings=found) for name in names))
    now = make_run(*(make_result(name) for name in names))
    text = as_text(compared(before, now))

    assert "  ✓ whmcs-rest check_out: Old  [broken, documented]" in text
    assert "  ✓ 7 cases: failed, now passed" in text
    assert "… and 2 more" in text
