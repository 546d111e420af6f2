"""The command `counterfoil`: a thin group; every sub-command lives beside what it runs and is imported when called."""

import codecs
import io
import json
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from counterfoil import __version__

COMMANDS = {
    "serve": (
        "counterfoil.mockserver.command",
        "serve",
        "Serve the mock: stateful answers at the vendors' real paths.",
    ),
    "init": ("counterfoil.contracts.cli.init", "init", "Write a profile of your installation to fill in."),
    "test": (
        "counterfoil.contracts.cli.test",
        "test",
        "Hold a target (or the mock) to its contracts and write a report.",
    ),
    "audit": ("counterfoil.contracts.cli.audit", "audit", "Tell how much of a contract would be noticed if it broke."),
    "cleanup": ("counterfoil.contracts.cli.cleanup", "cleanup", "Undo what a run has created at a deployment."),
    "diff": ("counterfoil.contracts.cli.diff", "diff", "Ask two targets the same, and tell in what they differ."),
    "report": (
        "counterfoil.reports.command",
        "report",
        "Render a run again, merge several runs into one, or compare two.",
    ),
    "specs": ("counterfoil.specs.export.command", "specs", "List, show, export and lint the contracts."),
}


#: what stands for our signs where a charset lacks them
_PLAIN = {
    "✓": "+",
    "✕": "x",
    "▲": "!",
    "•": "*",
    "–": "-",
    "—": "-",
    "…": "...",
    "×": "x",
    "·": "-",
    "◇": "o",
    "⟨": "<",
    "⟩": ">",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
}


def _show_seed(context: click.Context, option: click.Parameter, chosen: bool) -> None:
    """Print what an installation of one's own starts from, and end."""
    if not chosen:
        return
    from counterfoil.mockserver import seeds, vendors

    if option.name == "seed_schema":
        click.echo(json.dumps(seeds.schema(vendors.ALL), indent=2))
    else:
        click.echo(seeds.starting_file(vendors.ALL), nl=False)
    context.exit()


def _with_seed(init: click.Command) -> click.Command:
    """The command with what it writes for the mock, of which the suite knows nothing."""
    if not any(option.name == "seed" for option in init.params):
        for word, help_ in (
            ("--seed", "Print a seed file for 'counterfoil serve --seed-file', all that is shipped in it, and end."),
            ("--seed-schema", "Print the JSON Schema of seed files, for an editor, and end."),
        ):
            init.params.append(
                click.Option([word], is_flag=True, is_eager=True, expose_value=False, callback=_show_seed, help=help_)
            )
    return init


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What a charset has no sign for, in signs that every charset has."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def _speak_plainly() -> None:
    """Let nothing that is printed end in an error, whatever the terminal's charset is."""
    codecs.register_error("counterfoil-plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="counterfoil-plain")


@click.command("help")
@click.argument("command", required=False, metavar="[COMMAND]")
@click.option(
    "--man",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write manual pages of all commands there.",
)
@click.pass_context
def _help(context: click.Context, command: str | None, man: Path | None) -> None:
    """Say what a command does, and with which options."""
    assert context.parent is not None
    group = context.parent.command
    assert isinstance(group, click.Group)
    if man is not None:
        from counterfoil.manual import written

        pages = written(group, click.Context(group, info_name="counterfoil"), man)
        click.echo(f"{len(pages)} pages are in {man}")
        return
    if command is None:
        click.echo(group.get_help(context.parent))
        return
    name, found, _ = group.resolve_command(context.parent, [command])
    assert found is not None
    click.echo(found.get_help(click.Context(found, parent=context.parent, info_name=name)))


class _Late(click.Group):
    """A group that imports a sub-command only when it is called, so that `serve` starts without the suite."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, "help"]

    def main(self, *arguments: Any, **more: Any) -> Any:
        """Run the command, whatever the terminal can show."""
        _speak_plainly()
        return super().main(*arguments, **more)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name == "help":
            return _help
        if name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[name]
        command: click.Command = getattr(import_module(module), attribute)
        return _with_seed(command) if name == "init" else command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for one that is mistyped, say which was meant. Raises UsageError."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], COMMANDS, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {args[0]!r}. {advice}", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                [*((name, help_) for name, (_, _, help_) in COMMANDS.items()), ("help", "Say what a command does.")]
            )


@click.group(cls=_Late, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="counterfoil")
def main() -> None:
    """Mock order APIs, and hold any implementation of them to its contract."""
