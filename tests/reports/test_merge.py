"""Several runs, told as one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from counterfoil.reports.merge import Disagreement, merged
from counterfoil.reports.results import (
    Accepted,
    AcceptedFinding,
    Accepting,
    Contract,
    Finding,
    Footer,
    Header,
    Result,
    Results,
    Target,
    read,
)

A, B = Path("a/results.jsonl"), Path("b/results.jsonl")


def test_shards_are_united(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """Results follow each other, and the footer is counted anew."""
    one = make_run(make_result("a", requests=3), exit_code=0, verdict="holds", finished="2026-11-21T09:20:00+00:00")
    two = make_run(make_result("b", verdict="failed", requests=4), started="2026-11-21T09:00:00+00:00")

    whole = merged({A: one, B: two})

    assert [result.id for result in whole.results] == ["a", "b"]
    assert whole.footer.counts == {"passed": 1, "failed": 1, "errored": 0, "skipped": 0}
    assert (whole.footer.requests, whole.footer.seconds) == (7, 136.8)
    assert whole.footer.exit_code == 1
    assert whole.footer.verdict.startswith("The contract is broken at https://staging.example.com/api/v2, ")
    assert ": 0 findings in 1 case." in whole.footer.verdict
    assert (whole.header.started, whole.footer.finished) == ("2026-11-21T09:00:00+00:00", "2026-11-21T09:20:00+00:00")


def test_runs_of_different_contracts_are_united(make_run: Callable[..., Results], run: Results):
    """One run per contract becomes one run of all contracts."""
    names = list(run.header.contracts)
    parts = {
        Path(name): make_run(contracts={name: run.header.contracts[name]}, target={name: run.header.target[name]})
        for name in names
    }

    whole = merged(parts)

    assert list(whole.header.contracts) == names
    assert whole.header.target == run.header.target


@pytest.mark.parametrize(
    ("exit_codes", "worst"), [([3, 0], 3), ([1, 3], 1), ([130, 1], 130), ([130, 3], 130), ([2, 4], 2)]
)
def test_the_worst_exit_code_speaks_for_all(
    exit_codes: list[int], worst: int, make_run: Callable[..., Results], make_result: Callable[..., Result]
):
    """A part that did not run is never hidden by one that holds, nor a broken contract by a part that did not run."""
    runs = {
        Path(str(number)): make_run(*([make_result(verdict="failed")] if code == 1 else []), exit_code=code)
        for number, code in enumerate(exit_codes)
    }

    assert merged(runs).footer.exit_code == worst


def test_parts_that_ran_are_judged_together(quiet_run: Results):
    """A part in which nothing of a contract was tested is mended by the other, and two such parts are not green."""
    empty = msgspec.structs.replace(
        quiet_run,
        results=[],
        footer=msgspec.structs.replace(quiet_run.footer, exit_code=4, verdict="Nothing was tested."),
    )

    whole = merged({A: quiet_run, B: empty})

    assert whole.footer.exit_code == 0
    assert whole.footer.verdict.startswith("The contract holds at http://127.0.0.1:41107.")
    assert merged({A: empty, B: empty}).footer.exit_code == 4


def test_the_baseline_is_judged_anew_by_all_parts(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """What one part did not meet another may have; what none of them met is to be removed, once all parts are there."""
    entries = tuple(
        AcceptedFinding(id_, "known", date(2027, 1, 1), f"b.toml:{n}")
        for n, id_ in enumerate(["f1", "whmcs-rest:check_out:gone"])
    )
    accepting, told = (
        Accepting(entries, "smoke", None),
        [f'{entry.place}: "{entry.id}" was not met' for entry in entries],
    )
    met = make_result("a", findings=[make_finding("f1", accepted=Accepted("known", "2027-01-01"))])
    parts = [
        make_run(met, exit_code=0, shard=(1, 2), accepting=accepting),
        make_run(make_result("b"), exit_code=0, shard=(2, 2), accepting=accepting),
    ]
    one, two = (
        msgspec.structs.replace(part, footer=msgspec.structs.replace(part.footer, notices=told)) for part in parts
    )

    whole = merged({A: one, B: two}).footer.notices
    part = merged({A: one, B: msgspec.structs.replace(one, results=[])}).footer.notices

    assert whole[0] == 'b.toml:1: no finding is "whmcs-rest:check_out:gone" any more: remove the entry'
    assert not any('"f1"' in notice for notice in whole)
    assert part[0].startswith('b.toml:1: "whmcs-rest:check_out:gone" was not met, but not all was tested')


def test_another_contract_text_is_refused(make_run: Callable[..., Results]):
    """Two runs that judged by different texts are not one run; the message names the files and both sums."""
    one, two = (make_run(contracts={"shop": Contract("Shop", "1", sha, {})}) for sha in ("aaa", "bbb"))

    with pytest.raises(
        Disagreement, match=r"the sha256 of shop differs: aaa in a/results.jsonl, bbb in b/results.jsonl"
    ):
        merged({A: one, B: two})


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"seed": 2}, "the seed"),
        ({"level": "deep"}, "the level"),
        ({"strict": True}, "strictness"),
        ({"target": {"shopscript": Target("https://other.example", ["wire", "our-shop"])}}, "the URL of shopscript"),
        (
            {"target": {"shopscript": Target("https://shop.staging.example.com/api.php", [])}},
            "the overlays of shopscript",
        ),
    ],
)
def test_what_a_report_says_once_has_to_agree(facts: dict[str, object], what: str, make_run: Callable[..., Results]):
    """A header that is true of one file only is refused."""
    with pytest.raises(Disagreement, match=what):
        merged({A: make_run(), B: make_run(**facts)})


def test_each_shard_may_have_a_mock_of_its_own(make_run: Callable[..., Results]):
    """The free port that a mock took on this machine is not a different target."""
    one, two = (make_run(target={"shopscript": Target(f"http://127.0.0.1:{port}", [])}) for port in (4001, 4002))

    assert merged({A: one, B: two}).header.target["shopscript"].url == "http://127.0.0.1:4001"


def test_an_identical_result_is_kept_once(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """A result that came by two ways is one result."""
    assert len(merged({A: make_run(make_result()), B: make_run(make_result())}).results) == 1


def test_two_verdicts_on_one_case_are_refused(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """Nobody decides silently which of two different results with one id is true."""
    with pytest.raises(Disagreement, match=r"the result 'r1' is in a/results.jsonl and, different, in b/results.jsonl"):
        merged({A: make_run(make_result()), B: make_run(make_result(verdict="failed"))})


def test_the_order_of_the_files_does_not_change_the_digest(
    make_run: Callable[..., Results], make_result: Callable[..., Result]
):
    """The digest speaks of the cases, not of the command line."""
    one, two = make_run(make_result("a")), make_run(make_result("b"))

    assert merged({A: one, B: two}).footer.cases_digest == merged({B: two, A: one}).footer.cases_digest


def test_differing_tools_are_both_named(make_run: Callable[..., Results]):
    """Versions may differ between machines; the header then names each."""
    whole = merged({A: make_run(versions={"pytest": "9.1.1"}), B: make_run(versions={"pytest": "8.4.2", "uv": "1"})})

    assert whole.header.versions == {"pytest": "9.1.1, 8.4.2", "uv": "1"}


def test_every_field_of_a_result_is_kept(make_run: Callable[..., Results], run: Results):
    """Merging moves results and changes none."""
    whole = merged({A: run, B: make_run()})

    assert whole.results == run.results


def test_what_one_part_knows_the_whole_knows(make_run: Callable[..., Results], run: Results):
    """A part that tested nothing takes nothing away, wherever it stands."""
    empty = make_run(contracts={}, target={})

    assert merged({A: run, B: empty}).header == run.header
    assert merged({A: empty, B: run}).header == run.header


def test_every_field_is_merged_on_purpose():
    """A field that is added to a header or a footer is the first part's, until somebody has thought about it here."""
    agreed, united = (
        {"seed", "level", "strict", "format", "accepting", "profile"},
        {"counterfoil", "started", "target", "contracts", "versions", "shard"},
    )
    counted = {"finished", "seconds", "requests", "counts", "findings", "cases_digest", "exit_code", "verdict"}
    told = {"notices", "created", "partly"}

    assert agreed | united == {field.name for field in msgspec.structs.fields(Header)}
    assert counted | told == {field.name for field in msgspec.structs.fields(Footer)}


def test_a_merged_run_can_be_read_back(
    run: Results, make_run: Callable[..., Results], make_result: Callable[..., Result], saved: Callable[..., Path]
):
    """What is written is a results file like any other."""
    whole = merged({A: run, B: make_run(make_result("another"))})

    assert read(saved(whole)) == whole
