"""The options of `counterfoil test` that say how careful it is."""

import re
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import click

from counterfoil.contracts.safety.rules import Rules, per_second

F = TypeVar("F", bound=Callable[..., Any])


def _rate(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return per_second(value) if value else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _mark(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """The text that the caller gives, or six random letters and digits. Raises BadParameter."""
    if value is None:
        return secrets.token_hex(3)
    if not re.fullmatch(r"[a-z0-9]{1,20}", value):
        raise click.BadParameter(
            f"{value!r} has to be of 1 to 20 small letters and digits: it may become part of a name"
        )
    return value


marked = click.option(
    "--mark",
    metavar="TEXT",
    callback=_mark,
    help="What the run writes into what it creates, to know it again; else a random one.",
)

_OPTIONS = (
    click.option(
        "--writes", is_flag=True, help="Also send a deployment what changes something; never what moves money."
    ),
    click.option(
        "--read-only", is_flag=True, help="Send only what does nothing even if it is accepted, to a mock, too."
    ),
    click.option("--free", is_flag=True, help="Send anything: the target can be thrown away."),
    click.option("--mock", is_flag=True, help="The target is a Counterfoil mock, though it cannot prove it."),
    click.option(
        "--max-orders",
        type=click.IntRange(min=0),
        default=10,
        show_default=True,
        metavar="N",
        help="With --writes, how many things a run creates at most.",
    ),
    marked,
    click.option("--rate", metavar="RATE", callback=_rate, help="Send no more than this: 5/s, 300/m."),
    click.option("--dry-run", is_flag=True, help="Say what would be sent, and how many of each; send nothing."),
)


def careful(command: F) -> F:
    """Gives a command the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def rules_of(options: dict[str, Any]) -> Rules:
    """Takes them out of the command's options, but for `dry_run`. Raises click.UsageError."""
    names = ("writes", "read_only", "max_orders", "rate", "free", "mock")
    rules = Rules(run=options.pop("mark"), **{name: options.pop(name) for name in names})
    told = [f"--{name.replace('_', '-')}" for name in ("writes", "read_only", "free") if getattr(rules, name)]
    if len(told) > 1:
        raise click.UsageError(f"{' and '.join(told)} contradict each other")
    return rules
