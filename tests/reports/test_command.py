"""`counterfoil report`, as it is typed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result as Said

from counterfoil.reports import OtherRun, render
from counterfoil.reports.command import report
from counterfoil.reports.results import InvalidResults, Result, Results, read

WRITTEN = ["findings.sarif", "junit.xml", "report.html", "reproduce", "results.jsonl", "summary.md"]
WITHOUT_FINDINGS = [name for name in WRITTEN if name != "reproduce"]


def typed(*words: object) -> Said:
    return CliRunner().invoke(report, [str(word) for word in words])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_is_rendered_again(run: Results, saved: Callable[..., Path]):
    """One run is rendered beside its results, and the command says where."""
    results = saved(run)

    said = typed(results.parent)

    assert (said.exit_code, names(results.parent)) == (0, WRITTEN)
    assert said.output.splitlines() == [
        "✕ Broken: 21 cases from 1 results file",
        "The contract is broken: 4 findings in 4 cases.",
        f"Reports written to {results.parent}",
    ]


def test_a_results_file_may_be_named_and_put_elsewhere(run: Results, saved: Callable[..., Path], tmp_path: Path):
    """With --out the results are copied beside the reports."""
    results = saved(run)

    said = typed(results, "--out", tmp_path / "elsewhere")

    assert said.exit_code == 0
    assert names(tmp_path / "elsewhere") == WRITTEN
    assert (tmp_path / "elsewhere" / "results.jsonl").read_bytes() == results.read_bytes()
    assert names(results.parent) == ["results.jsonl"]


def test_rendering_twice_changes_nothing(run: Results, saved: Callable[..., Path]):
    """The reports are a function of the results."""
    folder = saved(run).parent
    typed(folder)
    first = {path: path.read_bytes() for path in folder.rglob("*.*")}
    typed(folder)

    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == first
    assert len(first) == 5 + 8


def test_tests_of_an_earlier_run_are_forgotten(run: Results, quiet_run: Results, saved: Callable[..., Path]):
    """Only what was written by Counterfoil: whatever else lies there stays."""
    folder = saved(run).parent
    typed(folder)
    (folder / "reproduce" / "test_mine.py").write_text("# mine\n")
    (folder / "results.jsonl").unlink()
    typed(saved(quiet_run, "quiet"), "--out", folder)

    assert names(folder / "reproduce") == ["test_mine.py"]


def test_annotations_are_printed_on_demand(run: Results, saved: Callable[..., Path]):
    """With --format github, a line per finding for the runner, and nothing else changes."""
    folder = saved(run).parent
    plain, annotated = typed(folder), typed(folder, "--format", "github")

    lines = annotated.output.splitlines()
    assert [line for line in lines if not line.startswith("::")] == plain.output.splitlines()
    assert len([line for line in lines if line.startswith("::")]) == 8
    assert annotated.exit_code == 0


def test_several_runs_are_merged(
    make_run: Callable[..., Results], make_result: Callable[..., Result], saved: Callable[..., Path], tmp_path: Path
):
    """Several runs become one folder with one results file."""
    one, two = saved(make_run(make_result("a")), "one"), saved(make_run(make_result("b")), "two")

    said = typed(one.parent, two, "--out", tmp_path / "both")

    assert said.exit_code == 0
    assert "2 cases from 2 results files" in said.output
    assert [result.id for result in read(tmp_path / "both" / "results.jsonl").results] == ["a", "b"]


def test_a_merged_run_has_a_place_of_its_own(
    make_run: Callable[..., Results],
    make_result: Callable[..., Result],
    saved: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """Without --out a merged run lands below the current folder and in neither of its parts."""
    one, two = saved(make_run(make_result("a")), "one"), saved(make_run(make_result("b")), "two")
    monkeypatch.chdir(tmp_path)

    typed(one, two)

    assert names(tmp_path / "reports" / "runs" / "2026-11-21T09-14-03-merged") == WITHOUT_FINDINGS
    assert names(one.parent) == ["results.jsonl"]


def test_a_run_that_was_cut_short_is_refused(run: Results, saved: Callable[..., Path]):
    """Without a footer there is no verdict, so nothing is written and the exit code is 2."""
    results = saved(run)
    results.write_bytes(b"".join(results.read_bytes().splitlines(keepends=True)[:-1]))

    said = typed(results)

    assert said.exit_code == 2
    assert said.output.startswith("Error: ")
    assert "no footer" in said.output
    assert names(results.parent) == ["results.jsonl"]


def test_what_is_not_there_is_said(tmp_path: Path):
    """A path that leads nowhere is an error that names it."""
    said = typed(tmp_path / "nowhere")

    assert said.exit_code == 2
    assert f"{tmp_path / 'nowhere'}" in said.output


def test_runs_that_disagree_are_refused(make_run: Callable[..., Results], saved: Callable[..., Path], tmp_path: Path):
    """A refusal to merge writes nothing."""
    said = typed(saved(make_run(), "one"), saved(make_run(seed=2), "two"), "--out", tmp_path / "both")

    assert said.exit_code == 2
    assert "the seed differs: 20261121 in" in said.output
    assert not (tmp_path / "both").exists()


def test_another_runs_folder_is_left_alone(run: Results, quiet_run: Results, saved: Callable[..., Path]):
    """A run is never written over another."""
    mine, other = saved(run, "mine"), saved(quiet_run, "other")
    before = other.read_bytes()

    assert typed(mine, "--out", other.parent).exit_code == 2
    assert (other.read_bytes(), names(other.parent)) == (before, ["results.jsonl"])
    with pytest.raises(OtherRun, match="is another run"):
        render(mine, other.parent)


def test_render_refuses_what_it_cannot_read(tmp_path: Path):
    """The function has the same conscience as the command."""
    with pytest.raises(InvalidResults):
        render(tmp_path / "results.jsonl", tmp_path)


def test_a_word_is_needed():
    """Without a run there is nothing to report."""
    assert typed().exit_code == 2


def test_a_job_of_many_parts_ends_as_the_whole_run(run: Results, saved: Callable[..., Path]):
    """With --verdict, the exit code is the run's and not that of the rendering."""
    assert typed(saved(run).parent, "--verdict").exit_code == run.footer.exit_code == 1
