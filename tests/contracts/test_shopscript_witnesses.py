"""Every outcome that the Shop-Script contract names has a witness."""

from pathlib import Path

import pytest

from counterfoil.specs import Contract
from counterfoil.specs.reading import read

CONTRACT = Contract.load("shopscript")
FILES = sorted((Path(__file__).parents[2] / "contracts" / "apis" / "shopscript" / "cases").glob("*.yaml"))


def witnessed() -> set[str]:
    """What the cases show, as `operation/example`: what their steps expect, or what they say that they show."""
    shown: set[str] = set()
    for case in (case for path in FILES for case in read(path)["cases"]):
        operations = [name for name in CONTRACT.operations if name not in case.get("except", ())]
        expected = [
            f"{name}/{step['expect']}"
            for step in case["steps"]
            if "call" in step
            for name in (operations if step["call"] == "*" else [step["call"]])
        ]
        shown.update(case.get("shows", expected))
    return shown


def test_case_files_are_found():
    """The rule below is asked of real files."""
    assert len(FILES) >= 4


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda operation: operation.id)
def test_every_named_example_has_a_witness(operation):
    """Under every status and media type; what nobody can make happen is no outcome."""
    missing = {f"{operation.id}/{example}" for example in operation.examples} - witnessed()

    assert set() == missing


def test_a_witness_shows_what_the_contract_names():
    """No case expects an outcome that was renamed or taken away."""
    named = {f"{operation.id}/{name}" for operation in CONTRACT.operations.values() for name in operation.examples}

    assert set() == witnessed() - named
