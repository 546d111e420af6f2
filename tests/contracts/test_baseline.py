"""Known findings are accepted for a while, by their ids, with a reason and a last day."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil.reports import results
from counterfoil.reports.baseline import Baseline, BaselineError, Entry, read, written
from counterfoil.reports.results import Accepted, Answer, Finding, Header, Request, Result

sys.path.insert(0, str(Path(__file__).parent))
from liars import LIES, Liar

TODAY = date(2027, 1, 31)


def _finding(name: str = "shop:add:status:418", severity: str = "broken", accepted: Accepted | None = None) -> Finding:
    contract, operation, _ = name.split(":", 2)
    return Finding(
        id=name, contract=contract, operation=operation, check="c", clause="c", evidence="documented",
        severity=severity, title='It has\n"two" lines', why="w", request=Request("", "", {}, "", ""),
        answer=Answer(418, {}, ""), accepted=accepted,
    )  # fmt: skip


def _result(*findings: Finding, verdict: str = "failed", operation: str = "add", phase: str = "fuzz") -> Result:
    return Result("i", "shop", operation, phase, "d", verdict, findings=list(findings))


def _header(level: str = "gate", seed: int = 1) -> Header:
    return Header("0", "2027-01-31T10:00:00+00:00", seed, level, False, {}, {}, {})


def _baseline(*ids: str, until: date = TODAY, level: str = "gate", seed: int | None = None) -> Baseline:
    return Baseline(tuple(Entry(each, "known", until, "b.toml:1") for each in ids), level, seed)


@pytest.mark.parametrize("name", ["shop:add:status:418", "shop:add:*", "shop:*"])
def test_an_accepted_finding_fails_nothing(name: str) -> None:
    """It keeps its severity, and says why it is accepted and until when; on that day, too."""
    kept = _baseline(name).applied(_result(_finding()), TODAY)

    assert ("passed", "broken") == (kept.verdict, kept.findings[0].severity)
    assert Accepted("known", "2027-01-31") == kept.findings[0].accepted


def test_another_finding_of_the_same_case_fails_it() -> None:
    """And where the day has passed, the accepted one does."""
    other = _finding("shop:add:status:500")

    assert "failed" == _baseline("shop:add:status:418").applied(_result(_finding(), other), TODAY).verdict
    assert "failed" == _baseline("shop:add:*").applied(_result(_finding()), TODAY + timedelta(1)).verdict


def test_accepted_findings_are_counted_apart() -> None:
    """A run without them has no such count."""
    kept = _baseline("shop:*").applied(_result(_finding()), TODAY)

    assert {"broken": 0, "warning": 0, "note": 0, "accepted": 1} == results.totals([kept])["findings"]
    assert "accepted" not in results.totals([_result(_finding())])["findings"]


@pytest.mark.parametrize(
    ("name", "verdict", "how", "fails"),
    [
        ("shop:add:gone", "passed", {}, True),
        ("shop:add:*", "passed", {}, True),
        ("shop:*", "passed", {}, True),
        ("shop:delete:gone", "passed", {}, False),  # not tested
        ("shop:delete:*", "passed", {}, False),
        ("shop:add:gone", "skipped", {}, False),
        ("shop:add:gone", "errored", {}, False),
        ("shop:add:gone", "passed", {"partly": True}, False),
        ("shop:add:gone", "passed", {"level": "smoke"}, False),  # less than when it was made
        ("shop:add:gone", "passed", {"level": "deep"}, True),
        ("shop:add:gone", "passed", {"seed": 2}, False),
        ("shop:law:gone", "passed", {}, False),
        ("shop:law:gone", "passed", {"phase": "laws"}, True),
    ],
)
def test_an_entry_without_its_finding_fails_the_run_that_could_have_shown_it(
    name: str, verdict: str, how: dict[str, object], fails: bool
) -> None:
    """A run that tests less only tells it."""
    result = _result(verdict=verdict, phase=how.get("phase", "fuzz"))
    header = _header(how.get("level", "gate"), how.get("seed", 1))

    unfit, told = _baseline(name, seed=1).judged(header, [result], partly=how.get("partly", False))

    assert (fails, not fails) == (bool(unfit), bool(told))
    assert "remove the entry" in "".join(unfit) or not fails
    assert all(each.startswith(f'b.toml:1: {"no finding is " if fails else ""}"{name}"') for each in (*unfit, *told))


def test_an_entry_whose_day_has_passed_is_told() -> None:
    """Its finding fails again."""
    unfit, told = _baseline("shop:*", until=date(2027, 1, 30)).judged(_header(), [_result(_finding())], partly=False)

    assert ([], 1) == (unfit, len(told))
    assert "accepted until 2027-01-30" in told[0]


def test_what_is_written_of_a_run_is_refused_until_it_has_reasons(tmp_path: Path) -> None:
    """With them, it accepts what it was made of, for ninety days; what is accepted already stays as it is."""
    path = tmp_path / "b.toml"
    found = [_finding('shop:add:"q"\\ é*'), _finding("shop:b:c", accepted=Accepted("long known", "2027-02-01"))]
    path.write_text(written(_header("smoke", 3), found, TODAY), encoding="utf-8")

    with pytest.raises(BaselineError, match=r"b\.toml:\d+: `reason` must say why it is accepted") as caught:
        read(path)
    assert 1 == len(str(caught.value).splitlines())
    path.write_text(path.read_text(encoding="utf-8").replace('reason = ""', 'reason = "r"'), encoding="utf-8")
    kept = read(path)

    assert ("smoke", 3) == (kept.level, kept.seed)
    assert [('shop:add:"q"\\ é*', "r", date(2027, 5, 1)), ("shop:b:c", "long known", date(2027, 2, 1))] == [
        (each.id, each.reason, each.until) for each in kept.entries
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("accepted = 1", r":1: each finding is accepted in a table of its own, \[\[accepted\]\]"),
        ('[[accepted]]\nid = "a"\nuntil = 2027-01-31', ":1: `reason` must say why"),
        ('[[accepted]]\nid = "a"\nreason = " "\nuntil = 2027-01-31', ":3: `reason` must say why"),
        ('[[accepted]]\nid = "a"\nreason = "r"', ":1: `until` must be the last day"),
        ('[[accepted]]\nid = "a"\nreason = "r"\nuntil = "2027-01-31"', ":4: `until` must be the last day"),
        ('[[accepted]]\nid = "a"\nreason = "r"\nuntil = 2027-01-31T10:00:00', ":4: `until` must be the last day"),
        ('[[accepted]]\nreason = "r"\nuntil = 2027-01-31', ":1: `id` must say the id"),
        ('[[accepted]]\nid = "a"\nreason = "r"\nuntil = 2027-01-31\nwho = "me"', ":5: there is no key `who`"),
        ('[[accepted]]\nid = "a"\nreason = "r"\nuntil = 2027-01-31\n' * 2, ':6: "a" is accepted twice'),
        ('level = "low"', ":1: `level` must be one of smoke, gate, deep"),
        ("[[accepted]\n", "not TOML"),
    ],
)
def test_a_mistake_in_a_baseline_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    """Each with its mend."""
    (tmp_path / "b.toml").write_text(text)

    with pytest.raises(BaselineError, match=rf"b\.toml:? ?{told}"):
        read(tmp_path / "b.toml")


def test_a_run_is_accepted_by_the_baseline_that_was_made_of_it(
    tmp_path: Path, counterfoil: Any, mount: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first broken run to a green one, and to what is said when an entry is no longer needed."""
    monkeypatch.chdir(tmp_path)
    run = ("test", mount(Liar(LIES["adds_a_key"][1])), "--mock", "--api", "shopscript", "--level", "smoke")
    token = '[shopscript.credentials.query]\naccess_token = "counterfoil-token"\n'
    (tmp_path / "counterfoil.toml").write_text(token)  # it knows no id, so that the laws, which take long, are skipped
    assert 1 == counterfoil(*run, "--out", "first").code
    assert 0 == counterfoil("report", "first", "--baseline-out", "b.toml").code
    path = tmp_path / "b.toml"

    ended = counterfoil(*run, "--baseline", "b.toml", "--out", "refused")
    code, told = ended.code, ended.told
    assert (2, True) == (code, "b.toml:8: `reason` must say why" in told)

    filled = path.read_text().replace('reason = ""', 'reason = "the stub is like that"')
    path.write_text(filled)
    ended = counterfoil(*run, "--baseline", "b.toml", "--out", "green", "--format", "github")
    code, told = ended.code, ended.told
    assert 0 == code, told
    assert re.search(r"The contract holds.* \d+ accepted", told)
    assert "the stub is like that" in told
    assert "::error" not in told
    kept = results.read(tmp_path / "green/results.jsonl")
    assert kept.footer.findings["accepted"] == filled.count("[[accepted]]")
    sarif = json.loads((tmp_path / "green/findings.sarif").read_text())["runs"][0]["results"]
    assert {"the stub is like that"} == {
        each["suppressions"][0]["justification"].partition(" (")[0] for each in sarif if each["level"] == "error"
    }
    assert 'failures="0"' in (tmp_path / "green/junit.xml").read_text()
    assert "### Accepted by the baseline" in (tmp_path / "green/summary.md").read_text()
    assert '<section id="accepted">' in (tmp_path / "green/report.html").read_text()

    day = (datetime.now(UTC).date() + timedelta(9)).isoformat()
    gone = f'\n[[accepted]]\nid = "shopscript:add_order:gone"\nreason = "r"\nuntil = {day}\n'
    path.write_text(filled + gone)
    ended = counterfoil(*run, "--baseline", "b.toml", "--out", "stale")
    code, told = ended.code, ended.told
    assert 1 == code
    assert "The baseline is out of date: 1 entry to remove." in told
    assert 'no finding is "shopscript:add_order:gone" any more: remove the entry' in told
    assert "gone" in (tmp_path / "stale/junit.xml").read_text()
    ended = counterfoil(*run, "--baseline", "b.toml", "--out", "part", "--", "-k", "fuzz")
    code, told = ended.code, ended.told
    assert (0, True) == (code, '"shopscript:add_order:gone" was not met, but not all was tested' in told)
