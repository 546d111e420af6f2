"""Two pages are made when the documentation is built: the first one is README.md, and the reference is made from click."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from counterfoil.command import main

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
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=above)
        if isinstance(command, click.Group):
            yield from reference(command, context)
            continue
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"\n## {context.command_path}\n\n{inspect.cleandoc(command.help or '')}\n"
        yield f"```text\n{context.command_path} {usage}\n```\n\n| option | means |\n|---|---|"
        for parameter in command.params:  # but for --help, which each has
            record = parameter.get_help_record(context)
            if record and record[1]:
                option, text = (each.replace("|", r"\|") for each in record)
                yield f"| `{option}` | {text} |"
