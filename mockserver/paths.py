"""Which endpoint answers a path: literal segments win over parameters, at every step."""

from typing import Any, Generic, TypeVar

T = TypeVar("T")

_LEAF = ""  # no segment is empty: an empty parameter names nothing


class Paths(Generic[T]):
    """Rules such as `/cart/{cart_id}/items`; a last `{name...}` takes the rest of a path, one segment or more."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}

    def add(self, rule: str, owner: T) -> None:
        """Add a rule; the same rule belongs to its last owner."""
        node = self._root
        names: list[str] = []
        for segment in rule.strip("/").split("/"):
            if segment.endswith("...}"):
                node["{...}"] = (owner, rule, [*names, segment[1:-4]])
                return
            if segment.startswith("{"):
                names.append(segment[1:-1])
                segment = "{}"  # noqa: PLW2901 - a parameter, whatever its name
            node = node.setdefault(segment, {})
        node[_LEAF] = (owner, rule, names)

    def find(self, path: str) -> tuple[T, str, dict[str, str]] | None:
        """The owner of the rule that the path fits, the rule, and the values of its parameters."""
        segments = path[1:].split("/")
        if segments[-1] == "":
            segments.pop()  # a slash at the end means nothing
        found = _find(self._root, segments, 0, [])
        if found is None:
            return None
        (owner, rule, names), values = found
        decoded = (value.encode("latin-1").decode(errors="replace") for value in values)  # WSGI's text is bytes
        return owner, rule, dict(zip(names, decoded, strict=True)) if names else {}


def _find(node: dict[str, Any], segments: list[str], place: int, values: list[str]) -> Any:
    if place == len(segments):
        return (node[_LEAF], values) if _LEAF in node else None
    segment = segments[place]
    if not segment:
        return None
    below = node.get(segment)
    if below is not None:
        found = _find(below, segments, place + 1, values)
        if found is not None:
            return found
    below = node.get("{}")
    if below is not None:
        found = _find(below, segments, place + 1, [*values, segment])
        if found is not None:
            return found
    rest = node.get("{...}")
    return (rest, [*values, "/".join(segments[place:])]) if rest is not None else None
