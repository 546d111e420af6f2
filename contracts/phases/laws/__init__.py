"""Laws: statements over several exchanges. A contract's trials stand in the `laws` of its folder under `apis/`."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from counterfoil.contracts.phases.laws.runner import Law, Trial, run
from counterfoil.contracts.profile.profile import folder_of

__all__ = ["Law", "LawsError", "Trial", "run", "trials"]


class LawsError(ValueError):
    """A `laws.py` of one's own that cannot be used; the message says why."""


def trials(contract: str, own: Path | None = None) -> tuple[Trial, ...]:
    """The trials of the contract; none where nobody has written its laws.

    Those of a contract of one's own stand in the `laws.py` of its folder, `own`. Raises LawsError.
    """
    if own is not None:
        return _own(contract, own / "laws.py")
    if not (folder_of(contract) / "laws").is_dir():
        return ()
    name = f"counterfoil.contracts.apis.{folder_of(contract).name}.laws"
    found: tuple[Trial, ...] = import_module(name).TRIALS
    return found


def _own(contract: str, path: Path) -> tuple[Trial, ...]:
    if not path.exists():
        return ()
    found = getattr(_module(f"{__name__}.own {contract}", path), "TRIALS", None)
    if not isinstance(found, tuple) or not all(isinstance(trial, Trial) for trial in found):
        raise LawsError(f"{path}: TRIALS has to be there, a tuple of Trial")
    for trial in found:
        if trial.contract != contract:
            raise LawsError(f"{path}: the trial {trial.name!r} is of {trial.contract!r}, but this is {contract!r}")
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
