"""What would record in an OpenAPI Overlay that an installation does otherwise: one action for each kind of finding."""

import json
from collections.abc import Iterable
from typing import Any

from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import Clause


def without(contract: Contract, schema: Any, clause: Clause) -> str:
    """The action that takes a clause back; nothing, where it stands in no component."""
    node, target = schema, ""
    for step in clause.path:
        if step == "$ref":
            target = f"$.components.schemas{_step(str(node['$ref']).rpartition('/')[2])}"
            node = contract.deref({"$ref": node["$ref"]})
            continue
        target += _step(step) if target else ""
        node = node[step] if not isinstance(node, dict) or step in node else None
    if not target or node is None:
        return ""
    if clause.keyword == "required":
        name = clause.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        target += f"[?@=='{name}']" if "'" not in name else ""
    return _written({"target": target, "remove": True})


def with_property(contract: Contract, schemas: Iterable[Any], name: str) -> str:
    """The action that describes one more property of the first of the schemas that is a component."""
    components = contract.document.get("components", {}).get("schemas", {})
    for schema in schemas:
        for known, component in components.items():
            if component is schema and "properties" in schema:
                target = f"$.components.schemas{_step(known)}.properties"
                return _written({"target": target, "update": {name: {}}})
    return ""


def with_status(operation: Operation, status: int) -> str:
    """The action that documents one more status."""
    key = operation.path if operation.function is None else f"{operation.path}#{operation.function}"
    target = f"$.paths{_step(key)}.{operation.method.lower()}.responses"
    return _written({"target": target, "update": {str(status): {"description": "As it was seen."}}})


def _step(name: Any) -> str:
    """A step of a JSONPath."""
    if isinstance(name, int):
        return f"[{name}]"
    return f".{name}" if name.isidentifier() and name.isascii() else f"['{name}']"


def _written(action: dict[str, Any]) -> str:
    """The action as a line of YAML, which any JSON is."""
    return f"- {json.dumps(action, ensure_ascii=False)}"
