"""A reproduction is true: with the mistake it fails, and without it it passes, on an installation as it was."""

import subprocess
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
    ("billmanager", "cart_total_leaves_out_the_addons"),
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


def _as_process(ended: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], ended.code, ended.out, ended.err)


Offered = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture
def offered(
    tmp_path: Path,
    mount: Callable[..., str],
    serve: Callable[..., str],
    counterfoil: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Offered:
    """The reproductions that a run offers of a mistake, each with what comes of it with the mistake and without it.

    Where they start Counterfoil, it is in processes of its own, or in this one, which is quicker.
    """

    def by(contract: str, defect: str, *words: str, in_processes: bool) -> dict[str, tuple[str, str]]:
        app = create_app(stands_at=datetime(2026, 1, 5, 9))
        url = mount(app)
        if in_processes:
            monkeypatch.setenv(f"{contract.upper().replace('-', '_')}_URL", serve(app))
        else:
            monkeypatch.setattr(subprocess, "run", lambda command, **_: _as_process(counterfoil(*command[3:])))
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
    told = offered(contract, defect, *WITNESSES, in_processes=True)

    assert told == dict.fromkeys(told, TRUE)
    assert told


@pytest.mark.deep
@pytest.mark.parametrize(("contract", "defect"), [each for each in EVERY if each not in SAMPLE])
def test_what_is_offered_of_any_mistake_is_true(contract: str, defect: str, offered: Offered) -> None:
    """What a whole run finds: a witness, a clause, something made up, a law. Each cause has a test."""
    told = offered(contract, defect, in_processes=False)

    assert told == dict.fromkeys(told, TRUE)
    assert told
