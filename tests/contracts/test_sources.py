"""Where a report points to: the line of the contract in which an operation is named."""

from pathlib import Path

import pytest

from counterfoil.contracts.checks.sources import sources
from counterfoil.specs import Contract, names

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", names())
def test_every_operation_of_a_shipped_contract_has_its_place(name: str) -> None:
    """As it lies in the repository, whatever the current folder is."""
    contract = Contract.load(name)
    found = sources(contract)

    assert found.keys() == contract.operations.keys()
    for operation, place in found.items():
        file, _, line = place.rpartition(":")
        assert operation in (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_a_contract_of_ones_own_is_seen_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the path is that of one's own repository; elsewhere it is whole."""
    folder = tmp_path / "apis" / "till"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text((Path(__file__).parent / "till.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    contract = Contract.load(str(folder))

    inside = sources(contract)["sell"]
    monkeypatch.chdir(Path(__file__).parent)
    outside = sources(contract)["sell"]

    assert inside == f"apis/till/openapi.yaml:{outside.rpartition(':')[2]}"
    assert outside.startswith(str(folder.resolve()))
