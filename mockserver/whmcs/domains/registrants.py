"""What a TLD wants to know of a registrant: which answer counts for each of its fields, and which are missing or none."""

from collections.abc import Iterator, Sequence

from counterfoil.mockserver.whmcs.model.tlds import RegistrantField, Tld

#: an answer to a box that says that it is not ticked
_NO = frozenset(("", "0", "off", "no", "false"))


def answers(tld: Tld, given: Sequence[str] | None) -> dict[str, str]:
    """The answer that counts for each field, by its name: the given ones stand in the fields' order; else the default."""
    texts = [*(given or ()), *[""] * len(tld.fields)]
    return {field.name: text.strip() or field.default for field, text in zip(tld.fields, texts, strict=False)}


def missing(tld: Tld, given: Sequence[str] | None) -> Iterator[RegistrantField]:
    """The fields that have to be answered, always or beside what is answered elsewhere, and are not."""
    counted = answers(tld, given)
    for field in tld.fields:
        asked = field.required or any(counted.get(name) in values for name, values in field.required_if.items())
        unanswered = counted[field.name].lower() in _NO if field.kind == "tickbox" else not counted[field.name]
        if asked and unanswered and field.kind != "display":
            yield field


def impossible(tld: Tld, given: Sequence[str] | None) -> Iterator[RegistrantField]:
    """The fields whose answer is none of those that their registry takes."""
    counted = answers(tld, given)
    for field in tld.fields:
        offers = [each.value for each in field.values] if field.kind in ("dropdown", "radio") else []
        if offers and counted[field.name] and counted[field.name] not in offers:
            yield field
