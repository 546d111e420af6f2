"""For tools that send requests: each form as flat texts, with examples that run as they are against the seeded mock."""

from collections.abc import Iterator
from typing import Any

from counterfoil.specs import forms
from counterfoil.specs.export.document import FORM, every_call, operations, plainer, pruned
from counterfoil.specs.export.fields import FormFields
from counterfoil.specs.export.schemas import Typed


def for_tools(document: dict[str, Any]) -> dict[str, Any]:
    """The document with an example for whatever is sent, and the seeded caller's credentials among the fields.

    What is optional and has no example is left out: tools would send the name of its type in place of a value.
    """
    made = plainer(document)
    fields, typed = FormFields(document), Typed(document)
    has_credentials = bool(document.get("x-every-call", {}).get("credentials"))
    for operation in operations(made):
        always = {name: forms.text(value) for name, value in every_call(document, operation).items()}
        media = operation.get("requestBody", {}).get("content", {}).get(FORM)
        if media is not None:
            _fill(media, fields, always)
            always = {}
        written = [each for parameter in operation["parameters"] for each in _sent(parameter, typed)]
        operation["parameters"] = [
            *(each for each in written if each["name"] not in always),
            *({"name": name, "in": "query", "required": True, **_with(value)} for name, value in always.items()),
        ]
        if has_credentials:
            operation.pop("security", None)
    if has_credentials:  # they stand among the fields, where a tool needs no setting for them
        made["security"] = []
        made.get("components", {}).pop("securitySchemes", None)
    return pruned(made)


def _fill(media: dict[str, Any], fields: FormFields, always: dict[str, str]) -> None:
    """Give a form the fields of its first example, as texts, and write each example as it is sent."""
    examples = {name: {**each, **always} for name, each in fields.examples(media).items()}
    described = fields.of(media["schema"], ())
    first = next(iter(examples.values()), always)
    properties = {
        name: {"type": "string", **_told(described["properties"].get(name, {})), "example": value, "default": value}
        for name, value in first.items()
    }
    required = [name for name in described.get("required", ()) if name in properties]
    media["schema"] = {"type": "object", "properties": properties, **({"required": required} if required else {})}
    if examples:
        media["examples"] = {name: {**_told(media["examples"][name]), "value": each} for name, each in examples.items()}


def _told(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key in ("summary", "description")}


def _sent(parameter: dict[str, Any], typed: Typed) -> Iterator[dict[str, Any]]:
    """The parameter with its example; one for each member of an object whose members stand by their own names."""
    schema = typed.of(typed.deref(parameter.get("schema", {})))
    named = [each["value"] for each in parameter.get("examples", {}).values() if "value" in each]
    known = [parameter["example"]] if "example" in parameter else named
    if parameter.get("required"):
        known = [
            *known,
            *([schema["const"]] if "const" in schema else []),
            *schema.get("examples", schema.get("enum", ())),
        ]
    if not known:
        if parameter.get("required"):
            yield parameter
        return
    about = {"in": parameter["in"], "required": parameter.get("required", False), **_told(parameter)}
    if isinstance(known[0], dict) and parameter.get("explode"):
        for name, value in known[0].items():
            yield {"name": name, **about, **_with(forms.text(value))}
    else:
        yield {"name": parameter["name"], **about, **_with(known[0], schema)}


def _with(value: Any, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """A parameter's value: as an example, and as the default, which Postman takes unless it is told to take examples."""
    return {"schema": {**(schema or {"type": "string"}), "default": value}, "example": value}
