"""Each law catches the targets that break it, and the honest mock breaks none."""

import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from counterfoil.contracts.phases import laws
from counterfoil.contracts.phases.laws import runner
from counterfoil.contracts.phases.laws.context import LawContext
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.reports import results
from counterfoil.reports.results import Finding, Result
from counterfoil.specs import Contract

sys.path.insert(0, str(Path(__file__).parent))
from lawbreakers import LIES
from lawbreaking import Lawbreaker, Lie, honest

InPython = Callable[[Iterable[Finding]], list[str]]

CONTRACT = "whmcs-rest"
#: how many runs, and of how many steps; None: as many as at the gate, which reads every list
SIZES = {"carts": None, "cart": (15, 15), "lists": None, "service": (10, 8), "domain": (10, 8)}
WRITTEN = ("carts",)
STATEFUL_TESTS = {trial.name: trial for trial in stateful_tests(Contract.load(CONTRACT)) if trial.name in SIZES}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of requests are no news."""
    caplog.set_level(logging.ERROR, "werkzeug")


@pytest.fixture(scope="module")
def mock() -> Mock:
    return create_app(["whmcs"], stands_at=datetime(2026, 1, 5, 9))


@pytest.fixture
def trying(mock: Mock, mount: Callable[..., str]) -> Callable[..., Result]:
    """Holds the mock behind a lie to the laws of a trial, until so many are broken if it is said how many can be."""

    def of(trial: str, tell: Lie, most: int | None = None) -> Result:
        url = mount(Lawbreaker(mock, tell))
        with closing(plan(url)) as run:  # or the mock would keep the world of every test
            known = STATEFUL_TESTS[trial]
            tried = known.laws if most is None else known.laws[: most - 1]  # for each there is a round, and a last one
            return laws.run(replace(known, laws=tried, sizes={"gate": SIZES[trial] or known.sizes["gate"]}), run)

    return of


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out what these tests do not look at: the checks of single answers, and the search for the fewest calls."""
    monkeypatch.setattr("counterfoil.contracts.phases.laws.context.check", lambda seen: [])
    monkeypatch.setitem(runner._SHRINKING_SECONDS, "gate", 0.1)


def plan(url: str) -> Plan:
    header = results.Header(
        counterfoil="0", started="2026-01-05T09:00:00+00:00", seed=1, level="gate", strict=True,
        target={CONTRACT: results.Target(url, [])}, contracts={}, versions={},
    )  # fmt: skip
    return Plan(header, "", [CONTRACT])


def broken(result: Result) -> set[str]:
    """The laws that were found broken."""
    return {finding.id.rpartition(":")[2] for finding in result.findings if finding.check == "law"}


@pytest.mark.parametrize("trial", STATEFUL_TESTS)
def test_the_honest_mock_breaks_no_law(trial: str, trying: Callable[..., Result]) -> None:
    """No finding at all, the checks of the single answers included."""
    result = trying(trial, honest)

    assert ("passed", []) == (result.verdict, result.findings), result.reason
    assert result.requests > 20


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", LIES)
def test_a_lawbreaker_is_caught_by_the_laws_that_it_breaks(
    name: str, trying: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, in_python: InPython
) -> None:
    """The findings name the laws and tell the calls that lead there, the last of which is the one to repeat.

    Of laws that are programs a lie breaks those that it names, and no others; of those that are declared it may break
    others, too, which are not looked at.
    """
    trial, broken_laws, tell = LIES[name]
    most = None
    if trial not in WRITTEN:
        hold, most = LawContext.hold, len(broken_laws)
        monkeypatch.setattr(
            LawContext, "hold", lambda self, of, holds, why: hold(self, of, holds or of.name not in broken_laws, why)
        )

    result = trying(trial, tell, most)

    assert "failed" == result.verdict
    assert broken_laws == broken(result)
    assert [] == in_python(result.findings)
    for finding in [each for each in result.findings if each.check == "law"]:
        assert finding.id.removeprefix(f"{CONTRACT}:law:") in broken_laws
        assert finding.clause in {each.sentence for each in STATEFUL_TESTS[trial].laws}
        assert finding.calls[-1].request.curl.startswith("curl ")
        assert finding.request.curl.startswith("curl ")


def test_the_calls_are_made_as_few_as_they_can_be(trying: Callable[..., Result]) -> None:
    """Of a long run that breaks a law, what does not matter is left out."""
    result = trying("cart", LIES["adds_twice"][2])

    finding = next(each for each in result.findings if each.id.endswith(":item_is_added_alone"))
    calls = [call.says for call in finding.calls]
    assert ["POST", "GET", "GET", "POST", "GET"] == [
        next(word for word in call.split() if word.isupper()) for call in calls
    ]
    assert "-> 200" in calls[-1]


@pytest.mark.usefixtures("hurried")
def test_a_trial_is_the_same_with_the_same_seed(trying: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs send the same requests."""
    monkeypatch.setitem(SIZES, "cart", (4, 10))

    first, second = (trying("cart", honest) for _ in range(2))

    assert (first.requests, first.digest) == (second.requests, second.digest)


def test_without_known_ids_there_is_nothing_to_try(mount: Callable[..., str], mock: Mock, tmp_path: Path) -> None:
    """A deployment whose profile lacks them is skipped, and the reason says which id."""
    profile = tmp_path / "profile.toml"
    profile.write_text("[whmcs-rest.ids]\nother_product = 5\n")
    url = mount(Lawbreaker(mock, honest))
    nothing_known = Plan(plan(url).header, str(tmp_path), [], profile=str(profile))

    result = laws.run(STATEFUL_TESTS["carts"], nothing_known)

    assert ("skipped", 'needs the known id "product" in the profile') == (result.verdict, result.reason)


def test_a_target_that_does_not_answer_is_no_lawbreaker(tmp_path: Path) -> None:
    """It is errored, soon: nobody looks for a smaller run in which it does not answer either."""
    url = "http://127.0.0.1:9"

    result = laws.run(STATEFUL_TESTS["cart"], Plan(plan(url).header, str(tmp_path), []))

    assert "errored" == result.verdict
    assert result.reason.startswith("no answer: ")
    assert result.requests < 3


@pytest.mark.parametrize("trial", ["carts", "cart", "lists"])
def test_a_trial_ends_when_its_time_is_up(trial: str, mock: Mock, mount: Callable[..., str]) -> None:
    """What was tried until then holds, and the reason says that it was not all."""
    header = plan(mount(Lawbreaker(mock, honest))).header
    hasty = Plan(msgspec.structs.replace(header, started=datetime.now(UTC).isoformat()), "", [CONTRACT], max_time=2)

    result = laws.run(replace(STATEFUL_TESTS[trial], sizes={"gate": (1000, 30)}), hasty)

    assert ("passed", "the time was up before all runs were made") == (result.verdict, result.reason)
    assert result.seconds < 5


def test_an_answer_that_cannot_be_read_ends_a_trial(trying: Callable[..., Result]) -> None:
    """The checks tell what is wrong with it; the laws do not stumble over it."""
    result = trying(
        "carts", lambda asked, ask: ask(asked).but({"data": {"items": 7}}) if "cart/" in asked.path else ask(asked)
    )

    assert "failed" == result.verdict
    assert "cannot be read" in result.reason
    assert {"body_schema"} <= {finding.check for finding in result.findings}


def test_a_contract_without_laws_has_no_trials() -> None:
    """Laws are found by the contract's name."""
    assert () == laws.written("till")
    assert {"carts", "orders"} < {law.name for law in laws.written(CONTRACT)}
