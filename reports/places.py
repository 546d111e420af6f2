"""Where in a repository a finding points to: the operation in the contract's file."""

from urllib.parse import quote

from counterfoil.reports.results import Header


def place_of(header: Header, contract: str, operation: str) -> tuple[str, int]:
    """The file and the line of an operation. Where the run does not know, it is the beginning of the contract."""
    declared = header.contracts.get(contract)
    known = declared.operations.get(operation) if declared else None
    file, colon, line = (known.source if known else "").rpartition(":")
    if colon and line.isdecimal():
        return quote(file, errors="replace"), max(int(line), 1)
    folder = quote(contract.replace("-", "_"), errors="replace")
    return f"specs/{folder}/openapi.yaml", 1
