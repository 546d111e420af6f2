"""A contract as its readers see it: operations, what they take, what they answer, and how well each is founded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from counterfoil.specs.loader import folder_of, load, name_of, names, refs, resolve, shipped_overlay

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Example:
    """A named example. Under an answer it is one outcome that a caller can meet."""

    name: str
    value: Any
    summary: str
    evidence: str


@dataclass(frozen=True)
class Media:
    """One media type of a body: its schema (with `$ref`s into the document) and its named examples."""

    media_type: str
    schema: dict[str, Any]
    examples: dict[str, Example]


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, the query or a header."""

    name: str
    place: str
    required: bool
    schema: dict[str, Any]
    evidence: str
    #: the members of this object stand in the query by their own names, and the parameter's name is not sent
    exploded: bool = False


@dataclass(frozen=True)
class Answer:
    """What an operation may answer under one status."""

    status: int
    description: str
    media: dict[str, Media]
    headers: dict[str, dict[str, Any]]
    evidence: str

    @property
    def examples(self) -> dict[str, Example]:
        """The named examples of all its media types."""
        return {name: example for media in self.media.values() for name, example in media.examples.items()}


@dataclass(frozen=True)
class Operation:
    """One operation: the same word in the contract, the handler, the case and the report.

    `path` is what goes on the wire; `function` is the fragment of its key in an RPC contract, else None. An empty
    function, or a path with parameters, is the operation for whatever no other one answers.
    """

    id: str
    contract: str
    method: str
    path: str
    function: str | None
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    request: dict[str, Media]
    request_required: bool
    answers: dict[int, Answer]
    evidence: str
    raw: dict[str, Any] = field(repr=False, compare=False)

    @property
    def effect(self) -> str:
        """What a call does when it is accepted: reads, session (logs in or out), creates, changes, removes, pays or acts."""
        return str(self.raw.get("x-effect", "reads" if self.method == "GET" else "changes"))

    @property
    def pays(self) -> dict[str, Any] | bool:
        """A schema for those requests that move money; true or false where all or none do."""
        pays: dict[str, Any] | bool = self.raw.get("x-pays", self.effect == "pays")
        return pays

    @property
    def done(self) -> dict[str, Any] | None:
        """A schema for the answers that tell of something done; any other one that tells of no error is but a form."""
        return self.raw.get("x-accepted")

    @property
    def lacking(self) -> dict[str, Any] | None:
        """A schema for the answers that say that there is no such operation, where a target may lack it; else None."""
        return self.raw.get("x-optional")

    @property
    def examples(self) -> dict[str, tuple[Answer, Media, Example]]:
        """Every documented outcome by its name, with the answer and the media type under which it stands."""
        return {
            name: (answer, media, example)
            for answer in self.answers.values()
            for media in answer.media.values()
            for name, example in media.examples.items()
        }


