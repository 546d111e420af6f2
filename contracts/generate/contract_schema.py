"""A contract as a schema of Schemathesis, and back: which contract a schema is."""

import warnings
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from counterfoil.specs import Contract

#: what is generated for an operation of any kind of schema
AnyCase = Case[Any]
#: by the id of its document, which is kept so that no other one gets that id
_CONTRACTS: dict[int, tuple[Any, Contract | None]] = {}


def schema_of(
    contract: Contract, document: dict[str, Any] | None = None, config: SchemathesisConfig | None = None
) -> BaseSchema:
    """The contract as Schemathesis takes it; `document` is what it is to generate from, where that is not the contract's own."""
    schema = schemathesis.openapi.from_dict(contract.document if document is None else document, config=config)
    _CONTRACTS[id(schema.raw_schema)] = schema.raw_schema, contract
    return schema


def contract_of(schema: BaseSchema) -> Contract | None:
    """The contract that the schema is, wherever it was loaded from; None, with a warning, where it cannot be read as one."""
    document = schema.raw_schema
    if id(document) not in _CONTRACTS:
        _CONTRACTS[id(document)] = document, _read(document, _name(schema))
    return _CONTRACTS[id(document)][1]


def _read(document: Any, name: str) -> Contract | None:
    lacking = lack(document)
    if lacking:
        told = f"Counterfoil cannot read {name} as a contract, and leaves it to Schemathesis alone: {lacking}"
        warnings.warn(told, stacklevel=2)
        return None
    return Contract(name, document)


def lack(document: Any) -> str:
    """What keeps the document from being read as a contract, if anything."""
    if not str(document.get("openapi", "")).startswith("3.1"):
        return "it is no OpenAPI 3.1 document"
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if not isinstance(operation, dict):
                continue
            if "operationId" not in operation:
                return f"{method.upper()} {path} has no operationId"
            unclear = [status for status in operation.get("responses", {}) if not str(status).isdecimal()]
            if unclear:
                return f"{method.upper()} {path} answers {unclear[0]}, which is no single status"
    return ""


def _name(schema: BaseSchema) -> str:
    """The contract's name: that of the file, or of the folder that the file is in; without either, the document's title."""
    place = PurePosixPath(urlsplit(schema.location or "").path)
    if place.stem in ("openapi", ""):
        place = place.parent
    return place.name.partition(".")[0] or str(schema.raw_schema.get("info", {}).get("title", "contract"))
