"""Where the operations of a contract are written down, so that a report can point at them in a repository."""

import re
from pathlib import Path

from counterfoil.specs import Contract
from counterfoil.specs.loader import folder_of

_NAMED = re.compile(r"""\boperationId:\s*["']?([^\s"',}#]+)""")


def sources(contract: Contract) -> dict[str, str]:
    """For each operation its place, as `specs/shopscript/openapi.yaml:17`.

    A shipped contract is named as it lies in Counterfoil's repository, one of your own as seen from the current folder.
    What an overlay has added has no place.
    """
    folder = folder_of(str(contract.own) if contract.own else contract.name)
    shown = _shown(folder) if contract.own else Path("specs", folder.name)
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for name in _NAMED.findall(line):
                found.setdefault(name, f"{(shown / path.name).as_posix()}:{number}")
    return {name: found[name] for name in contract.operations if name in found}


def _shown(folder: Path) -> Path:
    whole, here = folder.resolve(), Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else whole