class Contract:
    """One OpenAPI document, read once."""

    def __init__(
        self, name: str, document: dict[str, Any], overlays: tuple[str, ...] = (), own: Path | None = None
    ) -> None:
        self.name = name
        self.document = document
        self.overlays = overlays
        #: where the files of a contract of one's own are; None for one that is shipped
        self.own = own
        outcome = document.get("x-outcome", {})
        #: a body that is valid under this schema is a refusal, whatever its status
        self.refused: dict[str, Any] | bool = outcome.get("refused", False)
        #: the property that names a refusal, or None where status and schema are all there is
        self.named_by: str | None = outcome.get("named-by")
        #: how well the names themselves are known, and whether they are but words for a person to read
        self._known_names, self._in_words = (
            str(outcome.get("names", "documented")),
            bool(outcome.get("in-words", False)),
        )
        #: how well it is founded that there are no other refusals
        self.only_these: str = outcome.get("only-these", "documented")
        #: statuses that a document names for all operations alike
        self.statuses: frozenset[int] = frozenset(map(int, document.get("x-statuses", ())))
        #: the property or parameter that names the function, in an RPC contract
        self.function_property: str | None = document.get("x-function")
        #: media type -> how such a body is read into the data that the schemas describe, where that is special
        self.notation: dict[str, str] = document.get("x-notation", {})
        #: by a media type under which answers come, too, since no document names one: the one that the contract has
        self.also_sent_as: dict[str, str] = {
            other: named for named, others in document.get("x-media-types", {}).items() for other in others
        }
        #: whether names in forms and queries nest by brackets, as PHP reads them (`a[0][b]=1`)
        self.brackets: bool = document.get("x-brackets", False)
        self._below: dict[str, set[str]] = {}
        self.operations: dict[str, Operation] = {operation.id: operation for operation in self._read()}

    @classmethod
    def load(cls, name: str, overlays: tuple[str, ...] = ()) -> "Contract":
        """The contract of that name, or in that folder, with the overlays applied. Raises SpecError.

        What is shipped does not change while a program runs, so that whoever asks for it gets the same object.
        """
        is_shipped = name in names()
        if is_shipped and all(shipped_overlay(name, each) for each in overlays):
            return _shipped(name, overlays)
        document = load(name, overlays)
        return cls(name_of(name), document, overlays, None if is_shipped else folder_of(name).resolve())

    def name_evidence(self, example: Example) -> str:
        """How well it is known under which name an outcome is refused: where it is chosen, other words are as good.

        Of words, only those count that the vendor has written.
        """
        if self._in_words and example.evidence not in ("documented", "published"):
            return "chosen"
        return self._known_names

    @cached_property
    def _evidence(self) -> str:
        return str(self.document.get("x-evidence", "documented"))

    def deref(self, node: Any) -> Any:
        """The node itself, or what its `$ref` leads to."""
        while isinstance(node, dict) and "$ref" in node and len(node) <= 2:  # a `$ref` may have x-evidence beside it
            node = resolve(self.document, node["$ref"])
        return node

    def rooted(self, schema: dict[str, Any] | bool) -> dict[str, Any] | bool:
        """The schema as one that a validator can compile alone: the components that it reaches come along."""
        if isinstance(schema, bool):
            return schema
        waiting = self._names(schema)
        reached: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                if name not in self._below:
                    self._below[name] = self._names(self.document["components"]["schemas"][name])
                waiting |= self._below[name]
        if not reached:
            return schema
        schemas = self.document["components"]["schemas"]
        return {**schema, "components": {"schemas": {name: schemas[name] for name in sorted(reached)}}}

    @staticmethod
    def _names(schema: Any) -> set[str]:
        """The schemas that this one refers to itself."""
        return {ref.rpartition("/")[2] for _, ref in refs(schema)}

    def is_refusal(self, example: Example, status: int) -> bool:
        """Whether a named example under that status is a refusal (else it is an accepted outcome)."""
        if status >= 400:
            return True
        return isinstance(self.refused, dict) and self._looks_refused(example.value)

    @cached_property
    def _refused_validator(self) -> Any:
        import jsonschema_rs

        return jsonschema_rs.validator_for(self.rooted(self.refused))

    def _looks_refused(self, body: Any) -> bool:
        return bool(self._refused_validator.is_valid(body))

    def _read(self) -> Iterator[Operation]:
        for key, item in self.document.get("paths", {}).items():
            path, hash_, function = key.partition("#")
            for method in METHODS:
                if method in item:
                    yield self._operation(path, function if hash_ else None, method, item)

    def _operation(self, path: str, function: str | None, method: str, item: dict[str, Any]) -> Operation:
        raw = item[method]
        evidence = raw.get("x-evidence", item.get("x-evidence", self._evidence))
        body = self.deref(raw.get("requestBody", {}))
        return Operation(
            id=raw["operationId"],
            contract=self.name,
            method=method.upper(),
            path=path,
            function=function,
            summary=raw.get("summary", ""),
            description=raw.get("description", ""),
            parameters=tuple(
                self._parameter(p, evidence) for p in [*item.get("parameters", ()), *raw.get("parameters", ())]
            ),
            request=self._media(body, evidence),
            request_required=bool(body.get("required", False)),
            answers={int(status): self._answer(status, r, evidence) for status, r in raw["responses"].items()},
            evidence=evidence,
            raw=raw,
        )

    def _parameter(self, node: dict[str, Any], inherited: str) -> Parameter:
        node, evidence = self._with_evidence(node, inherited)
        schema = node.get("schema", {})
        exploded = node.get("explode", False) and self.deref(schema).get("type") == "object"
        return Parameter(node["name"], node["in"], node.get("required", False), schema, evidence, exploded)

    def _answer(self, status: str, node: dict[str, Any], inherited: str) -> Answer:
        node, evidence = self._with_evidence(node, inherited)
        headers = {name: self.deref(header) for name, header in node.get("headers", {}).items()}
        return Answer(int(status), node.get("description", ""), self._media(node, evidence), headers, evidence)

    def _media(self, node: dict[str, Any], inherited: str) -> dict[str, Media]:
        result = {}
        for media_type, content in node.get("content", {}).items():
            evidence = content.get("x-evidence", inherited)
            examples = {}
            for name, named in content.get("examples", {}).items():
                example, own = self._with_evidence(named, evidence)
                examples[name] = Example(name, example.get("value"), example.get("summary", ""), own)
            result[media_type] = Media(media_type, content.get("schema", {}), examples)
        return result

    def _with_evidence(self, node: dict[str, Any], inherited: str) -> tuple[dict[str, Any], str]:
        """A possibly referenced node and its evidence: said beside the `$ref`, by the component, or inherited."""
        target = self.deref(node)
        return target, node.get("x-evidence", target.get("x-evidence", inherited))


@lru_cache(maxsize=32)
def _shipped(name: str, overlays: tuple[str, ...]) -> Contract:
    return Contract(name, load(name, overlays), overlays, None)
