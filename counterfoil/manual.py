"""Manual pages, made from the commands themselves: what each does, how it is called, and its options."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from counterfoil import __version__


def every(group: click.Group, above: click.Context) -> Iterator[click.Context]:
    """A context for each command below the group that has no commands of its own, in the order in which they are listed."""
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=above)
        if isinstance(command, click.Group):
            yield from every(command, context)
        else:
            yield context


def options(context: click.Context) -> Iterator[tuple[str, str]]:
    """Each option of a command as it is written, and what it means; but for --help, which each has."""
    for parameter in context.command.params:
        record = parameter.get_help_record(context)
        if record and record[1]:
            yield record


def written(group: click.Group, above: click.Context, folder: Path) -> list[Path]:
    """A page of section 1 for the group, and one for each command, written to the folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    contexts = list(every(group, above))
    listed = [f".BR {_name(each)} (1)\n{_text(each.command.get_short_help_str(200))}" for each in contexts]
    texts = {_name(above): [_page(above), ".SH COMMANDS", *(f".TP\n{each}" for each in listed)]}
    texts |= {_name(each): [_page(each), f".SH SEE ALSO\n.BR {_name(above)} (1)"] for each in contexts}
    paths = []
    for name, parts in texts.items():
        paths.append(folder / f"{name}.1")
        paths[-1].write_text("\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return paths


def _name(context: click.Context) -> str:
    """The name of a page, as git names those of its commands."""
    return context.command_path.replace(" ", "-")


def _page(context: click.Context) -> str:
    command, name = context.command, _name(context)
    told = inspect.cleandoc((command.help or "").replace("\b", "")).split("\n\n")
    lines = [
        f'.TH "{name.upper()}" "1" "" "counterfoil {__version__}" "Counterfoil"',
        f".SH NAME\n{_text(name)} \\- {_text(command.get_short_help_str(200))}",
        f".SH SYNOPSIS\n.B {_text(context.command_path)}\n{_text(' '.join(command.collect_usage_pieces(context)))}",
        ".SH DESCRIPTION",
        "\n.PP\n".join(map(_text, told)),
    ]
    found = list(options(context))
    if found:
        lines.append(".SH OPTIONS")
    return "\n".join([*lines, *(f".TP\n.B {_text(option)}\n{_text(means)}" for option, means in found)])


def _text(text: str) -> str:
    """The text as troff reads it: its own signs escaped, and no line that it could take for a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)
