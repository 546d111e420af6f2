"""In which line of a TOML file a key stands: its reader forgets that, and a mistake is told with it."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Where = tuple[str | int, ...]


def lines_of(text: str) -> dict[Where, int]:
    """The line of every key of a TOML document, by the path that leads there; the document can be read as a whole.

    A document is a sequence of tables' names and of keys with their values, and each of these is a document of its own.
    """
    found: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    table: Where = ()
    written, began = "", 1
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        began = began if written else number
        written += line
        try:
            said = tomllib.loads(written)
        except tomllib.TOMLDecodeError:
            continue  # its value goes on in the next line
        if written.lstrip().startswith("["):
            table = _entered(_branch(said), counts, is_one_of_many=written.lstrip().startswith("[["))
            found.setdefault(table, began)
        else:
            for path in _paths(said, table):
                found.setdefault(path, began)
        written = ""
    return found


def line_of(lines: Mapping[Where, int], path: Where) -> int:
    """The line of what the path leads to, or of the nearest thing above it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _branch(said: dict[str, Any]) -> list[str]:
    """The names of a table, from the outside to the inside."""
    names = []
    node: Any = said
    while node:
        node = node[0] if isinstance(node, list) else node
        if not node:
            break
        ((name, node),) = node.items()
        names.append(name)
    return names


def _entered(names: list[str], counts: dict[Where, int], *, is_one_of_many: bool) -> Where:
    """Where a table stands. In `[[accepted]]`, each is one more of its kind; what follows is in the newest."""
    path: Where = ()
    for name in names:
        path = (*path, name)
        if path in counts and (len(path) < len(names) or not is_one_of_many):
            path = (*path, counts[path])
    if is_one_of_many:
        bare = path
        counts[bare] = counts.get(bare, -1) + 1
        path = (*bare, counts[bare])
    return path


def _paths(node: Any, path: Where) -> Iterator[Where]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield (*path, key)
            yield from _paths(below, (*path, key))
    elif isinstance(node, list):
        for index, below in enumerate(node):
            yield (*path, index)
            yield from _paths(below, (*path, index))
