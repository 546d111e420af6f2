"""Reads one YAML file as JSON data, and refuses what YAML would quietly read as something else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # PyYAML built without libyaml reads the same, slower
    from yaml import SafeLoader as _Base  # type: ignore[assignment]


class SpecError(ValueError):
    """A contract, an overlay or a case file that cannot be used; the message names the place and the mend."""


class _Reader(_Base):
    """A safe YAML loader for which a plain scalar means what a person thinks it means."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML declares it so


_STRING = "tag:yaml.org,2002:str"
_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda text: None,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}


#: many more nodes than the largest contract has, of which aliases can make any number
MOST_NODES = 1_000_000
_DEEPEST = 200


@dataclass
class _Walk:
    """One file being read: how much of it was expanded, and where the walk stands."""

    left: int = MOST_NODES
    above: set[int] = field(default_factory=set)

    def enter(self, node: yaml.Node) -> None:
        """Go into a list or a mapping. Raises SpecError where it never ends."""
        if id(node) in self.above:
            raise SpecError(f"{_place(node)}: an alias leads back into what it stands in: write the value out")
        self.left -= len(node.value)
        if self.left < 0:
            raise SpecError(
                f"{_place(node)}: with its aliases expanded, the file holds more than {MOST_NODES:,} values"
            )
        if len(self.above) == _DEEPEST:
            raise SpecError(f"{_place(node)}: nested deeper than {_DEEPEST} levels")
        self.above.add(id(node))


def _data(node: yaml.Node, walk: _Walk) -> Any:
    """What the node holds. Walking the nodes here takes half the time of PyYAML's own constructors."""
    if isinstance(node, yaml.ScalarNode):
        if node.tag == _STRING:
            return node.value
        if node.tag in _SCALARS:
            return _SCALARS[node.tag](node.value)
        raise SpecError(
            f"{_place(node)}: {node.value!r} is not plainly a word to YAML (it reads booleans, dates or octal numbers "
            f"into it): write '{node.value}' in quotes"
        )
    walk.enter(node)
    content = (
        [_data(each, walk) for each in node.value] if isinstance(node, yaml.SequenceNode) else _mapping(node, walk)
    )
    walk.above.discard(id(node))
    return content


def _mapping(node: yaml.Node, walk: _Walk) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise SpecError(f"{_place(key_node)}: a list or a mapping is the key of another mapping; a key is a string")
        key = _data(key_node, walk)
        if not isinstance(key, str):
            raise SpecError(f"{_place(key_node)}: the key {key_node.value} is not a string: write '{key_node.value}'")
        if key in result:
            raise SpecError(f"{_place(key_node)}: the key {key!r} stands twice in one mapping")
        if key_node.end_mark.index == value_node.start_mark.index == value_node.end_mark.index:
            raise SpecError(
                f"{_place(key_node)}: the key {key!r} has no colon behind it; if it belongs to the text before it, which a "
                "comma cut off, put that text in quotes"
            )
        result[key] = _data(value_node, walk)
    return result


def _place(node: yaml.Node) -> str:
    return f"{node.start_mark.name}:{node.start_mark.line + 1}"


def _resolvers() -> None:
    """YAML 1.2's core words stay; YAML 1.1's extra readings become a tag that raises."""
    import re

    def resolve(tag: str, pattern: str, first: str) -> None:
        _Reader.add_implicit_resolver(tag, re.compile(f"^(?:{pattern})$"), list(first))

    resolve("tag:yaml.org,2002:bool", "true|false", "tf")
    resolve("tag:yaml.org,2002:null", "null|~|", "n~")
    _Reader.yaml_implicit_resolvers.setdefault("", []).append(("tag:yaml.org,2002:null", re.compile("^$")))
    resolve("tag:yaml.org,2002:int", "-?(?:0|[1-9][0-9]*)", "-0123456789")
    resolve("tag:yaml.org,2002:float", r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]|-?[0-9]+\.0", "-0123456789")
    words = "yes|no|on|off|y|n|true|false|null"
    every_case = "|".join(f"{w}|{w.capitalize()}|{w.upper()}" for w in words.split("|"))
    resolve("!trap", every_case, "yYnNtTfFoO")
    resolve("!trap", r"[-+]?(?:0[0-9_]+|[0-9]+_[0-9_]*|[0-9_]+(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)", "-+0123456789")
    resolve(
        "!trap", r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+|\+[0-9]+", "-+0123456789"
    )
    resolve("!trap", r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?", "0123456789")
    resolve("!trap", r"0[xob][0-9a-fA-F_]+|[-+]?\.(?:inf|nan|Inf|NaN|INF|NAN|[0-9]+)|=|<<", "0-+.=<")


_resolvers()


def read(path: Path) -> dict[str, Any]:
    """The mapping that the file holds.

    Raises:
        SpecError: unreadable, not YAML, not a mapping, a key twice, or a scalar that YAML reads as something else.
    """
    try:
        with path.open("rb") as stream:
            node = _Reader(stream).get_single_node()
    except RecursionError as error:
        raise SpecError(f"{path}: nested deeper than {_DEEPEST} levels") from error
    except OSError as error:
        raise SpecError(f"{path}: cannot be read ({error.strerror})") from error
    except yaml.YAMLError as error:
        raise SpecError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(node, yaml.MappingNode):
        raise SpecError(f"{path}: the file holds no mapping")
    content: dict[str, Any] = _data(node, _Walk())
    return content
