"""JSON pointers (RFC 6901): the names that lead from the root of a tree to a value."""

from typing import Any

#: stands for what a pointer does not lead to
NOWHERE = object()


def escaped(name: str) -> str:
    """A name as a step of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The name that a step of a pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")


def steps_of(pointer: str) -> list[str]:
    """The names in a pointer, from the root on."""
    return [unescaped(step) for step in pointer.split("/")[1:]]


def at_pointer(tree: Any, pointer: str) -> Any:
    """What the pointer leads to in the tree; NOWHERE where it leads to nothing."""
    for name in steps_of(pointer):
        if isinstance(tree, dict) and name in tree:
            tree = tree[name]
        elif isinstance(tree, list) and name.isascii() and name.isdigit() and int(name) < len(tree):
            tree = tree[int(name)]
        else:
            return NOWHERE
    return tree
