"""`counterfoil init` writes a profile that can be filled in and used."""

import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from counterfoil.contracts.cli.init import profile_of, variables_of
from counterfoil.contracts.profile.read import read, seeded
from counterfoil.contracts.profile.schema import schema
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.reports import results
from counterfoil.specs import names


@pytest.fixture(scope="module")
def mock() -> Mock:
    return create_app(stands_at=datetime(2026, 1, 5, 9))


@pytest.fixture
def there(tmp_path: Path, counterfoil: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Carries out the command in an empty folder; gives the exit code and what was said."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        ended = counterfoil(*arguments)
        return ended.code, ended.told

    return run


def _values(contract: str) -> dict[str, str]:
    """The variables of a profile, set as the mock's installation has them."""
    entry = seeded().of(contract)
    known = {**entry.credentials.body, **entry.credentials.query, **entry.credentials.headers}
    known |= {f"{account}_{name}": value for account, each in entry.accounts.items() for name, value in each.items()}
    prefix = f"{contract.replace('-', '_')}_".upper()
    return {name: known[name.removeprefix(prefix).lower()] for name in variables_of(contract)}


@pytest.mark.parametrize("contract", names())
def test_what_is_written_can_be_used_once_the_variables_are_set(
    tmp_path: Path,
    there: Callable[..., tuple[int, str]],
    contract: str,
    mock: Mock,
    mount: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a change but the URL, it holds the mock to its contract, with the ids that it finds there.

    A part of the run shows it: all parts find the ids first.
    """
    assert 0 == there("init", "--api", contract)[0]

    for name, value in _values(contract).items():
        monkeypatch.setenv(name, value)
    part = ("--level", "smoke", "--shard", "1/6", "--out", "out", "--", "-k", "witness")
    code, told = there("test", mount(mock), "--mock", "--api", contract, *part)

    assert 0 == code, told
    assert told.startswith("Profile: counterfoil.toml\n")
    header = results.read(tmp_path / "out/results.jsonl").header
    assert contract == "shopscript" or header.target[contract].found
    assert "found by" in (tmp_path / "out/report.html").read_text() or contract == "shopscript"


def test_what_is_written_is_a_profile_without_a_secret(tmp_path: Path) -> None:
    """It passes the schema, names its variables, and says of every id what it is for."""
    text = profile_of({name: name for name in names()})
    (tmp_path / "counterfoil.toml").write_text(text)
    written = tomllib.loads(text)

    jsonschema.validate(written, schema())
    assert [*names(), "whmcs"] == list(written)
    variables = {name: "x" for contract in names() for name in variables_of(contract)}
    assert () == read(tmp_path / "counterfoil.toml", variables).warnings
    for contract, entry in seeded().entries.items():
        for name in entry.ids:
            assert re.search(rf"^# {name} = .+ # .+", text, re.MULTILINE), (contract, name)
        for secret in (*entry.credentials.body.values(), *entry.credentials.query.values()):
            assert secret not in text


def test_the_ids_come_first_without_which_little_is_tested() -> None:
    """Each says in how many cases it takes part; both contracts of WHMCS share one table."""
    text = profile_of({name: name for name in ("whmcs-rest", "whmcs-classic")})
    told = [(line.split()[1], int(number[1]) if (number := re.search(r"# (\d+) cases?: ", line)) else 0)
            for line in text.partition("[whmcs.ids]")[2].splitlines() if line.startswith("# ")]  # fmt: skip

    numbers = [number for _, number in told]
    assert sorted(numbers, reverse=True) == numbers
    assert {"client", "product", "payment_method"} == {name for name, _ in told[:3]}
    assert seeded().of("whmcs-rest").ids.keys() == dict(told).keys()
    assert not {"whmcs-rest.ids", "whmcs-classic.ids"} & set(re.findall(r"\[([\w.-]+)\]", text))
    assert dict(told)["product"] > dict(told)["bundle"] > 0


def test_what_is_commented_out_can_be_uncommented(tmp_path: Path) -> None:
    """Every line that begins with a sign for a comment and a key or a table is one without it."""
    text = re.sub(r"^# (?=\[|[\w-]+ = )", "", profile_of({name: name for name in names()}), flags=re.MULTILINE)

    jsonschema.validate(tomllib.loads(text), schema())


def test_a_file_that_is_there_is_kept(tmp_path: Path, there: Callable[..., tuple[int, str]]) -> None:
    """Unless somebody insists."""
    (tmp_path / "counterfoil.toml").write_text("mine")

    code, told = there("init", "--api", "shopscript")
    assert (2, "mine") == (code, (tmp_path / "counterfoil.toml").read_text())
    assert "--force" in told
    assert 0 == there("init", "--api", "shopscript", "--force")[0]
    assert (tmp_path / "counterfoil.toml").read_text().startswith("# What Counterfoil")


def test_a_contract_that_is_not_there_is_told(tmp_path: Path, there: Callable[..., tuple[int, str]]) -> None:
    """With those that are."""
    code, told = there("init", "--api", "woocommerce")

    assert 2 == code
    assert "billmanager, shopscript" in told


def test_a_profile_beside_a_run_of_the_mock_is_not_used(tmp_path: Path, there: Callable[..., tuple[int, str]]) -> None:
    """Where no URL is given and the file has none, the mock is tested as it always is."""
    (tmp_path / "counterfoil.toml").write_text("[shopscript.ids]\nsku = 4711\n")

    code, told = there("test", "--api", "shopscript", "--level", "smoke", "--out", "out", "--", "-k", "actions")

    assert (0, False) == (code, "Profile" in told)


def test_the_urls_of_the_profile_beside_a_run_are_tested(tmp_path: Path, there: Callable[..., tuple[int, str]]) -> None:
    """Without anything on the command line; the file is named first."""
    (tmp_path / "counterfoil.toml").write_text('[shopscript]\nurl = "http://127.0.0.1:1"\n')

    code, told = there("test")

    assert 3 == code
    assert told.startswith("Profile: counterfoil.toml\n")
