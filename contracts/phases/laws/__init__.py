"""Laws: statements over several exchanges. A contract declares them (`x-laws`); what no data says well, a program does."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from counterfoil.contracts.phases.laws.runner import Law, StatefulTest, run
from counterfoil.contracts.profile.vocabulary import folder_of

__all__ = ["Law", "LawsError", "StatefulTest", "run", "written"]


class LawsError(ValueError):
    """A `laws.py` of one's own that cannot be used; the message says why."""


def written(contract: str, own: Path | None = None) -> tuple[StatefulTest, ...]:
    """The stateful tests that are programs, in the `laws` of the contract's folder under `apis/`.

    Those of a contract of one's own stand in the `laws.py` of its folder, `own`. Raises LawsError.
    """
    if own is not None:
        return _own(contract, own / "laws.py")
    if not (folder_of(contract) / "laws").is_dir():
        return ()
    name = f"counterfoil.contracts.apis.{folder_of(contract).name}.laws"
    found: tuple[StatefulTest, ...] = import_module(name).STATEFUL_TESTS
    return found


def _own(contract: str, path: Path) -> tuple[StatefulTest, ...]:
    if not path.exists():
        return ()
    found = getattr(_module(f"{__name__}.own {contract}", path), "STATEFUL_TESTS", None)
    if not isinstance(found, tuple) or not all(isinstance(stateful_test, StatefulTest) for stateful_test in found):
        raise LawsError(f"{path}: STATEFUL_TESTS has to be there, a tuple of StatefulTest")
    for stateful_test in found:
        if stateful_test.contract != contract:
            raise LawsError(
                f"{path}: the stateful test {stateful_test.name!r} is of {stateful_test.contract!r}, but this is {contract!r}"
            )
    return found


def _module(name: str, path: Path) -> ModuleType:
    """The module in the file, carried out once; it is known under a name that no import can have."""
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for their own module there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise LawsError(f"{path}: {type(error).__name__}: {error}") from error
    return module
