"""For code generators: typed schemas, each form flat, and answers in JSON unless the caller says otherwise."""

from typing import Any

from counterfoil.specs.export.document import FORM, operations, plainer, pruned
from counterfoil.specs.export.fields import FormFields
from counterfoil.specs.loader import resolve


def for_clients(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the types of everything, and without what a generator stumbles over."""
    made = plainer(document)
    forms = FormFields(document)
    notation = document.get("x-every-call", {}).get("notation", {})
    shared: dict[str, list[dict[str, str]]] = {}
    for operation in operations(made):
        operation["parameters"] = [_asking_for(each, notation) for each in operation["parameters"]]
        media = operation.get("requestBody", {}).get("content", {}).get(FORM)
        if media is None:
            continue
        examples = forms.examples(media).values()
        media.pop("examples", None)
        if "$ref" in media["schema"]:
            shared.setdefault(media["schema"]["$ref"], []).extend(examples)
        else:
            media["schema"] = _form(forms.of(media["schema"], examples), notation)
    for reference, together in shared.items():
        schema = forms.of(resolve(document, reference), together)
        made["components"]["schemas"][reference.rpartition("/")[2]] = _form(schema, notation)
    return pruned(made)


def _form(schema: dict[str, Any], notation: dict[str, Any]) -> dict[str, Any]:
    for name in notation.keys() & schema["properties"].keys():
        schema["properties"][name] = {**schema["properties"][name], "default": notation[name]}
    return schema


def _asking_for(parameter: dict[str, Any], notation: dict[str, Any]) -> dict[str, Any]:
    if parameter["name"] not in notation:
        return parameter
    return {**parameter, "schema": {"type": "string", "default": notation[parameter["name"]]}}
