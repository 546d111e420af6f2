"""The summary for a pull request."""

from collections.abc import Callable
from pathlib import Path

from counterfoil.reports.markdown import render_markdown
from counterfoil.reports.results import Contract, Finding, Request, Result, Results

GOLDEN = Path(__file__).parent / "golden" / "summary.md"


def rendered(run: Results) -> str:
    return render_markdown(run.header, run.results, run.footer)


def test_the_summary_reads_as_agreed(run: Results):
    """The whole page of the sample run, as a reviewer of a pull request meets it."""
    assert rendered(run) == GOLDEN.read_text(encoding="utf-8")


def test_a_run_that_holds_says_so_in_words(quiet_run: Results):
    """No finding is said, not left empty."""
    page = rendered(quiet_run)

    assert page.startswith("## ✓ Counterfoil: holds")
    assert "No check found anything to report." in page
    assert "Skipped" not in page


def test_a_run_of_nothing_is_no_success(empty_run: Results):
    """A run without a case says that it knows nothing, and claims no clean result."""
    page = rendered(empty_run)

    assert page.startswith("## ! Counterfoil: nothing tested")
    assert "No case ran" in page
    assert "No check found anything" not in page


def test_nothing_from_an_answer_becomes_markup(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """Backticks close no block, pipes open no column, HTML stays text and nobody is mentioned."""
    curl = "curl -d '```\n# not a heading\n````'"
    finding = make_finding(
        title="<img src=x> | **bold** @octocat [link](http://example.com)",
        why="```\n</code><script>",
        clause="a`b|c",
        request=Request("GET", "http://127.0.0.1/", {}, "", curl),
    )
    page = rendered(make_run(make_result(verdict="failed", findings=[finding])))

    assert f"`````sh\n{curl}\n`````" in page
    assert "\\<img src=x\\>" in page
    assert "\\*\\*bold\\*\\*" in page
    assert "@octocat" not in page
    assert "``a`b" not in page.replace("`` a`b\\|c ``", "")


def test_a_long_list_of_findings_is_cut_and_says_so(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """A hundred findings do not make a pull request unreadable."""
    findings = [make_finding(f"f{number:03}") for number in range(100)]
    page = rendered(make_run(make_result(verdict="failed", findings=findings)))

    assert page.count("#### ✕ broken") == 20
    assert "… and 80 more causes, in `report.html`." in page


def test_the_page_fits_the_summary_of_a_step(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """GitHub takes one MiB. What does not fit is left out whole, and the page says that it is."""
    many = {f"{number:05}" + "c" * 300: Contract("C", "1", "", {}) for number in range(4000)}
    finding = make_finding(title="@" * 5000, clause="`" * 5000, why="é" * 5000)
    page = rendered(make_run(make_result(verdict="failed", findings=[finding]), contracts=many))

    assert len(page.encode()) <= 1024 * 1024
    assert "would not fit here" in page
    assert page.endswith("`pytest reproduce` sends the requests again.\n")
    assert page.count("```") % 2 == 0


def test_a_request_too_long_for_the_page_is_pointed_at(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """Half a command is worse than none."""
    finding = make_finding(request=Request("GET", "http://127.0.0.1/", {}, "", "curl " + "x" * 5000))
    page = rendered(make_run(make_result(verdict="failed", findings=[finding])))

    assert "xxx" not in page
    assert "`report.html#finding-f1`" in page
