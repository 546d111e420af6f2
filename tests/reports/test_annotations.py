"""Annotations of a GitHub workflow."""

import re
from collections.abc import Callable

from counterfoil.reports.annotations import MOST, render_annotations
from counterfoil.reports.results import Finding, Result, Results

Running = Callable[..., Results]


def test_each_finding_is_one_line_the_worst_first(run: Results) -> None:
    """Errors, then warnings, then what is only to be noticed, our own choices last."""
    lines = render_annotations(run).splitlines()

    assert [line[2:].partition(" ")[0] for line in lines] == [*["error"] * 4, *["warning"] * 2, *["notice"] * 2]
    assert lines[1].startswith("::error title=whmcs-rest%3A The total is a number::expected")
    assert "%0Agot: the string '20.00'%0A" in lines[1]


def test_no_text_ends_its_line_or_its_place(
    make_run: Running, make_result: Callable[..., Result], make_finding: Callable[..., Finding]
) -> None:
    """What a target answers cannot give a command to the runner."""
    evil = "100%\r\n::stop-commands::x\n::set-env name=A,b::c, d: e"
    finding = make_finding(title=evil, why=evil, clause=evil, operation=evil)
    run = make_run(make_result(verdict="failed", findings=[finding]), profile="counterfoil.toml")
    text = render_annotations(run)

    assert len(text.splitlines()) == 1
    title = re.fullmatch(r"::error file=[^,:]+,line=1,title=([^,:]*)::.*", text)
    assert title is not None
    assert "100%25%0A" in title[1]


def test_many_findings_are_counted(
    make_run: Running, make_result: Callable[..., Result], make_finding: Callable[..., Finding]
) -> None:
    """A log of a thousand annotations is read by nobody."""
    findings = [make_finding(f"f{number:03}") for number in range(MOST + 12)]
    lines = render_annotations(make_run(make_result(verdict="failed", findings=findings))).splitlines()

    assert len(lines) == MOST + 1
    assert lines[-1] == "::notice title=Counterfoil::12 more findings, in the report."


def test_a_run_that_failed_without_a_finding_is_annotated(empty_run: Results, quiet_run: Results) -> None:
    """Nothing tested is an error; a contract that holds is no annotation."""
    assert render_annotations(empty_run).startswith(
        "::error title=Counterfoil%3A nothing tested::Nothing was tested of"
    )
    assert render_annotations(quiet_run) == ""
