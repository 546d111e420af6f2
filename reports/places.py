"""Where a finding points to: a file of the repository that the run was made in, and the contract as it is published."""

from pathlib import PurePosixPath
from urllib.parse import quote

from counterfoil.reports.results import Finding, Header

_PUBLISHED = "https://github.com/counterfoil/counterfoil/blob/main"
_SHIPPED = "specs/"
_FILES = (".yaml", ".yml", ".json")


def place_of(header: Header, finding: Finding) -> tuple[str, int] | None:
    """The file and the line that somebody would change: of the baseline, a contract of one's own, the profile, an overlay."""
    target = header.target.get(finding.contract)
    written = [
        *_accepting(header, finding),
        _source(header, finding.contract, finding.operation),
        header.profile,
        *(each for each in (target.overlays if target else ()) if each.endswith(_FILES)),  # the others are names
    ]
    for each in written:
        file, colon, line = each.rpartition(":")
        file, number = (file, int(line)) if colon and line.isdecimal() else (each, 1)
        if file and not file.startswith(_SHIPPED) and _is_inside(file):
            return quote(file, errors="replace"), max(number, 1)
    return None


def published(header: Header, contract: str, operation: str) -> str:
    """Where anybody can read what the contract says of the operation; nowhere, for a contract of one's own."""
    file, _, line = _source(header, contract, operation).rpartition(":")
    return f"{_PUBLISHED}/{quote(file, errors='replace')}#L{line}" if file.startswith(_SHIPPED) else ""


def _accepting(header: Header, finding: Finding) -> list[str]:
    if not finding.accepted:
        return []
    return [entry.place for entry in header.accepting.entries if finding.id.startswith(entry.id.removesuffix("*"))]


def _source(header: Header, contract: str, operation: str) -> str:
    declared = header.contracts.get(contract)
    known = declared.operations.get(operation) if declared else None
    return known.source if known else ""


def _is_inside(file: str) -> bool:
    """Whether it is a file below the folder in which the run was made, as far as its name says."""
    path = PurePosixPath(file)
    return not path.is_absolute() and ".." not in path.parts
