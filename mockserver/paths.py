"""Which endpoint answers a path: literal segments win over parameters, at every step."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Match(Generic[T]):
    """What a path fits: the owner of the rule, the rule, and the names of its parameters."""

    owner: T
    rule: str
    names: list[str]


@dataclass(slots=True)
class Node(Generic[T]):
    """What may follow the segments so far. What a client sends is looked up among the literals and nowhere else."""

    literals: "dict[str, Node[T]]" = field(default_factory=dict)
    #: any other segment
    parameter: "Node[T] | None" = None
    #: all that is left of the path, one segment or more
    rest: Match[T] | None = None
    #: the path ends here
    end: Match[T] | None = None


class Paths(Generic[T]):
    """Rules such as `/cart/{cart_id}/items`; a last `{name...}` takes the rest of a path, one segment or more."""

    def __init__(self) -> None:
        self._root: Node[T] = Node()
        #: by the whole path, the rules without parameters: literals win at every step, and so these win over all others
        self._plain: dict[str, Match[T]] = {}

    def add(self, rule: str, owner: T) -> None:
        """Add a rule; if it is there already, its owner is replaced."""
        node = self._root
        names: list[str] = []
        for segment in rule.strip("/").split("/"):
            if segment.endswith("...}"):
                node.rest = Match(owner, rule, [*names, segment[1:-4]])
                return
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node = node.parameter or Node()
            else:
                node = node.literals.setdefault(segment, Node())
        node.end = match = Match(owner, rule, names)
        if not names:
            self._plain[rule] = match

    def find(self, path: str) -> tuple[T, str, dict[str, str]] | None:
        """The owner of the rule that the path fits, the rule, and the values of its parameters."""
        plain = self._plain.get(path)
        if plain is not None:
            return plain.owner, plain.rule, {}
        segments = path[1:].split("/")
        if segments[-1] == "":
            segments.pop()  # a slash at the end means nothing
        values: list[str] = []
        match = _find(self._root, segments, 0, values)
        if match is None:
            return None
        if not match.names:
            return match.owner, match.rule, {}
        decoded = (value.encode("latin-1").decode(errors="replace") for value in values)  # WSGI's text is bytes
        return match.owner, match.rule, dict(zip(match.names, decoded, strict=True))


def _find(node: Node[T], segments: list[str], place: int, values: list[str]) -> Match[T] | None:
    """The first match, literals before parameters; `values` are then those of its parameters."""
    if place == len(segments):
        return node.end
    segment = segments[place]
    below = node.literals.get(segment) if segment else None
    if below is not None:
        match = _find(below, segments, place + 1, values)
        if match is not None:
            return match
    if node.parameter is not None and segment:  # an empty parameter names nothing
        values.append(segment)
        match = _find(node.parameter, segments, place + 1, values)
        if match is not None:
            return match
        values.pop()
    if node.rest is not None:
        values.append("/".join(segments[place:]))
    return node.rest
