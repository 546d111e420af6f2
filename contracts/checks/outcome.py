"""What an answer means: accepted, or refused under a name, by the contract's own rule and never by status alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from counterfoil.contracts.http.exchange import Exchange
from counterfoil.specs import Contract, Example, Media
from counterfoil.specs.pointers import unescaped
from counterfoil.specs.schemas import Clause, schemas_of


@dataclass(frozen=True)
class Outcome:
    """Which documented outcome an answer is. Where the answer alone cannot tell, all that it may be are candidates.

    There are three answers: accepted, refused, and one of which that cannot be told, `unclear` says why. What cannot be
    told is neither accepted nor refused.
    """

    accepted: bool
    candidates: tuple[str, ...]
    text: str = ""
    unclear: str = ""

    @property
    def refused(self) -> bool:
        """Whether it is known to be a refusal."""
        return not self.accepted and not self.unclear

    @property
    def documented(self) -> bool:
        """Whether the contract names this outcome."""
        return bool(self.candidates)

    @property
    def name(self) -> str | None:
        """The outcome's name, where the answer tells it."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    def label(self, status: int) -> str | None:
        """How a run counts it. A refusal that may be one of several is not counted: it proves none of them."""
        if self.candidates:
            return self.candidates[0] if self.accepted else self.name
        if self.unclear:
            return None
        return f"undocumented {status}" if self.accepted else f"undocumented refusal: {self.text or status}"

    def __str__(self) -> str:
        if self.unclear:
            return f"not judged ({self.unclear})"
        meant = " or ".join(self.candidates) or (f"with no name in the contract ({self.text})" if self.text else "")
        return (
            f"{'accepted' if self.accepted else 'refused'}{f' as {meant}' if self.candidates else f' {meant}'}".rstrip()
        )


#: what of a schema says which shape a body has
_SHAPE = frozenset(("type", "oneOf", "anyOf", "const", "enum"))


def outcome(exchange: Exchange, contract: Contract) -> Outcome:
    """The outcome of an exchange: a refusal if its status is 400 or more, or if its body says so."""
    status, tree = exchange.status, exchange.tree
    refused = status >= 400
    if not refused:
        unclear = _unreadable(exchange)
        if unclear:
            return Outcome(False, (), unclear=unclear)
        refused = _says_so(exchange, contract)
    examples = _examples(exchange, contract, refused)
    if refused:
        named = _value(tree, contract.named_by)
        return Outcome(False, _refusals(examples, tree, named, contract), _whole_words(str(named or "")))
    unclear = _unknown_shape(exchange, contract)
    return Outcome(False, (), unclear=unclear) if unclear else Outcome(True, _accepted(examples, tree))


def _unreadable(exchange: Exchange) -> str:
    """Why nobody can say what the answer means, if so."""
    if exchange.unreadable is not None:
        return "its body cannot be read"
    if exchange.media is None and exchange.body:
        return f"nobody documents an answer {exchange.status} with {exchange.media_type or 'no media type'}"
    return f"nobody documents an answer {exchange.status}" if exchange.answer is None else ""


def _says_so(exchange: Exchange, contract: Contract) -> bool:
    """Whether the body is that of a refusal, or but a form: nothing was done, and no error is told."""
    schemas, done = schemas_of(contract), exchange.operation.done
    if isinstance(contract.refused, dict) and schemas.holds(contract.refused, exchange.tree):
        return True
    return done is not None and not schemas.holds(done, exchange.tree)


def _unknown_shape(exchange: Exchange, contract: Contract) -> str:
    """What of the body's shape nobody documents, if anything."""
    if exchange.media is None or not exchange.media.schema:
        return ""
    for clause in schemas_of(contract).broken(exchange.media.schema, exchange.tree, ""):
        depth = clause.pointer.count("/")
        if clause.keyword in _SHAPE and (depth == 0 or (depth == 1 and _is_of_another_kind(clause, exchange.tree))):
            return f"{clause.pointer or 'its body'} has a shape that nobody documents"
    return ""


def _is_of_another_kind(clause: Clause, tree: Any) -> bool:
    """Whether what stands there is another thing than was told, and not the same one written otherwise: 9.70 as a text."""
    if clause.keyword != "type":
        return clause.keyword in ("const", "enum")
    there = tree.get(unescaped(clause.pointer[1:])) if isinstance(tree, Mapping) else None
    said = clause.wanted.get("type", ()) if isinstance(clause.wanted, Mapping) else ()
    wanted = {said} if isinstance(said, str) else set(said)
    return isinstance(there, Mapping | list) or wanted <= {"object", "array"}


