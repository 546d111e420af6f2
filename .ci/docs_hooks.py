"""Two pages are made when the documentation is built: the first one is README.md, and the reference is made from click."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from counterfoil.command import main
from counterfoil.manual import every, options

ROOT = Path(__file__).parents[1]
PAGE = re.compile(r"https://github\.com/counterfoil/counterfoil/blob/main/docs/([\w/-]+\.md)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The text of a page."""
    if page.file.src_uri == "index.md":
        return PAGE.sub(r"\1", (ROOT / "README.md").read_text())
    if page.file.src_uri == "commands.md":
        return "\n".join([markdown, *reference(main, click.Context(main, info_name="counterfoil"))])
    return markdown


def reference(group: click.Group, above: click.Context) -> Iterator[str]:
    """A section for each command: what it does, how it is called, and its options in the order in which it names them."""
    for context in every(group, above):
        command = context.command
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"\n## {context.command_path}\n\n{inspect.cleandoc(command.help or '')}\n"
        yield f"```text\n{context.command_path} {usage}\n```\n\n| option | means |\n|---|---|"
        for record in options(context):
            option, text = (each.replace("|", r"\|") for each in record)
            yield f"| `{option}` | {text} |"
