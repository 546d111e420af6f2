"""Which clauses the fields of a form break, read as generously as any server might read them."""

from typing import Any

from counterfoil.contracts.wire import nesting, wire
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.specs import Contract
from counterfoil.specs.schemas import Clause, schemas_of


def broken_in_form(
    fields: wire.Pairs, schema: Any, contract: Contract, evidence: str, formats: bool = False
) -> list[Clause]:
    """The clauses that the fields of a form break; `evidence` is what the schema inherits.

    An empty or blank field may count as absent or as a text: wrong is only what is wrong both ways.
    """
    schemas = schemas_of(contract)
    lists = {name for name, below in schemas.properties(schema).items() if is_list(schemas.deref(below))}
    forms = nesting.readings(fields, contract.brackets, lists)
    readings = (as_read(tree, schema, contract, "form") for form in forms for tree in (_without_empty(form), form))
    first, *others = (schemas.broken(schema, reading, evidence, formats) for reading in readings)
    return [clause for clause in first if all(clause.pointer in {each.pointer for each in way} for way in others)]


def is_list(schema: Any) -> bool:
    """Whether the schema is that of a list."""
    return isinstance(schema, dict) and schema.get("type") == "array"


def _without_empty(tree: dict[str, Any]) -> dict[str, Any]:
    """The form without its empty and blank fields, and without what then holds nothing."""
    result: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            below = _without_empty(value)
            if below:
                result[name] = below
        elif not is_blank(value):
            result[name] = value
    return result


def is_blank(value: Any) -> bool:
    """Whether the value may count as absent in a form."""
    return isinstance(value, str) and not value.strip()
