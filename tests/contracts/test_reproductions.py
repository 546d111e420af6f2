"""A reproduction is true: with the mistake it fails, and without it it passes, on an installation as it was."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from counterfoil.contracts.http.masking import secrets_of
from counterfoil.contracts.profile.read import seeded
from counterfoil.mockserver import defects
from counterfoil.mockserver.create import create_app
from counterfoil.specs import names

#: of each contract, mistakes of different kinds; in all of them, one call or a few show it
SAMPLE = [
    ("shopscript", "totals_are_texts"),
    ("shopscript", "items_show_their_profit"),
    ("billmanager", "dates_are_written_as_in_russia"),
    ("whmcs-classic", "unknown_client_is_refused_in_other_words"),
    ("whmcs-rest", "unknown_group_crashes"),
]


EVERY = [(each.contract, each.name) for each in defects.CATALOGUE.of(names())]


class Counting:
    """Counts what comes of the tests of a pytest within this one."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The worst of what comes of each."""
        self.outcomes.setdefault(report.nodeid, []).append(report.outcome)

    def of(self, outcome: str) -> int:
        """How many tests have it."""
        return sum(outcome in told for told in self.outcomes.values())


def reproduced(folder: Path) -> Counting:
    counting = Counting()
    pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)], [counting])
    return counting


Offered = Callable[[str, str], tuple[int, Counting, Counting]]


@pytest.fixture
def offered(tmp_path: Path, mount: Callable[..., str], counterfoil: Any, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """How many reproductions a run offers of a mistake, and what comes of them with it and without it."""

    def by(contract: str, defect: str) -> tuple[int, Counting, Counting]:
        url = mount(create_app(stands_at=datetime(2026, 1, 5, 9)))
        for name, value in secrets_of(seeded().of(contract)).items():
            monkeypatch.setenv(name.upper().replace("-", "_"), value)

        def program(*defects: str) -> None:
            assert requests.put(f"{url}/_mock/defects", json={"defects": defects}, timeout=30).ok
            assert requests.post(f"{url}/_mock/reset", timeout=30).ok

        program(defect)
        words = ("--level", "smoke", "--mock", "--out", tmp_path, "--", "-k", "witness")
        counterfoil("test", url, "--api", contract, *words)
        folder = tmp_path / "reproduce"
        many = len(list(folder.glob("test_*.py")))
        program(defect)
        spoilt = reproduced(folder)
        program()
        return many, spoilt, reproduced(folder)

    return by


@pytest.mark.parametrize(("contract", "defect"), SAMPLE)
def test_it_fails_with_the_mistake_and_passes_without_it(contract: str, defect: str, offered: Offered) -> None:
    """So does every reproduction of a run."""
    many, spoilt, honest = offered(contract, defect)

    assert (spoilt.of("failed"), honest.of("passed"), honest.of("failed")) == (many, many, 0)
    assert many


@pytest.mark.deep
@pytest.mark.parametrize(("contract", "defect"), [each for each in EVERY if each not in SAMPLE])
def test_what_is_offered_of_any_mistake_is_true(contract: str, defect: str, offered: Offered) -> None:
    """What cannot be shown again is not offered as a reproduction."""
    many, spoilt, honest = offered(contract, defect)

    assert (spoilt.of("failed"), honest.of("passed"), honest.of("failed")) == (many, many, 0)
