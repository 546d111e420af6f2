"""A reproduction is true: with the mistake it fails, and without it it passes, on an installation as it was."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from counterfoil.contracts.http.masking import secrets_of
from counterfoil.contracts.profile.read import seeded
from counterfoil.mockserver.create import create_app

#: of each contract, mistakes of different kinds; in all of them, one call or a few show it
SAMPLE = [
    ("shopscript", "totals_are_texts"),
    ("shopscript", "items_show_their_profit"),
    ("billmanager", "dates_are_written_as_in_russia"),
    ("whmcs-classic", "unknown_client_is_refused_in_other_words"),
    ("whmcs-rest", "unknown_group_crashes"),
]


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


@pytest.mark.parametrize(("contract", "defect"), SAMPLE)
def test_it_fails_with_the_mistake_and_passes_without_it(
    contract: str,
    defect: str,
    tmp_path: Path,
    mount: Callable[..., str],
    counterfoil: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So does every reproduction of a run; what cannot be shown again is not offered as one."""
    app = create_app(stands_at=datetime(2026, 1, 5, 9))
    url = mount(app)
    for name, value in secrets_of(seeded().of(contract)).items():
        monkeypatch.setenv(name.upper().replace("-", "_"), value)

    def program(*defects: str) -> None:
        assert requests.put(f"{url}/_mock/defects", json={"defects": defects}, timeout=30).ok
        assert requests.post(f"{url}/_mock/reset", timeout=30).ok

    program(defect)
    counterfoil("test", url, "--api", contract, "--level", "smoke", "--mock", "--out", tmp_path, "--", "-k", "witness")
    folder = tmp_path / "reproduce"
    offered = len(list(folder.glob("test_*.py")))
    program(defect)
    spoilt = reproduced(folder)
    program()
    honest = reproduced(folder)

    assert (spoilt.of("failed"), honest.of("passed"), honest.of("failed")) == (offered, offered, 0)
    assert offered
