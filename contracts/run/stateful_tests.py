"""The stateful tests of a contract: what it declares, and what is written for it."""

from counterfoil.contracts.phases import laws
from counterfoil.contracts.phases.laws.declared import declared_tests
from counterfoil.contracts.phases.laws.runner import StatefulTest
from counterfoil.specs import Contract


def stateful_tests(contract: Contract) -> tuple[StatefulTest, ...]:
    """All of them. Raises LawsError, SpecError."""
    return (*declared_tests(contract), *laws.written(contract.name, contract.own))
