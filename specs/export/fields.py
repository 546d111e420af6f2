"""The fields of a form by the names that they have on the wire, where a contract describes what they mean."""

from collections.abc import Iterable
from typing import Any

from counterfoil.specs import forms
from counterfoil.specs.export.schemas import Typed
from counterfoil.specs.loader import resolve


class FormFields:
    """Writes the forms of one document flat, by brackets where it says that names in them nest so."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._typed = Typed(document)
        self._document = document
        self._brackets = bool(document.get("x-brackets"))

    def of(self, schema: Any, examples: Iterable[dict[str, str]]) -> dict[str, Any]:
        """The form as an object of plain fields. What nests has the fields of the examples, and may have any others."""
        whole = self._typed.of(self._typed.deref(schema))
        fields: dict[str, Any] = {}
        is_open = "additionalProperties" in whole
        for name, below in whole.get("properties", {}).items():
            plain = self._plain(below)
            is_open = is_open or plain is None
            if plain is not None:
                fields[name] = plain
        for example in examples:
            for name in example:
                fields.setdefault(name, {"type": "string"})
        made = {key: whole[key] for key in ("description",) if key in whole} | {"type": "object", "properties": fields}
        required = [name for name in whole.get("required", ()) if name in fields]
        if required:
            made["required"] = required
        if is_open:
            made["additionalProperties"] = True
        return made

    def examples(self, media: dict[str, Any]) -> dict[str, dict[str, str]]:
        """The named examples of a form as they are sent."""
        named = media.get("examples", {})
        return {
            name: self._flat(resolve(self._document, each["$ref"])["value"] if "$ref" in each else each["value"])
            for name, each in named.items()
        }

    def _flat(self, example: dict[str, Any]) -> dict[str, str]:
        pairs = (
            forms.fields(example) if self._brackets else [(name, forms.text(each)) for name, each in example.items()]
        )
        return dict(pairs)

    def _plain(self, schema: Any) -> dict[str, Any] | None:
        """The schema of a field that is sent by its own name; None where its names nest."""
        whole = self._typed.of(self._typed.deref(schema))
        branches = [*whole.get("oneOf", ()), *whole.get("anyOf", ())]
        if branches:
            plain = [each for each in map(self._plain, branches) if each is not None]
            about = {key: value for key, value in whole.items() if key in ("description", "default")}
            return {**plain[0], **about} if plain else None
        if self._brackets and whole.get("type") in ("object", "array"):
            return None
        return dict(whole)