def _whole_words(text: str, most: int = 120) -> str:
    """The text, or its beginning; it ends between two words, since half a secret could not be told from any other word."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + "…"


def _examples(exchange: Exchange, contract: Contract, refused: bool) -> list[Example]:
    """The named examples of that status and kind: those of the answer's own media type, or else of any.

    A refusal means the same in every format, so most contracts name it once. What was accepted is named once, too, where
    all formats carry the same data, and else per format.
    """
    if exchange.answer is None:
        return []
    every: list[Media] = list(exchange.answer.media.values())
    own = [exchange.media] if exchange.media else []
    for medias in (own, every):
        found = [e for media in medias for e in media.examples.values()]
        found = [e for e in found if contract.is_refusal(e, exchange.status) is refused]
        if found and not (refused and medias is own and not _any_fits(found, exchange.tree, contract.named_by)):
            return found
    return []


def _any_fits(examples: list[Example], tree: Any, named_by: str | None) -> bool:
    named = _value(tree, named_by)
    return any(_fit(_value(example.value, named_by), named) is not None for example in examples)


def _refusals(examples: list[Example], tree: Any, named: Any, contract: Contract) -> tuple[str, ...]:
    if contract.named_by is not None:
        fits = {example.name: _fit(_value(example.value, contract.named_by), named) for example in examples}
        longest = max((fit for fit in fits.values() if fit is not None), default=None)
        if longest is None:  # other words are as good where nobody has written these; the status tells
            examples = [example for example in examples if contract.name_evidence(example) == "chosen"]
        else:
            examples = [example for example in examples if fits[example.name] == longest]
    if len(examples) > 1:
        whole = [example for example in examples if _fits_whole(example.value, tree)]
        if len({example.name for example in whole}) == 1:
            examples = whole[:1]
    return tuple(dict.fromkeys(example.name for example in examples))


def _accepted(examples: list[Example], tree: Any) -> tuple[str, ...]:
    if len(examples) > 1 and isinstance(tree, dict):
        keys = telling_names(tree)
        held = {
            e.name: len(own) for e in examples if isinstance(e.value, dict) and (own := telling_names(e.value)) <= keys
        }
        examples = [e for e in examples if held.get(e.name, -1) == max(held.values(), default=0)] or examples
    return tuple(dict.fromkeys(example.name for example in examples))


def telling_names(tree: Mapping[str, Any]) -> set[str]:
    """What tells answers apart: the names in it, below a wrapper that holds everything; XML's attributes do not count."""
    if len(tree) == 1:
        ((name, below),) = tree.items()
        if isinstance(below, dict):
            return {f"{name}/{key}" for key in below if not key.startswith("$")}
    return set(tree)


def _value(tree: Any, name: str | None) -> Any:
    """What stands under the property that names refusals, or at the pointer, if it is one."""
    if name is None:
        return None
    for key in name.strip("/").split("/") if name.startswith("/") else [name]:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _fit(template: Any, value: Any) -> int | None:
    """How much of a template's own text an answer's text has, or None where it does not begin with it."""
    if not isinstance(template, str) or not isinstance(value, str):
        return 0 if template == value else None
    pattern, own = _pattern(template)
    return own if pattern.match(value) else None


def beginning(template: str) -> str:
    """How a text made from the template begins, as a regular expression."""
    return f"^(?is:{_pattern(template)[0].pattern})"


@lru_cache(maxsize=2048)
def _pattern(template: str) -> tuple[re.Pattern[str], int]:
    parts, own = [], 0
    for literal, field, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        own += len(literal)
        if field is not None:
            parts.append(".*")
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL), own


def _fits_whole(example: Any, tree: Any) -> bool:
    """Whether every text of an example is found in the answer, its templates filled somehow."""
    if isinstance(example, Mapping):
        return isinstance(tree, Mapping) and all(
            key in tree and _fits_whole(below, tree[key]) for key, below in example.items()
        )
    if isinstance(example, list) and isinstance(tree, list):
        return len(example) == len(tree) and all(map(_fits_whole, example, tree))
    if isinstance(example, str) and isinstance(tree, str):
        pattern, own = _pattern(example)
        return (pattern.fullmatch(tree) if own else pattern.match(tree)) is not None
    return bool(example == tree)
