"""Laws: statements over several exchanges. A contract's trials stand in the module that has its name."""

from importlib import import_module
from importlib.util import find_spec

from contracts.laws.trial import Law, Trial, run

__all__ = ["Law", "Trial", "run", "trials"]


def trials(contract: str) -> tuple[Trial, ...]:
    """The trials of the contract; none where nobody has written its laws."""
    name = f"{__name__}.{contract.replace('-', '_')}"
    if find_spec(name) is None:
        return ()
    found: tuple[Trial, ...] = import_module(name).TRIALS
    return found
