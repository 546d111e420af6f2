"""A reproduction is true: with the mistake it fails, and without it it passes, on an installation as it was."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from counterfoil.contracts.http.masking import passwords_of, secrets_of
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


#: what makes a run quick
WITNESSES = ("--", "-k", "witness")

EVERY = [(each.contract, each.name) for each in defects.CATALOGUE.of(names())]


class Told:
    """What comes of the tests of a pytest within this one, by their files: the worst of each."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What fails in one step is failed."""
        name = Path(report.fspath).name
        self.outcomes[name] = max(self.outcomes.get(name, ""), report.outcome, key=("", *_WORSE).index)


#: without what pytest collects in the end, which is all that this process has, again and again
_ALONE = ("-q", "-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:schemathesis")
_WORSE = ("passed", "skipped", "failed")
TRUE = ("failed", "passed")


def reproduced(folder: Path, begin: Callable[[], None]) -> dict[str, str]:
    """What comes of each file by itself, on an installation that has just begun."""
    told = Told()
    for path in sorted(folder.glob("test_*.py")):
        begin()
        pytest.main([*_ALONE, "--rootdir", str(folder), str(path)], [told])
    for name, module in list(sys.modules.items()):  # another run may offer a file of the same name
        if str(folder) in str(getattr(module, "__file__", "")):
            del sys.modules[name]
    return told.outcomes


Offered = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture
def offered(tmp_path: Path, mount: Callable[..., str], counterfoil: Any, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """The reproductions that a run offers of a mistake, each with what comes of it with the mistake and without it."""

    def by(contract: str, defect: str, *words: str) -> dict[str, tuple[str, str]]:
        url = mount(create_app(stands_at=datetime(2026, 1, 5, 9)))
        entry = seeded().of(contract)
        passwords = ((name, value) for _, value, name in passwords_of(entry))
        for name, value in (*passwords, *secrets_of(entry).items()):
            monkeypatch.setenv(name.upper().replace("-", "_"), value)

        def program(*defects: str) -> None:
            assert requests.put(f"{url}/_mock/defects", json={"defects": defects}, timeout=30).ok
            assert requests.post(f"{url}/_mock/reset", timeout=30).ok

        program(defect)
        counterfoil("test", url, "--api", contract, "--level", "smoke", "--mock", "--out", tmp_path, *words)
        folder = tmp_path / "reproduce"
        files = [path.name for path in folder.glob("test_*.py")]
        spoilt = reproduced(folder, lambda: program(defect))
        honest = reproduced(folder, program)
        return {name: (spoilt.get(name, "absent"), honest.get(name, "absent")) for name in files}

    return by


@pytest.mark.parametrize(("contract", "defect"), SAMPLE)
def test_it_fails_with_the_mistake_and_passes_without_it(contract: str, defect: str, offered: Offered) -> None:
    """So does every reproduction of a run."""
    told = offered(contract, defect, *WITNESSES)

    assert told == dict.fromkeys(told, TRUE)
    assert told


@pytest.mark.deep
@pytest.mark.parametrize(("contract", "defect"), [each for each in EVERY if each not in SAMPLE])
def test_what_is_offered_of_any_mistake_is_true(contract: str, defect: str, offered: Offered) -> None:
    """What a whole run finds: a witness, a clause, something made up, a law. What cannot be shown again is not offered."""
    told = offered(contract, defect)

    assert told == dict.fromkeys(told, TRUE)
